"""`qualcode run`."""

from __future__ import annotations

import time

import click

from qualcode.cli.common import actor_name, actor_option, coders_option, current_study, seconds_since
from qualcode.cli.demo import show_result
from qualcode.cli.output import message, progress, shown_path
from qualcode.cli.seeing import tell_blind, tell_missing_codes, whole_study
from qualcode.counts import counted


@click.command()
@coders_option
@actor_option
@click.pass_context
def run(ctx: click.Context, coders: tuple[str, ...], actor: str | None) -> None:
    """Run all stages in order on what the study holds: machine coding, axial, focused, comparison, reports."""
    from qualcode.project.analysis import analyse
    from qualcode.project.machines import code
    from qualcode.project.reporting import write_reports

    folder = current_study(ctx)
    # Before the machines code: what they propose would be shown.
    tell_missing_codes(whole_study(ctx, actor))
    start = time.perf_counter()
    with progress("Coding transcripts") as report:
        results = code(folder, actor=actor_name(actor), progress=report)
    for done, _ in results:
        told = f"{counted(done.proposals, 'proposal')}, {done.affirmed} of them affirmed"
        message(f"{done.coder}: {told} ({seconds_since(start)})")
    analyses = analyse(folder, coders)
    show_result(analyses)
    written = write_reports(folder, coders=coders, analyses=analyses)
    message(f"Done in {seconds_since(start)}. Open this file in a browser:")
    for first in written:
        click.echo(shown_path(first))
    tell_blind(analyses.study)
