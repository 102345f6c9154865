"""Sentences of spoken transcripts by rule.

Speech as it is typed has false starts, trailing dots, lower-case beginnings, lists and quotations; a sentence ends

- after `.`, `!`, `?` (and what closes a quotation or bracket) before white space, unless the period belongs to an
  abbreviation ("e.g.", "Dr.", "J. Smith") or to a list number ("3. We asked");
- after dots ("…", "...") only where a capital follows that is not the pronoun I: "what we sell... let me say" goes on;
- after `。！？` and the like, white space or not;
- at a blank line, before a bullet or list number, and at other line ends unless the line was only wrapped.

A piece without any letter or digit ("...", "—") belongs to the sentence before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from qualcode.language.rules import LanguageRules

CLOSING = "\"'”’»›)\\]}」』”）】》"
OPENING = "\"'“‘„«‹(\\[{「『（【《¿¡*_-–—"
# A piece of at least this many characters may be a wrapped line; a shorter one ends where its line ends.
WRAPPED = 45

_CANDIDATE = re.compile(
    rf"""
    (?P<wide>[。！？｡．]+[{CLOSING}]*)                     # Chinese and Japanese: no white space needed
  | (?P<stop>[.!?…‽؟۔।]+[{CLOSING}]*)(?=\s|$|[\u3000-\u9fff])
  | (?P<glued>(?<=[a-zà-ÿ]{{2}})[.](?=[A-ZÀ-Þ][a-zà-ÿ]+[\s,]))   # "great.We did": the space is missing
  | (?P<line>\n\s*)
    """,
    re.VERBOSE,
)
# What a candidate begins with: one class of characters is searched several times faster than the alternatives above.
_BEGINS = re.compile("[。！？｡．.!?…‽؟۔।\n]")
_NEXT = re.compile(rf"\s*[{OPENING}]*\s*(\S)")
_LAST_WORD = re.compile(r"[\w.'’-]+$")
_BULLET = re.compile(r"\s*(?:[-*•–—‣▪·◦]\s|\(?\d{1,3}[.)]\s|\(?[a-z][)]\s)")
_LIST_NUMBER = re.compile(r"(?:^|\n)[^\S\n]*\(?\d{1,3}$")
_PRONOUN = re.compile(r"\s*I\b")


def split_sentences(text: str, rules: LanguageRules) -> list[tuple[int, int]]:
    """Return the spans of the sentences of a text.

    Args:
        text: Any text, usually one turn.
        rules: Abbreviations of its language.

    Returns:
        Half-open spans (characters of `text`) in order, without overlap, without white space at their ends; every
        letter and digit lies in one.
    """
    cuts = [found.end() for found in _candidates(text) if _ends_here(text, found, rules)]
    return _with_words(text, _trimmed(text, [0, *cuts, len(text)]))


def _candidates(text: str) -> Iterator[re.Match[str]]:
    begin = _BEGINS.search(text)
    while begin:
        found = _CANDIDATE.match(text, begin.start())
        if found:
            yield found
        begin = _BEGINS.search(text, found.end() if found else begin.end())


def _ends_here(text: str, found: re.Match[str], rules: LanguageRules) -> bool:
    kind = found.lastgroup
    if kind in ("wide", "glued"):
        return True
    if kind == "line":
        return _line_ends(text, found)
    return _stop_ends(text, found, rules)


def _line_ends(text: str, found: re.Match[str]) -> bool:
    if found.group().count("\n") > 1 or _BULLET.match(text, found.end()):
        return True
    following = text[found.end() : found.end() + 1]
    if not following or following.islower():
        return False
    line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
    return len(line.strip()) < WRAPPED and not line.rstrip().endswith(",")


def _stop_ends(text: str, found: re.Match[str], rules: LanguageRules) -> bool:
    mark = found.group()
    after = _NEXT.match(text, found.end())
    if after is None:
        return True
    following = after.group(1)
    closed = mark[-1] not in ".!?…‽؟۔।"
    if mark[0] == "…" or mark.startswith(".."):
        return not following.islower() and not _PRONOUN.match(text, found.end()) and following.isalnum()
    if "!" in mark or "?" in mark or "؟" in mark:
        # “Really?” she said.
        return not (closed and following.islower())
    if closed and following.islower():
        return False
    return _period_ends(text, found.start(), following, rules)


def _period_ends(text: str, at: int, following: str, rules: LanguageRules) -> bool:
    before = _LAST_WORD.search(text, max(0, at - 40), at)
    if before is None:
        return True
    word = before.group()
    folded = word.lower().strip("'’-")
    if folded in rules.abbreviations_before_numbers and following.isdigit():
        return False
    if folded in rules.abbreviations:
        return False
    if folded in rules.abbreviations_ending:
        return following.isupper()
    if word.isdigit() and _LIST_NUMBER.search(text[max(0, at - 40) : at]):
        return False
    if len(word) == 1 and word.isupper() and word != "I" and word.isascii():
        return not _initial(text[max(0, before.start() - 40) : before.start()])
    return True


def _initial(before: str) -> bool:
    """Return whether a single capital after this text is an initial ("John F. Kennedy") and not "plan B."."""
    words = before.split()
    return not words or words[-1][:1].isupper() or words[-1].endswith((".", "!", "?", ","))


def _trimmed(text: str, cuts: list[int]) -> list[tuple[int, int]]:
    spans = []
    for start, end in pairwise(cuts):
        piece = text[start:end]
        kept = piece.strip()
        if kept:
            begin = start + len(piece) - len(piece.lstrip())
            spans.append((begin, begin + len(kept)))
    return spans


def _with_words(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans with those that hold no letter or digit joined to the one before (or after, at the start)."""
    joined: list[tuple[int, int]] = []
    wordless_start: int | None = None
    for start, end in spans:
        if any(map(str.isalnum, text[start:end])):
            joined.append((start if wordless_start is None else wordless_start, end))
            wordless_start = None
        elif joined:
            joined[-1] = (joined[-1][0], end)
        elif wordless_start is None:
            wordless_start = start
    return joined
