"""`qualcode agree`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qualcode.cli.agreement_tables import (
    show_clinic,
    show_disagreements,
    show_gamma,
    show_rho,
    show_rounds,
    show_spans,
)
from qualcode.cli.common import actor_option
from qualcode.cli.output import format_option, message, next_step, show_json, show_rows
from qualcode.cli.seeing import tell_missing_codes, whole_study
from qualcode.counts import counted

if TYPE_CHECKING:
    from qualcode.agreement import Agreement

# What a table per code has room for; the others say nearly the same.
USUAL = ("percent", "cohen", "light", "fleiss", "conger", "alpha", "ac1", "f1", "precision", "recall")


@click.command()
@click.option("--coder", "coders", multiple=True, metavar="NAME", help="Two or more coders [default: all people].")
@click.option(
    "--unit",
    type=click.Choice(["turn", "sentence", "passage", "character"]),
    default=None,
    help="What is compared [default: that of the settings].",
)
@click.option("--reference", default="", metavar="NAME", help="Measure precision and recall against this coder.")
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Only this code; may be given several times.")
@click.option(
    "--measures",
    type=click.Choice(["usual", "all"]),
    default="usual",
    show_default=True,
    help="Which measures the table per code shows; CSV and JSON hold all.",
)
@click.option("--disagreements", is_flag=True, help="List the units on which they differ, with the passages.")
@click.option("--clinic", is_flag=True, help="Show which definitions cause most disagreement, and confused pairs.")
@click.option(
    "--by-round",
    default="",
    metavar="month|day|year|ATTRIBUTE",
    help="Agreement by round of coding: by date, or by an attribute of transcripts or cases.",
)
@click.option(
    "--span-measures",
    is_flag=True,
    help="Krippendorff's alphas for spans as marked (2016): each code alone, or a --domain, or the codes named.",
)
@click.option(
    "--domain",
    "domains",
    multiple=True,
    metavar="CATEGORY",
    help="For --span-measures: a category or dimension whose codes exclude each other.",
)
@click.option("--rho", is_flag=True, help="Shaffer's rho per code, for two coders.")
@click.option(
    "--threshold",
    type=click.FloatRange(0.4, 1, min_open=True),
    default=0.9,
    show_default=True,
    help="For --rho: the kappa to be shown to hold.",
)
@click.option("--gamma", is_flag=True, help="Gamma per transcript (Mathet et al. 2015); needs qualcode[gamma].")
@actor_option
@format_option
@click.pass_context
def agree(
    ctx: click.Context,
    coders: tuple[str, ...],
    unit: str | None,
    reference: str,
    codes: tuple[str, ...],
    measures: str,
    disagreements: bool,
    clinic: bool,
    by_round: str,
    span_measures: bool,
    domains: tuple[str, ...],
    rho: bool,
    threshold: float,
    gamma: bool,
    actor: str | None,
    form: str,
) -> None:
    """Measure the agreement of coders, per code and pooled, with intervals by interview."""
    from qualcode.project.analysis import agreement_of, coders_to_compare
    from qualcode.project.plain_data import agreement_data

    asked = {
        "--disagreements": disagreements,
        "--clinic": clinic,
        "--by-round": bool(by_round),
        "--span-measures": span_measures,
        "--rho": rho,
        "--gamma": gamma,
    }
    chosen = [name for name, wanted in asked.items() if wanted]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} show different things: ask for one at a time.")
    if domains and not span_measures:
        raise click.UsageError("--domain goes with --span-measures.")
    # How often others gave which code is what a blind coder must not know either.
    study = whole_study(ctx, actor, " ".join(["agree", *chosen]))
    tell_missing_codes(study)
    if not chosen:
        found = agreement_of(study, coders, unit=unit or "", reference=reference, codes=codes)
        if form == "json":
            show_json(agreement_data(study, found))
        else:
            show_agreement(found, form, every=measures == "all")
        return
    compared, names = coders_to_compare(study, coders, reference)
    unit = unit or study.settings.unit
    if disagreements:
        show_disagreements(compared, names, unit, codes, form)
    elif clinic:
        show_clinic(compared, names, unit, codes, form)
    elif by_round:
        show_rounds(compared, names, by_round, unit, reference, codes, form)
    elif span_measures:
        show_spans(compared, names, domains, codes, form)
    elif rho:
        show_rho(compared, names, unit, codes, threshold, form)
    else:
        show_gamma(compared, names, codes, form)


def show_agreement(found: Agreement, form: str, *, every: bool) -> None:
    """Show agreement per code and pooled, and what the numbers mean."""
    per_code = [
        {
            "code": one.code,
            **dict(one.units),
            "prevalence": one.prevalence,
            **{name: value.value for name, value in one.measures.items()},
        }
        for one in found.codes
    ]
    held = tuple(found.codes[0].measures) if found.codes else ()
    measures = [name for name in held if form == "csv" or name in USUAL]
    show_rows(per_code, ("code", *found.coders, "prevalence", *measures), form)
    if form == "csv":
        return
    others = [name for name in held if name not in USUAL]
    if every and others:
        # All in one table would break every number over lines.
        show_rows(per_code, ("code", *others), title="Other measures per code")
    pooled = [
        {
            "measure": name,
            "value": value.value,
            "interval": f"[{value.low:.3f}, {value.high:.3f}]" if value.low is not None else "",
            "remark": value.reason,
        }
        for name, value in found.pooled.items()
    ]
    title = f"Pooled over codes: {' and '.join(found.coders)}, {counted(found.units, found.unit)}"
    show_rows(pooled, ("measure", "value", "interval", "remark"), title=title)
    for remark in found.remarks:
        message(remark)
    next_step("qualcode report")
