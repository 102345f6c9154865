"""`qualcode log`, `undo`, `redo`: the journal of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qualcode.cli.common import actor_name, actor_named, actor_option, current_study
from qualcode.cli.output import format_option, message, show_rows

if TYPE_CHECKING:
    from qualcode.project.codebook_file import TakenBack


@click.command()
@click.option("--limit", type=click.IntRange(1), default=None, help="Show only the newest so many.")
@actor_option
@format_option
@click.pass_context
def log(ctx: click.Context, limit: int | None, actor: str | None, form: str) -> None:
    """Show the history of changes, newest first: who, when, what (of one who codes blind, what is their own)."""
    from qualcode.project.codebook_file import history_seen_by

    entries, why = history_seen_by(current_study(ctx), actor_name(actor), limit, named=actor_named(actor))
    if why:
        message(why)
    rows = [
        {
            "change": entry.number,
            "when": entry.at,
            "who": entry.coder,
            "what": entry.action,
            "detail": entry.detail,
            "rows": sum(entry.rows.values()),
            "undone by": entry.undone_by,
        }
        for entry in entries
    ]
    show_rows(rows, ("change", "when", "who", "what", "detail", "rows", "undone by"), form)


@click.command()
@actor_option
@click.pass_context
def undo(ctx: click.Context, actor: str | None) -> None:
    """Take back the newest change; `qualcode redo` does it again. One who codes blind takes back their own only."""
    from qualcode.project.codebook_file import take_back

    done = take_back(current_study(ctx), actor=actor_name(actor), named=actor_named(actor))
    message(f"Took back: {done.told}" if done.entry else "There is nothing to take back.")
    tell_also(done)
    if done.codebook:
        message("codebook.yaml was written as it was before.")


def tell_also(done: TakenBack) -> None:
    """Say who codes blind, or no longer, by what was taken back or done again."""
    for line in done.blindness:
        message(f"Note: {line}")


@click.command()
@actor_option
@click.pass_context
def redo(ctx: click.Context, actor: str | None) -> None:
    """Do again what was taken back last."""
    from qualcode.project.codebook_file import take_back

    done = take_back(current_study(ctx), actor=actor_name(actor), again=True, named=actor_named(actor))
    message(f"Did again: {done.told}" if done.entry else "There is nothing to do again.")
    tell_also(done)
    if done.codebook:
        message("codebook.yaml was written as it was after it.")
