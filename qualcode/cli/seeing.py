"""What a command shows to whom: everything, or to a blind coder only what is their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qualcode.cli.common import actor_name, actor_named, actor_option, current_study
from qualcode.cli.output import message
from qualcode.counts import counted

if TYPE_CHECKING:
    from qualcode.model import Study
    from qualcode.project.blindness import Seen
    from qualcode.project.finding import Sight
    from qualcode.project.folder import StudyFolder

Command = TypeVar("Command", bound=Callable[..., Any])


def seeing_options(command: Command) -> Command:
    """Add `--blind` and `--by`."""
    blind = click.option(
        "--blind", is_flag=True, help="Hide others' codings and memos and machine proposals; recorded for the coder."
    )
    return blind(actor_option(command))


def seen_study(ctx: click.Context, blind: bool, actor: str | None) -> Study:
    """Return the study as the coder may see it, and say when something is hidden.

    Raises:
        UserError: See `qualcode.project.blindness.need_looker`.
    """
    from qualcode.project.blindness import seen_by

    seen = seen_by(current_study(ctx), actor_name(actor), blind=blind, named=actor_named(actor), what=what(ctx))
    _tell_hidden(seen)
    return seen.study


def sight(ctx: click.Context, folder: StudyFolder, blind: bool, actor: str | None) -> Sight:
    """Return what the coder may see, as `seen_study`, without reading the study; say when something is hidden.

    Raises:
        UserError: See `qualcode.project.blindness.need_looker`.
    """
    from qualcode.project.finding import sight_of

    seen = sight_of(folder, actor_name(actor), blind=blind, named=actor_named(actor), what=what(ctx))
    _tell_hidden(seen)
    return seen


def _tell_hidden(seen: Seen | Sight) -> None:
    if seen.blind:
        is_are = "is" if seen.hidden == 1 else "are"
        message(f"Blind: only what is {seen.coder}'s own is shown; {counted(seen.hidden, 'coding')} {is_are} hidden.")


def whole_study(ctx: click.Context, actor: str | None, shows: str = "") -> Study:
    """Return the study for what cannot be shown without others' codings; a blind coder is refused.

    Args:
        ctx: Of the command.
        actor: Who looks, as given.
        shows: What is asked for, in the message; empty: the command.

    Raises:
        UserError: See `qualcode.project.blindness.refuse_blind`.
    """
    from qualcode.project.blindness import refuse_blind

    study = current_study(ctx).study()
    refuse_blind(study, actor_name(actor), shows or what(ctx), named=actor_named(actor))
    return study


def tell_missing_codes(study: Study) -> None:
    """Say which codes codings have that the codebook has not: an analysis may pass over them."""
    from qualcode.project.analysis import missing_codes

    if missing := missing_codes(study):
        told = ", ".join(f"{code} ({counted(count, 'coding')})" for code, count in missing.items())
        message(
            f"The codebook lacks {counted(len(missing), 'code')} that codings have, and results may leave out: {told}."
        )
        message("To bring them back: qualcode check --repair")


def tell_blind(study: Study) -> None:
    """Say who must not open the reports that were written."""
    from qualcode.project.blindness import blind_coders

    if names := blind_coders(study):
        who = " and ".join(names)
        message(f"The reports show everybody's codings: not for {who}, as long as they code blind.")


def what(ctx: click.Context) -> str:
    """Return the command as a person writes it ("codings list")."""
    return ctx.command_path.partition(" ")[2]
