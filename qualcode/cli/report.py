"""`qualcode report`."""

from __future__ import annotations

import click

from qualcode.cli.common import coders_option, current_study
from qualcode.cli.output import message, shown_path


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@coders_option
@click.pass_context
def report(ctx: click.Context, names: tuple[str, ...], coders: tuple[str, ...]) -> None:
    """Write reports into the study's folder reports/ (all kinds, or those named)."""
    from qualcode.project.reporting import write_reports

    for first in write_reports(current_study(ctx), names, coders=coders):
        click.echo(shown_path(first))
    message("Open it in a browser.")
