"""What `qualcode agree` shows besides agreement per code: disagreements, clinic, rounds, spans, rho, gamma."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualcode.cli.output import message, show_json, show_rows
from qualcode.counts import counted

if TYPE_CHECKING:
    from qualcode.agreement import Value
    from qualcode.model import Study


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
    message(f"{counted(len(rows), 'disagreement')} of {' and '.join(coders)}, per {unit}")


def show_clinic(study: Study, coders: tuple[str, ...], unit: str, codes: tuple[str, ...], form: str) -> None:
    """Show which definitions cause most disagreement, and what might be written into them."""
    from qualcode.agreement import clinic
    from qualcode.project.plain_data import clinic_data

    found = clinic(study, coders, unit=unit, codes=codes or None)
    if form == "json":
        show_json(clinic_data(study, found))
        return
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


def show_rounds(
    study: Study,
    coders: tuple[str, ...],
    by: str,
    unit: str,
    reference: str,
    codes: tuple[str, ...],
    form: str,
) -> None:
    """Show agreement by round of coding."""
    from qualcode.agreement import rounds
    from qualcode.project.plain_data import rounds_data

    limits = study.settings.thresholds
    found = rounds(
        study,
        coders,
        by=by,
        unit=unit,
        reference=reference,
        codes=codes or None,
        draws=limits.draws,
        seed=limits.seed,
    )
    if form == "json":
        show_json(rounds_data(study, found))
        return
    rows = []
    for one in found.rounds:
        pooled = one.agreement.pooled
        kappa = pooled.get("pooled_kappa")
        rows.append(
            {
                "round": one.name,
                "transcripts": len(one.transcripts),
                "units": one.agreement.units,
                **{name: pooled[name].value for name in ("percent", "f1", "mean_alpha") if name in pooled},
                "pooled_kappa": kappa.value if kappa else None,
                "interval": interval(kappa) if kappa else "",
            }
        )
    columns = ("round", "transcripts", "units", "percent", "f1", "mean_alpha", "pooled_kappa", "interval")
    show_rows(rows, columns, form, title=f"Agreement of {' and '.join(coders)} by {found.by}, per {unit}")
    for remark in found.remarks:
        message(remark)
    if found.left_out:
        message(f"In no round (no date or attribute, or read by one coder only): {', '.join(found.left_out)}")


def show_spans(
    study: Study, coders: tuple[str, ...], domains: Sequence[str], codes: tuple[str, ...], form: str
) -> None:
    """Show Krippendorff's alphas for spans as they were marked."""
    from qualcode.project.plain_data import span_data
    from qualcode.project.reliability import domains_of, span_alphas

    found = span_alphas(study, coders, domains_of(study, domains, codes))
    if form == "json":
        show_json(span_data(study, coders, found))
        return
    rows = []
    for one in found:
        rows.append(
            {
                "code": one.domain,
                "u": one.found.u.value,
                "|u": one.found.binary.value,
                "cu": one.found.coding.value,
                "coverage": one.found.coverage,
                "remark": one.found.binary.reason,
            }
        )
        if len(one.codes) > 1:
            rows += [
                {"code": f"  (k)u {value}", "u": alpha.value, "coverage": share, "remark": alpha.reason}
                for value, (alpha, share) in one.found.values.items()
            ]
    show_rows(rows, ("code", "u", "|u", "cu", "coverage", "remark"), form)
    message(
        "Krippendorff's alphas for unitizing, 2016 (not the older alpha_U): u compares places and codes, |u only what "
        "is marked, cu only which code where both marked something, (k)u one code of a domain. Continuum: "
        "participants' speech, in characters."
    )


def show_rho(
    study: Study, coders: tuple[str, ...], unit: str, codes: tuple[str, ...], threshold: float, form: str
) -> None:
    """Show Shaffer's rho per code."""
    from qualcode.project.plain_data import rho_data
    from qualcode.project.reliability import rho_by_code

    seed = study.settings.thresholds.seed
    found = rho_by_code(study, coders, unit=unit, codes=codes, threshold=threshold, seed=seed)
    settings = (("unit", unit), ("threshold", f"{threshold:g}"), ("replicates", "800"), ("seed", str(seed)))
    if form == "json":
        show_json(rho_data(study, coders, found, settings))
        return
    rows = [
        {
            "code": one.code,
            "units": one.units,
            "base rate": one.base_rate,
            "kappa": one.kappa.value,
            "rho": one.rho.value,
            "remark": one.rho.reason,
        }
        for one in found
    ]
    show_rows(rows, ("code", "units", "base rate", "kappa", "rho", "remark"), form)
    message(", ".join(f"{name} {value}" for name, value in settings))
    message(
        f"Rho below .05: coders whose kappa over all text is under {threshold:g} would seldom reach this kappa on so "
        "many units (Shaffer 2017). It supposes that the units were drawn at random; many codes tested at once give "
        "some such values by chance."
    )


def show_gamma(study: Study, coders: tuple[str, ...], codes: tuple[str, ...], form: str) -> None:
    """Show gamma per transcript."""
    from qualcode.project.plain_data import gamma_data
    from qualcode.project.reliability import GAMMA_SAMPLES, gamma_by_transcript

    seed = study.settings.thresholds.seed
    found = gamma_by_transcript(study, coders, codes=codes, seed=seed)
    settings = (("samples", str(GAMMA_SAMPLES)), ("seed", str(seed)))
    if form == "json":
        show_json(gamma_data(study, coders, found, settings))
        return
    rows = [
        {
            "transcript": one.transcript,
            **one.passages,
            "gamma": one.found.gamma.value,
            "gamma of codes": one.found.coding.value,
        }
        for one in found
    ]
    show_rows(rows, ("transcript", *coders, "gamma", "gamma of codes"), form)
    message(", ".join(f"{name} {value}" for name, value in settings))


def interval(value: Value) -> str:
    """Return a value's interval as shown; nothing where it has none."""
    return "" if value.low is None or value.high is None else f"[{value.low:.3f}, {value.high:.3f}]"
