"""`qualcode log`, `undo`, `redo`: the journal of changes."""

from __future__ import annotations

import click

from qualcode.cli.common import actor_name, actor_option, current_study
from qualcode.cli.output import format_option, message, show_rows


@click.command()
@click.option("--limit", type=click.IntRange(1), default=None, help="Show only the newest so many.")
@format_option
@click.pass_context
def log(ctx: click.Context, limit: int | None, form: str) -> None:
    """Show the history of changes, newest first: who, when, what."""
    with current_study(ctx).store() as store:
        entries = store.journal(limit)
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
    """Take back the newest change; `qualcode redo` does it again."""
    with current_study(ctx).store() as store:
        entry = store.undo(actor_name(actor))
    message(f"Took back: {entry.detail}" if entry else "There is nothing to take back.")


@click.command()
@actor_option
@click.pass_context
def redo(ctx: click.Context, actor: str | None) -> None:
    """Do again what was taken back last."""
    with current_study(ctx).store() as store:
        entry = store.redo(actor_name(actor))
    message(f"Did again: {entry.detail}" if entry else "There is nothing to do again.")
