r"""The one change that text undergoes before it is frozen.

1. A byte order mark (U+FEFF) at the beginning is removed.
2. `\r\n`, `\r`, U+2028 (line separator) and U+2029 (paragraph separator) become `\n`.
3. Characters are composed (Unicode normalisation form C), so that `é` is one character however it was typed.
4. The text ends with exactly one `\n`; blank lines at the very end go.

Everything else stays: tabs, non-breaking spaces, soft hyphens, direction marks, blank lines, trailing spaces.
Normalising twice is the same as once.
"""

from __future__ import annotations

import unicodedata

_NEWLINES = str.maketrans({"\r": "\n", "\u2028": "\n", "\u2029": "\n"})


def normalise(text: str) -> str:
    r"""Return text in the form in which it is frozen (see the module).

    >>> normalise("\ufeffAnna:\r\nCafe\u0301")
    'Anna:\nCafé\n'
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").translate(_NEWLINES)
    text = unicodedata.normalize("NFC", text).rstrip("\n")
    return text + "\n" if text else ""
