"""Who is the interviewer and who a participant, and how that was decided.

In this order: what the user says; what the layout says (a question as a heading); what the file's own legend says;
what the label says ("Interviewer", "R1"); who asks. A speaker is taken for the interviewer by questions alone if at
least `LEAST_QUESTIONS` of the speaker's turns, and at least `LEAST_SHARE` of them, end in a question mark, and that
share is at least `LEAST_LEAD` times that of any other speaker. Everyone left is a participant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import NamedTuple

from qualcode.counts import counted
from qualcode.errors import UserError
from qualcode.ingest.draft import Doubt, DraftTurn
from qualcode.ingest.vocabulary import Known, key_of, known
from qualcode.model import ROLES, Transcript

LEAST_QUESTIONS = 2
LEAST_SHARE = 0.4
LEAST_LEAD = 2.0
CLOSE = 0.85
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
# A character of Chinese or Japanese counts as a word: there are no spaces to tell words by.
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+(?:['’\-][^\W{_CJK}]+)*")
_QUESTION = re.compile(r"[?？؟][\s\"'”’»)\]*_.…]*$")
_TAIL = 20


class RoleRow(NamedTuple):
    """One speaker of a transcript.

    Attributes:
        speaker: Label as first written; empty where there is none.
        role: One of `qualcode.model.ROLES`.
        how: How the role was decided, in words.
        turns: How many turns the speaker has.
        words: How many words the speaker says (each character of Chinese and Japanese counts as one).
        share: Of all words said in the transcript, 0 to 1.
    """

    speaker: str
    role: str
    how: str
    turns: int
    words: int
    share: float


@dataclass(frozen=True, slots=True)
class Decision:
    """A role and why.

    Attributes:
        role: One of `qualcode.model.ROLES`.
        how: In words.
        guessed: Whether a person should check it.
    """

    role: str
    how: str
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Roles:
    """What was decided for the speakers of one transcript.

    Attributes:
        turns: The turns with their roles.
        how: How each was decided, by (`key_of(speaker)`, role).
        doubts: What was guessed.
    """

    turns: tuple[DraftTurn, ...]
    how: Mapping[tuple[str, str], str]
    doubts: tuple[Doubt, ...]


def count_words(text: str) -> int:
    """Return how many words a text has, in any script."""
    return sum(1 for _ in _WORD.finditer(text))


def check_roles(roles: Mapping[str, str]) -> dict[str, str]:
    """Return roles by `key_of(label)`.

    Raises:
        UserError: A role is none of `qualcode.model.ROLES`, or a label is given two.
    """
    found: dict[str, str] = {}
    for label, role in roles.items():
        key, value = key_of(label), str(role).strip().casefold()
        if value not in ROLES:
            raise UserError(
                f'"{role}" is no role (for "{label}")',
                hint=f'Roles are {", ".join(ROLES)}: --roles "{label}=participant"',
            )
        if found.setdefault(key, value) != value:
            raise UserError(f'two roles are given for "{label}"', hint="Labels are compared without regard to case.")
    return found


def unused_roles(transcripts: Iterable[Transcript], roles: Mapping[str, str]) -> tuple[str, ...]:
    """Return the labels among `roles` that no transcript has, for a message: likely misspelt."""
    present = {key_of(turn.speaker) for transcript in transcripts for turn in transcript.turns}
    return tuple(label for label in roles if key_of(label) not in present)


def decide_roles(
    text: str, turns: tuple[DraftTurn, ...], *, said: Mapping[str, Decision], legend: Mapping[str, str]
) -> Roles:
    """Return the turns with a role each.

    Args:
        text: That the turns' positions are in.
        turns: In order.
        said: What the user says, by `key_of(label)`.
        legend: What the file says labels mean: a role word by label.
    """
    labels: dict[str, str] = {}
    first: dict[str, int] = {}
    for turn in turns:
        if not turn.role or key_of(turn.speaker) in said:
            labels.setdefault(key_of(turn.speaker), turn.speaker)
            first.setdefault(key_of(turn.speaker), turn.line)
    decided = {key: said[key] for key in labels if key in said}
    _by_legend(decided, labels, legend)
    _by_label(decided, labels)
    _by_questions(decided, labels, text, turns)
    _the_rest(decided, labels, any(turn.role == "interviewer" for turn in turns))
    new: list[DraftTurn] = []
    how: dict[tuple[str, str], str] = {}
    for turn in turns:
        key = key_of(turn.speaker)
        # A layout's role stands unless the user says otherwise about a label that is there.
        choice = decided[key] if key in said or not turn.role else Decision(turn.role, turn.because)
        new.append(replace(turn, role=choice.role))
        how.setdefault((key, choice.role), choice.how)
    doubts = [
        Doubt(f'"{labels[key]}" is taken for {_a(choice.role)}: {choice.how}', first[key])
        for key, choice in decided.items()
        if choice.guessed
    ]
    if not any(turn.role == "interviewer" for turn in new) and labels and any(turn.speaker for turn in turns):
        message = f"no interviewer was found among {counted(len(labels), 'speaker')}"
        doubts.append(Doubt(f"{message}: all but those named are participants; --roles LABEL=interviewer names one"))
    return Roles(tuple(new), how, tuple(doubts))


def _a(role: str) -> str:
    """Name a role in a sentence."""
    return {"interviewer": "the interviewer", "participant": "a participant"}.get(role, "neither")


def _by_legend(decided: dict[str, Decision], labels: Mapping[str, str], legend: Mapping[str, str]) -> None:
    """Decide by what the file says its labels mean."""
    for label, word in legend.items():
        what = known(word) or known(word.title())
        if key_of(label) in labels and key_of(label) not in decided and what is not None and what.role:
            decided[key_of(label)] = Decision(what.role, f"legend: {label} = {word}")


def _by_label(decided: dict[str, Decision], labels: Mapping[str, str]) -> None:
    """Decide by words and codes of labels; a code that means two things needs another label beside it."""
    said = {key: known(label) for key, label in labels.items() if key not in decided}
    asks = any(choice.role == "interviewer" for choice in decided.values()) or any(
        what is not None and what.role == "interviewer" for what in said.values()
    )
    answers = any(
        what is not None and what.role == "participant" and what.word not in ("r", "a") for what in said.values()
    )
    for key, what in said.items():
        if what is None or not what.role or _open(what, asks, answers):
            continue
        decided[key] = Decision(what.role, f'label "{labels[key]}"')
    words = [key for key in decided if known(labels[key]) is not None and not any(map(str.isdigit, key))]
    for key in labels:
        if key in decided or len(key) < 5 or any(map(str.isdigit, key)):
            continue
        # "Interviewee anna" is no misspelt "Interviewer": its first word says what it is.
        what = known(key.split()[0])
        if what is not None and what.sure and what.role:
            decided[key] = Decision(what.role, f'label "{labels[key]}"', guessed=True)
            continue
        close = get_close_matches(key, words, 1, CLOSE)
        if close:
            decided[key] = Decision(decided[close[0]].role, f'label like "{labels[close[0]]}"', guessed=True)


def _open(what: Known, asks: bool, answers: bool) -> bool:
    """Whether a code is left open: `R` beside `P` may be the researcher, `A` beside `B` just the first of two."""
    if what.word == "r":
        return answers and not asks
    return what.word == "a" and not asks


def _by_questions(
    decided: dict[str, Decision], labels: Mapping[str, str], text: str, turns: tuple[DraftTurn, ...]
) -> None:
    """Find the interviewer by who asks, where labels say of nobody."""
    if any(choice.role == "interviewer" for choice in decided.values()) or any(t.role == "interviewer" for t in turns):
        return
    asked: dict[str, list[bool]] = {}
    for turn in turns:
        asked.setdefault(key_of(turn.speaker), []).append(_asks(text, turn))
    shares = {key: sum(found) / len(found) for key, found in asked.items()}
    free = [key for key in labels if key not in decided and labels[key]]
    if not free or len(asked) < 2:
        return
    best = max(free, key=lambda key: (sum(asked[key]), shares[key]))
    others = max((share for key, share in shares.items() if key != best), default=0.0)
    enough = sum(asked[best]) >= LEAST_QUESTIONS and shares[best] >= LEAST_SHARE
    if enough and shares[best] >= LEAST_LEAD * others:
        how = f"questions: {sum(asked[best])} of {counted(len(asked[best]), 'turn')} end in a question mark"
        decided[best] = Decision("interviewer", how, guessed=True)


def _asks(text: str, turn: DraftTurn) -> bool:
    """Whether a turn ends in a question mark."""
    return _QUESTION.search(text[max(turn.start, turn.end - _TAIL) : turn.end]) is not None


def _the_rest(decided: dict[str, Decision], labels: Mapping[str, str], asked: bool) -> None:
    """Take everyone left for a participant."""
    interviewer = asked or any(choice.role == "interviewer" for choice in decided.values())
    how = "not the interviewer" if interviewer else "neither label nor questions say: participant until told otherwise"
    for key in labels:
        decided.setdefault(key, Decision("participant", how))


def role_table(transcript: Transcript, how: Mapping[tuple[str, str], str] | None = None) -> tuple[RoleRow, ...]:
    """Return one row per speaker and role, in order of first appearance.

    Args:
        transcript: With its turns.
        how: How each role was decided, by (`key_of(speaker)`, role); without it the column is empty.
    """
    labels: dict[tuple[str, str], str] = {}
    turns: dict[tuple[str, str], int] = {}
    words: dict[tuple[str, str], int] = {}
    for turn in transcript.turns:
        at = (key_of(turn.speaker), turn.role)
        labels.setdefault(at, turn.speaker)
        turns[at] = turns.get(at, 0) + 1
        words[at] = words.get(at, 0) + count_words(transcript.speech(turn))
    total = sum(words.values())
    return tuple(
        RoleRow(labels[at], at[1], (how or {}).get(at, ""), turns[at], words[at], words[at] / total if total else 0.0)
        for at in labels
    )
