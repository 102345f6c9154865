"""From utterances to a draft: what captions, recognisers' output and tables share.

These formats hold no running text, so the frozen text is set from them: one paragraph per turn, a blank line between,
each `[HH:MM:SS] Label: speech`, without the time or the label where there is none. Utterances of one speaker in a row
are one turn that begins at the time of the first (`join`), with a space between them (none within Chinese and
Japanese). Where nobody is labelled, a turn ends with a sentence after a pause or after `ENOUGH_WORDS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qualcode.errors import InputError
from qualcode.ingest.draft import Doubt, Draft, DraftTurn
from qualcode.ingest.evidence import judge
from qualcode.ingest.labels import Candidate, candidate_of, split_at_labels
from qualcode.ingest.lines import Line, split_lines
from qualcode.ingest.normalise import normalise
from qualcode.ingest.roles import count_words
from qualcode.ingest.vocabulary import key_of, name_like, never_speaker
from qualcode.model import clock

PAUSE = 2.0
ENOUGH_WORDS = 60
MOST_WORDS = 250
# Captions break lines wherever the screen ends: one in so many is enough for labels to be believed.
LINES_PER_LABEL = 5
SENTENCE_END = tuple(".?!…。？！")
CLOSING = "\"'”’»)]」』"
NO_LABELS = "no labels: everything said"


@dataclass(frozen=True, slots=True)
class Utterance:
    """A piece of speech as its format gives it.

    Attributes:
        text: One line or several.
        speaker: Label, or empty.
        time: Seconds at which it begins, or None.
        end: Seconds at which it ends, or None.
        line: Where it stands in the file, from 1; 0 where the format has no lines.
        opens: Whether a turn begins with it, whoever spoke before.
        role: A role that the format tells, or empty.
        because: How it tells it.
    """

    text: str
    speaker: str = ""
    time: float | None = None
    end: float | None = None
    line: int = 0
    opens: bool = False
    role: str = ""
    because: str = ""


def find_labels(utterances: Sequence[Utterance], named: Iterable[str]) -> tuple[list[Utterance], list[Doubt]]:
    """Return utterances with the labels that stand in their text taken out of it, and what was not sure.

    An utterance with two labels becomes two. Whether `Name:` is a label is decided over all of them, as in running
    text.

    Args:
        utterances: Each with one line of text that is not empty.
        named: Labels that the user says are speakers.
    """
    text = "\n".join(utterance.text for utterance in utterances)
    lines = split_lines(text)
    candidates = _candidates(lines, utterances)
    parts = split_at_labels(text, lines, candidates)
    candidates = _candidates(parts, utterances)
    # After a mark that the speaker changes, a name is a speaker's.
    opening = [candidates[n.start] for n in lines if utterances[n.number - 1].opens and n.start in candidates]
    marked = {c.label for c in opening if name_like(c.label) and not never_speaker(c.label)}
    verdict = judge(candidates.values(), paragraphs=len(lines) // LINES_PER_LABEL, named=(*named, *sorted(marked)))
    found = []
    for part in parts:
        utterance, start = utterances[part.number - 1], verdict.starts.get(part.start)
        if start is None:
            opens = utterance.opens and part.start == lines[part.number - 1].start
            found.append(replace(utterance, text=text[part.start : part.end], opens=opens))
        else:
            speech = text[start.speech : part.end].strip()
            found.append(replace(utterance, text=speech, speaker=start.label, opens=True))
    return found, list(verdict.doubts)


def _candidates(lines: list[Line], utterances: Sequence[Utterance]) -> dict[int, Candidate]:
    """Return the labels that lines of utterances without a speaker may begin with, by the line's start."""
    found = {}
    for line in lines:
        utterance = utterances[line.number - 1]
        candidate = None if line.blank or utterance.speaker else candidate_of(line)
        if candidate is not None and candidate.form in ("colon", "stamp") and candidate.number is None:
            found[line.start] = replace(candidate, line=utterance.line)
    return found


