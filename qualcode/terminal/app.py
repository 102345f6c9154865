"""The screen for coding and review, with Textual: keys and clicks become calls of the session."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from qualcode.errors import UserError
from qualcode.model import Coding, Memo
from qualcode.terminal.codebook_view import CodebookView
from qualcode.terminal.dialogs import (
    ChoiceDialog,
    FilterDialog,
    HelpDialog,
    MemoDialog,
    MemoTarget,
    NewCodeDialog,
)
from qualcode.terminal.keys import HINTS, keys_for
from qualcode.terminal.marks import screen_colours
from qualcode.terminal.review import Review
from qualcode.terminal.session import Filters, Session
from qualcode.terminal.text import clipped
from qualcode.terminal.told import (
    coding_text,
    evidence_text,
    matched_spans,
    memo_text,
    selection_text,
    state_line,
)
from qualcode.terminal.transcript_view import TranscriptView

LOOK = 1.5
"""Seconds between looks at what other programs have changed."""
NARROW, SHORT, TALL = 70, 20, 32
"""Columns under which the codebook is shown only when asked for; rows under and over which the lower pane differs."""


class CoderApp(App[None]):
    """The screen.

    Args:
        session: The coder's session.
        review: The queue of proposals, for a review; None for coding.
    """

    TITLE = "qualcode"
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False
    CSS = """
    #state { height: 1; background: $primary; color: $text; }
    #left { width: 1fr; }
    #codebook { width: 36%; max-width: 60; }
    #here { height: 6; border-top: solid $primary; scrollbar-size-vertical: 1; }
    #here Static { height: auto; }
    #told { height: auto; min-height: 1; max-height: 4; }
    #told.error { background: $error; color: $text; }
    #hints { height: 1; background: $boost; color: $text-muted; }
    .review #here { height: 9; }
    .tall #here { height: 9; }
    .tall.review #here { height: 13; }
    .short #here, .short.review #here { height: 3; }
    .short #definition { display: none; }
    .tall #definition { height: 12; }
    .narrow #codebook { display: none; }
    .narrow.searching #codebook { display: block; width: 100%; max-width: 100%; }
    .narrow.searching #left { display: none; }
    """

    def __init__(self, session: Session, review: Review | None = None) -> None:
        super().__init__()
        self.session = session
        self.reviewing = review
        self.mode = "review" if review else "code"
        self.view = TranscriptView(session, id="transcript")
        self.codebook = CodebookView(session, id="codebook")
        self.here = Static(markup=False)
        self.state = Static(id="state", markup=False)
        self.told = Static(id="told", markup=False)
        self.hints = Static(HINTS[self.mode], id="hints", markup=False)
        self._coloured = ""
        for key in keys_for(self.mode):
            if key.action:
                self._bindings.bind(key.keys, key.action, key.text, show=False)

    def compose(self) -> ComposeResult:
        """Place transcript, codebook, what is here, and the lines of state, messages and keys."""
        yield self.state
        with Horizontal():
            with Vertical(id="left"):
                yield self.view
                with VerticalScroll(id="here", can_focus=False):
                    yield self.here
            yield self.codebook
        yield self.told
        yield self.hints

    def on_mount(self) -> None:
        """Show everything, and begin to look for what others do."""
        self.screen.set_class(self.mode == "review", "review")
        self.view.focus()
        # The panes have no size yet.
        self.call_after_refresh(self.redraw)
        self.set_interval(LOOK, self.look)
        if self.session.changes.codebook_problem:
            self.tell(self.session.changes.codebook_problem, error=True)

    def on_resize(self, event: Resize) -> None:
        """Fit the panes to the terminal."""
        base = self.screen_stack[0]
        base.set_class(event.size.width < NARROW, "narrow")
        base.set_class(event.size.height < SHORT, "short")
        base.set_class(event.size.height >= TALL, "tall")
        self.call_after_refresh(self.redraw)

    # Showing

    def redraw(self) -> None:
        """Show the session as it is now."""
        session = self.session
        if self._coloured != session.study.codebook.hash:
            self._coloured = session.study.codebook.hash
            self.view.colours = self.codebook.colours = screen_colours(session.study.codebook)
        current = self.reviewing.current if self.reviewing else None
        on_screen = current is not None and current.transcript == session.name
        self.view.show(session.visible(), matched_spans(current) if on_screen else ())
        self.codebook.show(current.code if current else "")
        colours = self.codebook.colours
        self.here.update(evidence_text(self.reviewing, colours) if self.reviewing else selection_text(session, colours))
        self.hint()
        self.state.update(clipped(state_line(session, self.reviewing), max(10, self.size.width)))

    def hint(self) -> None:
        """Name the keys that work where the keys go now: letters typed into the search field do nothing else."""
        finding = self.focused in (self.codebook.search, self.codebook.codes)
        self.hints.update(clipped(HINTS["find" if finding else self.mode], max(10, self.size.width)))

    def on_descendant_focus(self) -> None:
        """Name other keys."""
        self.hint()

    def tell(self, text: str, *, error: bool = False) -> None:
        """Say something in the line of messages."""
        self.told.set_class(error, "error")
        # What went wrong is read to its end; what went well is no more than a glance.
        self.told.update(text if error else clipped(text, max(10, self.size.width)))

    def act(self, action: Callable[[], str | None]) -> None:
        """Do something, and show what came of it: a person's mistake or a lock is a message, not an end."""
        try:
            self.tell(action() or "")
        except UserError as error:
            self.tell(str(error), error=True)
        self.redraw()

    def look(self) -> None:
        """Take in what other programs have changed."""
        try:
            if not self.session.refresh():
                return
        except UserError as error:
            self.tell(str(error), error=True)
            return
        if self.reviewing:
            self.reviewing.settle()
        problem = self.session.changes.codebook_problem
        self.tell(problem or "Another program has changed the study: shown as it is now.", error=bool(problem))
        self.redraw()

    def to_transcript(self) -> None:
        """Give the keys back to the transcript."""
        self.screen_stack[0].remove_class("searching")
        self.view.focus()

    # Keys

    def action_move(self, unit: str, step: int) -> None:
        """Select the next or previous unit."""
        self.act(lambda: self.session.move(unit, step))

    def action_extend(self, unit: str, step: int) -> None:
        """Make the selection longer or shorter."""
        self.act(lambda: self.session.extend(unit, step))

    def action_other_edge(self) -> None:
        """Let the other end of the selection move."""
        self.act(self.session.other_edge)

    def action_select_turn(self) -> None:
        """Select the whole turn."""
        self.act(self.session.select_turn)

    def action_to_end(self, step: int) -> None:
        """Select the first or last sentence."""
        self.act(lambda: self.session.to_end(step))

    def action_next_uncoded(self, step: int) -> None:
        """Go to the next or previous uncoded turn."""
        self.act(lambda: self.session.next_uncoded(step))

    def action_next_coding(self, step: int) -> None:
        """Go to the next or previous coded passage."""
        self.act(lambda: self.session.next_coding(step))

    def action_next_transcript(self, step: int) -> None:
        """Go to the next or previous transcript."""
        self.act(lambda: self.session.next_transcript(step))

    def action_find(self) -> None:
        """Begin to search a code."""
        if self.reviewing and self.reviewing.current is None:
            self.tell("No proposal is left to review.", error=True)
            return
        self.screen_stack[0].add_class("searching")
        self.codebook.find()

    def action_again(self) -> None:
        """Give the last codes again."""
        self.act(self.session.again)

    def action_in_vivo(self) -> None:
        """Make an in-vivo code."""
        self.act(self.session.in_vivo)

    def action_undo(self) -> None:
        """Take back."""
        self.act((self.reviewing or self.session).undo)

    def action_redo(self) -> None:
        """Do again."""
        self.act((self.reviewing or self.session).redo)

    def action_decide(self, status: str) -> None:
        """Accept or reject the proposal in hand."""
        if self.reviewing:
            review = self.reviewing
            self.act(lambda: review.decide(status))

    def action_change_span(self) -> None:
        """Accept the proposal for the passage selected."""
        if self.reviewing:
            self.act(self.reviewing.change_span)

    def action_step(self, step: int) -> None:
        """Go to the next or previous proposal."""
        if self.reviewing:
            review = self.reviewing
            self.act(lambda: review.step(step))

    def action_to_proposal(self) -> None:
        """Go back to the passage proposed."""
        if self.reviewing:
            self.act(self.reviewing.back)

    def action_others(self) -> None:
        """Show or hide others' codings."""

        def turn() -> str:
            return "Others' codings are shown." if self.session.turn_others() else "Others' codings are hidden."

        self.act(turn)

    def action_remove(self) -> None:
        """Remove a coding: the only one here, or the one chosen."""
        here = self.session.own_here()
        if len(here) == 1:
            self.act(lambda: self.session.remove(here[0]))
        elif here:
            study, colours = self.session.study, self.codebook.colours
            options = [(coding.id, coding_text(study, coding, colours)) for coding in here]
            by_id = {coding.id: coding for coding in here}
            self.push_screen(ChoiceDialog("Remove which coding?", options), lambda id: self._remove(by_id, id))
        else:
            self.tell("There is no coding of yours here.", error=True)

    def _remove(self, by_id: dict[str, Coding], id: str | None) -> None:
        if id is not None:
            self.act(lambda: self.session.remove(by_id[id]))

    def action_transcripts(self) -> None:
        """Choose a transcript."""
        session = self.session
        options = []
        for one in session.transcripts:
            now = session.progress([one.name])
            options.append((one.name, f"{one.name}  ({one.case})  {now.coded}/{now.turns} turns coded"))
        self.push_screen(ChoiceDialog("Transcript", options, session.name), self._open)

    def _open(self, name: str | None) -> None:
        if name is not None:
            self.act(lambda: self.session.open(name))

    def action_filter(self) -> None:
        """Choose what is gone through."""
        self.push_screen(FilterDialog(self.session), self._filter)

    def _filter(self, filters: Filters | None) -> None:
        if filters is not None:
            self.act(lambda: self.session.set_filters(filters))

    def action_new_code(self) -> None:
        """Make a new code."""
        self.push_screen(NewCodeDialog(self.session, self.codebook.search.value), self._said)

    def action_memo(self) -> None:
        """Write a memo."""
        self.push_screen(MemoDialog(self.session, self._memo_targets()), self._said)

    def _memo_targets(self) -> list[MemoTarget]:
        session = self.session
        names = {code.id: code.name for code in session.study.codebook.codes}
        passage = MemoTarget("passage", session.memo_key("passage"), f"passage “{clipped(session.quote, 40)}”")
        here = session.codings_here()
        current = self.reviewing.current if self.reviewing else None
        if current:
            here = [current, *(coding for coding in here if coding.id != current.id)]
        codings = [
            MemoTarget("coding", one.id, f"coding {names.get(one.code, one.code)} by {one.coder}") for one in here
        ]
        held = self.codebook.code
        ids = dict.fromkeys([*(coding.code for coding in here), *([held.id] if held else [])])
        codes = [MemoTarget("code", id, f"code {names.get(id, id)}") for id in ids]
        rest = [
            MemoTarget("transcript", session.name, f"transcript {session.name}"),
            MemoTarget("case", session.transcript.case, f"case {session.transcript.case}"),
            MemoTarget("study", "", "study"),
        ]
        return [*codings, passage, *codes, *rest] if current else [passage, *codings, *codes, *rest]

    def action_memos(self) -> None:
        """Read the memos here; one's own can be changed."""
        memos = {memo.id: memo for memo in self.session.memos_here()}
        if not memos:
            self.tell("There is no memo here.", error=True)
            return
        options = [(memo.id, memo_text(memo)) for memo in memos.values()]
        self.push_screen(ChoiceDialog("Memo", options), lambda id: self._change_memo(memos, id))

    def _change_memo(self, memos: dict[str, Memo], id: str | None) -> None:
        if id is None:
            return
        memo = memos[id]
        if memo.coder != self.session.coder:
            self.tell(f"This memo is by {memo.coder}: {memo.text}")
            return
        about = MemoTarget(memo.target, memo.key, f"{memo.target} {memo.key}".strip())
        self.push_screen(MemoDialog(self.session, [about], memo), self._said)

    def _said(self, told: str | None) -> None:
        self.codebook.search.value = ""
        self.to_transcript()
        self.act(lambda: told)

    def action_help(self) -> None:
        """Show all keys."""
        self.push_screen(HelpDialog(self.mode))

    # Messages of the panes

    def on_codebook_view_chosen(self, event: CodebookView.Chosen) -> None:
        """Give the codes chosen, or change the proposal's code to it."""
        self.codebook.search.value = ""
        self.to_transcript()
        if self.reviewing:
            review = self.reviewing
            self.session.ticked.clear()
            self.act(lambda: review.change_code(event.ids[-1]))
        else:
            self.act(lambda: self.session.apply(event.ids))

    def on_codebook_view_left(self) -> None:
        """Go back to the transcript."""
        self.to_transcript()

    def on_transcript_view_picked(self, event: TranscriptView.Picked) -> None:
        """Select what was clicked."""
        self.to_transcript()
        self.act(lambda: self.session.select_at(event.position, event.unit))

    def on_transcript_view_dragged(self, event: TranscriptView.Dragged) -> None:
        """Select what the mouse was drawn over."""
        self.act(lambda: self.session.select(event.start, event.end))
