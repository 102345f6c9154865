"""Which passages a person should code next: those that would teach a machine most, and those nearest to its limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qualcode.errors import UserError
from qualcode.model import Coding, Study

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.coders.learned import Judged

Progress = Callable[[int, int], None]
# Codes of a turn that are looked at: the ones the machine is least sure of.
CODES = 3
# Turns whose likeness to each other is looked at when proposals are ordered.
ORDERED = 400


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A turn to code next.

    Attributes:
        transcript: Name.
        case: Of its case.
        turn: Number of the turn.
        start: First character of its speech.
        end: One past the last.
        text: Its speech.
        score: How much it would teach, 0 to 1.
        codes: (code, probability, limit) the machine is least sure of, nearest to its limit first.
        why: In words.
    """

    transcript: str
    case: str
    turn: int
    start: int
    end: int
    text: str
    score: float
    codes: tuple[tuple[str, float, float], ...]
    why: str


def suggest_next(
    study: Study, coder: str = "combined", number: int = 10, *, progress: Progress | None = None
) -> tuple[Suggestion, ...]:
    """Return turns that nobody has coded, those first that would teach most.

    A turn teaches much where the machine is unsure (uncertainty sampling, Lewis & Gale 1994, SIGIR, p. 3; here by the
    entropy of its probabilities), and where it is unlike the turns suggested before it (the gain is multiplied by the
    distance to the nearest of them). Where there is nothing to learn from yet, turns are taken that are long and unlike
    each other.

    Args:
        study: The study.
        coder: A machine coder that learns: "combined" or "learned".
        number: How many, at most.
        progress: Called with (transcripts done, transcripts in all).

    Raises:
        UserError: The coder does not learn, or every transcript is coded.
    """
    from qualcode.coders.combined import CombinedCoder
    from qualcode.coders.learned import LearnedCoder
    from qualcode.coders.targets import training_of

    kinds = {"combined": CombinedCoder, "learned": LearnedCoder}
    if coder not in kinds:
        raise UserError(f"{coder!r} does not learn.", hint=f"Coders that learn: {', '.join(kinds)}.")
    machine = kinds[coder](study.codebook, study.settings, coded="no")
    coded = training_of(study).transcripts
    if all(transcript.name in coded for transcript in study.transcripts):
        raise UserError(
            "Every transcript is coded: there is nothing to suggest.",
            hint="What the coders disagree about: qualcode adjudicate",
        )
    if machine.can_learn(study):
        return _first(study, coded, number)
    judged = machine.judge(study, progress=progress)
    return _suggestions(study, judged, machine.codes, number)


def review_order(study: Study, proposals: Sequence[Coding]) -> list[Coding]:
    """Return proposals in the order in which a person's word on them teaches most.

    Turns come in the order of `suggest_next`, by the confidences of what is proposed there; within a turn, what is
    nearest to its limit comes first. Only the first `ORDERED` turns are told apart by likeness; the others follow by
    uncertainty alone.

    Args:
        study: That they are in.
        proposals: Of any machine coders; those without confidence come last.
    """
    by_turn: dict[tuple[str, int, int], list[Coding]] = {}
    for coding in proposals:
        turn = study.transcript_by_name[coding.transcript].turn_at(coding.start)
        start, end = (turn.start, turn.end) if turn else (coding.start, coding.end)
        by_turn.setdefault((coding.transcript, start, end), []).append(coding)
    places = sorted(by_turn)
    if not places:
        return []
    gains = np.array([_unsure(by_turn[place]) for place in places])
    first = sorted(range(len(places)), key=lambda place: (-gains[place], place))
    near = sorted(first[:ORDERED])
    texts = [study.transcript_by_name[name].text[start:end] for name, start, end in (places[place] for place in near)]
    taught = [near[place] for place, _ in _apart(gains[near], _vectors(texts), len(near))]
    return [
        coding
        for place in (*taught, *first[ORDERED:])
        for coding in sorted(by_turn[places[place]], key=lambda one: (_from_limit(one), one.place))
    ]


