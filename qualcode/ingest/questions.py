"""Interviews as magazines print them: questions as headings or in bold, answers as running text."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from qualcode.ingest.lines import Heading, Line, heading

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


def question_headings(lines: list[Line], labelled: Container[int], *, markdown: bool = False) -> dict[int, Question]:
    """Return the questions by their line's start.

    There are some where at least two headings or bold lines, and half of all headings, are questions.

    Args:
        lines: The body, after the header.
        labelled: Starts of lines that start with a label already.
        markdown: Whether `#` and `**` at the start of a line make headings and bold text.
    """
    questions: dict[int, Question] = {}
    headings = 0
    for line in lines:
        if line.blank or not line.whole or line.layout.aside:
            continue
        found = heading(line, markdown=markdown)
        headings += found is not None
        question = _question(line, found, markdown)
        if question is not None and line.start not in labelled:
            questions[line.start] = question
    # Whoever sets questions in bold sets the interviewer's other sentences in bold, too.
    bold = [n for n in lines if n.layout.bold >= n.end - n.start > 0 and n.start not in labelled and not n.layout.level]
    asked = sum(1 for line in bold if line.start in questions)
    if asked >= LEAST and asked * 2 >= len(bold):
        questions |= {line.start: Question(line.start, line.end) for line in bold if not line.layout.aside}
    others = headings - sum(1 for n in lines if n.start in questions and heading(n, markdown=markdown) is not None)
    return questions if len(questions) >= LEAST and len(questions) >= others else {}


def _question(line: Line, found: Heading | None, markdown: bool) -> Question | None:
    """Return the question that a heading or a line in bold is."""
    if found is not None and _QUESTION.fullmatch(found.text.strip("*_")):
        return Question(line.start + found.start, line.start + found.end)
    if line.layout.bold >= len(line.head) and _QUESTION.fullmatch(line.head):
        return Question(line.start, line.end)
    match = _BOLD.fullmatch(line.head) if markdown else None
    return match and Question(line.start + match.start("text"), line.start + match.end("text"))
