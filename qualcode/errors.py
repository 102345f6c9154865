"""What a user can do wrong, apart from bugs.

A `UserError` carries a message meant for the person at the keyboard: what is wrong, where, and what to do.
The command line turns it into that message and exit status 1. Every other exception is a bug and shows
its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class UserError(Exception):
    """Something the user can put right.

    Args:
        message: What is wrong, in one or two plain sentences.
        hint: What to do about it, often the command that mends it.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n{self.hint}"


class InputError(UserError):
    """A file cannot be used as it is.

    Args:
        message: What was expected and what was found instead.
        path: The file.
        line: Line number from 1, when one is known.
        hint: What to do about it.
    """

    def __init__(self, message: str, *, path: Path | str, line: int | None = None, hint: str | None = None) -> None:
        self.path = str(path)
        self.line = line
        where = self.path if line is None else f"{self.path}, line {line}"
        super().__init__(f"{where}: {message}", hint=hint)


class ManyErrors(UserError):
    """Several mistakes found in one pass, listed together so that they can be put right in one go.

    Args:
        message: What was not done because of them.
        problems: One line each, sorted as found.
        hint: What to do about it.
    """

    SHOWN = 20

    def __init__(self, message: str, problems: list[str], *, hint: str | None = None) -> None:
        self.problems = problems
        lines = [message, *(f"  {problem}" for problem in problems[: self.SHOWN])]
        if len(problems) > self.SHOWN:
            lines.append(f"  … and {len(problems) - self.SHOWN} more")
        super().__init__("\n".join(lines), hint=hint)


class StoreError(UserError):
    """The store cannot be opened, read or written (missing, locked, read-only, full, of a newer version)."""


def nearest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str:
    """Return `, did you mean 'x'?` for the nearest of some words, whatever their capitals, or an empty text.

    Args:
        word: What was given.
        words: What is known.
        cutoff: How alike they must be, 0 to 1 (`difflib.get_close_matches`).
    """
    by_folded = {known.casefold(): known for known in words}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return f", did you mean '{by_folded[found[0]]}'?" if found else ""
