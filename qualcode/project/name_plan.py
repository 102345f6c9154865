"""What replacing and restoring names write: worked out first, written as one change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from qualcode.model import Case, Coding, Memo, Transcript, Turn

if TYPE_CHECKING:
    from qualcode.ingest.pseudonyms import Replaced
    from qualcode.store import Change


@dataclass
class Plan:
    """What is to be written.

    Attributes:
        transcripts: Next versions of transcripts.
        codings: Codings with their new places and evidence.
        memos: Memos with their new texts and places.
        cases: Cases as they are to be, each with its name before.
    """

    transcripts: list[Transcript] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)
    cases: list[tuple[str, Case]] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.transcripts or self.codings or self.memos or self.cases)


def write_plan(change: Change, plan: Plan) -> None:
    """Write what was worked out.

    Raises:
        ValueError: See `qualcode.store.Change`.
    """
    renamed = {old: case.name for old, case in plan.cases if old != case.name}
    _rename_cases(change, renamed)
    for _, case in plan.cases:
        change.put_case(case)
    for transcript in plan.transcripts:
        change.add_transcript(transcript, replace=True)
    change.put_codings(plan.codings)
    for memo in plan.memos:
        # Renaming a case has taken its memos along.
        known = memo.target == "case" and memo.key in renamed
        change.put_memo(replace(memo, key=renamed[memo.key]) if known else memo)


def moved_turn(turn: Turn, text: Replaced, speaker: str) -> Turn:
    """Return a turn at its place in a text after replacement, with this speaker's label."""
    start, end = text.span(turn.start, turn.end)
    return replace(turn, start=start, end=max(start, end), speaker=speaker)


def moved_moments(moments: Sequence[tuple[int, float]], text: Replaced) -> tuple[tuple[int, float], ...]:
    """Return moments at their places in a text after replacement.

    One inside a name goes to where the name begins; of two that come to stand in one place, the first stays.
    """
    moved: dict[int, float] = {}
    for position, time in moments:
        moved.setdefault(text.span(position, position + 1)[0], time)
    return tuple(moved.items())


def _rename_cases(change: Change, renamed: Mapping[str, str]) -> None:
    from qualcode.store.renaming import rename_case

    # Where names are exchanged ("Anna" to "Maria", "Maria" to "Eva"), none may stand in another's way.
    crossing = set(renamed) & set(renamed.values())
    between = {old: f"{old} (being renamed)" if crossing else new for old, new in renamed.items()}
    for old, new in between.items():
        rename_case(change, old, new)
    for old, new in renamed.items():
        if between[old] != new:
            rename_case(change, between[old], new)
