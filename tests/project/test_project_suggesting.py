"""The order in which proposals are gone through."""

from __future__ import annotations

from qualcode.model import Case, Code, Codebook, Coding, Settings, Study, Transcript, Turn
from qualcode.project.suggesting import review_order

SPEECHES = (
    "We phone the plant managers every spring.",
    "We phone the plant managers every spring.",
    "Our engineer writes long articles about seals.",
    "Nobody measures anything here.",
)


def study() -> Study:
    """Return one interview of four turns."""
    text, turns = "", []
    for number, speech in enumerate(SPEECHES, start=1):
        turns.append(Turn(number, "P", "participant", len(text), len(text) + len(speech)))
        text += speech + "\n"
    codes = tuple(Code(name, name) for name in ("a", "b"))
    return Study(
        Settings(), Codebook("x", "x", codes), (Case("Anna"),), (Transcript("anna", "Anna", text, tuple(turns)),)
    )


def proposal(turn: int, code: str, confidence: float | None, limit: float = 0.5) -> Coding:
    """Return a proposal for a whole turn, counted from 0."""
    start = sum(len(speech) + 1 for speech in SPEECHES[:turn])
    return Coding(
        *("machine", "anna", start, start + len(SPEECHES[turn]), code),
        status="proposed",
        confidence=confidence,
        evidence={"limit": limit},
    )


def told(codings: list[Coding]) -> list[tuple[int, str]]:
    """Return (turn from 0, code) of codings."""
    whole = study()
    return [(whole.transcripts[0].turn_at(coding.start).number - 1, coding.code) for coding in codings]


def test_unsure_and_unlike_first() -> None:
    """The least sure turn comes first, a turn of the same words after unlike ones, sure ones last."""
    given = [
        proposal(0, "a", 0.52),
        proposal(1, "a", 0.53),
        proposal(2, "a", 0.7),
        proposal(3, "a", 0.99),
        proposal(3, "b", None),
    ]
    assert told(review_order(study(), given)) == [(0, "a"), (2, "a"), (3, "a"), (3, "b"), (1, "a")]


def test_nearest_its_own_limit_first_within_a_turn() -> None:
    """A turn's proposals follow each other, each measured from the limit of its code."""
    given = [proposal(2, "a", 0.5, limit=0.2), proposal(2, "b", 0.3, limit=0.28)]
    assert told(review_order(study(), given)) == [(2, "b"), (2, "a")]


def test_nothing_is_lost() -> None:
    """Every proposal is there once; without any, nothing is."""
    given = [proposal(turn, code, 0.4 + turn / 10) for turn in range(4) for code in "ab"]
    assert sorted(told(review_order(study(), given))) == [(turn, code) for turn in range(4) for code in "ab"]
    assert review_order(study(), []) == []
