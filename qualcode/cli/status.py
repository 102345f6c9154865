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
    for unknown in found.unknown:
        message(f"study.yaml, {unknown}")
    if form != "table":
        everything = dict(found.numbers) | {"older definition": dict(found.older), "progress": list(found.progress)}
        show_rows([everything], list(everything), form)
        return
    show_rows([{"": name, "study": value} for name, value in found.numbers], ("", "study"))
    columns = ("coder", "kind", "codings", "accepted", "proposed", "rejected", "transcripts")
    if found.coders:
        show_rows(found.coders, columns)
    if found.progress:
        told = ("coder", "assigned", "begun", "turns", "turns coded", "not begun")
        show_rows(found.progress, told, title="Progress of what was assigned")
    for missing in found.missing:
        message(f"Missing: {missing}")
