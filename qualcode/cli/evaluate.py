"""`qualcode evaluate`: how well a machine codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.common import actor_option, current_study
from qualcode.cli.output import format_option, message, next_step, progress, show_json, show_rows
from qualcode.cli.seeing import whole_study
from qualcode.counts import counted

if TYPE_CHECKING:
    from qualcode.project.evaluating import Evaluation

CODE_COLUMNS = ("code", "reference", "machine", "precision", "recall", "f1", "interval", "cohen", "alpha")
MISTAKE_COLUMNS = ("kind", "code", "case", "turn", "confidence", "quote", "instead")
SHOWN, QUOTED = 15, 90


@click.command()
@click.option("--coder", required=True, metavar="NAME", help="The machine coder to measure.")
@click.option(
    "--against",
    multiple=True,
    metavar="NAME",
    help="Whose codings are right (several: their consensus) [default: people].",
)
@click.option("--unit", type=click.Choice(["turn", "sentence", "passage"]), default=None, help="What is compared.")
@click.option("--curve", is_flag=True, help="Measure after fewer coded cases, too (slow).")
@click.option("--all-mistakes", is_flag=True, help="List every mistake, not the first ones.")
@actor_option
@format_option
@click.pass_context
def evaluate(
    ctx: click.Context,
    coder: str,
    against: tuple[str, ...],
    unit: str | None,
    curve: bool,
    all_mistakes: bool,
    actor: str | None,
    form: str,
) -> None:
    """Measure a machine coder against people: per code and pooled, with intervals by interview, and its mistakes.

    A coder that learns is measured on whole cases that it did not learn from.
    """
    from qualcode.project.evaluating import evaluate as measure
    from qualcode.project.exemplars import with_exemplars
    from qualcode.project.plain_evaluation import evaluation_data

    study = with_exemplars(whole_study(ctx, actor), current_study(ctx))
    with progress("Coding transcripts") as report:
        found = measure(study, coder, against, unit=unit or "", curve=curve, progress=report)
    if form == "json":
        show_json(evaluation_data(study, found))
        return
    show_rows(_codes(found), CODE_COLUMNS, form, title=f"{found.coder} against {found.against}, per code")
    if form == "csv":
        return
    _show_pooled(found)
    if found.curve:
        points = [
            {
                "cases": one.cases,
                "examples": one.examples,
                "precision": one.precision,
                "recall": one.recall,
                "f1": one.f1,
            }
            for one in found.curve
        ]
        show_rows(points, ("cases", "examples", "precision", "recall", "f1"), title="After learning from fewer cases")
    pairs = [{"first": one.first, "second": one.second, "units": one.units} for one in found.confused[:SHOWN]]
    show_rows(pairs, ("first", "second", "units"), title="Codes given in each other's place")
    _show_mistakes(found, all_mistakes)
    message(f"{found.coder}: {found.how}.")
    for remark in found.agreement.remarks:
        message(remark)
    next_step("qualcode suggest-next")


def _codes(found: Evaluation) -> list[dict[str, Any]]:
    rows = []
    for one in found.agreement.codes:
        f1 = one.measures["f1"]
        rows.append(
            {
                "code": one.code,
                "reference": one.units[found.against],
                "machine": one.units[found.coder],
                **{name: one.measures[name].value for name in ("precision", "recall", "f1", "cohen", "alpha")},
                "interval": "" if f1.low is None else f"[{f1.low:.2f}, {f1.high:.2f}]",
            }
        )
    return rows


def _show_pooled(found: Evaluation) -> None:
    rows = [
        {
            "measure": name,
            "value": value.value,
            "interval": "" if value.low is None else f"[{value.low:.3f}, {value.high:.3f}]",
        }
        for name, value in found.agreement.pooled.items()
        if name in ("precision", "recall", "f1", "pooled_kappa", "mean_kappa", "mean_alpha")
    ]
    agreement = found.agreement
    title = f"Pooled: {counted(agreement.units, agreement.unit)}, against {', '.join(found.of)}"
    show_rows(rows, ("measure", "value", "interval"), title=title)


def _show_mistakes(found: Evaluation, every: bool) -> None:
    counts: dict[str, int] = {}
    for one in found.mistakes:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    rows = [
        {
            "kind": one.kind,
            "code": one.code,
            "case": one.case,
            "turn": one.turn,
            "confidence": one.confidence,
            "quote": _short(one.quote),
            "instead": _short(one.other),
        }
        for one in (found.mistakes if every else found.mistakes[:SHOWN])
    ]
    show_rows(rows, MISTAKE_COLUMNS, title=f"Mistakes: {told or 'none'}")
    if len(rows) < len(found.mistakes):
        message(f"{len(found.mistakes) - len(rows)} more: --all-mistakes, or --format json.")


def _short(text: str) -> str:
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…"
