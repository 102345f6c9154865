"""Counts in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qualcode.counts import counted

PACKAGE = Path(__file__).resolve().parent.parent / "qualcode"
# Still to be changed: review.py.
COMMANDS = {path for path in (PACKAGE / "cli").glob("*.py") if path.name != "review.py"}


@pytest.mark.parametrize(
    ("number", "noun", "told"),
    [(0, "coding", "0 codings"), (1, "new coding", "1 new coding"), (2, "case", "2 cases"), (1, "case", "1 case")],
)
def test_one_is_singular(number: int, noun: str, told: str) -> None:
    """One is one of them, everything else is several."""
    assert counted(number, noun) == told


@pytest.mark.parametrize("path", sorted(COMMANDS), ids=lambda path: path.name)
def test_commands_count_in_words(path: Path) -> None:
    """No command writes a number before a plural by itself: "1 codings"."""
    nouns = "codings|turns|codes|memos|proposals|disagreements|conflicts|doubles|transcripts|problems|places"
    found = re.findall(rf"\{{(?:len\()?[\w.]+\)?\}} (?:new )?(?:{nouns})\b", path.read_text("utf-8"))
    assert [one for one in found if not one.startswith(("{name}", "{coder}"))] == []
