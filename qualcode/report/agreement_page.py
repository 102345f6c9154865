"""Agreement of coders: pooled and per code with plots, what the numbers mean, and what lies behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qualcode.agreement.findings import Agreement, Clinic, CodeAgreement, CodeTrouble, Disagreement, Value
from qualcode.report.disagreement_pages import disagreement_page, joined
from qualcode.report.forest import Forest, forest
from qualcode.report.material import KINDS, CodeView, Material
from qualcode.report.records import Page

LABELS = {
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "cohen": "Cohen’s κ",
    "light": "Light’s κ",
    "conger": "Conger’s κ",
    "fleiss": "Fleiss’ κ",
    "scott": "Scott’s π",
    "pooled_kappa": "Pooled κ",
    "mean_kappa": "Mean κ",
    "alpha": "Krippendorff’s α",
    "mean_alpha": "Mean α",
    "ac1": "AC1",
    "mean_ac1": "Mean AC1",
    "brennan_prediger": "Brennan–Prediger",
    "pabak": "PABAK",
    "holsti": "Holsti",
    "percent": "Agreement",
    "alpha_masi": "α over sets (MASI)",
    "alpha_jaccard": "α over sets (Jaccard)",
    "u_alpha_binary": "u-α (binary)",
    "prevalence_index": "Prevalence index",
    "bias_index": "Bias index",
}
# What the table per code tells; the other measures say nearly the same and stand in a list of their own.
PER_CODE = ("precision", "recall", "f1", "cohen", "light", "alpha", "ac1", "percent", "u_alpha_binary")
INDICES = ("prevalence_index", "bias_index")
WITH_INTERVAL = ("f1", "cohen", "light")
# Measure of the forest plot, the first one that there is, with its name over all codes.
PLOTTED = (("cohen", "pooled_kappa"), ("light", "pooled_kappa"), ("alpha", "mean_alpha"))
LEVELS = (0.2, 0.4, 0.6, 0.8)
MOST_PAIRS = 45
MOST_CASES = 40
TOP_CODES, TOP_PAIRS = 12, 10


@dataclass(frozen=True, slots=True)
class CodeRow:
    """Agreement on one code.

    Attributes:
        code: The code.
        units: Units by coder, in the order of coders.
        both: Units to which all gave it.
        prevalence: Mean share of units with it, 0 to 1.
        indices: Prevalence and bias index.
        values: (value, level from 0 to 5 of its colour) by measure.
        all: Values of all measures.
        differ: Units on which they differ, or None where that was not listed.
        href: Address of these units, empty for none.
        notes: What to know about the numbers, in a few words each.
    """

    code: CodeView
    units: list[int]
    both: int
    prevalence: float
    indices: list[Value | None]
    values: list[tuple[Value | None, int]]
    all: list[Value | None]
    differ: int | None
    href: str
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Influence:
    """Pooled kappa without one interview.

    Attributes:
        case: Name.
        href: Its page; empty for none.
        value: Pooled kappa without it, or None.
        change: Difference from the pooled kappa, or None.
        share: The same as a share of the greatest change, -1 to 1.
    """

    case: str
    href: str
    value: float | None
    change: float | None
    share: float


@dataclass(frozen=True, slots=True)
class PairHeat:
    """Kappa of each code for each pair of coders (with many pairs: of each coder with the others, on average).

    Attributes:
        columns: As shown.
        rows: (code, ((value, level), …)).
        means: Whether columns are coders rather than pairs.
    """

    columns: list[str]
    rows: list[tuple[CodeView, list[tuple[Value | None, int]]]]
    means: bool


@dataclass(frozen=True, slots=True)
class ClinicView:
    """What the codebook leaves open.

    Attributes:
        codes: (code, its trouble, address of its disagreements, (confused code, units) …), most disagreement first.
        more: Codes with disagreement that are not among them.
        pairs: (first, second, units, expected, (who, who, units) …), of codes confused more often than chance.
    """

    codes: list[tuple[CodeView, CodeTrouble, str, list[tuple[CodeView, int]]]]
    more: int
    pairs: list[tuple[CodeView, CodeView, int, float, tuple[tuple[str, str, int], ...]]]


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
        every: All measures per code, as shown.
        rows: One for each code.
        unused: Codes that no coder used.
        machine: Whether a machine is among the coders.
        remarks: Explanations of this comparison alone.
        forest: Values per code with intervals, or None.
        plotted: Measure of the plot, as shown.
        heat: Code by pair, or None for two coders.
        influence: Which interview drives the number.
        unshown: Interviews left out of `influence`, those with the least of it.
        clinic: Codes with most disagreement, or None where that was not looked at.
        page: The page of disagreements; empty for none.
        differ: Disagreements in all.
    """

    item: Agreement
    title: str
    anchor: str
    kinds: list[tuple[str, str]]
    pooled: list[tuple[str, Value]]
    measures: list[tuple[str, bool]]
    every: list[str]
    rows: list[CodeRow]
    unused: list[CodeView]
    machine: bool
    remarks: list[str]
    forest: Forest | None
    plotted: str
    heat: PairHeat | None
    influence: list[Influence]
    unshown: int
    clinic: ClinicView | None
    page: str
    differ: int


