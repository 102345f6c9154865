"""What a command shows to whom: everything, or to a blind coder only what is their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qualcode.cli.common import actor_name, actor_option, current_study
from qualcode.cli.output import message

if TYPE_CHECKING:
    from qualcode.model import Study

Command = TypeVar("Command", bound=Callable[..., Any])


def seeing_options(command: Command) -> Command:
    """Add `--blind` and `--by`."""
    blind = click.option(
        "--blind", is_flag=True, help="Hide others' codings and memos and machine proposals; recorded for the coder."
    )
    return blind(actor_option(command))


def seen_study(ctx: click.Context, blind: bool, actor: str | None) -> Study:
    """Return the study as the coder may see it, and say when something is hidden."""
    from qualcode.project.blindness import seen_by

    seen = seen_by(current_study(ctx), actor_name(actor), blind=blind)
    if seen.blind:
        message(f"Blind: only what is {seen.coder}'s own is shown; {seen.hidden} codings are hidden.")
    return seen.study
