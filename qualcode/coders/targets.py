"""What people have coded, as numbers to learn from.

The target of a turn and a code is the share of the coders of its transcript who gave it there: two coders who differ
are told apart from two who agree, which tells a model more than the consensus alone where examples are few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qualcode.coders.material import Material
from qualcode.errors import UserError
from qualcode.model import Coding, Study

ACCEPTED = "accepted proposals"
"""Stands for machines' proposals that people went through, as one more coder."""


@dataclass(frozen=True)
class Training:
    """Codings to learn from.

    Attributes:
        coders: Whose they are.
        by_coder: Affirmed, accepted codings by coder.
        transcripts: Names of the transcripts that were read in full, with the coders who did.
    """

    coders: tuple[str, ...]
    by_coder: dict[str, tuple[Coding, ...]]
    transcripts: dict[str, tuple[str, ...]]

    @property
    def number(self) -> int:
        """Number of codings."""
        return sum(len(codings) for codings in self.by_coder.values())


@dataclass(frozen=True)
class Targets:
    """Shares of coders who gave a code.

    Attributes:
        codes: Identifiers.
        turns: Turns × codes, 0 to 1.
        sentences: Sentences × codes, 0 to 1.
    """

    codes: tuple[str, ...]
    turns: NDArray[np.float32]
    sentences: NDArray[np.float32]

    @property
    def given(self) -> NDArray[np.bool_]:
        """Turns × codes: whether more than half of the coders gave it."""
        return np.asarray(self.turns > 0.5)


def training_of(study: Study, coders: Sequence[str] = ()) -> Training:
    """Return the codings to learn from.

    Named coders' accepted and affirmed codings; without names those of all people and references, and the machines'
    proposals that people accepted: these count as read in full where nothing of that machine is left to review.

    Raises:
        UserError: A name is not that of a coder in the study.
    """
    names = tuple(name for name in dict.fromkeys(coders) if name != "consensus")
    unknown = [name for name in names if name not in study.coder_by_name]
    if unknown:
        raise UserError(
            f"There is no coder called {unknown[0]!r} to learn from.",
            hint=f"Coders are: {', '.join(coder.name for coder in study.coders) or 'none yet'}.",
        )
    people = names or tuple(coder.name for coder in study.coders if coder.kind in ("person", "reference"))
    by_coder: dict[str, list[Coding]] = defaultdict(list)
    readers: dict[str, set[str]] = defaultdict(set)
    for coding in study.codings_by(people):
        readers[coding.transcript].add(coding.coder)
        if coding.assertion == "affirmed":
            by_coder[coding.coder].append(coding)
    if not names:
        _add_accepted(study, by_coder, readers)
    return Training(
        coders=tuple(sorted(by_coder)),
        by_coder={name: tuple(codings) for name, codings in sorted(by_coder.items())},
        transcripts={name: tuple(sorted(found)) for name, found in sorted(readers.items())},
    )


def _add_accepted(study: Study, by_coder: dict[str, list[Coding]], readers: dict[str, set[str]]) -> None:
    """Add accepted proposals: where people coded too they are theirs, elsewhere they count once all are reviewed."""
    machines = {coder.name for coder in study.coders if coder.kind == "machine"}
    open_still = {
        (coding.coder, coding.transcript)
        for coding in study.codings
        if coding.coder in machines and coding.status == "proposed" and coding.assertion == "affirmed"
    }
    for coding in study.codings_by(machines):
        if coding.assertion != "affirmed":
            continue
        coded_by_people = bool(readers[coding.transcript] - {ACCEPTED})
        if coded_by_people:
            # Every one of the people there lets it stand.
            for name in sorted(readers[coding.transcript] - {ACCEPTED}):
                by_coder[name].append(coding)
        elif (coding.coder, coding.transcript) not in open_still:
            readers[coding.transcript].add(ACCEPTED)
            by_coder[ACCEPTED].append(coding)
    for transcript in [name for name, found in readers.items() if not found]:
        del readers[transcript]


def targets_of(material: Material, training: Training, codes: Sequence[str]) -> Targets:
    """Return the targets of some material.

    A coding is in a turn if they share a character; in a sentence if it covers at least half of it or has at least half
    of itself there.

    Args:
        material: Turns of transcripts that were coded.
        training: The codings.
        codes: Identifiers; codings of other codes are left out.
    """
    number = {code: position for position, code in enumerate(codes)}
    turns = np.zeros((len(material.turns), len(codes)), dtype=np.float32)
    sentences = np.zeros((len(material.sentences), len(codes)), dtype=np.float32)
    by_transcript: dict[str, list[int]] = defaultdict(list)
    for position, text in enumerate(material.turns):
        by_transcript[text.transcript].append(position)
    for codings in training.by_coder.values():
        marks: set[tuple[int, int]] = set()
        sentence_marks: set[tuple[int, int]] = set()
        for coding in codings:
            column = number.get(coding.code)
            if column is None:
                continue
            for position in by_transcript.get(coding.transcript, ()):
                turn = material.turns[position].turn
                if turn.start < coding.end and coding.start < turn.end:
                    marks.add((position, column))
                    sentence_marks |= {(row, column) for row in _sentences(material, position, coding)}
        for rows, target in ((marks, turns), (sentence_marks, sentences)):
            for row, column in rows:
                target[row, column] += 1
    readers = np.array(
        [max(1, len(training.transcripts.get(text.transcript, ()))) for text in material.turns], dtype=np.float32
    )
    turns /= readers[:, None]
    sentences /= readers[material.turn_of][:, None]
    return Targets(tuple(codes), np.minimum(turns, 1), np.minimum(sentences, 1))


def _sentences(material: Material, turn: int, coding: Coding) -> list[int]:
    found = []
    for row in material.sentences_of(turn):
        start, end = material.sentences[row]
        common = min(end, coding.end) - max(start, coding.start)
        if common > 0 and 2 * common >= min(end - start, coding.end - coding.start):
            found.append(row)
    return found