def agreement(material: Material) -> Page:
    """Collect the page of agreement."""
    found = material.findings.agreements
    general = shared_remarks(found)
    return Page(
        "agreement.html",
        "agreement.html",
        "Agreement of coders",
        "agreement",
        {
            "agreements": [_view(material, number, item, general) for number, item in enumerate(found, 1)],
            "summary": summary(found),
            "general": general,
            "labels": LABELS,
        },
    )


def summary(agreements: Iterable[Agreement]) -> tuple[list[str], list[list[Value | None]]]:
    """Return measures over all codes side by side: (measures as shown, a row of values for each comparison)."""
    agreements = tuple(agreements)
    names = measures(item.pooled for item in agreements)
    return [label(name) for name in names], [[item.pooled.get(name) for name in names] for item in agreements]


def shared_remarks(agreements: Sequence[Agreement]) -> list[str]:
    """Return the remarks that all of several comparisons have: they are said once."""
    if len(agreements) < 2:
        return []
    return [remark for remark in agreements[0].remarks if all(remark in item.remarks for item in agreements[1:])]


def _view(material: Material, number: int, item: Agreement, general: Sequence[str]) -> AgreementView:
    kinds = {coder.name: coder.kind for coder in material.study.coders}
    every = measures(code.measures for code in item.codes)
    known = [row for row in item.codes if row.code in material.codes]
    rows = [_row(material, number, item, row, every) for row in known]
    plotted = next((pair for pair in PLOTTED if pair[0] in every), None)
    influence = _influence(material, item)
    clinics = material.findings.clinics
    machine = any(kinds.get(name) == "machine" for name in item.coders)
    return AgreementView(
        item,
        joined(item.coders),
        f"agreement-{number}",
        [(name, KINDS.get(kinds.get(name, "consensus"), kinds.get(name, "consensus"))) for name in item.coders],
        [(label(name), item.pooled[name]) for name in measures([item.pooled])],
        [(label(name), name in WITH_INTERVAL) for name in per_code(every)],
        [label(name) for name in every],
        rows,
        [material.codes[code] for code in item.unused if code in material.codes],
        machine,
        [remark for remark in item.remarks if remark not in general],
        _forest(item, known, rows, plotted) if plotted and rows else None,
        label(plotted[0]) if plotted else "",
        _heat(material, item) if len(item.coders) > 2 else None,
        influence[:MOST_CASES],
        len(influence[MOST_CASES:]),
        _clinic(material, number, clinics[number - 1]) if number <= len(clinics) else None,
        disagreement_page(material, number),
        len(_listed(material, number)),
    )


def per_code(names: Iterable[str]) -> list[str]:
    """Return the measures of the table per code; all of them where none is known."""
    names = list(names)
    return [name for name in PER_CODE if name in names] or names


def _row(material: Material, number: int, item: Agreement, row: CodeAgreement, every: Sequence[str]) -> CodeRow:
    differ = sum(one.code == row.code for one in _listed(material, number))
    page = disagreement_page(material, number)
    return CodeRow(
        material.codes[row.code],
        [row.units.get(name, 0) for name in item.coders],
        row.both,
        row.prevalence,
        [row.measures.get(name) for name in INDICES],
        [(row.measures.get(name), level(row.measures.get(name))) for name in per_code(every)],
        [row.measures.get(name) for name in every],
        differ if page else None,
        f"{page}#{material.links.code_anchor(row.code)}" if differ else "",
        notes(row, item.coders),
    )


def _listed(material: Material, number: int) -> tuple[Disagreement, ...]:
    found = material.findings.disagreements
    return found[number - 1] if number <= len(found) else ()


def level(value: Value | None) -> int:
    """Return how dark a value is shown: 0 for none, 1 up to .2, …, 5 above .8.

    >>> level(Value(0.81)), level(Value(-0.1)), level(Value(None))
    (5, 1, 0)
    """
    if value is None or value.value is None:
        return 0
    return 1 + sum(value.value > line for line in LEVELS)


