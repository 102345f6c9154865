"""`qualcode saturation`."""

from __future__ import annotations

import click

from qualcode.cli.common import actor_option, coders_option
from qualcode.cli.output import format_option, message, next_step, plain, show_json, show_rows
from qualcode.cli.seeing import seen_study, tell_missing_codes


@click.command()
@coders_option
@click.option("--order", default="", metavar="NAMES", help="Transcripts in the order held, separated by commas.")
@click.option("--base", "bases", type=click.IntRange(1), multiple=True, help="Base size (Guest et al. 2020).")
@click.option("--run", "runs", type=click.IntRange(1), multiple=True, help="Run length (Guest et al. 2020).")
@click.option(
    "--target", type=click.FloatRange(0.01, 0.999), default=0.95, show_default=True, help="Coverage aimed at."
)
@click.option("--cohorts", is_flag=True, help="Show the same for each cohort.")
@actor_option
@format_option
@click.pass_context
def saturation(
    ctx: click.Context,
    coders: tuple[str, ...],
    order: str,
    bases: tuple[int, ...],
    runs: tuple[int, ...],
    target: float,
    cohorts: bool,
    actor: str | None,
    form: str,
) -> None:
    """Show new codes per interview, base-and-run saturation, coverage and estimated richness.

    Descriptive: the numbers say how the codes came, not that enough was heard.
    """
    from qualcode.agreement import saturation as look
    from qualcode.agreement.saturation import BASES, RUNS
    from qualcode.project.analysis import need_codings
    from qualcode.project.plain_data import saturation_data
    from qualcode.tables import chosen

    study = seen_study(ctx, False, actor)
    need_codings(study)
    tell_missing_codes(study)
    _, codings = chosen(study, coders)
    names = [name.strip() for name in order.split(",") if name.strip()]
    found = look(
        study, codings, order=names or None, target=target, cohorts=cohorts, bases=bases or BASES, runs=runs or RUNS
    )
    if form == "json":
        show_json(saturation_data(study, found))
        return
    rows = [
        {
            "": row.number,
            "transcript": row.interview,
            "codes": row.codes,
            "new": row.new,
            "repeated": row.repeated,
            "total": row.total,
            "which are new": row.which,
        }
        for row in found.table
    ]
    show_rows(rows, ("", "transcript", "codes", "new", "repeated", "total", "which are new"), form)
    if form == "csv":
        return
    show_rows(
        [
            {
                "base": one.base,
                "run": one.run,
                "threshold": f"{one.threshold:.0%}",
                "saturation": one.notation or "not reached",
                "in other orders": f"{plain(one.median)} [{plain(one.low)}, {plain(one.high)}]" if one.median else "",
                "orders that reach it": None if one.reached is None else f"{one.reached:.0%}",
            }
            for one in found.base_runs
        ],
        ("base", "run", "threshold", "saturation", "in other orders", "orders that reach it"),
        title="Guest, Namey & Chen 2020",
    )
    show_rows(richness_rows(found), ("", "value", "interval"), title="Codes as species, interviews as samples")
    show_rows(
        [
            {
                "curve": f"{one.model}, {one.method}",
                "codes in the end": one.total,
                "found of them": None if one.index is None else f"{one.index:.0%}",
                "remark": one.reason,
            }
            for one in found.lowe
        ],
        ("curve", "codes in the end", "found of them", "remark"),
        title="Growth curves, Lowe et al. 2018",
    )
    show_rows(
        [{"of all codes": f"{share:.0%}", "found by interview": number} for share, number in found.grid.lines],
        ("of all codes", "found by interview"),
        title="Code saturation, Hennink & Kaiser (code by interview: in the report and in --format json)",
    )
    for name, one in found.cohorts.items():
        show_rows(richness_rows(one), ("", "value", "interval"), title=f"Cohort {name}")
    for remark in found.remarks:
        message(remark)
    next_step("qualcode report")


def richness_rows(found) -> list[dict[str, object]]:  # type: ignore[no-untyped-def]
    """Return the estimates of how many codes there are, as rows."""
    richness = found.richness
    rows: list[dict[str, object]] = [
        {"": "codes found", "value": richness.codes},
        {"": "in one interview only", "value": richness.once},
        {"": "in two interviews", "value": richness.twice},
    ]
    for name, value in (
        ("coverage of mentions", richness.coverage),
        ("estimated codes (Chao2, lower bound)", richness.chao2),
        ("estimated codes (jackknife 1)", richness.jackknife1),
        (f"more interviews for {found.target:.0%} coverage", found.more),
    ):
        interval = f"[{value.low:.1f}, {value.high:.1f}]" if value.low is not None else value.reason
        rows.append({"": name, "value": value.value, "interval": interval})
    return rows
