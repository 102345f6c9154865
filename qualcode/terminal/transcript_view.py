"""The transcript on the screen: coded passages in colour and underlined, the selection, stripes beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from qualcode.model import Coding, Transcript
from qualcode.terminal.marks import STRIPES, UNKNOWN, Marks
from qualcode.terminal.rows import Row, Rows
from qualcode.terminal.session import Session

MARGIN = STRIPES + 1
SELECTED = Style(bgcolor="#2a4a7f")
MATCHED = Style(color="#000000", bgcolor="#ffd75f", bold=True, underline=False)
OVERLAP = Style(bold=True, bgcolor="#3a3a3a")
ASIDE = Style(color="#7a7a7a")
LABEL = Style(color="#9a9a9a", bold=True)


class TranscriptView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows one transcript, and says where the mouse picks a place or a span."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "TranscriptView { background: $background; overflow-x: hidden; scrollbar-size-vertical: 1; }"

    class Picked(Message):
        """The mouse picked a sentence, or a word by a double click.

        Args:
            position: Character.
            unit: "sentence" or "word".
        """

        def __init__(self, position: int, unit: str) -> None:
            super().__init__()
            self.position = position
            self.unit = unit

    class Dragged(Message):
        """The mouse was drawn over a span.

        Args:
            start: Where it was pressed.
            end: One past where it is.
        """

        def __init__(self, start: int, end: int) -> None:
            super().__init__()
            self.start = start
            self.end = end

    def __init__(self, session: Session, *, id: str) -> None:
        super().__init__(id=id)
        self.session = session
        self.colours: Mapping[str, str] = {}
        self._shown: tuple[Transcript, int] | None = None
        self._rows = Rows(session.transcript, 60)
        self._marks = Marks((), 1)
        self._matched: tuple[tuple[int, int], ...] = ()
        self._anchor: int | None = None
        self._dragging = False
        self._followed: tuple[str, int, int] | None = None

    def show(self, codings: Sequence[Coding], matched: Iterable[Sequence[int]] = ()) -> None:
        """Show the session's transcript and selection.

        Args:
            codings: To be marked, sorted by place.
            matched: Spans that a machine coder went by.
        """
        transcript = self.session.transcript
        self._marks = Marks(codings, len(transcript.text))
        self._matched = tuple((start, end) for start, end in matched)
        self._fit()
        # Where a person has scrolled to stays, until the selection moves.
        now = (transcript.name, self.session.start, self.session.end)
        if now != self._followed and not self._dragging:
            self._scroll_to_selection()
        self._followed = now
        self.refresh()

    def on_resize(self) -> None:
        """Wrap the text anew."""
        self._fit()
        self._scroll_to_selection()

    def _fit(self) -> None:
        if not self.size.width:
            return
        width = max(8, self.scrollable_content_region.width - MARGIN)
        transcript = self.session.transcript
        if self._shown is None or self._shown[1] != width or self._shown[0] is not transcript:
            moved = self._shown is None or self._shown[0].name != transcript.name
            self._shown = (transcript, width)
            self._rows = Rows(transcript, width)
            self.virtual_size = Size(width + MARGIN, len(self._rows))
            if moved:
                self.scroll_to(y=0, animate=False, immediate=True)

    def _scroll_to_selection(self) -> None:
        first, last = self._rows.at(self.session.start), self._rows.at(max(self.session.start, self.session.end - 1))
        # Two rows above: who speaks.
        top = max(0, first - 2)
        height = max(1, self.scrollable_content_region.height)
        region = Region(0, top, 1, min(last - top + 2, height))
        self.scroll_to_region(region, animate=False, immediate=True, force=True)

    def render_line(self, y: int) -> Strip:
        """Return one row of the screen."""
        base = self.rich_style
        number = y + self.scroll_offset.y
        width = self.size.width
        if number >= len(self._rows):
            return Strip.blank(width, base)
        row = self._rows.rows[number]
        return Strip(list(self._painted(row, base))).adjust_cell_length(width, base)

    def _painted(self, row: Row, base: Style) -> Iterator[Segment]:
        if row.kind == "space":
            return
        dim = row.turn is not None and not self.session.speaks(row.turn)
        if row.kind == "label":
            yield Segment(" " * MARGIN + row.label, base + (ASIDE if dim else LABEL))
            return
        yield from self._beside(row, base)
        ground = base + ASIDE if dim or row.kind == "remark" else base
        for start, end, codings in self._marks.between(row.start, row.end):
            for left, right in self._cut(start, end):
                style = self._style(ground, codings, left)
                yield Segment(self._rows.text[left:right].replace("\t", " "), style)

    def _beside(self, row: Row, base: Style) -> Iterator[Segment]:
        for coding in self._marks.beside(row.start, row.end):
            if coding is None:
                yield Segment(" ", base)
            else:
                yield Segment("▎", base + Style(color=self.colours.get(coding.code, UNKNOWN)))
        yield Segment(" " * (MARGIN - STRIPES), base)

    def _cut(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Give a stretch in pieces that lie wholly inside or outside of the selection and of what was matched."""
        edges = [self.session.start, self.session.end, *(edge for span in self._matched for edge in span)]
        cuts = sorted({start, end, *(edge for edge in edges if start < edge < end)})
        yield from pairwise(cuts)

    def _style(self, ground: Style, codings: Sequence[Coding], position: int) -> Style:
        style = ground
        if codings:
            own = next((coding for coding in codings if coding.coder == self.session.coder), codings[0])
            proposed = all(coding.status == "proposed" for coding in codings)
            style += Style(color=self.colours.get(own.code, UNKNOWN), underline=True, italic=proposed)
            if len(codings) > 1:
                style += OVERLAP
        if self.session.start <= position < self.session.end:
            style += SELECTED
        if any(start <= position < end for start, end in self._matched):
            style += MATCHED
        return style

    def _position(self, event: events.MouseEvent) -> int | None:
        offset = event.get_content_offset_capture(self)
        number = offset.y + self.scroll_offset.y
        return self._rows.position(number, max(0, offset.x - MARGIN))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a span, perhaps."""
        self._anchor, self._dragging = self._position(event), False
        if self._anchor is not None:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Draw the span on."""
        if self._anchor is None:
            return
        here = self._position(event)
        if here is not None and (self._dragging or here != self._anchor):
            self._dragging = True
            left, right = sorted((self._anchor, here))
            self.post_message(self.Dragged(left, right + 1))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End a span, or pick a sentence."""
        self.release_mouse()
        if self._anchor is not None and not self._dragging:
            self.post_message(self.Picked(self._anchor, "sentence"))
        self._anchor, self._dragging = None, False

    def on_click(self, event: events.Click) -> None:
        """Pick a word by a double click."""
        position = self._position(event)
        if event.chain == 2 and position is not None:
            self.post_message(self.Picked(position, "word"))
