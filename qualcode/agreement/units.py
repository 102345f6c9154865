"""From a study to the arrays that agreement is computed from.

What counts as a unit:

- `turn`: a participant's turn. A coding touches a turn if they share at least one character.
- `sentence`: a sentence of a participant's turn. A coding touches a sentence if it covers at least half of the
  sentence's characters, or has at least half of its own characters (those in sentences) there: a passage that
  runs one word over a sentence end does not make a second coding of it.
- `passage`: a stretch of a participant's turn that any of the coders marked, with whatever code (overlapping
  passages are one). Nothing that all left uncoded is a unit, so agreement on leaving text uncoded does not count.
- `character`: every character of participants' turns, held as stretches between boundaries of codings with
  their lengths as weights.

Interviewers' turns hold no units. A unit counts for a coder who *saw* it: by default everything in transcripts in
which the coder has any coding, and for a machine everything. A unit that was seen and left uncoded counts as such.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from qualcode.agreement.ratings import Array
from qualcode.errors import UserError
from qualcode.model import Coding, Study, Transcript

UNITS = ("turn", "sentence", "passage", "character")

Spans = list[tuple[int, int]]
Sentences = Callable[[str], Spans]
Coverage = Mapping[str, Collection[str] | Collection[tuple[str, int]]]


@dataclass(frozen=True)
class Place:
    """Where a unit stands: transcript, number of its turn, first character, one past the last."""

    transcript: str
    turn: int
    start: int
    end: int


@dataclass(frozen=True)
class Units:
    """Units of a study with what coders gave them.

    Attributes:
        unit: One of `UNITS`.
        coders: Names, in the order asked for.
        codes: Identifiers of the codes that any of them used, in codebook order.
        unused: Codes asked for that none of them used.
        places: Where each unit stands, sorted.
        weights: Characters of each unit for `character`, else 1: units, floats.
        interviews: Names of the cases, sorted.
        interview: Position of each unit's case in `interviews`: units, integers.
        given: Units × coders × codes, bool.
        seen: Units × coders, bool.
        codings: The codings used, sorted by place.
        touches: Which coding touches which unit: rows (position in `codings`, unit).
    """

    unit: str
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    unused: tuple[str, ...]
    places: tuple[Place, ...]
    weights: Array
    interviews: tuple[str, ...]
    interview: Array
    given: Array
    seen: Array
    codings: tuple[Coding, ...]
    touches: Array

    def ratings(self, code: str) -> Array:
        """Return units × coders for one code: 1 given, 0 seen and not given, -1 not seen."""
        return np.where(self.seen, self.given[:, :, self.codes.index(code)].astype(np.int64), -1)


def units_of(
    study: Study,
    coders: Iterable[str],
    *,
    unit: str = "turn",
    codes: Iterable[str] | None = None,
    statuses: Collection[str] = ("accepted",),
    transcripts: Collection[str] | None = None,
    coverage: Coverage | None = None,
    sentences: Sentences | None = None,
) -> Units:
    """Return the units of a study with what some coders gave them.

    Args:
        study: The study.
        coders: Names of at least one coder.
        unit: One of `UNITS`.
        codes: Identifiers to look at; None for all of the codebook and any others that were used.
        statuses: Statuses that count. A machine's proposed and accepted codings count, if affirmed, whatever this says.
        transcripts: Names to look at; None for all.
        coverage: What a coder saw, by coder: names of transcripts, or pairs (name, turn number). Coders that
            it does not name saw the transcripts in which they have any coding; machines saw all.
        sentences: Function from a text to its sentences' spans; None: that of `qualcode.language` for the
            transcript's language.

    Raises:
        UserError: No such unit, coder, code or transcript.
    """
    names = tuple(dict.fromkeys(coders))
    _check(study, names, unit, codes, transcripts)
    used = counted_codings(study, names, statuses)
    wanted = None if codes is None else frozenset(codes)
    inside = frozenset(study.transcript_by_name if transcripts is None else transcripts)
    used = tuple(c for c in used if c.transcript in inside and (wanted is None or c.code in wanted))
    shown, unused = _codes(study, used, codes)
    by_transcript: dict[str, list[int]] = defaultdict(list)
    for position, coding in enumerate(used):
        by_transcript[coding.transcript].append(position)
    places: list[Place] = []
    touches: list[tuple[int, int]] = []
    for transcript in sorted(study.transcripts, key=lambda one: one.name):
        if transcript.name not in inside:
            continue
        positions = by_transcript.get(transcript.name, [])
        spans = [(used[p].start, used[p].end) for p in positions]
        found = _places(transcript, unit, spans, sentences)
        rule = _mostly_in if unit == "sentence" else _sharing
        starts, ends = [place.start for place in found], [place.end for place in found]
        for position, span in zip(positions, spans, strict=True):
            touches += [(position, len(places) + place) for place in rule(starts, ends, span)]
        places += found
    return _arrays(study, unit, names, shown, unused, places, used, touches, coverage)


def _arrays(
    study: Study,
    unit: str,
    names: tuple[str, ...],
    shown: tuple[str, ...],
    unused: tuple[str, ...],
    places: list[Place],
    used: tuple[Coding, ...],
    touches: list[tuple[int, int]],
    coverage: Coverage | None,
) -> Units:
    given = np.zeros((len(places), len(names), len(shown)), dtype=bool)
    links = np.array(touches, dtype=np.int64).reshape(-1, 2)
    coder_at = {name: position for position, name in enumerate(names)}
    code_at = {code: position for position, code in enumerate(shown)}
    coder_of = np.array([coder_at[coding.coder] for coding in used], dtype=np.int64)
    code_of = np.array([code_at[coding.code] for coding in used], dtype=np.int64)
    if len(links):
        given[links[:, 1], coder_of[links[:, 0]], code_of[links[:, 0]]] = True
    cases = [study.transcript_by_name[place.transcript].case for place in places]
    interviews = tuple(sorted(set(cases)))
    at = {case: position for position, case in enumerate(interviews)}
    seen = _seen(study, names, places, coverage)
    lengths = [place.end - place.start if unit == "character" else 1 for place in places]
    return Units(
        unit=unit,
        coders=names,
        codes=shown,
        unused=unused,
        places=tuple(places),
        weights=np.array(lengths, dtype=float),
        interviews=interviews,
        interview=np.array([at[case] for case in cases], dtype=np.int64),
        given=given & seen[:, :, None],
        seen=seen,
        codings=used,
        touches=links,
    )


def counted_codings(
    study: Study, coders: Iterable[str], statuses: Collection[str] = ("accepted",)
) -> tuple[Coding, ...]:
    """Return the codings of some coders that count: for machines the affirmed ones, proposed or accepted.

    Args:
        study: The study.
        coders: Names.
        statuses: Statuses that count for coders who are no machines.
    """
    names = frozenset(coders)
    machines = {coder.name for coder in study.coders if coder.kind == "machine"}
    return tuple(
        coding
        for coding in study.codings
        if coding.coder in names
        and (
            (coding.status in ("proposed", "accepted") and coding.assertion == "affirmed")
            if coding.coder in machines
            else coding.status in statuses
        )
    )


def _check(
    study: Study, names: tuple[str, ...], unit: str, codes: Iterable[str] | None, transcripts: Collection[str] | None
) -> None:
    if unit not in UNITS:
        raise UserError(f"There is no unit {unit!r}.", hint=f"Units are: {', '.join(UNITS)}.")
    known = set(study.coder_by_name) | {coding.coder for coding in study.codings}
    for name in names:
        if name not in known:
            raise UserError(
                f"There is no coder {name!r} in this study.",
                hint=f"Coders are: {', '.join(sorted(known)) or 'none yet'}.",
            )
    in_use = set(study.codebook.by_id) | {coding.code for coding in study.codings}
    for code in codes or ():
        if code not in in_use:
            raise UserError(f"There is no code {code!r} in the codebook.", hint="See `qualcode codebook show`.")
    for transcript in transcripts or ():
        if transcript not in study.transcript_by_name:
            raise UserError(f"There is no transcript {transcript!r} in this study.", hint="See `qualcode status`.")


def _codes(
    study: Study, used: Sequence[Coding], asked: Iterable[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    present = {coding.code for coding in used}
    order = [code.id for code in study.codebook.codes]
    wanted = set(order) | present if asked is None else set(asked)
    listed = [code for code in order if code in wanted]
    listed += sorted(wanted - set(listed))
    return tuple(code for code in listed if code in present), tuple(code for code in listed if code not in present)


def _seen(study: Study, names: tuple[str, ...], places: Sequence[Place], coverage: Coverage | None) -> Array:
    seen = np.zeros((len(places), len(names)), dtype=bool)
    touched: dict[str, set[str]] = defaultdict(set)
    for coding in study.codings:
        touched[coding.coder].add(coding.transcript)
    for position, name in enumerate(names):
        coder = study.coder_by_name.get(name)
        if coverage is not None and name in coverage:
            own = frozenset(coverage[name])
            row = [place.transcript in own or (place.transcript, place.turn) in own for place in places]
        elif coder is not None and coder.kind == "machine":
            row = [True] * len(places)
        else:
            row = [place.transcript in touched[name] for place in places]
        seen[:, position] = row
    return seen


def _places(transcript: Transcript, unit: str, spans: Spans, sentences: Sentences | None) -> list[Place]:
    turns = transcript.participant_turns()
    if unit == "turn":
        return [Place(transcript.name, turn.number, turn.start, turn.end) for turn in turns if turn.start < turn.end]
    found: list[Place] = []
    for turn in turns:
        if unit == "sentence":
            split = sentences or _sentences_of(transcript.language)
            pieces = [(turn.start + start, turn.start + end) for start, end in split(transcript.speech(turn))]
        else:
            cut = [(max(start, turn.start), min(end, turn.end)) for start, end in spans]
            cut = [(start, end) for start, end in cut if start < end]
            pieces = merged(cut) if unit == "passage" else _between(turn.start, turn.end, cut)
        found += [Place(transcript.name, turn.number, start, end) for start, end in pieces if start < end]
    return found


def _sentences_of(language: str) -> Sentences:
    from qualcode.language import get_language

    found: Sentences = get_language(language).sentences
    return found


def merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """Return spans with overlapping ones joined, sorted; spans that only touch stay apart.

    >>> merged([(5, 9), (0, 3), (2, 4), (4, 5)])
    [(0, 4), (4, 5), (5, 9)]
    """
    joined: Spans = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _between(start: int, end: int, spans: Spans) -> Spans:
    """Return a stretch cut at all boundaries of spans."""
    cuts = sorted({start, end, *(edge for span in spans for edge in span)})
    return list(pairwise(cuts))


def _sharing(starts: list[int], ends: list[int], span: tuple[int, int]) -> range:
    """Return the units that share a character with a span; units are sorted and do not overlap."""
    return range(bisect_right(ends, span[0]), bisect_left(starts, span[1]))


def _mostly_in(starts: list[int], ends: list[int], span: tuple[int, int]) -> list[int]:
    """Return the units of which the span covers at least half, or which hold at least half of it."""
    shared = {unit: min(ends[unit], span[1]) - max(starts[unit], span[0]) for unit in _sharing(starts, ends, span)}
    whole = sum(shared.values())
    return [unit for unit, common in shared.items() if 2 * common >= ends[unit] - starts[unit] or 2 * common >= whole]
