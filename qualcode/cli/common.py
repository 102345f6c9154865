"""What several commands share: the study they work on, who does it, selections of codings."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from qualcode.project.folder import StudyFolder

Command = TypeVar("Command", bound=Callable[..., Any])
PATH = click.Path(path_type=Path)

coders_option = click.option(
    "--coder",
    "coders",
    multiple=True,
    metavar="NAME",
    help="Whose codings to use (several: their consensus) [default: what people and references agree on].",
)
actor_option = click.option(
    "--by", "actor", metavar="NAME", default=None, help="Who does it, for the history [default: your login name]."
)


def current_study(ctx: click.Context) -> StudyFolder:
    """Return the study that the command works on: `-C DIR`, or the nearest folder upwards."""
    from qualcode.project.folder import find_study

    return find_study(ctx.find_root().obj)


def actor_name(actor: str | None) -> str:
    """Return who does it: as given, or the login name."""
    import getpass

    if actor:
        return actor
    try:
        return os.environ.get("QUALCODE_CODER") or getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def actor_named(actor: str | None) -> bool:
    """Return whether somebody said who does it: by `--by`, or by QUALCODE_CODER for all commands."""
    return bool(actor or os.environ.get("QUALCODE_CODER"))


def selection_options(command: Command) -> Command:
    """Add the options that say which codings are meant."""
    for option in reversed(
        (
            click.argument("ids", nargs=-1, metavar="[ID]..."),
            click.option("--coder", "coders", multiple=True, metavar="NAME", help="Only codings by this coder."),
            click.option("--code", "codes", multiple=True, metavar="CODE", help="Only this code."),
            click.option("--case", "cases", multiple=True, metavar="CASE", help="Only this case."),
            click.option(
                "--status",
                "statuses",
                multiple=True,
                type=click.Choice(["proposed", "accepted", "rejected"]),
                help="Only this status.",
            ),
            click.option(
                "--least-confidence", type=click.FloatRange(0, 1), default=None, help="Only codings at least so sure."
            ),
        )
    ):
        command = option(command)
    return command


def seconds_since(start: float) -> str:
    """Return the time since `start` (of `time.perf_counter`) as shown: one decimal, seconds."""
    import time

    return f"{time.perf_counter() - start:.1f} s"
