"""What is counted: turns, sentences, passages or cases, each with the codings that fall into it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qualcode.errors import UserError
from qualcode.model import Coding, Study, Transcript, Turn

UNITS = ("passage", "sentence", "turn", "case")


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that can hold codes.

    Attributes:
        case: Name of the case.
        transcript: Name of the transcript; empty for a whole case.
        start: First character in the transcript; 0 for a whole case.
        end: One past the last character; 0 for a whole case.
        codings: Those that overlap it, sorted by place.
    """

    case: str
    transcript: str
    start: int
    end: int
    codings: tuple[Coding, ...]

    @property
    def codes(self) -> frozenset[str]:
        """Identifiers of the codes that it holds."""
        return frozenset(coding.code for coding in self.codings)


def turns_of(transcript: Transcript, coding: Coding) -> tuple[Turn, ...]:
    """Return the turns that a coding is counted in: the participants' turns it touches, or else any turns."""
    touched = transcript.turns_touching(coding.start, coding.end)
    return tuple(turn for turn in touched if turn.role == "participant") or touched


def units(study: Study, codings: Iterable[Coding], unit: str = "turn") -> tuple[Unit, ...]:
    """Return the units of a study with the codings in each.

    - "turn": every participant's turn, coded or not, and any other turn that a coding touches without touching a
      participant's.
    - "sentence": every sentence of those turns (needs the language package).
    - "passage": every place where a largest set of passages overlap: two codes share a unit exactly when a
      passage of the one overlaps a passage of the other, and a passage on its own is a unit. Uncoded text makes none.
    - "case": every case.

    Counting units rather than pairs of passages keeps what two codes share at most as large as what each has.

    Args:
        study: The study.
        codings: Those that count.
        unit: One of `UNITS`.

    Returns:
        Units by transcript and position (cases: in study order).

    Raises:
        UserError: There is no such unit.
    """
    if unit not in UNITS:
        raise UserError(f"There is no unit called {unit!r}.", hint=f"Units are: {', '.join(UNITS)}.")
    ordered = sorted(codings, key=lambda coding: coding.place)
    if unit == "case":
        by_case: dict[str, list[Coding]] = defaultdict(list)
        for coding in ordered:
            by_case[study.case_of(coding)].append(coding)
        return tuple(Unit(case.name, "", 0, 0, tuple(by_case[case.name])) for case in study.cases)
    by_transcript: dict[str, list[Coding]] = defaultdict(list)
    for coding in ordered:
        by_transcript[coding.transcript].append(coding)
    result: list[Unit] = []
    for transcript in study.transcripts:
        own = by_transcript[transcript.name]
        spans: Iterable[tuple[int, int]]
        if unit == "passage":
            result.extend(_passages(transcript, own))
            continue
        turns = {turn.start: turn for turn in transcript.participant_turns()}
        turns.update({turn.start: turn for coding in own for turn in turns_of(transcript, coding)})
        if unit == "turn":
            spans = sorted((turn.start, turn.end) for turn in turns.values())
        else:
            spans = _sentences(transcript, [turns[start] for start in sorted(turns)])
        result.extend(_filled(transcript, spans, own))
    return tuple(result)


def _filled(transcript: Transcript, spans: Iterable[tuple[int, int]], codings: list[Coding]) -> Iterator[Unit]:
    """Yield a unit for each span (sorted, without overlap) with the codings (sorted by place) that overlap it."""
    reaching: list[Coding] = []
    following = 0
    for start, end in spans:
        while following < len(codings) and codings[following].start < end:
            reaching.append(codings[following])
            following += 1
        reaching = [coding for coding in reaching if coding.end > start]
        inside = tuple(coding for coding in reaching if coding.start < end)
        yield Unit(transcript.case, transcript.name, start, end, inside)


def _sentences(transcript: Transcript, turns: Iterable[Turn]) -> list[tuple[int, int]]:
    from qualcode.language import get_language

    language = get_language(transcript.language)
    return [
        (turn.start + start, turn.start + end)
        for turn in turns
        for start, end in language.sentences(transcript.speech(turn))
    ]


def _passages(transcript: Transcript, codings: list[Coding]) -> Iterator[Unit]:
    """Yield the largest sets of mutually overlapping passages, each with the stretch that they share.

    Passages are intervals, so sets that overlap pairwise share a character, and a sweep finds every largest set:
    the open passages at each end that follows a start.
    """
    edges = sorted(
        [(coding.start, 1, number) for number, coding in enumerate(codings)]
        + [(coding.end, 0, number) for number, coding in enumerate(codings)]
    )
    running: dict[int, None] = {}
    grown = False
    for position, is_start, number in edges:
        if is_start:
            running[number] = None
            grown = True
            continue
        if grown:
            together = tuple(codings[index] for index in sorted(running))
            yield Unit(transcript.case, transcript.name, max(c.start for c in together), position, together)
            grown = False
        del running[number]
