"""What machine coders that learn look at: participants' turns with their sentences, questions and places."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qualcode.language import get_language
from qualcode.model import Study, Transcript, Turn


@dataclass(frozen=True, slots=True)
class TurnText:
    """One participant's turn.

    Attributes:
        transcript: Name of its transcript.
        language: ISO 639-1 code of that.
        case: Name of its case.
        cohort: Of the case; empty where there are none.
        turn: The turn.
        text: Its words.
        question: What the interviewer said last before it; empty at the beginning.
        place: How far into the transcript it stands, 0 to 1.
    """

    transcript: str
    language: str
    case: str
    cohort: str
    turn: Turn
    text: str
    question: str
    place: float


@dataclass(frozen=True)
class Material:
    """Turns and their sentences.

    Attributes:
        turns: In order of transcript and position; each has at least one sentence.
        sentences: Half-open spans in characters of the transcript, turn by turn.
        turn_of: Position in `turns` of each sentence's turn: sentences, integers.
        first: Position in `sentences` of each turn's first sentence: turns, integers.
        cases: Names of the cases, sorted.
        case_of: Position in `cases` of each turn's case: turns, integers.
    """

    turns: tuple[TurnText, ...]
    sentences: tuple[tuple[int, int], ...]
    turn_of: NDArray[np.int64]
    first: NDArray[np.int64]
    cases: tuple[str, ...]
    case_of: NDArray[np.int64]

    def sentence(self, number: int) -> str:
        """Return the words of a sentence."""
        turn = self.turns[self.turn_of[number]]
        start, end = self.sentences[number]
        return str(turn.text[start - turn.turn.start : end - turn.turn.start])

    def sentences_of(self, turn: int) -> range:
        """Return the numbers of a turn's sentences."""
        end = self.first[turn + 1] if turn + 1 < len(self.first) else len(self.sentences)
        return range(int(self.first[turn]), int(end))

    def rows_of_sentences(self, turns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of the sentences of some turns, turn by turn."""
        return np.array([number for turn in turns for number in self.sentences_of(int(turn))], dtype=np.int64)

    def most_per_turn(self, scores: NDArray[np.floating], turns: NDArray[np.int64]) -> NDArray[np.floating]:
        """Return the highest score of each turn's sentences.

        Args:
            scores: Sentences of those turns × codes, turn by turn.
            turns: Positions of turns.

        Returns:
            Turns × codes.
        """
        lengths = np.array([len(self.sentences_of(int(turn))) for turn in turns], dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
        highest: NDArray[np.floating] = np.maximum.reduceat(scores, starts, axis=0)
        return highest


def material_of(study: Study, transcripts: Collection[str] | None = None) -> Material:
    """Return the participants' turns of a study.

    Args:
        study: The study.
        transcripts: Names of the transcripts to take; None: all.
    """
    turns: list[TurnText] = []
    sentences: list[tuple[int, int]] = []
    turn_of: list[int] = []
    first: list[int] = []
    for transcript in study.transcripts:
        if transcripts is not None and transcript.name not in transcripts:
            continue
        for text in _turns(study, transcript):
            spans = get_language(transcript.language).sentences(text.text) or [(0, len(text.text))]
            first.append(len(sentences))
            turn_of += [len(turns)] * len(spans)
            sentences += [(text.turn.start + start, text.turn.start + end) for start, end in spans]
            turns.append(text)
    cases = tuple(sorted({turn.case for turn in turns}))
    number = {case: position for position, case in enumerate(cases)}
    return Material(
        turns=tuple(turns),
        sentences=tuple(sentences),
        turn_of=np.array(turn_of, dtype=np.int64),
        first=np.array(first, dtype=np.int64),
        cases=cases,
        case_of=np.array([number[turn.case] for turn in turns], dtype=np.int64),
    )


def _turns(study: Study, transcript: Transcript) -> list[TurnText]:
    case = study.case_by_name.get(transcript.case)
    question, found = "", []
    for turn in transcript.turns:
        speech = transcript.speech(turn)
        if turn.role == "interviewer":
            question = speech
        elif turn.role == "participant" and speech.strip():
            place = turn.number / len(transcript.turns)
            cohort = case.cohort if case else ""
            found.append(
                TurnText(transcript.name, transcript.language, transcript.case, cohort, turn, speech, question, place)
            )
    return found