def notes(row: CodeAgreement, coders: Sequence[str]) -> list[str]:
    """Return what to know about a code's numbers, in a few words each."""
    found = [f"never given by {name}" for name in coders if not row.units.get(name)]
    kappa = next((row.measures[name] for name in ("cohen", "light", "alpha") if name in row.measures), None)
    share = row.measures.get("percent")
    if kappa is None:
        return found
    if kappa.value is None:
        return [*found, kappa.reason]
    if share and share.value is not None and share.value >= 0.9 and kappa.value < 0.6:
        found.append(
            f"low although they agree on {share.value:.0%}: {'rarely' if row.prevalence < 0.5 else 'nearly always'} "
            "given, so a few units weigh heavily"
        )
    counts = sorted((row.units.get(name, 0), name) for name in coders)
    if counts[0][0] and counts[-1][0] >= 1.5 * counts[0][0] and counts[-1][0] - counts[0][0] >= 3:
        found.append(f"{counts[-1][1]} gives it {counts[-1][0] / counts[0][0]:.1f} times as often as {counts[0][1]}")
    if kappa.low is None and kappa.reason:
        found.append(kappa.reason)
    return found


def _forest(
    item: Agreement, known: Sequence[CodeAgreement], rows: Sequence[CodeRow], plotted: tuple[str, str]
) -> Forest:
    measure, pooled = plotted
    return forest(
        [
            (row.code.name, row.href or row.code.page, row.code.colour, one.measures[measure])
            for one, row in zip(known, rows, strict=True)
            if measure in one.measures
        ],
        item.pooled.get(pooled),
        label(pooled).lower(),
    )


def _heat(material: Material, item: Agreement) -> PairHeat | None:
    """Return kappa per code and pair; the mean of each coder with the others where there are too many pairs."""
    if not item.pairs:
        return None
    codes = [row.code for row in item.codes if row.code in material.codes]
    if len(item.pairs) <= MOST_PAIRS:
        columns = [f"{pair.first} – {pair.second}" for pair in item.pairs]
        cells = [[pair.codes.get(code) for pair in item.pairs] for code in codes]
    else:
        columns = list(item.coders)
        cells = [[_mean_with_others(item, code, name) for name in item.coders] for code in codes]
    return PairHeat(
        columns,
        [
            (material.codes[code], [(value, level(value)) for value in values])
            for code, values in zip(codes, cells, strict=True)
        ],
        len(item.pairs) > MOST_PAIRS,
    )


def _mean_with_others(item: Agreement, code: str, name: str) -> Value:
    found = [pair.codes[code].value for pair in item.pairs if name in (pair.first, pair.second) and code in pair.codes]
    known = [value for value in found if value is not None]
    return Value(sum(known) / len(known)) if known else Value(None, "undefined with each of the others")


def _influence(material: Material, item: Agreement) -> list[Influence]:
    """Return interviews by how far the pooled kappa moves without them, farthest first."""
    pooled = item.pooled.get("pooled_kappa")
    whole = pooled.value if pooled else None
    if whole is None or len(item.influence) < 2:
        return []
    changes = [None if value is None else value - whole for _, value in item.influence]
    greatest = max((abs(change) for change in changes if change is not None), default=0.0) or 1.0
    found = [
        Influence(
            case,
            material.links.case_page(case) if case in material.case_by_name else "",
            value,
            change,
            0.0 if change is None else round(change / greatest, 3),
        )
        for (case, value), change in zip(item.influence, changes, strict=True)
    ]
    return sorted(found, key=lambda one: (-abs(one.change or 0.0), one.case))


def _clinic(material: Material, number: int, found: Clinic) -> ClinicView:
    page = disagreement_page(material, number)
    known = [trouble for trouble in found.codes if trouble.code in material.codes]
    return ClinicView(
        [
            (
                material.codes[trouble.code],
                trouble,
                f"{page}#{material.links.code_anchor(trouble.code)}" if page else "",
                [(material.codes[code], units) for code, units in trouble.confused[:3] if code in material.codes],
            )
            for trouble in known[:TOP_CODES]
        ],
        len(known[TOP_CODES:]),
        [
            (material.codes[pair.first], material.codes[pair.second], pair.units, pair.expected, pair.uses)
            for pair in found.pairs
            if pair.units > max(pair.expected, 1) and pair.first in material.codes and pair.second in material.codes
        ][:TOP_PAIRS],
    )


def measures(values: Iterable[Mapping[str, Value]]) -> list[str]:
    """Return names of the measures to show, in the order of `LABELS`; all of them where none is known there."""
    found = dict.fromkeys(name for mapping in values for name in mapping)
    return [name for name in LABELS if name in found] or list(found)


def label(name: str) -> str:
    """Return a measure's name as shown."""
    return LABELS.get(name, name.replace("_", " "))
