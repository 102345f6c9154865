"""Finding a quotation in a text, also when a spreadsheet or word processor has changed its marks and spaces."""

from __future__ import annotations

import difflib
import unicodedata

_MARKS = {
    **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
}
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f")
_LONGEST_SEARCHED = 20_000


def find_quote(speech: str, quote: str, occurrence: int = 1) -> tuple[int, int] | None:
    """Return where a quotation stands in a speech.

    It is looked for as it is; if it is not there, with white space, quotation marks, dashes and ellipses made alike.

    Args:
        speech: The text searched.
        quote: The quotation.
        occurrence: Which one to take where it stands several times, from 1; they may overlap.

    Returns:
        Start and end as character offsets into `speech`, or None.

    >>> find_quote("He said “we  grow” twice", '"we grow"')
    (8, 18)
    """
    start = _nth(speech, quote, occurrence)
    if start >= 0:
        return start, start + len(quote)
    wanted, _ = simplify(quote)
    wanted = wanted.strip()
    if not wanted:
        return None
    plain, offsets = simplify(speech)
    start = _nth(plain, wanted, occurrence)
    if start < 0:
        return None
    return offsets[start][0], offsets[start + len(wanted) - 1][1]


def same_words(one: str, other: str) -> bool:
    """Return whether two texts are alike apart from white space and the shape of marks."""
    return one == other or simplify(one)[0].strip() == simplify(other)[0].strip()


def simplify(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text with marks and white space made alike, and where each of its characters comes from.

    Returns:
        The simplified text, and for each of its characters the start and end (offsets) of what it stands for in `text`.
    """
    plain: list[str] = []
    offsets: list[tuple[int, int]] = []
    for position, letter in enumerate(text):
        if letter in _INVISIBLE:
            continue
        if letter.isspace():
            if plain and plain[-1] == " ":
                offsets[-1] = (offsets[-1][0], position + 1)
            else:
                plain.append(" ")
                offsets.append((position, position + 1))
            continue
        for written in _MARKS.get(letter, letter):
            plain.append(written)
            offsets.append((position, position + 1))
    return "".join(plain), offsets


def nearest_text(speech: str, quote: str) -> str:
    """Return the piece of a speech that is most like a quotation, for a message about one that is not there."""
    speech = speech[:_LONGEST_SEARCHED]
    wanted = unicodedata.normalize("NFC", quote)[:1000]
    match = difflib.SequenceMatcher(None, speech, wanted, autojunk=False).find_longest_match()
    if match.size < 3:
        return speech[: max(len(wanted), 40)]
    start = max(0, match.a - match.b)
    return speech[start : start + max(len(wanted), 20)]


def _nth(text: str, wanted: str, occurrence: int) -> int:
    start = -1
    for _ in range(occurrence):
        start = text.find(wanted, start + 1)
        if start < 0:
            return -1
    return start
