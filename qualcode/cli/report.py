"""`qualcode report`."""

from __future__ import annotations

import click

from qualcode.cli.common import actor_option, coders_option, current_study
from qualcode.cli.output import message, shown_path
from qualcode.cli.seeing import tell_blind, tell_missing_codes, whole_study


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@coders_option
@actor_option
@click.pass_context
def report(ctx: click.Context, names: tuple[str, ...], coders: tuple[str, ...], actor: str | None) -> None:
    """Write reports into the study's folder reports/ (all kinds, or those named)."""
    from qualcode.project.analysis import analyse
    from qualcode.project.reporting import known_reports, write_reports

    folder = current_study(ctx)
    known_reports(names)
    study = whole_study(ctx, actor)
    tell_missing_codes(study)
    for first in write_reports(folder, names, coders=coders, analyses=analyse(folder, coders, study=study)):
        click.echo(shown_path(first))
    tell_blind(study)
    message("Open it in a browser.")
