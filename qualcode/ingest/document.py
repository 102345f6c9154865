"""Running text with layout, as the readers of Word, OpenDocument, RTF and web pages collect it.

One paragraph is one line of the text; a line break within it starts another line. A table's row is one paragraph: its
cells are parted by a tab, or by a line break after a cell of several paragraphs. Each paragraph is normalised by itself
(`qualcode.ingest.normalise`), so that what the layout says of its characters stays right.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from qualcode.ingest.lines import Layout
from qualcode.ingest.normalise import normalise

NOTE = "a footnote"


@dataclass
class Paragraph:
    """A paragraph being collected.

    Attributes:
        runs: Its text in pieces, each with whether it is bold.
        level: Of a heading, from 1; 0 where it is none.
        aside: What it is where it is no part of the running text; else empty.
        apart: Whether a blank line stands before it in the text.
        place: What the reader wants to remember of where it stood.
    """

    runs: list[tuple[str, bool]] = field(default_factory=list)
    level: int = 0
    aside: str = ""
    apart: bool = False
    place: str = ""

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(text for text, _ in self.runs)

    def lines(self) -> list[tuple[str, int]]:
        """Return its normalised lines, each with the number of bold characters that it begins with."""
        text = _clean(self.text)
        bold = _clean("".join(text if bold else "\0" * len(text) for text, bold in self.runs))
        found, position = [], 0
        for line in text.split("\n"):
            # Composing may shorten the text: where the two differ in length, nothing is said to be bold.
            end = bold.find("\0", position, position + len(line)) if len(bold) == len(text) else position
            found.append((line, (len(line) if end < 0 else end - position)))
            position += len(line) + 1
        return found


def _clean(text: str) -> str:
    return normalise(text).removesuffix("\n")


@dataclass
class Row:
    """A table's row being collected."""

    cells: list[list[Paragraph]] = field(default_factory=list)

    def paragraphs(self) -> list[Paragraph]:
        """Return the row as one paragraph, or a single cell's paragraphs as they are."""
        if len(self.cells) == 1:
            return self.cells[0]
        runs: list[tuple[str, bool]] = []
        for number, cell in enumerate(self.cells):
            if number:
                runs.append(("\t" if len(self.cells[number - 1]) <= 1 else "\n", True))
            for index, paragraph in enumerate(cell):
                runs += [("\n", True)] if index else []
                runs += paragraph.runs
        first = next((paragraph for cell in self.cells for paragraph in cell), Paragraph())
        return [Paragraph(runs, aside=first.aside, apart=first.apart, place=first.place)]


class Builder:
    """Collects paragraphs, tables and notes in the order of a document; tables and text boxes may nest."""

    def __init__(self) -> None:
        self.body: list[Paragraph] = []
        self.notes: list[list[Paragraph]] = []
        self._targets: list[list[Paragraph]] = [self.body]
        self._open: list[Paragraph | None] = [None]
        self._rows: list[Row] = []

    @property
    def current(self) -> Paragraph | None:
        """The paragraph being written, or None."""
        return self._open[-1]

    def open_paragraph(self, paragraph: Paragraph) -> None:
        """Begin a paragraph; one that is open stays so and ends after it (a text box within a paragraph)."""
        self._open.append(paragraph)

    def write(self, text: str, bold: bool = False) -> None:
        """Add text to the open paragraph, or to a new one."""
        if self._open[-1] is None:
            self._open.append(Paragraph())
        paragraph = self._open[-1]
        if paragraph is not None:
            paragraph.runs.append((text, bold))

    def close_paragraph(self) -> None:
        """End the open paragraph."""
        if len(self._open) > 1 and self._open[-1] is not None:
            self._targets[-1].append(self._open.pop() or Paragraph())

    def begin(self, target: list[Paragraph]) -> None:
        """Collect paragraphs somewhere else (a cell, a note) until `end`."""
        self._targets.append(target)
        self._open.append(None)

    def end(self) -> None:
        """Go back to where paragraphs were collected before."""
        if len(self._targets) == 1:
            return
        while self._open[-1] is not None:
            self.close_paragraph()
        self._open.pop()
        self._targets.pop()

    def open_row(self) -> None:
        """Begin a table's row."""
        self._rows.append(Row())

    def open_cell(self) -> None:
        """Begin a cell."""
        cell: list[Paragraph] = []
        if self._rows:
            self._rows[-1].cells.append(cell)
        self.begin(cell)

    def close_row(self) -> None:
        """End the row and take it in as text."""
        if self._rows:
            self._targets[-1] += self._rows.pop().paragraphs()

    def open_note(self) -> int:
        """Begin a note that is set after the text; return its number, from 1."""
        self.notes.append([])
        self.begin(self.notes[-1])
        return len(self.notes)

    def finish(self) -> tuple[str, dict[int, Layout]]:
        """Return the text, normalised, and what the layout says by line from 1.

        Notes follow the text after a blank line, each with the number that stands at its place in the text ("[1] …").
        """
        while len(self._targets) > 1:
            self.end()
        while self.current is not None:
            self.close_paragraph()
        paragraphs = list(self.body)
        for number, note in enumerate(self.notes, start=1):
            runs = [(f"[{number}] ", False)]
            for index, paragraph in enumerate(note):
                runs += [("\n", False)] if index else []
                runs += paragraph.runs
            paragraphs.append(Paragraph(runs, aside=NOTE, apart=number == 1))
        lines: list[str] = []
        layouts: dict[int, Layout] = {}
        for paragraph in paragraphs:
            if paragraph.apart and lines:
                lines.append("")
            for index, (line, bold) in enumerate(paragraph.lines()):
                lines.append(line)
                layouts[len(lines)] = Layout(bold, paragraph.level, index == 0, paragraph.aside)
        return normalise("\n".join(lines)), layouts
