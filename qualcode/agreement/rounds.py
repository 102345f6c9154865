"""Does agreement improve? Agreement by round of coding and over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from qualcode.agreement.agree import agree
from qualcode.agreement.findings import Round, Rounds
from qualcode.agreement.units import counted_codings
from qualcode.errors import UserError
from qualcode.model import Study

# How many characters of an ISO 8601 time name the round.
PERIODS = {"day": 10, "month": 7, "year": 4}


def rounds(study: Study, coders: Iterable[str], *, by: str | Mapping[str, str] = "month", **settings: Any) -> Rounds:
    """Return agreement for each round of coding.

    A transcript belongs to one round: the one in which the last of the coders was done with it.

    Args:
        study: The study.
        coders: Names of at least two.
        by: "day", "month" or "year" of when codings were made; the name of an attribute of transcripts or cases; or the
            round's name by transcript.
        settings: As for `agree` (unit, reference, draws, …).

    Raises:
        UserError: As `agree`; or no transcript belongs to a round.
    """
    names = tuple(dict.fromkeys(coders))
    last: dict[str, str] = {}
    who: dict[str, set[str]] = defaultdict(set)
    for coding in counted_codings(study, names, settings.get("statuses", ("accepted",))):
        last[coding.transcript] = max(last.get(coding.transcript, ""), coding.created)
        who[coding.transcript].add(coding.coder)
    members: dict[str, list[str]] = defaultdict(list)
    left_out = []
    for transcript in study.transcripts:
        name = _round_of(study, transcript.name, by, last)
        if name and (len(who[transcript.name]) > 1 or settings.get("coverage")):
            members[name].append(transcript.name)
        else:
            left_out.append(transcript.name)
    if not members:
        how = by if isinstance(by, str) else "as given"
        raise UserError(
            f"No transcript read by two of these coders belongs to a round ({how}).",
            hint="Rounds are told apart by day, month, year, or an attribute of the transcripts.",
        )
    found = tuple(
        Round(name, tuple(own), agree(study, names, **{**settings, "transcripts": own}))
        for name, own in sorted(members.items())
    )
    return Rounds(by if isinstance(by, str) else "as given", found, tuple(left_out), _trend(found))


def _round_of(study: Study, transcript: str, by: str | Mapping[str, str], last: Mapping[str, str]) -> str:
    if not isinstance(by, str):
        return by.get(transcript, "")
    if by in PERIODS:
        return last.get(transcript, "")[: PERIODS[by]]
    item = study.transcript_by_name[transcript]
    case = study.case_by_name.get(item.case)
    return item.attributes.get(by) or (case.attributes.get(by, "") if case is not None else "")


def _trend(found: tuple[Round, ...]) -> tuple[str, ...]:
    known = [(one, one.agreement.pooled.get("pooled_kappa")) for one in found]
    values = [(one.name, value) for one, value in known if value is not None and value.value is not None]
    if len(values) < 2:
        return ("There is one round only: nothing to compare.",)
    (first, before), (last, after) = values[0], values[-1]
    change = (after.value or 0.0) - (before.value or 0.0)
    notes = [f"Pooled kappa went from {before.value:.2f} ({first}) to {after.value:.2f} ({last})."]
    apart = [before.low, before.high, after.low, after.high]
    if None not in apart and (before.high or 0.0) >= (after.low or 0.0) and (after.high or 0.0) >= (before.low or 0.0):
        notes.append("The intervals overlap: this may be the interviews rather than the coders.")
    elif change < 0:
        notes.append("Agreement fell: look at the codebook's changes and at who joined since.")
    notes.append("Rounds hold different interviews; a harder interview lowers agreement without anyone coding worse.")
    return tuple(notes)
