"""`qualcode status`."""

from __future__ import annotations

import click

from qualcode.cli.common import current_study
from qualcode.cli.output import format_option, message, show_rows


@click.command()
@format_option
@click.pass_context
def status(ctx: click.Context, form: str) -> None:
    """Show what the study holds and what is missing."""
    from qualcode.project.status import status_of

    found = status_of(current_study(ctx))
    if form != "table":
        show_rows([dict(found.numbers)], [name for name, _ in found.numbers], form)
        return
    show_rows([{"": name, "study": value} for name, value in found.numbers], ("", "study"))
    columns = ("coder", "kind", "codings", "accepted", "proposed", "rejected", "transcripts")
    if found.coders:
        show_rows(found.coders, columns)
    for missing in found.missing:
        message(f"Missing: {missing}")
