"""`qualcode agree`."""

from __future__ import annotations

import click

from qualcode.cli.common import current_study
from qualcode.cli.output import format_option, message, next_step, show_json, show_rows


@click.command()
@click.option("--coder", "coders", multiple=True, metavar="NAME", help="Two or more coders [default: all people].")
@click.option(
    "--unit",
    type=click.Choice(["turn", "sentence", "passage", "character"]),
    default=None,
    help="What is compared [default: that of the settings].",
)
@click.option("--reference", default="", metavar="NAME", help="Measure precision and recall against this coder.")
@format_option
@click.pass_context
def agree(ctx: click.Context, coders: tuple[str, ...], unit: str | None, reference: str, form: str) -> None:
    """Measure the agreement of coders, per code and pooled, with intervals by interview."""
    from qualcode.project.analysis import agreement_of
    from qualcode.project.plain_data import agreement_data

    study = current_study(ctx).study()
    found = agreement_of(study, coders, unit=unit or "", reference=reference)
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
