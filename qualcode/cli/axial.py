"""`qualcode axial`."""

from __future__ import annotations

import click

from qualcode.cli.common import actor_option, coders_option, current_study
from qualcode.cli.output import format_option, message, next_step, plain, show_json, show_rows
from qualcode.cli.seeing import seen_study, tell_missing_codes
from qualcode.counts import counted


@click.command()
@coders_option
@click.option(
    "--unit",
    type=click.Choice(["turn", "passage", "sentence", "case"]),
    default="turn",
    show_default=True,
    help="What codes must share to count as occurring together.",
)
@actor_option
@format_option
@click.pass_context
def axial(ctx: click.Context, coders: tuple[str, ...], unit: str, actor: str | None, form: str) -> None:
    """Integrate codes into categories: the codebook's, and those that the co-occurrence network proposes.

    With a framework in the settings, each of its considerations is confirmed, extended, or not found.
    """
    from qualcode.axial import axial as integrate
    from qualcode.project.analysis import load_beside, need_codings
    from qualcode.project.plain_data import axial_data

    folder = current_study(ctx)
    study = seen_study(ctx, False, actor)
    need_codings(study)
    tell_missing_codes(study)
    _, framework = load_beside(folder)
    found = integrate(study, coders, framework=framework, unit=unit)
    if form == "json":
        show_json(axial_data(study, found))
        return
    rows = [
        {"category": one.category, "code": code, "cases": len(cases), "passages": len(codings)}
        for one in found.categories
        for code, cases, codings in one.codes
    ]
    show_rows(rows, ("category", "code", "cases", "passages"), form, title="Categories of the codebook")
    if form == "csv":
        return
    proposed = [
        {
            "proposed": one.number,
            "codes": one.codes,
            "nearest categories": ", ".join(f"{category} ({shared})" for category, shared in one.overlaps[:3]),
            "stability": one.stability,
        }
        for one in found.proposed
    ]
    title = f"Categories that the network proposes (codes together in {unit}s)"
    show_rows(proposed, ("proposed", "codes", "nearest categories", "stability"), title=title)
    if found.relations:
        drawn = [
            {
                "source": one.source,
                "kind": one.kind,
                "target": one.target,
                "coders": one.coders,
                "together": one.together,
                "cases": len(one.cases),
            }
            for one in found.relations
        ]
        columns = ("source", "kind", "target", "coders", "together", "cases")
        show_rows(drawn, columns, title="Relations that coders drew")
    modularity, rand = (plain(value) or "undefined" for value in (found.modularity, found.category_agreement))
    message(f"{counted(len(found.edges), 'co-occurrence')} over {counted(found.units, unit)}; modularity {modularity}")
    message(f"Adjusted Rand index of the proposed and the codebook's categories: {rand}")
    if found.considerations:
        considered = [
            {
                "": one.id,
                "consideration": one.name,
                "verdict": one.verdict,
                "cases": len(one.cases),
                "passages": len(one.passages),
                "beyond the literature": one.beyond,
            }
            for one in found.considerations
        ]
        columns = ("", "consideration", "verdict", "cases", "passages", "beyond the literature")
        show_rows(considered, columns, title="The literature's framework")
    message(f"Codings by: {', '.join(found.coders) or 'nobody'}")
    next_step("qualcode focus")
