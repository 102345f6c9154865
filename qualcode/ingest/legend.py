"""A legend: what a transcript itself says its labels mean ("A = Interviewer, B = Participant")."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qualcode.ingest.lines import Line
from qualcode.ingest.vocabulary import known

MOST_LABEL_WORDS = 4
_EQUATION = re.compile(r"(?P<left>[^=,;:\n]{1,40})=(?P<right>[^=,;:\n]{1,60})")
_EMPHASIS = re.compile(r"[*_]{1,3}")


def find_legend(lines: Iterable[Line]) -> dict[str, str]:
    """Return a role word by label, from lines before the first turn.

    One side of the equals sign must be a role word ("Interviewer", "haastattelija"); the other is the label.
    """
    found: dict[str, str] = {}
    for line in lines:
        for match in _EQUATION.finditer(line.head):
            left, right = (_bare(match[side]) for side in ("left", "right"))
            if _is_word(right) and not _is_word(left):
                label, word = left, right
            elif _is_word(left) and not _is_word(right):
                label, word = right, left
            else:
                continue
            if label and len(label.split()) <= MOST_LABEL_WORDS:
                found[label] = word
    return found


def _bare(side: str) -> str:
    """Return a side without emphasis and without parentheses that close around several equations."""
    side = _EMPHASIS.sub("", side).strip(" \t.-").lstrip("(")
    return side.rstrip(")") if side.count(")") > side.count("(") else side


def _is_word(side: str) -> bool:
    """Whether a side says a role in full."""
    what = known(side) or known(side.title())
    return what is not None and what.sure and bool(what.role)
