"""`qualcode compare`."""

from __future__ import annotations

from pathlib import Path

import click

from qualcode.cli.common import PATH, actor_option, coders_option, current_study
from qualcode.cli.output import format_option, message, next_step, show_json, show_rows
from qualcode.cli.seeing import seen_study, tell_missing_codes
from qualcode.counts import counted


@click.command()
@coders_option
@click.option(
    "--against", type=PATH, default=None, metavar="FILE", help="A published result [default: that of the settings]."
)
@actor_option
@format_option
@click.pass_context
def compare(ctx: click.Context, coders: tuple[str, ...], against: Path | None, actor: str | None, form: str) -> None:
    """Place each case among the strategies, with intervals; name hybrids; compare with a published result."""
    from qualcode.cases import compare as place
    from qualcode.codebook import load_published
    from qualcode.project.analysis import load_beside, need_codings
    from qualcode.project.plain_data import comparison_data

    folder = current_study(ctx)
    study = seen_study(ctx, False, actor)
    need_codings(study)
    tell_missing_codes(study)
    published = load_published(against) if against else load_beside(folder)[0]
    found = place(study, coders, published=published)
    if form == "json":
        show_json(comparison_data(study, found, published))
        return
    strategies = [one.strategy for one in found.cases[0].memberships] if found.cases else []
    rows = []
    for result in found.cases:
        row: dict[str, object] = {"case": result.case}
        for one in result.memberships:
            row[one.strategy] = f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]"
        row["assigned"] = " + ".join(result.assigned) or "undecided"
        row["published"] = None if result.published is None else " + ".join(result.published)
        row["agrees"] = result.agrees
        rows.append(row)
    columns = ["case", *strategies]
    if strategies:
        columns += ["assigned", "published", "agrees"] if published else ["assigned"]
    show_rows(rows, columns, form)
    if form == "csv":
        return
    if published:
        counts = [{"strategy": name, "here": here, "published": there} for name, here, there in found.counts]
        counts.append({"strategy": "hybrids", "here": found.hybrids[0], "published": found.hybrids[1]})
        show_rows(counts, ("strategy", "here", "published"), title="Cases per strategy")
    if found.clustering:
        clusters = [
            {"cluster": one.number, "cases": one.cases, "stability": one.stability} for one in found.clustering.clusters
        ]
        show_rows(clusters, ("cluster", "cases", "stability"), title="Clusters of cases, found without the strategies")
    if not found.cases:
        cohorts = sorted({case.cohort for case in study.cases if case.cohort})
        message(
            "No case belongs to the cohorts to be classified (study.yaml: cohorts, classified: "
            f"{', '.join(study.settings.classified_cohorts) or 'all'}); cohorts are: {', '.join(cohorts) or 'none'}."
        )
    message(found.rule)
    if found.agreed and not found.agreed[1]:
        message(f"None of these cases has a published place ({found.published_source}).")
    elif found.agreed:
        placed = f"{found.agreed[0]} of {counted(found.agreed[1], 'case')}"
        message(f"{placed} placed as published ({found.published_source}).")
    message(f"Codings by: {', '.join(found.coders) or 'nobody'}")
    next_step("qualcode report")
