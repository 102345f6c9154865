"""The codebook on the screen: search as one types, codes by category, ticks, the definition of the one in hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from qualcode.model import Code
from qualcode.terminal.marks import UNKNOWN
from qualcode.terminal.session import Session
from qualcode.terminal.text import clipped


class Search(Input):
    """The search field; arrows move in the list below without leaving it."""

    BINDINGS = [
        Binding("down", "list_down", show=False),
        Binding("up", "list_up", show=False),
        Binding("ctrl+t", "tick", show=False),
        Binding("escape", "leave", show=False),
    ]

    def action_list_down(self) -> None:
        """Go to the next code found."""
        self.codebook.codes.action_cursor_down()

    def action_list_up(self) -> None:
        """Go to the previous code found."""
        self.codebook.codes.action_cursor_up()

    def action_tick(self) -> None:
        """Tick the code in hand."""
        self.codebook.tick()

    def action_leave(self) -> None:
        """Go back to the transcript."""
        self.codebook.leave()

    @property
    def codebook(self) -> CodebookView:
        """The view that it belongs to."""
        assert isinstance(self.parent, CodebookView)
        return self.parent


class CodeList(OptionList):
    """The codes found."""

    BINDINGS = [
        Binding("space", "tick", show=False),
        Binding("escape", "leave", show=False),
    ]

    def action_tick(self) -> None:
        """Tick the code in hand."""
        self.codebook.tick()

    def action_leave(self) -> None:
        """Go back to the transcript."""
        self.codebook.leave()

    @property
    def codebook(self) -> CodebookView:
        """The view that it belongs to."""
        assert isinstance(self.parent, CodebookView)
        return self.parent


class CodebookView(Vertical):
    """The codebook: `Chosen` says which codes are to be given."""

    DEFAULT_CSS = """
    CodebookView { border-left: vkey $primary; }
    CodebookView Search { border: none; height: 1; padding: 0; }
    CodebookView CodeList { border: none; padding: 0; height: 1fr; scrollbar-size-vertical: 1; }
    CodebookView CodeList > .option-list--option-disabled { color: $text-muted; }
    CodebookView #definition { height: 7; border-top: solid $primary; }
    """

    class Chosen(Message):
        """Codes were chosen.

        Args:
            ids: Their identifiers.
        """

        def __init__(self, ids: list[str]) -> None:
            super().__init__()
            self.ids = ids

    class Left(Message):
        """The person wants back to the transcript."""

    def __init__(self, session: Session, *, id: str) -> None:
        super().__init__(id=id)
        self.session = session
        self.colours: Mapping[str, str] = {}
        self.search = Search(placeholder="/ find a code", compact=True)
        self.codes = CodeList(compact=True, markup=False)
        self.definition = Static(id="definition", markup=False)
        self._listed: tuple[Any, ...] | None = None
        self._proposed = ""

    def compose(self) -> ComposeResult:
        """Place the field, the list and the definition."""
        yield self.search
        yield self.codes
        yield self.definition

    def on_resize(self) -> None:
        """Cut names anew to what fits."""
        self.call_after_refresh(self.show)

    @property
    def code(self) -> Code | None:
        """The code in hand."""
        option = self.codes.highlighted_option
        return None if option is None or option.id is None else self.session.study.codebook.by_id.get(option.id)

    def show(self, proposed: str = "") -> None:
        """List the codes that the words typed find, if anything about them has changed.

        Args:
            proposed: Identifier of the code of the proposal in hand, which is taken in hand with it.
        """
        study = self.session.study
        now = (study.codebook.hash, study.codings, self.search.value, tuple(self.session.ticked), self._width)
        new_proposal, self._proposed = proposed != self._proposed and bool(proposed), proposed or self._proposed
        if new_proposal and not self.search.value:
            self._list(now, proposed)
        if now == self._listed:
            return
        typed = self._listed is not None and self._listed[2] != self.search.value
        held = None if typed or self.code is None else self.code.id
        self._list(now, held or ("" if self.search.value else self._proposed))

    def _list(self, now: tuple[Any, ...], held: str) -> None:
        self._listed = now
        self.codes.set_options(self._options())
        self._hold(held)

    @property
    def _width(self) -> int:
        return max(8, self.codes.scrollable_content_region.width)

    def _hold(self, id: str) -> None:
        options = [at for at, option in enumerate(self.codes.options) if not option.disabled]
        same = [at for at in options if self.codes.options[at].id == id]
        found = same or options
        self.codes.highlighted = found[0] if found else None
        self._define()

    def _options(self) -> list[Option]:
        uses = self.session.uses()
        found = self.session.search(self.search.value)
        options: list[Option] = []
        heading = None
        names = {category.id: category.name for category in self.session.study.codebook.categories}
        by_category = not self.search.value.strip() and any(code.category for code in found)
        for code in found:
            if by_category and code.category != heading:
                heading = code.category
                title = names.get(heading, heading) or "Without category"
                options.append(Option(Text(clipped(title, self._width), style="bold"), disabled=True))
            options.append(Option(self._line(code, uses[code.id]), id=code.id))
        return options

    def _line(self, code: Code, count: int) -> Text:
        line = Text()
        line.append("✓" if code.id in self.session.ticked else " ", style="bold green")
        line.append("■ ", style=self.colours.get(code.id, UNKNOWN))
        number = f" {count}" if count else ""
        line.append(clipped(code.name, self._width - 3 - len(number)))
        line.append(number, style="dim")
        return line

    def tick(self) -> None:
        """Tick the code in hand, or take its tick away."""
        if self.code is not None:
            self.session.tick(self.code.id)
            self.show()

    def leave(self) -> None:
        """Empty the search field, and say that the transcript is wanted."""
        self.search.value = ""
        self.post_message(self.Left())

    def find(self) -> None:
        """Begin a search."""
        self.search.value = ""
        self.search.focus()

    def _choose(self) -> None:
        ids = list(self.session.ticked) or ([self.code.id] if self.code else [])
        if ids:
            self.post_message(self.Chosen(ids))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search again."""
        event.stop()
        self.show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the code found."""
        event.stop()
        self._choose()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give the code."""
        event.stop()
        self._choose()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Define the code in hand."""
        event.stop()
        self._define()

    def _define(self) -> None:
        code = self.code
        if code is None:
            self.definition.update("No code is found: c makes a new one." if self.search.value else "")
            return
        told = Text()
        told.append(code.id, style=f"bold {self.colours.get(code.id, UNKNOWN)}")
        for head, words in (
            ("", code.definition),
            ("Use: ", " ".join(code.include)),
            ("Not: ", " ".join(code.exclude)),
            ("From: ", code.origin),
        ):
            if words:
                told.append("\n")
                told.append(head, style="bold")
                told.append(words)
        self.definition.update(told)
