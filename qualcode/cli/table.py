"""Tables for people, laid out as rich lays them out, for texts of ordinary characters: many rows at once, in no time.

rich measures each character of each cell, and its import alone takes as long as many a command. What is not
ordinary (wide characters, columns that do not fit whatever is broken) is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

# Characters that are one cell wide everywhere: ASCII, Latin letters, Greek and Cyrillic capitals and small letters,
# quotation marks and dashes.
_ORDINARY = re.compile(r"[\n -~\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03c9\u0410-\u044f\u2010-\u2027\u2030-\u205e\u20ac]*")
_WORD = re.compile(r"\s*\S+\s*")
_PADDING = 2


@dataclass(frozen=True, slots=True)
class Layout:
    """A table laid out.

    Attributes:
        widths: Cells of each column without padding.
        head: Its first lines: an empty one, the columns' names, a rule.
        body: The lines of the rows.
        foot: Its last line, an empty one.
    """

    widths: tuple[int, ...]
    head: tuple[str, ...]
    body: tuple[str, ...]
    foot: str


def lay_out(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[bool], whole: Sequence[bool], width: int
) -> Layout | None:
    """Lay out a table.

    Args:
        columns: Names of the columns.
        rows: Texts by row and column; lines are broken where they say so.
        right: Columns that are set to the right.
        whole: Columns whose lines are not broken.
        width: Cells that a line may take.

    Returns:
        The table, or None when it is not for this module.
    """
    if not columns or not all(_ORDINARY.fullmatch(text) for row in (columns, *rows) for text in row):
        return None
    lines = [[text.splitlines() for text in column] for column in zip(columns, *rows, strict=True)]
    natural = [max((len(line) for text in column for line in text), default=0) + _PADDING for column in lines]
    room = width - len(columns) - 1
    widths = [each - _PADDING for each in _narrowed(natural, [not one for one in whole], room)]
    if sum(widths) + _PADDING * len(widths) > room or any(
        len(name) > cells for name, cells in zip(columns, widths, strict=True)
    ):
        return None
    if any("\n" in name for name in columns) or not all(widths):
        return None
    blank = " " * (sum(widths) + _PADDING * len(widths) + len(widths) + 1)
    rule = f" {'─' * (len(blank) - 2)} "
    head = (blank, *_row(columns, widths, right), rule)
    body = tuple(line for row in rows for line in _row(row, widths, right))
    return Layout(tuple(widths), head, body, blank)


def _narrowed(widths: list[int], wrapable: Sequence[bool], room: int) -> list[int]:
    """Return widths that fit: the widest columns that may be broken are made as narrow as the next ones, in turn."""
    widths = list(widths)
    while (excess := sum(widths) - room) > 0:
        loose = [at for at, may in enumerate(wrapable) if may]
        widest = max((widths[at] for at in loose), default=0)
        if not widest:
            return widths
        chosen = [at for at in loose if widths[at] == widest]
        step = widest - max((widths[at] for at in loose if widths[at] != widest), default=0)
        left, many = excess, len(chosen)
        for at in chosen:
            less = min(excess, step, round(left / many))
            widths[at] -= less
            left -= less
            many -= 1
    return widths


def _row(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
    cells = []
    for text, cells_wide, to_right in zip(texts, widths, right, strict=True):
        lines = [line for whole in text.split("\n") for line in _broken(whole, cells_wide)]
        cells.append([_set(line, cells_wide, to_right) for line in lines])
    for number in range(max(map(len, cells))):
        yield " ".join(
            ["", *(f" {c[number] if number < len(c) else ' ' * w} " for c, w in zip(cells, widths, strict=True)), ""]
        )


def _set(line: str, width: int, to_right: bool) -> str:
    return line.rstrip()[:width].rjust(width) if to_right else line[:width].ljust(width)


def _broken(line: str, width: int) -> list[str]:
    """Return a line in pieces of at most `width` characters, not counting spaces at the end, broken between words."""
    if len(line) <= width:
        return [line]
    breaks = []
    taken = 0
    for found in _WORD.finditer(line):
        word, start = found.group(), found.start()
        size = len(word.rstrip())
        if size <= width - taken:
            taken += len(word)
        elif size > width:
            pieces = range(start, found.end(), width)
            breaks += [at for at in pieces if at]
            taken = found.end() - pieces[-1]
        elif taken and start:
            breaks.append(start)
            taken = len(word)
    edges = [0, *breaks, len(line)]
    return [line[begin:end] for begin, end in pairwise(edges)]