def spoken(
    utterances: Iterable[Utterance],
    *,
    path: Path,
    name: str = "",
    join: bool = True,
    attributes: Mapping[str, str] | None = None,
    encoding: str = "",
    doubts: Iterable[Doubt] = (),
) -> Draft:
    """Return the draft that utterances make.

    Args:
        utterances: In order.
        path: The file, for messages.
        name: The transcript's name where the file holds several.
        join: Whether utterances of one speaker in a row are one turn; else each is one.
        attributes: What the file says besides speech.
        encoding: What the bytes were read with.
        doubts: What reading left open.

    Raises:
        InputError: Nobody says anything.
    """
    said = list(utterances)
    if not any(utterance.text.strip() for utterance in said):
        raise InputError("nobody says anything in the file", path=path)
    more = list(doubts)
    labelled = any(utterance.speaker or utterance.role for utterance in said)
    if labelled:
        said = _carried_on(said, more)
    else:
        more.append(Doubt("no speakers found: a turn ends with a sentence, after a pause or some length"))
    writing = _Writing()
    # A label on a line of its own has given its speaker to what follows.
    said = [utterance for utterance in said if utterance.text.strip()]
    for turn in _turns(said, join=join, labelled=labelled):
        writing.turn(turn, labelled=labelled)
    text = normalise("".join(writing.parts))
    kept = tuple(sorted(more, key=lambda doubt: doubt.line))
    return Draft(
        text, tuple(writing.turns), attributes or {}, kept, {}, encoding, name=name, moments=tuple(writing.moments)
    )


def _carried_on(said: list[Utterance], doubts: list[Doubt]) -> list[Utterance]:
    """Give utterances without a label the speaker before them."""
    found: list[Utterance] = []
    speaker, before = "", 0
    for utterance in said:
        if utterance.role and not utterance.speaker:
            speaker = ""
        elif utterance.opens or utterance.speaker:
            speaker = utterance.speaker
        elif speaker:
            utterance = replace(utterance, speaker=speaker)
        if not speaker and not utterance.role and utterance.text.strip():
            before += 1
            if before == 1:
                message = "speech with no speaker: nobody is named here or above"
                doubts.append(Doubt(message, utterance.line))
        found.append(utterance)
    return found


def _turns(said: list[Utterance], *, join: bool, labelled: bool) -> list[list[Utterance]]:
    """Return the utterances turn by turn."""
    turns: list[list[Utterance]] = []
    words = 0
    for utterance in said:
        goes_on = bool(turns) and join and not utterance.role
        if goes_on:
            before = turns[-1][-1]
            same = key_of(before.speaker) == key_of(utterance.speaker) and not before.role
            goes_on = same and not (utterance.opens and not utterance.speaker)
            goes_on = goes_on and (labelled or not _pauses(before, utterance, words))
        if goes_on:
            turns[-1].append(utterance)
            words += count_words(utterance.text)
        else:
            turns.append([utterance])
            words = count_words(utterance.text)
    return turns


def _pauses(before: Utterance, after: Utterance, words: int) -> bool:
    """Whether a turn without a speaker ends between two utterances."""
    if words >= MOST_WORDS:
        return True
    ended = before.text.rstrip().rstrip(CLOSING).endswith(SENTENCE_END)
    from_time = before.end if before.end is not None else before.time
    paused = from_time is not None and after.time is not None and after.time - from_time >= PAUSE
    return ended and (paused or words >= ENOUGH_WORDS)


class _Writing:
    """The text as far as it is set."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.turns: list[DraftTurn] = []
        self.moments: list[tuple[int, float]] = []
        self._at = 0

    def _write(self, text: str) -> None:
        self.parts.append(text)
        self._at += len(text)

    def turn(self, utterances: list[Utterance], *, labelled: bool) -> None:
        """Set one turn."""
        first = utterances[0]
        label = " ".join(normalise(first.speaker).split())
        self._write("\n\n" if self.parts else "")
        self._write(f"[{clock(first.time)}] " if first.time is not None else "")
        self._write(f"{label}: " if label else "")
        start = self._at
        before = ""
        for utterance in utterances:
            speech = normalise(utterance.text).strip()
            if not speech:
                continue
            # Composing must not reach over the seam, or the positions before it would move.
            joint = "" if not before or (_unspaced(before[-1]) and _unspaced(speech[0])) else " "
            if before and not joint and normalise(before[-1] + speech[0]) != before[-1] + speech[0] + "\n":
                joint = " "
            self._write(joint)
            if utterance.time is not None:
                self.moments.append((self._at, utterance.time))
            self._write(speech)
            before = speech
        role, because = first.role, first.because
        if not labelled:
            role, because = "participant", NO_LABELS
        self.turns.append(DraftTurn(label, start, self._at, first.line, first.time, role, because))


def _unspaced(character: str) -> bool:
    """Whether a character belongs to a script written without spaces (Chinese, Japanese, their marks)."""
    return "\u3000" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"
