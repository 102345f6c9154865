"""The queue of proposed codings, and what a person decides about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from qualcode.errors import UserError
from qualcode.model import Coding, Study
from qualcode.project.selection import Selection, select
from qualcode.terminal.session import Session

ORDERS = ("suggested", "nearest", "transcript")
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """Which proposals are gone through, and in what order.

    Attributes:
        selection: Which codings; only proposed ones are taken of them.
        order: "suggested": turns first where a person's word teaches a machine most (`suggesting.review_order`);
            "nearest": those whose confidence is nearest the threshold first;
            "transcript": as they stand in the transcripts.
        threshold: 0 to 1; for "nearest".
    """

    selection: Selection = field(default_factory=Selection)
    order: str = "suggested"
    threshold: float = THRESHOLD


def queue(study: Study, asked: Asked) -> list[Coding]:
    """Return the proposed codings in the order of review.

    Raises:
        UserError: The selection names something unknown.
    """
    found = [coding for coding in select(study, asked.selection) if coding.status == "proposed"]
    if asked.order == "transcript":
        return found
    if asked.order == "suggested":
        from qualcode.project.suggesting import review_order

        return review_order(study, found)
    return sorted(
        found,
        key=lambda coding: (
            # Rounded: 0.6 and 0.4 are equally far from 0.5.
            9.0 if coding.confidence is None else round(abs(coding.confidence - asked.threshold), 6),
            coding.place,
        ),
    )


class Review:
    """A person going through proposed codings.

    Args:
        session: The screen's session; its selection follows the proposal in hand.
        asked: Which proposals.

    Attributes:
        id: Of the proposal in hand; empty when none is left.
        decided: How many were decided on at this screen.

    Raises:
        UserError: The selection names something unknown, or there is nothing to review.
    """

    def __init__(self, session: Session, asked: Asked = Asked()) -> None:
        self.session = session
        self.asked = asked
        self.decided = 0
        self._decided: list[str] = []
        self._undone: list[str] = []
        self._queue: list[Coding] = []
        self._read_from: Study | None = None
        waiting = self.waiting()
        if not waiting:
            raise UserError(
                "No proposed coding is waiting for review.", hint="Let machine coders propose some: qualcode code"
            )
        self.id = ""
        self._go(waiting[0])

    def waiting(self) -> list[Coding]:
        """Return the proposals not yet decided on, in order."""
        if self._read_from is not self.session.study:
            self._read_from = self.session.study
            self._queue = queue(self.session.study, self.asked)
        return self._queue

    @property
    def current(self) -> Coding | None:
        """The proposal in hand, or None when none is left."""
        return next((coding for coding in self.waiting() if coding.id == self.id), None)

    @property
    def position(self) -> int:
        """Number of the proposal in hand among those waiting, from 1; 0 for none."""
        return next((at for at, coding in enumerate(self.waiting(), start=1) if coding.id == self.id), 0)

    def step(self, step: int) -> None:
        """Take the next or previous proposal in hand without deciding on this one.

        Raises:
            UserError: There is none.
        """
        waiting = self.waiting()
        at = self.position - 1 + step
        if not waiting or not 0 <= at < len(waiting):
            raise UserError(f"This is the {'last' if step > 0 else 'first'} proposal waiting.")
        self._go(waiting[at])

    def back(self) -> None:
        """Select the passage of the proposal in hand again.

        Raises:
            UserError: None is left.
        """
        self._go(self._need())

    def decide(self, status: str) -> str:
        """Accept or reject the proposal in hand, and take the next one in hand; return what was done.

        Raises:
            UserError: None is left, or it cannot be saved.
        """
        coding = self._need()
        following = self._following(coding)
        self.session.changes.set_status([coding], status)
        return self._decided_on(coding, following, f"{status.capitalize()} {coding.code}.")

    def change_code(self, id: str) -> str:
        """Accept the passage of the proposal in hand with another code.

        Raises:
            UserError: None is left, the code is unknown or the same, or it cannot be saved.
        """
        coding = self._need()
        code = self.session.study.codebook.by_id.get(id)
        if code is None:
            raise UserError(f"The codebook has no code {id!r} any more.")
        if id == coding.code:
            raise UserError(f"The proposal has the code {id} already: accept it with a.")
        following = self._following(coding)
        self.session.changes.correct(coding, code=code)
        return self._decided_on(coding, following, f"Accepted as {id} in place of {coding.code}.")

    def change_span(self) -> str:
        """Accept the code of the proposal in hand for the passage that is selected now.

        Raises:
            UserError: None is left, another transcript is in hand, the selection is the passage proposed, or it
                cannot be saved.
        """
        coding, session = self._need(), self.session
        if session.name != coding.transcript:
            raise UserError(f"The proposal is on {coding.transcript}; the selection is on {session.name}.")
        if (session.start, session.end) == (coding.start, coding.end):
            raise UserError("The selection is the passage proposed: make it longer or shorter first, or accept with a.")
        following = self._following(coding)
        self.session.changes.correct(coding, span=(session.start, session.end))
        return self._decided_on(coding, following, f"Accepted {coding.code} for the passage selected.")

    def undo(self) -> str:
        """Take back the newest change of this screen; a proposal that waits again by that is taken in hand.

        Raises:
            UserError: There is none, or the newest change is not of this screen.
        """
        told = self.session.undo()
        self._follow(self._decided, self._undone, waits=True)
        return told

    def redo(self) -> str:
        """Do again what was taken back last.

        Raises:
            UserError: There is nothing to do again.
        """
        told = self.session.redo()
        self._follow(self._undone, self._decided, waits=False)
        return told

    def settle(self) -> None:
        """Take another proposal in hand when somebody else has decided on this one."""
        if self.current is None:
            waiting = self.waiting()
            if waiting:
                self._go(waiting[0])
            else:
                self.id = ""

    def _follow(self, source: list[str], target: list[str], *, waits: bool) -> None:
        waiting = {coding.id: coding for coding in self.waiting()}
        if source and (source[-1] in waiting) == waits:
            id = source.pop()
            target.append(id)
            self.decided += -1 if waits else 1
            if waits:
                self._go(waiting[id])
        self.settle()

    def _need(self) -> Coding:
        self.session.refresh()
        coding = self.current
        if coding is None:
            self.settle()
            raise UserError(
                "Somebody else has decided on this proposal meanwhile." if self.id else "No proposal is left to review."
            )
        return coding

    def _following(self, coding: Coding) -> Sequence[str]:
        """Return the ids of the proposals after one, then of those before it."""
        waiting = [other.id for other in self.waiting()]
        at = waiting.index(coding.id)
        return [*waiting[at + 1 :], *reversed(waiting[:at])]

    def _decided_on(self, coding: Coding, following: Sequence[str], told: str) -> str:
        self.decided += 1
        self._decided.append(coding.id)
        self._undone.clear()
        waiting = {other.id: other for other in self.waiting()}
        left = next((id for id in following if id in waiting), "")
        if left:
            self._go(waiting[left])
            return told
        self.id = ""
        return f"{told} No proposal is left."

    def _go(self, coding: Coding) -> None:
        self.id = coding.id
        self.session.name = coding.transcript
        self.session.select(coding.start, coding.end)
        self.session.start, self.session.end = coding.start, coding.end