def _unsure(proposals: Sequence[Coding]) -> float:
    """Return the entropy of the confidences that are least sure, `CODES` at most."""
    shares = np.clip([coding.confidence or 0.0 for coding in proposals], 1e-6, 1 - 1e-6)
    entropy = -(shares * np.log(shares) + (1 - shares) * np.log(1 - shares))
    return float(np.sort(entropy)[-CODES:].sum())


def _from_limit(coding: Coding) -> float:
    if coding.confidence is None:
        return np.inf
    limit = coding.evidence.get("limit")
    # Rounded: 0.6 and 0.4 are equally far from 0.5.
    return round(abs(coding.confidence - (limit if isinstance(limit, int | float) else 0.5)), 6)


def _suggestions(study: Study, judged: Sequence[Judged], codes: Sequence[str], number: int) -> tuple[Suggestion, ...]:
    if not judged:
        return ()
    probabilities = np.clip(np.array([one.probabilities for one in judged]), 1e-6, 1 - 1e-6)
    limits = np.array([one.limits for one in judged])
    entropy = -(probabilities * np.log(probabilities) + (1 - probabilities) * np.log(1 - probabilities))
    gains = np.sort(entropy, axis=1)[:, -CODES:].sum(axis=1)
    vectors = _vectors([study.transcript_by_name[one.transcript].text[one.start : one.end] for one in judged])
    found = []
    for place, score in _apart(gains, vectors, number):
        one = judged[place]
        nearest = np.argsort(np.abs(probabilities[place] - limits[place]) / limits[place], kind="stable")[:CODES]
        told = tuple(
            (codes[code], round(float(probabilities[place, code]), 3), round(float(limits[place, code]), 2))
            for code in nearest
        )
        why = "; ".join(f"{code} {share:.2f} (proposed from {limit:.2f})" for code, share, limit in told)
        found.append(_suggestion(study, one.transcript, one.turn, score, told, f"unsure of {why}"))
    return tuple(found)


def _first(study: Study, coded: dict[str, tuple[str, ...]], number: int) -> tuple[Suggestion, ...]:
    places = [
        (transcript.name, turn.number, transcript.speech(turn))
        for transcript in study.transcripts
        if transcript.name not in coded
        for turn in transcript.participant_turns()
    ]
    if not places:
        return ()
    lengths = np.log1p(np.array([len(text) for _, _, text in places], dtype=float))
    found = _apart(lengths / lengths.max(), _vectors([text for _, _, text in places]), number)
    why = "nothing to learn from yet: long, and unlike the others"
    return tuple(_suggestion(study, *places[place][:2], score, (), why) for place, score in found)


def _vectors(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return rows of length 1 made of letter sequences, hashed: enough to tell like from unlike in any language."""
    import zlib

    rows = np.zeros((len(texts), 512))
    for row, text in enumerate(texts):
        folded = f" {' '.join(text.casefold().split())} "
        for start in range(len(folded) - 3):
            rows[row, zlib.crc32(folded[start : start + 4].encode("utf-8", "replace")) % 512] += 1
    rows = np.log1p(rows) - np.log1p(rows).mean(axis=0)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def _apart(gains: NDArray[np.float64], vectors: NDArray[np.float64], number: int) -> list[tuple[int, float]]:
    """Return (place, score) of those with the highest gains that are unlike each other, one after the other."""
    scale = max(float(gains.max()), 1e-9)
    nearest = np.zeros(len(gains))
    open_still = np.ones(len(gains), dtype=bool)
    found = []
    for _ in range(min(number, len(gains))):
        scores = np.where(open_still, gains / scale * (1 - np.clip(nearest, 0, 1)), -1)
        place = int(np.argmax(scores))
        found.append((place, round(float(scores[place]), 4)))
        open_still[place] = False
        nearest = np.maximum(nearest, vectors @ vectors[place])
    return found


def _suggestion(
    study: Study, name: str, number: int, score: float, codes: tuple[tuple[str, float, float], ...], why: str
) -> Suggestion:
    transcript = study.transcript_by_name[name]
    turn = next(turn for turn in transcript.turns if turn.number == number)
    return Suggestion(name, transcript.case, number, turn.start, turn.end, transcript.speech(turn), score, codes, why)
