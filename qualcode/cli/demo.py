"""`qualcode demo`: the main job on the sample study."""

from __future__ import annotations

import time
from pathlib import Path

import click

from qualcode.cli.common import PATH, seconds_since
from qualcode.cli.output import message, progress
from qualcode.counts import counted


@click.command()
@click.argument("folder", type=PATH, default=Path("qualcode-demo"), metavar="[DIR]")
@click.option(
    "--reports-only",
    type=PATH,
    default=None,
    metavar="DIR",
    help="Write the reports into DIR and keep no study (rewrites the sample reports of the repository).",
)
def demo(folder: Path, reports_only: Path | None) -> None:
    """Copy the sample study into DIR (qualcode-demo), run every stage, write all reports.

    The 22 interviews are fictional, and the reference codings are by language-model readers.
    """
    if reports_only is not None:
        import tempfile

        with tempfile.TemporaryDirectory() as temporary:
            click.echo(run_demo(Path(temporary) / "sample", reports_only))
        return
    click.echo(run_demo(folder, None))


def run_demo(folder: Path, target: Path | None) -> str:
    """Run every stage on the sample study in a folder; return the file to open."""
    from qualcode.project.analysis import analyse
    from qualcode.project.machines import code
    from qualcode.project.reporting import write_reports
    from qualcode.project.sample import ACTOR, sample_study

    start = time.perf_counter()
    with progress("Reading transcripts") as report:
        sample = sample_study(folder, progress=report)
    message(f"Sample study in {folder}: {sample.transcripts} fictional transcripts, {seconds_since(start)}")
    for one in sample.imports:
        message(f"  {one.coder}: {one.added + one.present} reference codings (by a language-model reader)")
    with progress("Coding transcripts") as report:
        results = code(sample.folder, actor=ACTOR, progress=report)
    for done, _ in results:
        message(f"  {done.coder}: proposes {counted(done.proposals, 'coding')}, {done.affirmed} of them affirmed")
    message("Comparing cases and measuring agreement …")
    analyses = analyse(sample.folder)
    show_result(analyses)
    written = write_reports(sample.folder, analyses=analyses, target=target)
    message(f"Done in {seconds_since(start)}. Open this file in a browser:")
    return str(written[0].resolve() if target is None else written[0])


def show_result(analyses) -> None:  # type: ignore[no-untyped-def]
    """Say in a few lines what the stages found."""
    from qualcode.cli.output import show_rows

    found = analyses.comparison
    rows = [
        {
            "case": result.case,
            "assigned": " + ".join(result.assigned) or "undecided",
            "published": " + ".join(result.published or ()),
            "agrees": result.agrees,
        }
        for result in found.cases
    ]
    show_rows(rows, ("case", "assigned", "published", "agrees"))
    if found.agreed and found.agreed[1]:
        placed = f"{found.agreed[0]} of {counted(found.agreed[1], 'case')} placed as published"
        message(f"{placed}, on codings by {', '.join(found.coders)}")
    for agreement in analyses.agreements:
        told = [f"{name} {agreement.pooled[name].value:.2f}" for name in TOLD if usable(agreement, name)]
        beside = f" (against {agreement.reference})" if agreement.reference else ""
        message(f"Agreement of {' and '.join(agreement.coders)}{beside}, per {agreement.unit}: {', '.join(told)}")


TOLD = ("precision", "recall", "f1", "mean_kappa")


def usable(agreement, name: str) -> bool:  # type: ignore[no-untyped-def]
    """Return whether a pooled measure has a value."""
    return name in agreement.pooled and agreement.pooled[name].value is not None
