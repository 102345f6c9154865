"""Agreement of coders: pooled and per code, undefined values said as such."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qualcode.agreement.findings import Agreement, Value
from qualcode.report.material import KINDS, CodeView, Material
from qualcode.report.records import Page

# As shown; what a report tells per code, in this order: the other measures say nearly the same.
LABELS = {
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "cohen": "Cohen’s κ",
    "light": "Light’s κ",
    "pooled_kappa": "Pooled κ",
    "mean_kappa": "Mean κ",
    "alpha": "Krippendorff’s α",
    "mean_alpha": "Mean α",
    "ac1": "AC1",
    "mean_ac1": "Mean AC1",
    "percent": "Agreement",
    "alpha_masi": "α over sets (MASI)",
    "alpha_jaccard": "α over sets (Jaccard)",
    "u_alpha_binary": "u-α (binary)",
}
WITH_INTERVAL = ("f1", "cohen", "light")


@dataclass(frozen=True, slots=True)
class AgreementView:
    """One comparison of coders.

    Attributes:
        item: As found.
        title: Its heading.
        anchor: Its anchor.
        kinds: (coder, kind as shown).
        pooled: (measure as shown, value) over all codes.
        measures: (measure as shown, whether with its interval) given per code.
        rows: (code, units by coder in the order of coders, units of both, prevalence, values by measure).
        unused: Codes that no coder used.
        machine: Whether a machine is among the coders.
    """

    item: Agreement
    title: str
    anchor: str
    kinds: list[tuple[str, str]]
    pooled: list[tuple[str, Value]]
    measures: list[tuple[str, bool]]
    rows: list[tuple[CodeView, list[int], int, float, list[Value | None]]]
    unused: list[CodeView]
    machine: bool


def agreement(material: Material) -> Page:
    """Collect the page of agreement."""
    return Page(
        "agreement.html",
        "agreement.html",
        "Agreement of coders",
        "agreement",
        {
            "agreements": [
                _view(material, number, item) for number, item in enumerate(material.findings.agreements, 1)
            ],
            "summary": summary(material.findings.agreements),
            "labels": LABELS,
        },
    )


def summary(agreements: Iterable[Agreement]) -> tuple[list[str], list[list[Value | None]]]:
    """Return measures over all codes side by side: (measures as shown, a row of values for each comparison)."""
    agreements = tuple(agreements)
    names = measures(item.pooled for item in agreements)
    return [label(name) for name in names], [[item.pooled.get(name) for name in names] for item in agreements]


def _view(material: Material, number: int, item: Agreement) -> AgreementView:
    kinds = {coder.name: coder.kind for coder in material.study.coders}
    names = measures(code.measures for code in item.codes)
    return AgreementView(
        item,
        " and ".join(item.coders) if len(item.coders) < 3 else f"{', '.join(item.coders[:-1])} and {item.coders[-1]}",
        f"agreement-{number}",
        [(name, KINDS.get(kinds.get(name, "consensus"), kinds.get(name, "consensus"))) for name in item.coders],
        [(label(name), item.pooled[name]) for name in measures([item.pooled])],
        [(label(name), name in WITH_INTERVAL) for name in names],
        [
            (
                material.codes[row.code],
                [row.units.get(name, 0) for name in item.coders],
                row.both,
                row.prevalence,
                [row.measures.get(name) for name in names],
            )
            for row in item.codes
            if row.code in material.codes
        ],
        [material.codes[code] for code in item.unused if code in material.codes],
        any(kinds.get(name) == "machine" for name in item.coders),
    )


def measures(values: Iterable[Mapping[str, Value]]) -> list[str]:
    """Return names of the measures to show, in the order of `LABELS`; all of them where none is known there."""
    found = dict.fromkeys(name for mapping in values for name in mapping)
    return [name for name in LABELS if name in found] or list(found)


def label(name: str) -> str:
    """Return a measure's name as shown."""
    return LABELS.get(name, name.replace("_", " "))
