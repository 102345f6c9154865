"""A clinic for the codebook: which definitions coders read differently, and what notes would settle it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import permutations

import numpy as np

from qualcode.agreement.findings import Clinic, CodeTrouble, ConfusedPair
from qualcode.agreement.units import Coverage, Sentences, Units, units_of
from qualcode.counts import counted
from qualcode.model import Code, Study

EXAMPLES = 5


def clinic(
    study: Study,
    coders: Iterable[str],
    *,
    unit: str = "turn",
    codes: Iterable[str] | None = None,
    statuses: Collection[str] = ("accepted",),
    transcripts: Collection[str] | None = None,
    coverage: Coverage | None = None,
    sentences: Sentences | None = None,
) -> Clinic:
    """Return codes with most disagreement, confused pairs, and notes to write.

    Two codes are confused on a unit when one coder gave the first and not the second, another the second and
    not the first.

    Args:
        study: The study.
        coders: Names of at least two.
        unit: See `qualcode.agreement.units`; a smaller unit shows confusion more sharply than a turn that
            carries many codes.
        codes: See `agree`.
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
    pairs = _pairs(units)
    return Clinic(units.unit, units.coders, _troubles(study, units, pairs), pairs)


def _pairs(units: Units) -> tuple[ConfusedPair, ...]:
    """Return confused pairs, those that occur more often than chance first."""
    uses: dict[tuple[int, int], Counter[tuple[str, str]]] = defaultdict(Counter)
    where: dict[tuple[int, int], set[int]] = defaultdict(set)
    expected: dict[tuple[int, int], float] = defaultdict(float)
    for left, right in permutations(range(len(units.coders)), 2):
        both = units.seen[:, left] & units.seen[:, right]
        ours, theirs = units.given[:, left], units.given[:, right]
        only, other = ours & ~theirs & both[:, None], theirs & ~ours & both[:, None]
        crossed = only.T.astype(float) @ other
        # What independent places of the two kinds of one-sided codings would give.
        chance = np.outer(only.sum(axis=0), other.sum(axis=0)) / max(int(both.sum()), 1)
        for first, second in np.argwhere(crossed > 0).tolist():
            if first < second:
                uses[first, second][units.coders[left], units.coders[right]] += int(crossed[first, second])
                where[first, second] |= set(np.flatnonzero(only[:, first] & other[:, second]).tolist())
        for first, second in np.argwhere(chance > 0).tolist():
            if first < second:
                expected[first, second] += float(chance[first, second])
    found = [
        ConfusedPair(
            first=units.codes[key[0]],
            second=units.codes[key[1]],
            units=len(where[key]),
            expected=float(expected[key]),
            uses=tuple((*who, number) for who, number in sorted(use.items(), key=lambda item: (-item[1], item[0]))),
            examples=tuple(
                (units.places[at].transcript, units.places[at].start, units.places[at].end)
                for at in sorted(where[key])[:EXAMPLES]
            ),
        )
        for key, use in uses.items()
    ]
    return tuple(sorted(found, key=lambda pair: (pair.expected - pair.units, pair.first, pair.second)))


def _troubles(study: Study, units: Units, pairs: Sequence[ConfusedPair]) -> tuple[CodeTrouble, ...]:
    confused: dict[str, Counter[str]] = defaultdict(Counter)
    for pair in pairs:
        if pair.units > pair.expected:
            confused[pair.first][pair.second] += pair.units
            confused[pair.second][pair.first] += pair.units
    shared = units.seen.sum(axis=1) >= 2
    some = units.given.any(axis=1) & shared[:, None]
    split = some & (~units.given & units.seen[:, :, None]).any(axis=1)
    found = []
    for column, code in enumerate(units.codes):
        alone = {
            name: int((units.given[:, at, column] & split[:, column]).sum()) for at, name in enumerate(units.coders)
        }
        differing, any_gave = int(split[:, column].sum()), int(some[:, column].sum())
        if not differing:
            continue
        others = tuple(sorted(confused[code].items(), key=lambda item: (-item[1], item[0])))
        entry = study.codebook.by_id.get(code)
        share = differing / any_gave
        notes = _suggestions(code, entry, differing, any_gave, alone, others, study)
        found.append(CodeTrouble(code, differing, any_gave - differing, share, alone, others, notes))
    return tuple(sorted(found, key=lambda trouble: (-trouble.disagreements, -trouble.share, trouble.code)))


def _suggestions(
    code: str,
    entry: Code | None,
    differing: int,
    any_gave: int,
    alone: Mapping[str, int],
    others: Sequence[tuple[str, int]],
    study: Study,
) -> tuple[str, ...]:
    notes = []
    for other, units in others[:2]:
        if units >= 2:
            title = study.codebook.by_id[other].name if other in study.codebook.by_id else other
            notes.append(
                f"exclude: say when it is {other} ({title}) and not {code}: on {counted(units, 'unit')} one coder gave "
                "the one and another the other. If both may apply, say so under include."
            )
    most, least = max(alone, key=lambda name: (alone[name], name)), min(alone, key=lambda name: (alone[name], name))
    if alone[most] >= 3 and alone[most] >= 3 * max(alone[least], 1):
        notes.append(
            f"include: {most} gave it alone {counted(alone[most], 'time')}, {least} {counted(alone[least], 'time')}: "
            "say what is enough for it to apply, or under exclude what is not."
        )
    if differing >= 3 and 2 * differing > any_gave:
        notes.append(
            f"definition: coders differ on {differing} of the {any_gave} units that any of them gave it to: it may "
            "name more than one thing, or something that the text seldom shows."
        )
    if entry is not None and not entry.examples:
        notes.append("examples: there are none; add a passage that it applies to and one that it nearly does.")
    elif entry is not None and not entry.exclude and differing >= 3:
        notes.append("exclude: there is no such note yet; the listed disagreements show where one is needed.")
    return tuple(notes)
