"""The disagreements behind the numbers, unit by unit and code by code, ready to be adjudicated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import numpy as np

from qualcode.agreement.findings import Disagreement
from qualcode.agreement.units import Coverage, Sentences, Units, units_of
from qualcode.model import Coding, Study


def disagreements(
    study: Study,
    coders: Iterable[str],
    *,
    unit: str = "turn",
    codes: Iterable[str] | None = None,
    statuses: Collection[str] = ("accepted",),
    transcripts: Collection[str] | None = None,
    coverage: Coverage | None = None,
    sentences: Sentences | None = None,
) -> tuple[Disagreement, ...]:
    """Return every unit and code on which coders who read the unit differ, by code, then place.

    For each code their number is the sum over units that makes percent agreement fall short of 1.

    Args:
        study: The study.
        coders: Names of at least two.
        unit: See `qualcode.agreement.units`.
        codes: Identifiers; None for all.
        statuses: See `agree`.
        transcripts: See `agree`.
        coverage: See `agree`.
        sentences: See `agree`.

    Raises:
        UserError: An unknown coder, unit, code or transcript.
    """
    units = units_of(
        study,
        coders,
        unit=unit,
        codes=codes,
        statuses=statuses,
        transcripts=transcripts,
        coverage=coverage,
        sentences=sentences,
    )
    return disagreements_in(study, units)


def disagreements_in(study: Study, units: Units) -> tuple[Disagreement, ...]:
    """Return the disagreements in units already made; see `disagreements`."""
    behind: dict[tuple[int, str], list[Coding]] = defaultdict(list)
    for at, unit in units.touches.tolist():
        behind[unit, units.codings[at].code].append(units.codings[at])
    some, missing = units.given.any(axis=1), (~units.given & units.seen[:, :, None]).any(axis=1)
    found = []
    for column, unit in np.argwhere((some & missing).T).tolist():
        place, code = units.places[unit], units.codes[column]
        transcript = study.transcript_by_name[place.transcript]
        given = units.given[unit]
        gave = tuple(name for at, name in enumerate(units.coders) if given[at, column])
        withheld = [at for at in range(len(units.coders)) if units.seen[unit, at] and not given[at, column]]
        codings = sorted((c for c in behind[unit, code] if c.coder in gave), key=lambda coding: coding.place)
        found.append(
            Disagreement(
                code=code,
                case=transcript.case,
                transcript=place.transcript,
                turn=place.turn,
                start=place.start,
                end=place.end,
                text=transcript.text[place.start : place.end],
                gave=gave,
                withheld=tuple(units.coders[at] for at in withheld),
                codings=tuple(codings),
                quotes=tuple(study.quote(coding) for coding in codings),
                instead=tuple(
                    (units.coders[at], units.codes[other])
                    for at in withheld
                    for other in np.flatnonzero(given[at] & ~given[[units.coders.index(g) for g in gave]].all(axis=0))
                ),
            )
        )
    return tuple(found)
