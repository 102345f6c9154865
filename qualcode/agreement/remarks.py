"""What the numbers mean, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qualcode.agreement.findings import CodeAgreement, Value
from qualcode.agreement.resampling import FEWEST_INTERVIEWS, MOST_UNDEFINED
from qualcode.agreement.units import Units
from qualcode.counts import counted

THRESHOLDS = (0.667, 0.8)
UNIT_NOTES = {
    "turn": "Unit: a participant's turn; a coding counts for a turn if they share at least one character.",
    "sentence": "Unit: a sentence of a participant's turn; a coding counts for a sentence if it covers at least "
    "half of the sentence, or has at least half of itself in it.",
    "passage": "Unit: a passage that any of the coders marked. Text that all left uncoded is no unit here, so "
    "agreement on leaving it uncoded does not count, and chance-corrected values are mostly lower than by turn.",
    "character": "Unit: a character of participants' turns. Characters of one passage are not independent of each "
    "other: do not read their large number as precision; the intervals, by interview, do not.",
}
MEANING = (
    "What counts as good is convention: Landis & Koch (1977) called kappas above .40 moderate, above .60 "
    "substantial and above .80 almost perfect, by their own account arbitrarily; Krippendorff (2004, p. 241) asks "
    "for alpha of at least .800, and takes .667 to .800 for tentative conclusions only. None of them had your "
    "study in mind."
)
REFLEXIVE = (
    "Agreement asks whether coders apply one codebook alike. Reflexive thematic analysis (Braun & Clarke) takes "
    "coding as interpretation and does not want it: leave it out there."
)


def remarks_on(
    units: Units,
    pooled: Mapping[str, Value],
    codes: Sequence[CodeAgreement],
    alone: int,
    apart: Sequence[str],
    draws: int,
) -> tuple[str, ...]:
    """Return explanations for a table of agreement.

    Args:
        units: What was compared.
        pooled: Values over all codes.
        codes: Values per code.
        alone: Units left out because fewer than two coders saw them.
        apart: Codes used only in these units.
        draws: Bootstrap draws asked for.
    """
    found = [UNIT_NOTES[units.unit]]
    if not len(units.weights):
        found.append("No unit was read by two of these coders: there is nothing to compare.")
    elif not codes:
        found.append("These coders read the same text and gave it no code at all: there is nothing to compare.")
    if alone:
        found.append(f"{counted(alone, units.unit)} that fewer than two of the coders read are left out.")
    if apart:
        found.append(f"Used only where no other coder read, and so not compared: {_some(apart)}.")
    if draws and codes:
        found += _interval_notes(units, pooled, codes)
    found += _paradoxes(codes)
    found += _one_sided(units.coders, codes)
    return (*found, MEANING, REFLEXIVE)


def _interval_notes(units: Units, pooled: Mapping[str, Value], codes: Sequence[CodeAgreement]) -> list[str]:
    number = len(units.interviews)
    if number < FEWEST_INTERVIEWS:
        notes = [
            f"There are only {counted(number, 'interview')}: too few to draw whole interviews (at least "
            f"{FEWEST_INTERVIEWS}), so the intervals draw units instead. Units of one interview resemble each other: "
            "these intervals are too narrow."
        ]
    else:
        notes = [
            f"Intervals come from drawing whole interviews ({number} of them), because passages of one interview "
            "resemble each other."
        ]
    refused = [one.code for one in codes if any(value.undefined > MOST_UNDEFINED for value in one.measures.values())]
    if refused or any(value.undefined > MOST_UNDEFINED for value in pooled.values()):
        notes.append(
            f"No interval is given where more than {MOST_UNDEFINED:.0%} of the draws have no value, as happens for "
            f"codes found in few interviews: {_some(refused)}."
        )
    return notes


def _paradoxes(codes: Sequence[CodeAgreement]) -> list[str]:
    low = []
    for one in codes:
        share = one.measures.get("percent", Value(None)).value
        kappa = _first(one, "cohen", "light", "fleiss", "alpha")
        if share is not None and kappa is not None and share >= 0.9 and kappa < 0.6:
            low.append((one, share, kappa))
    if not low:
        return []
    one, share, kappa = min(low, key=lambda item: (item[2], item[0].code))
    rare = "rarely" if one.prevalence < 0.5 else "nearly always"
    return [
        "Kappa is low although coders agree on nine units of ten or more for "
        f"{_some([item[0].code for item in low])}. For {one.code} they agree on {share:.0%} of the units, kappa is "
        f"{kappa:.2f}: the code is {rare} given ({one.prevalence:.1%} of the units), nearly all agreement would "
        "come about by chance, and a few differing units weigh heavily (the prevalence paradox: Feinstein & "
        "Cicchetti 1990). Look at the units themselves; AC1 and F1 say how much the coders share, the prevalence "
        "index how lopsided the code is."
    ]


def _first(one: CodeAgreement, *names: str) -> float | None:
    for name in names:
        value = one.measures.get(name)
        if value is not None and value.value is not None:
            return value.value
    return None


def _one_sided(coders: Sequence[str], codes: Sequence[CodeAgreement]) -> list[str]:
    notes = []
    for coder in coders:
        never = [one.code for one in codes if not one.units.get(coder)]
        if never:
            notes.append(
                f"{coder} never used {_some(never)}, which another coder did use: kappa is 0 there by definition. "
                "Ask whether the code was known to them before reading it as disagreement."
            )
    return notes


def _some(names: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
