"""Interviews as magazines print them: questions as headings or in bold, answers as running text."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from qualcode.ingest.lines import Line, heading

LEAST = 2
_BOLD = re.compile(r"(?P<marks>\*\*|__)(?P<text>[^*_\n][^*\n]*[?？؟][\"”’»)]?)(?P=marks)")
_QUESTION = re.compile(r".*[?？؟][\"”’»)]?")


@dataclass(frozen=True, slots=True)
class Question:
    """A question's own words, as positions in the text.

    Attributes:
        start: Its first character, after the heading's or the emphasis's marks.
        end: One past its last character.
    """

    start: int
    end: int


def question_headings(lines: list[Line], labelled: Container[int]) -> dict[int, Question]:
    """Return the questions by line, where at least two headings or bold lines, and half of all headings, are questions.

    Args:
        lines: The body, after the header.
        labelled: Lines that start with a label already.
    """
    questions: dict[int, Question] = {}
    headings = 0
    for line in lines:
        if line.blank or not line.whole:
            continue
        found = heading(line)
        headings += found is not None
        match = found if found and _QUESTION.fullmatch(found["text"].strip("*_")) else _BOLD.fullmatch(line.head)
        if match is not None and line.number not in labelled:
            questions[line.number] = Question(line.start + match.start("text"), line.start + match.end("text"))
    others = headings - sum(1 for line in lines if line.number in questions and heading(line) is not None)
    return questions if len(questions) >= LEAST and len(questions) >= others else {}
