"""What the screen says in words: the line of state, what is at the selection, why a machine proposed something."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from qualcode.counts import counted
from qualcode.model import Coding, Memo, Study, clock
from qualcode.terminal.marks import UNKNOWN
from qualcode.terminal.review import Review
from qualcode.terminal.session import Session

MOST_CUE = 160
"""Characters of a cue's pattern shown: some are long lists."""


def state_line(session: Session, review: Review | None = None) -> str:
    """Return who codes, where, and how far: one line, the weightiest first."""
    names = [one.name for one in session.transcripts]
    at = names.index(session.name) + 1 if session.name in names else 0
    where = f"{session.transcript.case} {at}/{len(names)}"
    turn = session.turn
    if turn:
        where += f" turn {turn.number}/{len(session.transcript.turns)}"
    if review:
        waiting = len(review.waiting())
        done = f"proposal {review.position}/{waiting}" if review.position else "no proposal left"
        return f"review by {session.coder} · {done} · {review.decided} decided · {where} · {_kept(session)}"
    here, everywhere = session.progress([session.name]), session.progress()
    own = sum(coding.coder == session.coder for coding in session.visible())
    blind = " (blind)" if session.blind else ""
    narrowed = " · filtered" if _narrowed(session) else " · assigned" if session.assigned else ""
    return (
        f"{session.coder}{blind} · {where} · {counted(own, 'coding')} · {here.coded}/{here.turns} turns coded, "
        f"all {everywhere.coded}/{everywhere.turns}{narrowed} · {_kept(session)}"
    )


def _narrowed(session: Session) -> bool:
    filters = session.filters
    return bool(filters.cases or filters.speaker or filters.codes or not filters.others)


def _kept(session: Session) -> str:
    return "read-only" if session.changes.store.read_only else "saved"


def selection_text(session: Session, colours: Mapping[str, str]) -> Text:
    """Return what the selection is, and the codings and memos on it."""
    told = Text()
    words = len(session.quote.split())
    turn = session.turn
    time = clock(turn.time) if turn else None
    moving = ", start moves" if session.edge == "start" else ""
    told.append(f"{words} word{'s' if words != 1 else ''}{f' at {time}' if time else ''}{moving}", style="dim")
    here = session.codings_here()
    for coding in here:
        told.append("\n")
        told.append_text(coding_text(session.study, coding, colours, own=session.coder))
    if not here:
        told.append(" · no coding here", style="dim")
    for memo in session.memos_here():
        told.append("\n")
        told.append_text(memo_text(memo))
    return told


def coding_text(study: Study, coding: Coding, colours: Mapping[str, str], *, own: str = "") -> Text:
    """Return a coding in one line: colour, code, who, how sure."""
    code = study.codebook.by_id.get(coding.code)
    told = Text(no_wrap=True, overflow="ellipsis")
    told.append("■ ", style=colours.get(coding.code, UNKNOWN))
    told.append(code.name if code else f"{coding.code} (not in the codebook)")
    who = "you" if coding.coder == own else coding.coder
    more = [who, *([coding.status] if coding.status != "accepted" else [])]
    more += [f"{coding.confidence:.2f}"] if coding.confidence is not None else []
    more += [coding.assertion] if coding.assertion != "affirmed" else []
    told.append(f"  {', '.join(more)}", style="dim")
    return told


def memo_text(memo: Memo) -> Text:
    """Return a memo in one line."""
    about = memo.target if memo.target in ("study", "passage", "coding") else f"{memo.target} {memo.key}"
    told = Text(no_wrap=True, overflow="ellipsis")
    told.append(f"✎ {memo.kind} on {about}, {memo.coder}: ", style="dim")
    told.append(" ".join(memo.text.split()))
    return told


def evidence_text(review: Review, colours: Mapping[str, str]) -> Text:
    """Return the proposal in hand and why it was made."""
    coding, session = review.current, review.session
    if coding is None:
        return Text("No proposal is left to review.\nu takes the last decision back, q leaves.")
    code = session.study.codebook.by_id.get(coding.code)
    told = coding_text(session.study, coding, colours)
    for head, words in reasons(coding):
        told.append(f"\n{head}: ", style="bold")
        told.append(words)
    if (session.start, session.end) != (coding.start, coding.end):
        told.append("\nAnother span is selected: s accepts the code for it, b goes back.", style="bold yellow")
    if code and code.definition:
        told.append(f"\n{code.definition}", style="dim")
    for other in session.codings_here():
        if other.id != coding.id:
            told.append("\nbeside ", style="dim")
            told.append_text(coding_text(session.study, other, colours))
    for memo in session.memos_here():
        told.append("\n")
        told.append_text(memo_text(memo))
    return told


def reasons(coding: Coding) -> list[tuple[str, str]]:
    """Return why a coding was proposed, as (heading, words): whatever its coder gives as evidence."""
    evidence = coding.evidence
    found: list[tuple[str, str]] = []
    if matched := evidence.get("matched"):
        found.append(("matched", str(matched)))
    if because := evidence.get("assertion_because"):
        found.append((coding.assertion, str(because)))
    if cue := str(evidence.get("cue", "")):
        found.append(("cue", cue if len(cue) <= MOST_CUE else cue[: MOST_CUE - 1] + "…"))
    shown = ("matched", "assertion_because", "cue", "cues", "spans")
    for name, value in sorted(evidence.items()):
        if name not in shown and isinstance(value, str | int | float):
            found.append((name.replace("_", " "), str(value)))
    return found


def matched_spans(coding: Coding | None) -> list[tuple[int, int]]:
    """Return the places of the words that a proposal goes by."""
    if coding is None:
        return []
    spans = coding.evidence.get("spans") or []
    return [(span[0], span[1]) for span in spans if len(span) == 2]
