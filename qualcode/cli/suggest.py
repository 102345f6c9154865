"""`qualcode suggest-next`: what to code next."""

from __future__ import annotations

import click

from qualcode.cli.common import actor_option, current_study
from qualcode.cli.output import format_option, next_step, progress, show_rows
from qualcode.cli.seeing import whole_study

COLUMNS = ("transcript", "turn", "score", "why", "text")
DATA = (*COLUMNS[:3], "case", "start", "end", "codes", "why", "text")
QUOTED = 120


@click.command("suggest-next")
@click.option("--coder", default="combined", show_default=True, metavar="NAME", help="The machine that is to learn.")
@click.option("--n", "number", type=click.IntRange(1), default=10, show_default=True, help="How many turns.")
@actor_option
@format_option
@click.pass_context
def suggest_next(ctx: click.Context, coder: str, number: int, actor: str | None, form: str) -> None:
    """Show which uncoded turns would teach a machine coder most: where it is unsure, and unlike each other."""
    from qualcode.project.exemplars import with_exemplars
    from qualcode.project.suggesting import suggest_next as suggest

    folder = current_study(ctx)
    study = with_exemplars(whole_study(ctx, actor), folder)
    with progress("Looking at transcripts") as report:
        found = suggest(study, coder, number, progress=report)
    rows = [
        {
            "transcript": one.transcript,
            "case": one.case,
            "turn": one.turn,
            "start": one.start,
            "end": one.end,
            "score": one.score,
            "codes": [{"code": code, "probability": share, "limit": limit} for code, share, limit in one.codes],
            "why": one.why,
            "text": one.text if form != "table" or len(one.text) <= QUOTED else f"{one.text[: QUOTED - 1]}…",
        }
        for one in found
    ]
    show_rows(rows, COLUMNS if form == "table" else DATA, form)
    next_step("qualcode codings add, or: qualcode review")
