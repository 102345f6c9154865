"""How much of each case's talk is coded."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from qualcode.model import Coding, Study, Transcript

if TYPE_CHECKING:
    from pandas import DataFrame

# Scripts written without spaces count by the character: a word list would be needed to do better, and only
# the share of coded words depends on it.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+(?:['’\-][^\W]+)*")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one case is coded.

    Attributes:
        case: Name.
        cohort: Its cohort; empty where there are none.
        transcripts: Number of transcripts.
        turns: Participants' turns.
        coded_turns: Those with at least one coding.
        words: Words in participants' turns.
        coded_words: Those that at least one passage touches.
        codings: Codings that count.
        codes: Different codes among them.
    """

    case: str
    cohort: str
    transcripts: int
    turns: int
    coded_turns: int
    words: int
    coded_words: int
    codings: int
    codes: int

    @property
    def share(self) -> float:
        """Share of words coded, 0 to 1; 0 where there are no words."""
        return self.coded_words / self.words if self.words else 0.0


def words(text: str) -> list[tuple[int, int]]:
    """Return the spans of the words of a text.

    A word is a run of letters and digits ("don't" and "follow-up" are one each), or one character of Chinese or
    Japanese.
    """
    return [match.span() for match in _WORD.finditer(text)]


def coverage(study: Study, codings: Iterable[Coding]) -> tuple[Coverage, ...]:
    """Return how much of each case is coded, one record per case in study order."""
    by_transcript: dict[str, list[Coding]] = defaultdict(list)
    for coding in codings:
        by_transcript[coding.transcript].append(coding)
    by_case: dict[str, list[Transcript]] = defaultdict(list)
    for transcript in study.transcripts:
        by_case[transcript.case].append(transcript)
    result = []
    for case in study.cases:
        counts = [_of_transcript(item, by_transcript[item.name]) for item in by_case[case.name]]
        turns, coded_turns, total, coded = (sum(column) for column in zip(*counts, strict=True)) if counts else [0] * 4
        own = [coding for item in by_case[case.name] for coding in by_transcript[item.name]]
        different = len({coding.code for coding in own})
        result.append(
            Coverage(case.name, case.cohort, len(counts), turns, coded_turns, total, coded, len(own), different)
        )
    return tuple(result)


def coverage_table(study: Study, codings: Iterable[Coding]) -> DataFrame:
    """Return the same as a table: one row per case, the fields of `Coverage` and `share` as columns."""
    import pandas as pd

    rows = [{**asdict(row), "share": row.share} for row in coverage(study, codings)]
    columns = [*(field.name for field in fields(Coverage)), "share"]
    return pd.DataFrame(rows, columns=columns).set_index("case")


def _of_transcript(transcript: Transcript, codings: list[Coding]) -> tuple[int, int, int, int]:
    """Return participants' turns, those coded, their words, those coded."""
    spans = union((coding.start, coding.end) for coding in codings)
    turns = coded_turns = total = coded = 0
    for turn in transcript.participant_turns():
        inside = [(start, end) for start, end in spans if start < turn.end and turn.start < end]
        places = words(transcript.speech(turn))
        turns += 1
        coded_turns += bool(inside)
        total += len(places)
        coded += sum(
            any(start < turn.start + right and turn.start + left < end for start, end in inside)
            for left, right in places
        )
    return turns, coded_turns, total, coded


def union(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return overlapping spans joined, sorted."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result
