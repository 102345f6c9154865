"""Counts in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qualcode.counts import counted

PACKAGE = Path(__file__).resolve().parent.parent / "qualcode"
TELLING = [path for part in ("cli", "terminal", "ingest") for path in (PACKAGE / part).glob("*.py")]


@pytest.mark.parametrize(
    ("number", "noun", "told"),
    [(0, "coding", "0 codings"), (1, "new coding", "1 new coding"), (2, "case", "2 cases"), (1, "case", "1 case")],
)
def test_one_is_singular(number: int, noun: str, told: str) -> None:
    """One is one of them, everything else is several."""
    assert counted(number, noun) == told


@pytest.mark.parametrize("path", sorted(TELLING), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_is_told_counts_in_words(path: Path) -> None:
    """Nothing told writes a number before a plural by itself: "1 codings"."""
    nouns = "codings|codes|memos|proposals|disagreements|conflicts|doubles|transcripts|problems|places|candidates"
    nouns += "|speakers|pages|doubts|segments|comments|files|copies|cases|times|cues|others|labels"
    found = re.findall(rf"\{{(?:len\()?[a-z][\w.]*\)?\}} (?:new )?(?:{nouns})\b", path.read_text("utf-8"))
    assert [one for one in found if not one.startswith(("{name}", "{coder}"))] == []
