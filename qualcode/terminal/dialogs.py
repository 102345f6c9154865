"""Dialogs over the screen: memo, new code, filter, a choice from a list, help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from qualcode.errors import UserError
from qualcode.model import MEMO_KINDS, Code, Memo
from qualcode.terminal.keys import keys_for
from qualcode.terminal.session import PARTICIPANTS, Filters, Session

DIALOG_CSS = """
{name} {{ align: center middle; }}
{name} > Vertical {{ width: 90%; max-width: 84; height: auto; max-height: 95%; border: round $primary; padding: 0 1;
    background: $surface; }}
{name} Input {{ border: none; height: 1; padding: 0; background: $boost; }}
{name} Label {{ color: $text-muted; }}
"""
AUTOSAVE = 5.0
"""Seconds after which the memo being written is saved."""


class Cycle(Static, can_focus=True):
    """A choice among some values, changed with left, right, space or a first letter.

    Args:
        label: What is chosen.
        options: (value, as shown).
        value: The one chosen at first.
    """

    DEFAULT_CSS = "Cycle { height: 1; } Cycle:focus { background: $accent; color: $text; }"
    BINDINGS = [
        Binding("right,space", "turn(1)", show=False),
        Binding("left", "turn(-1)", show=False),
    ]

    def __init__(self, label: str, options: Sequence[tuple[str, str]], value: str = "") -> None:
        super().__init__(markup=False)
        self.label = label
        self.choices = list(options)
        self.at = next((at for at, (one, _) in enumerate(options) if one == value), 0)

    @property
    def value(self) -> str:
        """The value chosen."""
        return self.choices[self.at][0]

    def on_mount(self) -> None:
        """Show the choice."""
        self.show()

    def show(self) -> None:
        """Show the choice."""
        self.update(f"{self.label}: ‹ {self.choices[self.at][1]} ›")

    def action_turn(self, step: int) -> None:
        """Take the next or previous value."""
        self.at = (self.at + step) % len(self.choices)
        self.show()

    def on_click(self) -> None:
        """Take the next value."""
        self.action_turn(1)

    def on_key(self, event: events.Key) -> None:
        """Take the next value that begins with a letter typed."""
        if event.character and event.character.isalnum():
            order = [*range(self.at + 1, len(self.choices)), *range(self.at + 1)]
            letter = event.character.casefold()
            self.at = next((at for at in order if self.choices[at][1].casefold().startswith(letter)), self.at)
            self.show()
            event.stop()


@dataclass(frozen=True, slots=True)
class MemoTarget:
    """Something that a memo can be about.

    Attributes:
        target: As in `Memo.target`.
        key: As in `Memo.key`.
        shown: What a person calls it.
    """

    target: str
    key: str
    shown: str


class MemoDialog(ModalScreen[str]):
    """A memo being written: saved every few seconds and when it is closed.

    Args:
        session: Saves it.
        targets: What it can be about, the likeliest first.
        memo: The one to be changed, or None.
    """

    CSS = DIALOG_CSS.format(name="MemoDialog") + "MemoDialog TextArea { height: 8; border: none; }"
    BINDINGS = [
        Binding("escape,ctrl+s", "close_saved", "save and close", priority=True),
        Binding("ctrl+x", "discard", "throw away", priority=True),
        Binding("tab", "app.focus_next", show=False, priority=True),
    ]

    def __init__(self, session: Session, targets: Sequence[MemoTarget], memo: Memo | None = None) -> None:
        super().__init__()
        self.session = session
        self.before = memo
        self.saved: Memo | None = memo
        self.targets = {str(at): one for at, one in enumerate(targets)}
        self.about = Cycle("about", [(at, one.shown) for at, one in self.targets.items()])
        self.kind = Cycle("kind", [(kind, kind) for kind in MEMO_KINDS], memo.kind if memo else MEMO_KINDS[0])
        self.text = TextArea(memo.text if memo else "")
        self.told = Label("esc saves and closes · tab: about, kind (← →) · ctrl+x throws it away", markup=False)

    def compose(self) -> ComposeResult:
        """Place the text, what it is about and its kind."""
        with Vertical():
            yield Label(f"Memo by {self.session.coder}", markup=False)
            yield self.text
            yield self.about
            yield self.kind
            yield self.told

    def on_mount(self) -> None:
        """Begin writing."""
        self.text.focus()
        self.set_interval(AUTOSAVE, self.save)

    def save(self) -> bool:
        """Save what is written; return whether it is safe."""
        text = self.text.text.strip()
        about = self.targets[self.about.value]
        now = (text, self.kind.value, about.target, about.key)
        if not text or (self.saved and now == _content(self.saved)):
            return True
        try:
            self.saved = self.session.memo(
                about.target, text, kind=self.kind.value, key=about.key, id=self.saved.id if self.saved else ""
            )
        except UserError as error:
            self.told.update(str(error))
            return False
        self.told.update("saved · esc closes · ctrl+x throws it away")
        return True

    def action_close_saved(self) -> None:
        """Save and close; an error leaves it open."""
        if self.save():
            self.dismiss("Memo saved." if self.saved and self.saved is not self.before else "")

    def action_discard(self) -> None:
        """Throw away what was written here, also what was saved of it meanwhile."""
        try:
            if self.saved is not None and self.saved is not self.before:
                if self.before is None:
                    self.session.changes.remove_memo(self.saved.id)
                else:
                    self.session.changes.write_memo(self.before)
        except UserError as error:
            self.told.update(str(error))
            return
        self.dismiss("Memo thrown away.")


def _content(memo: Memo) -> tuple[str, str, str, str]:
    return memo.text, memo.kind, memo.target, memo.key


class NewCodeDialog(ModalScreen[str]):
    """A new code: identifier, name, definition, category.

    Args:
        session: Adds it, and gives it to the selection.
        words: Typed into the search field before.
    """

    CSS = DIALOG_CSS.format(name="NewCodeDialog")
    BINDINGS = [Binding("escape", "dismiss('')", show=False)]

    def __init__(self, session: Session, words: str = "") -> None:
        super().__init__()
        self.session = session
        self.name_field = Input(words.strip().capitalize(), placeholder="Branding goal", compact=True)
        self.id_field = Input(placeholder="from name and category", compact=True)
        self.definition = Input(placeholder="What it means, in a sentence or two", compact=True)
        categories = session.study.codebook.categories
        self.category = Cycle("category", [("", "none"), *((one.id, one.name) for one in categories)])
        self.told = Label("enter saves it and gives it to the passage · tab: next field · esc leaves", markup=False)

    def compose(self) -> ComposeResult:
        """Place the fields."""
        with Vertical():
            yield Label("New code: name")
            yield self.name_field
            yield Label("identifier")
            yield self.id_field
            yield Label("definition")
            yield self.definition
            yield self.category
            yield self.told

    def on_mount(self) -> None:
        """Begin with the name."""
        self.name_field.focus()

    def on_input_submitted(self) -> None:
        """Save it; an error leaves the dialog open."""
        name = " ".join(self.name_field.value.split())
        id = self.id_field.value.strip() or new_id_for(name, self.category.value)
        categories = (self.category.value,) if self.category.value else ()
        code = Code(id, name or id, self.definition.value.strip(), categories=categories)
        try:
            self.dismiss(self.session.new_code(code))
        except UserError as error:
            self.told.update(str(error))


def new_id_for(name: str, category: str) -> str:
    """Return an identifier for a code.

    >>> new_id_for("Branding goal", "planning")
    'planning/branding-goal'
    """
    import re

    words = "-".join(re.findall(r"[^\W_]+", name.casefold()))
    return f"{category}/{words}" if category and words else words


class FilterDialog(ModalScreen[Filters | None]):
    """What is gone through and shown.

    Args:
        session: Whose filters.
    """

    CSS = DIALOG_CSS.format(name="FilterDialog")
    BINDINGS = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("enter", "take", show=False),
        Binding("delete,backspace", "clear", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        now, study = session.filters, session.study
        self.others = now.others
        cases = [("", "all cases"), *((case.name, case.name) for case in study.cases)]
        speakers = [("", "everybody"), (PARTICIPANTS, "participants"), *((one, one) for one in session.speakers())]
        codes = [("", "all codes"), *((code.id, code.name) for code in study.codebook.codes)]
        self.case = Cycle("case", cases, now.cases[0] if now.cases else "")
        self.speaker = Cycle("speaker", speakers, now.speaker)
        self.code = Cycle("code", codes, now.codes[0] if now.codes else "")

    def compose(self) -> ComposeResult:
        """Place the choices."""
        with Vertical():
            yield Label("Go through and show only")
            yield self.case
            yield self.speaker
            yield self.code
            yield Label("← → or a first letter changes · ↑ ↓ next · enter takes it · delete: all · esc: leave")

    def on_mount(self) -> None:
        """Begin with the case."""
        self.case.focus()

    def action_clear(self) -> None:
        """Go through everything."""
        for choice in (self.case, self.speaker, self.code):
            choice.at = 0
            choice.show()

    def action_take(self) -> None:
        """Take these filters."""
        cases = (self.case.value,) if self.case.value else ()
        codes = (self.code.value,) if self.code.value else ()
        self.dismiss(Filters(cases, self.speaker.value, codes, self.others))


class ChoiceDialog(ModalScreen[str | None]):
    """One thing chosen from a list.

    Args:
        title: What is asked.
        options: (value, as shown).
        value: The one in hand at first.
    """

    CSS = (
        DIALOG_CSS.format(name="ChoiceDialog")
        + "ChoiceDialog OptionList { height: auto; max-height: 18; border: none; }"
    )
    BINDINGS = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, title: str, options: Sequence[tuple[str, Text | str]], value: str = "") -> None:
        super().__init__()
        self.question = title
        self.options = OptionList(*(Option(shown, id=str(at)) for at, (_, shown) in enumerate(options)), markup=False)
        self.values = [one for one, _ in options]
        self.value = value

    def compose(self) -> ComposeResult:
        """Place the list."""
        with Vertical():
            yield Label(f"{self.question} · enter takes it, esc leaves", markup=False)
            yield self.options

    def on_mount(self) -> None:
        """Begin with the value in hand."""
        self.options.highlighted = self.values.index(self.value) if self.value in self.values else 0
        self.options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it."""
        self.dismiss(self.values[int(event.option_id or 0)])


class HelpDialog(ModalScreen[None]):
    """All keys.

    Args:
        mode: "code" or "review".
    """

    CSS = (
        DIALOG_CSS.format(name="HelpDialog")
        + "HelpDialog VerticalScroll { height: auto; max-height: 100%; } HelpDialog Static { height: auto; }"
    )
    BINDINGS = [Binding("escape,q,question_mark,f1,enter", "dismiss(None)", show=False)]

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.mode = mode

    def compose(self) -> ComposeResult:
        """Place the table."""
        with Vertical(), VerticalScroll() as scroll:
            scroll.can_focus = True
            yield Static(help_text(self.mode))


def help_text(mode: str) -> Text:
    """Return all keys of a mode under their headings."""
    told = Text()
    group = ""
    for key in keys_for(mode):
        if key.group != group:
            told.append(f"{'' if not group else chr(10)}{key.group}\n", style="bold")
            group = key.group
        told.append(f"  {key.shown:<14}", style="cyan")
        told.append(f"{key.text}\n")
    told.append("\nEverything is saved at once. esc closes this help.", style="dim")
    return told
