"""What the screen is about, without a screen: the transcript in hand, the selection, filters, and what keys do."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qualcode.errors import UserError
from qualcode.model import Code, Coding, Memo, Study, Transcript, Turn
from qualcode.project.blindness import codes_blind
from qualcode.terminal.changes import Changes, Done
from qualcode.terminal.code_search import search_codes
from qualcode.terminal.positions import Places, Span

PARTICIPANTS = "participants"
"""Filter of speakers that means everybody who has this role."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is gone through and shown; empty fields mean everything.

    Attributes:
        cases: Names of cases whose transcripts are gone through.
        speaker: Label of the speaker whose turns are gone through, or `PARTICIPANTS`.
        codes: Identifiers of the codes whose codings are shown.
        others: Show others' codings too (never when blind).
    """

    cases: tuple[str, ...] = ()
    speaker: str = ""
    codes: tuple[str, ...] = ()
    others: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a coder is.

    Attributes:
        coded: Participants' turns that hold one of the coder's codings.
        turns: Participants' turns.
    """

    coded: int
    turns: int


class Session:
    """One coder at work.

    Args:
        changes: The study and what can be changed in it.
        coder: Whose codings are made; in review, who reviews.
        filters: What to go through at first.
        assigned: Names of the transcripts gone through where no case is filtered for; empty: all.

    Attributes:
        name: Name of the transcript in hand.
        start: First character of the selection.
        end: One past its last character.
        edge: The end of the selection that moves: "start" or "end".
        ticked: Identifiers of the codes to be given together, in the order ticked.
        given: Identifiers of the codes given last.

    Raises:
        UserError: There is no transcript to go through.
    """

    def __init__(
        self, changes: Changes, *, coder: str, filters: Filters = Filters(), assigned: Sequence[str] = ()
    ) -> None:
        self.changes = changes
        self.coder = coder
        self.filters = Filters()
        self.assigned = frozenset(assigned)
        self.start, self.end, self.edge = 0, 0, "end"
        self.ticked: list[str] = []
        self.given: tuple[str, ...] = ()
        self._places: dict[str, tuple[Transcript, Places]] = {}
        self._index: tuple[Study, bool, dict[str, list[Coding]]] | None = None
        self._own_turns: tuple[Study, dict[str, frozenset[int]]] | None = None
        if not self.study.transcripts:
            raise UserError("The study has no transcripts to code.", hint="Take some in: qualcode ingest FOLDER")
        self.name = self.study.transcripts[0].name
        self.set_filters(filters)
        self._begin()

    # What there is

    @property
    def study(self) -> Study:
        """The study as read last."""
        return self.changes.study

    @property
    def blind(self) -> bool:
        """Whether others' codings and memos are hidden."""
        return self.changes.blind

    def turn_others(self) -> bool:
        """Show others' codings, or hide them again; return whether they are shown now.

        Raises:
            UserError: The coder works blind, or did so when the screen was opened.
        """
        if self.blind and not codes_blind(self.study, self.coder):
            raise UserError(
                "You no longer code blind, but this screen was opened so: codings made here say that they are blind.",
                hint="Close it and open it again to see what others did.",
            )
        if self.blind:
            raise UserError(
                "You code blind: others' codings stay hidden.",
                hint=f"To end that, on record: qualcode coders add {self.coder} --not-blind",
            )
        filters = self.filters
        self.set_filters(Filters(filters.cases, filters.speaker, filters.codes, not filters.others))
        return self.filters.others

    @property
    def transcript(self) -> Transcript:
        """The transcript in hand."""
        return self.study.transcript_by_name[self.name]

    @property
    def transcripts(self) -> tuple[Transcript, ...]:
        """The transcripts that are gone through, in order."""
        return self._left(self.filters)

    def _left(self, filters: Filters) -> tuple[Transcript, ...]:
        every, cases = self.study.transcripts, set(filters.cases)
        if cases:
            return tuple(one for one in every if one.case in cases)
        return tuple(one for one in every if one.name in self.assigned) or every

    @property
    def places(self) -> Places:
        """What can be selected in the transcript in hand."""
        now = self.transcript
        held = self._places.get(now.name)
        if held is None or held[0].hash != now.hash or held[0].turns != now.turns:
            held = self._places[now.name] = (now, Places(now))
        return held[1]

    @property
    def turn(self) -> Turn | None:
        """The turn in which the selection begins."""
        return self.transcript.turn_at(self.start)

    @property
    def quote(self) -> str:
        """The words selected."""
        return self.transcript.text[self.start : self.end]

    def visible(self, name: str = "") -> list[Coding]:
        """Return the codings shown on a transcript (that in hand), sorted by place: none that were rejected."""
        if self._index is None or self._index[0] is not self.study or self._index[1] != self._shows_others:
            index: dict[str, list[Coding]] = {}
            for coding in self.study.codings:
                if coding.status != "rejected" and (self._shows_others or coding.coder == self.coder):
                    index.setdefault(coding.transcript, []).append(coding)
            self._index = (self.study, self._shows_others, index)
        found = self._index[2].get(name or self.name, [])
        codes = set(self.filters.codes)
        return [coding for coding in found if not codes or coding.code in codes]

    @property
    def _shows_others(self) -> bool:
        return self.filters.others and not self.blind

    def codings_here(self) -> list[Coding]:
        """Return the codings shown that share a character with the selection, the coder's own first."""
        here = [coding for coding in self.visible() if coding.start < self.end and self.start < coding.end]
        return sorted(here, key=lambda coding: coding.coder != self.coder)

    def own_here(self) -> list[Coding]:
        """Return the coder's own codings that share a character with the selection."""
        return [coding for coding in self.codings_here() if coding.coder == self.coder]

    def memos_here(self) -> list[Memo]:
        """Return the memos on what is selected, from its codings to the study; only own ones if blind."""
        here = self.codings_here()
        known = {("coding", coding.id) for coding in here} | {("code", coding.code) for coding in here}
        known |= {("study", ""), ("case", self.transcript.case), ("transcript", self.name)}
        return [
            memo
            for memo in self.study.memos
            if (memo.coder == self.coder or not self.blind) and self._concerns(memo, known)
        ]

    def _concerns(self, memo: Memo, known: set[tuple[str, str]]) -> bool:
        if memo.target == "passage":
            name, _, span = memo.key.rpartition(":")
            start, _, end = span.partition("-")
            return (
                name == self.name
                and start.isdigit()
                and end.isdigit()
                and int(start) < self.end
                and self.start < int(end)
            )
        return (memo.target, memo.key) in known

    def search(self, words: str) -> list[Code]:
        """Return the codes that the words typed find, best first; all in their order when there are none."""
        return search_codes(self.study.codebook, words)

    def uses(self) -> Counter[str]:
        """Return how often the coder has given each code, by identifier."""
        return Counter(
            coding.code for coding in self.study.codings if coding.coder == self.coder and coding.status == "accepted"
        )

    def progress(self, names: Iterable[str] = ()) -> Progress:
        """Return how far the coder is in some transcripts (all that are gone through)."""
        wanted = set(names) or {one.name for one in self.transcripts}
        coded = self._coded_turns()
        of = [one for one in self.study.transcripts if one.name in wanted]
        return Progress(
            sum(len(coded.get(one.name, ())) for one in of), sum(len(one.participant_turns()) for one in of)
        )

    def _coded_turns(self) -> dict[str, frozenset[int]]:
        """Return the numbers of the participants' turns that hold an own coding, by transcript."""
        if self._own_turns is None or self._own_turns[0] is not self.study:
            spans: dict[str, list[Span]] = {}
            for coding in self.study.codings:
                if coding.coder == self.coder and coding.status == "accepted":
                    spans.setdefault(coding.transcript, []).append((coding.start, coding.end))
            coded = {
                name: frozenset(
                    turn.number
                    for turn in self.study.transcript_by_name[name].participant_turns()
                    if any(start < turn.end and turn.start < end for start, end in found)
                )
                for name, found in spans.items()
            }
            self._own_turns = (self.study, coded)
        return self._own_turns[1]

    # Moving

    def move(self, unit: str, step: int) -> None:
        """Select the next (step 1) or previous (-1) "sentence", "word" or "turn" of those gone through.

        From a selection of several words the next word is its first one, the previous word its last one.
        """
        spans = [span for span in self.places.spans(unit) if self._passes(span[0])]
        if not spans:
            return
        inside = [span for span in spans if self.start <= span[0] and span[1] <= self.end]
        if unit == "word" and len(inside) > 1:
            self._set(*inside[0 if step > 0 else -1])
            return
        at = bisect_right([start for start, _ in spans], self.start) - 1
        if step > 0:
            # From a longer selection on to what comes after it.
            new = at + 1
            while unit != "turn" and new < len(spans) and spans[new][1] <= self.end:
                new += 1
        else:
            new = at if at >= 0 and spans[at][0] < self.start else at - 1
        if unit == "turn" and 0 <= new < len(spans):
            self.select_at(spans[new][0])
        elif 0 <= new < len(spans):
            self._set(*spans[new])

    def to_end(self, step: int) -> None:
        """Select the last (step 1) or first (-1) sentence of those gone through in the transcript."""
        spans = [span for span in self.places.sentences if self._passes(span[0])]
        if spans:
            self._set(*spans[-1 if step > 0 else 0])

    def extend(self, unit: str, step: int) -> None:
        """Move the moving edge of the selection by a "sentence", "word" or "character"; the other one stays.

        Only by sentences does it leave the turn: a word too many is not to bring another speaker in.
        """
        places, edge = self.places, self.edge
        at = self.end if edge == "end" else self.start
        moved = (places.forward if step > 0 else places.back)(unit, edge, at)
        start, end = (self.start, moved) if edge == "end" else (moved, self.end)
        if start < end and (unit == "sentence" or self._turns(start, end) <= max(1, self._turns(self.start, self.end))):
            self._set(start, end, edge)

    def _turns(self, start: int, end: int) -> int:
        return len(self.transcript.turns_touching(start, end))

    def other_edge(self) -> None:
        """Let the other edge of the selection move from now on."""
        self.edge = "start" if self.edge == "end" else "end"

    def select(self, start: int, end: int) -> None:
        """Select any span of the transcript in hand, given in either order; white space at its ends is left out."""
        left, right = max(0, min(start, end)), min(len(self.transcript.text), max(start, end))
        if left < right:
            self._set(*self.places.trimmed(left, right))

    def select_at(self, position: int, unit: str = "sentence") -> None:
        """Select the sentence (or word, or turn) at a character."""
        self._set(*self.places.at(unit, position))

    def select_turn(self) -> None:
        """Select the whole turn."""
        self.select_at(self.start, "turn")

    def next_coding(self, step: int) -> None:
        """Select the next or previous coded passage, through all transcripts gone through.

        Raises:
            UserError: There is none.
        """
        here = (self.start, self.end)
        for name in self._names_from(step):
            spans = sorted({(coding.start, coding.end) for coding in self.visible(name)})
            if name == self.name:
                spans = [span for span in spans if (span > here if step > 0 else span < here)]
            if spans:
                self._open(name, *spans[0 if step > 0 else -1])
                return
        raise UserError(f"There is no coded passage {'after' if step > 0 else 'before'} this one.")

    def next_uncoded(self, step: int = 1) -> None:
        """Go to the next or previous participant's turn without an own coding, through all transcripts gone through.

        Raises:
            UserError: There is none.
        """
        for name in self._names_from(step):
            transcript = self.study.transcript_by_name[name]
            turns = [
                turn
                for turn in transcript.participant_turns()
                if turn.number not in self._coded_turns().get(name, ()) and self.speaks(turn)
            ]
            if name == self.name:
                turns = [turn for turn in turns if (turn.start > self.start if step > 0 else turn.end <= self.start)]
            if turns:
                self.open(name, turns[0 if step > 0 else -1].start)
                return
        raise UserError(f"There is no uncoded turn {'after' if step > 0 else 'before'} this one.")

    def next_transcript(self, step: int) -> None:
        """Go to the next or previous transcript.

        Raises:
            UserError: This is the last or first one.
        """
        names = self._names_from(step)
        if len(names) < 2:
            raise UserError(f"This is the {'last' if step > 0 else 'first'} transcript.")
        self.open(names[1])

    def open(self, name: str, position: int | None = None) -> None:
        """Take a transcript in hand, with the sentence at a position (the first one) selected."""
        self.name = name
        spans = [span for span in self.places.sentences if self._passes(span[0])]
        first = spans[0][0] if spans else self.places.sentences[0][0]
        self.select_at(first if position is None else position)

    def _begin(self) -> None:
        """Begin where the coder left off: at the first turn that is not coded."""
        self.open(self.transcripts[0].name)
        turn = self.turn
        if turn and (turn.role != "participant" or turn.number in self._coded_turns().get(self.name, ())):
            try:
                self.next_uncoded()
            except UserError:
                return

    def _open(self, name: str, start: int, end: int) -> None:
        self.name = name
        self._set(start, end)

    def _set(self, start: int, end: int, edge: str = "end") -> None:
        self.start, self.end, self.edge = start, end, edge

    def _names_from(self, step: int) -> list[str]:
        """Return the names of the transcript in hand and of those after (or before) it, nearest first."""
        names = [one.name for one in self.transcripts]
        if step < 0:
            names.reverse()
        return names[names.index(self.name) :] if self.name in names else names

    def _passes(self, position: int) -> bool:
        turn = self.transcript.turn_at(position)
        return turn is None or self.speaks(turn)

    def speaks(self, turn: Turn) -> bool:
        """Return whether a turn is one of those gone through."""
        wanted = self.filters.speaker
        return not wanted or turn.speaker == wanted or (wanted == PARTICIPANTS and turn.role == "participant")

    def set_filters(self, filters: Filters) -> None:
        """Go through other cases, speakers and codes.

        Raises:
            UserError: A case or code is unknown, or nothing is left to go through; the filters stay as they were.
        """
        from qualcode.project.selection import Selection, select

        select(self.study, Selection(cases=filters.cases, codes=filters.codes))
        folded = {case.name.casefold(): case.name for case in self.study.cases}
        wanted = replace(filters, cases=tuple(folded[name.casefold()] for name in filters.cases))
        left = self._left(wanted)
        if not left:
            raise UserError("No transcript is left with that filter.")
        self.filters = wanted
        if self.name not in {one.name for one in left}:
            self.open(left[0].name)

    def speakers(self) -> tuple[str, ...]:
        """Return the speakers' labels in the transcripts gone through, sorted."""
        return tuple(sorted({turn.speaker for one in self.transcripts for turn in one.turns if turn.speaker}))

    # Doing: each is saved when it returns

    def tick(self, id: str) -> None:
        """Tick a code to be given together with others, or take the tick away."""
        if id in self.ticked:
            self.ticked.remove(id)
        else:
            self.ticked.append(id)

    def apply(self, codes: Sequence[str]) -> str:
        """Give codes to the selection; return what was done.

        Raises:
            UserError: Nothing is selected, a code is unknown, or it cannot be saved.
        """
        self._need_selection()
        done = self.changes.add_codings([self._coding(self._code(id)) for id in codes])
        self.ticked.clear()
        self.given = tuple(codes)
        return self._told(done, codes)

    def again(self) -> str:
        """Give the codes given last to the selection.

        Raises:
            UserError: None was given yet, or it cannot be saved.
        """
        if not self.given:
            raise UserError("No code was given yet that could be repeated.")
        return self.apply(self.given)

    def remove(self, coding: Coding) -> str:
        """Remove one of the coder's own codings.

        Raises:
            UserError: It is somebody else's, or it cannot be saved.
        """
        if coding.coder != self.coder:
            raise UserError(f"This coding is by {coding.coder}: only your own can be removed here.")
        self.changes.remove_codings([coding])
        return f"Removed {coding.code}."

    def in_vivo(self) -> str:
        """Make a code of the words selected and give it to them, in one change.

        Raises:
            UserError: No word is selected, or it cannot be saved.
        """
        from qualcode.project.new_code import in_vivo_code

        self._need_selection()
        self.changes.refresh()
        code = in_vivo_code(self.study.codebook, self.transcript, self.start, self.end)
        if code.id in self.study.codebook.by_id:
            return self.apply([code.id])
        return self.new_code(code)

    def new_code(self, code: Code, *, give: bool = True) -> str:
        """Add a code to the codebook and give it to the selection, in one change.

        Raises:
            UserError: Its identifier is taken or not fit for one, or it cannot be saved.
        """
        codings = [self._coding(code)] if give and self.start < self.end else []
        self.changes.add_code(code, codings)
        if codings:
            self.given = (code.id,)
        return f"New code {code.id}" + (", given to the passage." if codings else ".")

    def memo(self, target: str, text: str, *, kind: str = "observation", key: str | None = None, id: str = "") -> Memo:
        """Write a memo by this coder, or change the one with an id.

        Args:
            target: "study", "case", "transcript", "code", "coding" or "passage".
            text: What it says.
            kind: One of `MEMO_KINDS`.
            key: Which code or coding; None: what is in hand.
            id: Of a memo of one's own that gets another text.

        Raises:
            UserError: It says nothing, there is nothing of that kind to write on, or it cannot be saved.
        """
        if not text.strip():
            raise UserError("The memo says nothing: it was not saved.")
        memo = Memo(self.coder, text.strip(), kind, target, self.memo_key(target) if key is None else key)
        if id:
            memo = replace(memo, id=id)
        self.changes.write_memo(memo)
        return memo

    def memo_key(self, target: str) -> str:
        """Return what a memo on the thing in hand is keyed by.

        Raises:
            UserError: There is no such thing in hand.
        """
        if target == "passage":
            self._need_selection()
            return f"{self.name}:{self.start}-{self.end}"
        if target == "coding":
            here = self.codings_here()
            if not here:
                raise UserError("There is no coding here to write on.")
            return here[0].id
        return {"study": "", "case": self.transcript.case, "transcript": self.name}[target]

    def undo(self) -> str:
        """Take back the newest change, of this screen or earlier work of the coder; return what it was.

        Raises:
            UserError: There is none, or the newest change is somebody else's.
        """
        try:
            return f"Took back: {self.changes.undo()}"
        finally:
            self.settle()

    def redo(self) -> str:
        """Do again what was taken back last.

        Raises:
            UserError: There is nothing to do again.
        """
        try:
            return f"Did again: {self.changes.redo()}"
        finally:
            self.settle()

    def refresh(self) -> bool:
        """Take in what other programs have changed; return whether there was any.

        Raises:
            StoreError: The store cannot be read.
        """
        changed = self.changes.refresh()
        if changed:
            self.settle()
        return changed

    def settle(self) -> None:
        """Bring the selection and ticks back to what is still there."""
        known = self.study.codebook.by_id
        self.ticked = [id for id in self.ticked if id in known]
        self.given = tuple(id for id in self.given if id in known)
        if self.name not in self.study.transcript_by_name:
            self.open((self.transcripts or self.study.transcripts)[0].name)
        elif self.end > len(self.transcript.text):
            self.open(self.name)

    def _coding(self, code: Code) -> Coding:
        return Coding(
            self.coder,
            self.name,
            self.start,
            self.end,
            code.id,
            stage=code.stage,
            definition_hash=code.definition_hash,
        )

    def _code(self, id: str) -> Code:
        code = self.study.codebook.by_id.get(id)
        if code is None:
            raise UserError(f"The codebook has no code {id!r} any more.")
        return code

    def _need_selection(self) -> None:
        if self.start >= self.end:
            raise UserError("Nothing is selected.")

    @staticmethod
    def _told(done: Done, codes: Sequence[str]) -> str:
        new = [coding.code for coding in (*done.added, *done.changed)]
        if not new:
            return f"You have given {', '.join(codes)} to this passage already."
        return f"Saved: {', '.join(new)}"
