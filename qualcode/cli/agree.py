"""`qualcode agree`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qualcode.cli.common import current_study
from qualcode.cli.output import format_option, message, next_step, show_json, show_rows

if TYPE_CHECKING:
    from qualcode.model import Study


@click.command()
@click.option("--coder", "coders", multiple=True, metavar="NAME", help="Two or more coders [default: all people].")
@click.option(
    "--unit",
    type=click.Choice(["turn", "sentence", "passage", "character"]),
    default=None,
    help="What is compared [default: that of the settings].",
)
@click.option("--reference", default="", metavar="NAME", help="Measure precision and recall against this coder.")
@click.option("--disagreements", is_flag=True, help="List the units on which they differ, with the passages.")
@click.option("--clinic", is_flag=True, help="Show which definitions cause most disagreement, and confused pairs.")
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Only this code; may be given several times.")
@format_option
@click.pass_context
def agree(
    ctx: click.Context,
    coders: tuple[str, ...],
    unit: str | None,
    reference: str,
    disagreements: bool,
    clinic: bool,
    codes: tuple[str, ...],
    form: str,
) -> None:
    """Measure the agreement of coders, per code and pooled, with intervals by interview."""
    from qualcode.project.analysis import agreement_of, coders_to_compare
    from qualcode.project.plain_data import agreement_data

    study = current_study(ctx).study()
    if disagreements or clinic:
        compared, names = coders_to_compare(study, coders, reference)
        unit = unit or study.settings.unit
        if disagreements:
            show_disagreements(compared, names, unit, codes, form)
        if clinic:
            show_clinic(compared, names, unit, form)
        return
    found = agreement_of(study, coders, unit=unit or "", reference=reference, codes=codes)
    if form == "json":
        show_json(agreement_data(study, found))
        return
    per_code = [
        {
            "code": one.code,
            **{f"{name}": count for name, count in one.units.items()},
            "prevalence": one.prevalence,
            **{name: value.value for name, value in one.measures.items()},
        }
        for one in found.codes
    ]
    shown = ["percent", "cohen", "alpha", "ac1", "f1"]
    measures = [name for name in (found.codes[0].measures if found.codes else ()) if form == "csv" or name in shown]
    show_rows(per_code, ("code", *found.coders, "prevalence", *measures), form)
    if form == "csv":
        return
    pooled = [
        {
            "measure": name,
            "value": value.value,
            "interval": f"[{value.low:.3f}, {value.high:.3f}]" if value.low is not None else "",
            "remark": value.reason,
        }
        for name, value in found.pooled.items()
    ]
    title = f"Pooled over codes: {' and '.join(found.coders)}, {found.units} {found.unit}s"
    show_rows(pooled, ("measure", "value", "interval", "remark"), title=title)
    for remark in found.remarks:
        message(remark)
    next_step("qualcode report")


def show_disagreements(study: Study, coders: tuple[str, ...], unit: str, codes: tuple[str, ...], form: str) -> None:
    """List the units on which coders differ."""
    from qualcode.agreement import disagreements
    from qualcode.cli.codings import shortened
    from qualcode.project.plain_data import disagreement_data

    found = disagreements(study, coders, unit=unit, codes=codes or None)
    if form == "json":
        show_json(disagreement_data(found))
        return
    rows = [
        {
            "code": one.code,
            "case": one.case,
            "turn": one.turn,
            "gave": one.gave,
            "withheld": one.withheld,
            "quotation": " / ".join(one.quotes) if form == "csv" else shortened(" / ".join(one.quotes), 90),
        }
        for one in found
    ]
    show_rows(rows, ("code", "case", "turn", "gave", "withheld", "quotation"), form)
    message(f"{len(rows)} disagreements of {' and '.join(coders)}, per {unit}")


def show_clinic(study: Study, coders: tuple[str, ...], unit: str, form: str) -> None:
    """Show which definitions cause most disagreement, and what might be written into them."""
    from qualcode.agreement import clinic

    found = clinic(study, coders, unit=unit)
    rows = [
        {
            "code": one.code,
            "disagreements": one.disagreements,
            "agreed": one.agreed,
            "share": one.share,
            "confused with": ", ".join(f"{code} ({count})" for code, count in one.confused[:3]),
            "suggestion": " ".join(one.suggestions),
        }
        for one in found.codes
    ]
    show_rows(rows, ("code", "disagreements", "agreed", "share", "confused with", "suggestion"), form)
    if form == "table":
        pairs = [
            {"first": one.first, "second": one.second, "units": one.units, "expected": one.expected}
            for one in found.pairs
        ]
        show_rows(pairs, ("first", "second", "units", "expected"), title="Confused pairs of codes")
