"""How many words a text has: as `coverage.words`, for when their places are not asked for.

Most texts fit into one byte a character; there counting words is counting places where a word begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import pairwise

CODE_PAGE = "cp1252"
_WORD, _JOIN, _OTHER = "a", "-", " "


def count_words(texts: Iterable[str]) -> int:
    """Return the number of words of some texts; no word goes from one into the next."""
    from qualcode.tables.coverage import words

    joined = "\n".join(texts)
    try:
        plain = joined.encode("ascii" if joined.isascii() else CODE_PAGE)
    except UnicodeEncodeError:
        return len(words(joined))
    kinds = (b"\n%b" % plain).translate(_table())
    # A hyphen or apostrophe joins two words into one only where it stands alone between them; else a word begins there.
    parts = kinds.split(b"-")
    begun = sum(after.startswith(b"a") and not before.endswith(b"a") for before, after in pairwise(parts))
    return kinds.count(b" a") + begun


@cache
def _table() -> bytes:
    """Return the kind of each character of the code page: of a word, joining words, or other."""
    from qualcode.tables.coverage import words

    kinds = []
    for code in range(256):
        letter = bytes([code]).decode(CODE_PAGE, "replace")
        joins = len(words(f"a{letter}a")) == 1 and not words(letter)
        kinds.append(_JOIN if joins else _WORD if words(letter) else _OTHER)
    return "".join(kinds).encode("ascii")
