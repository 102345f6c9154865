"""A transcript as rows of a screen, each of which knows which characters it shows."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len

from qualcode.model import Transcript, Turn, clock
from qualcode.report.segments import blocks

_PIECE = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        kind: "label" (who speaks, when), "speech", "remark" (text outside of turns) or "space".
        start: First character shown; for labels and spaces where the next text begins.
        end: One past the last.
        turn: Of a label or speech.
        label: What a label says.
    """

    kind: str
    start: int
    end: int
    turn: Turn | None = None
    label: str = ""


class Rows:
    """A transcript wrapped at a width.

    Args:
        transcript: The transcript.
        width: Cells; at least 1 is taken.
    """

    def __init__(self, transcript: Transcript, width: int) -> None:
        self.text = transcript.text
        self.width = max(1, width)
        self.rows = tuple(self._rows(transcript))
        self._starts = [row.start for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, position: int) -> int:
        """Return the number of the row that shows a character (or the text next to it), from 0."""
        found = max(0, bisect_right(self._starts, position) - 1)
        while found > 0 and self.rows[found].kind in ("label", "space"):
            found -= 1
        return found

    def position(self, number: int, cell: int) -> int | None:
        """Return the character at a cell of a row; past its end the last one; None where no text is shown."""
        if not 0 <= number < len(self.rows):
            return None
        row = self.rows[number]
        if row.start >= row.end:
            return None
        width = 0
        for at in range(row.start, row.end):
            width += cell_len(self.text[at])
            if width > cell:
                return at
        return row.end - 1

    def _rows(self, transcript: Transcript) -> Iterator[Row]:
        for block in blocks(transcript):
            if block.kind == "turn" and block.turn:
                turn = block.turn
                words = (turn.speaker or turn.role, clock(turn.time) or "", f"({turn.number})")
                yield Row("space", turn.start, turn.start)
                yield Row("label", turn.start, turn.start, turn, "  ".join(word for word in words if word))
                for start, end in wrap(self.text, turn.start, turn.end, self.width):
                    yield Row("speech", start, end, turn)
            elif block.kind == "remark":
                yield Row("space", block.start, block.start)
                for start, end in wrap(self.text, block.start, block.end, self.width):
                    yield Row("remark", start, end)


def wrap(text: str, start: int, end: int, width: int) -> list[tuple[int, int]]:
    """Return spans of the rows of `text[start:end]`; together they cover it, without its line breaks.

    A row is broken after white space, inside a word only where the word alone is wider than the row. White space at
    the end of a row may reach over its width.

    Args:
        text: The text.
        start: First character.
        end: One past the last.
        width: Cells: a wide character takes two.
    """
    rows: list[tuple[int, int]] = []
    at = start
    for line in text[start:end].split("\n"):
        rows += _wrap_line(text, at, at + len(line), width)
        at += len(line) + 1
    return rows


def _wrap_line(text: str, start: int, end: int, width: int) -> Iterator[tuple[int, int]]:
    begin, used = start, 0
    for match in _PIECE.finditer(text, start, end):
        piece = match.group()
        word = cell_len(piece.rstrip())
        if used and used + word > width:
            yield begin, match.start()
            begin, used = match.start(), 0
        if word > width:
            for at in range(match.start(), match.end()):
                cells = cell_len(text[at])
                if used + cells > width and at > begin and not text[at].isspace():
                    yield begin, at
                    begin, used = at, 0
                used += cells
        else:
            used += cell_len(piece)
    yield begin, end
