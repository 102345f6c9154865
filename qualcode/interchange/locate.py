"""Where a coding of an interchange file stands in the transcripts of a study."""

from __future__ import annotations

from collections.abc import Iterable

from qualcode.errors import nearest
from qualcode.interchange.fields import Row, Wrong, shown
from qualcode.language.quotes import find_quote, nearest_text, same_words
from qualcode.model import Study, Transcript, Turn, clock

Place = tuple[Transcript, int, int]


class Places:
    """Finds passages in one study.

    Args:
        study: Its cases and transcripts.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.cases = _by_folded([*study.case_by_name, *(transcript.case for transcript in study.transcripts)])
        self.transcripts = _by_folded(study.transcript_by_name)
        self.of_case: dict[str, list[Transcript]] = {}
        for transcript in study.transcripts:
            self.of_case.setdefault(transcript.case, []).append(transcript)

    def find(self, row: Row) -> Place:
        """Return transcript, start and end of a row's passage.

        Raises:
            Wrong: It cannot be located, or what the row says about its place does not agree.
        """
        transcripts = self._transcripts(row)
        if "start" in row or "end" in row:
            return self._by_offsets(row, transcripts)
        return self._by_quote(row, transcripts)

    def _transcripts(self, row: Row) -> list[Transcript]:
        """Return the transcripts that a row can be about: one, or all of its case."""
        named, case = row.text("transcript"), row.text("case")
        if not named and not case:
            raise Wrong("'case' or 'transcript' is missing")
        if not named:
            return self._of_case(case)
        name = _match(named, self.transcripts, "transcript")
        transcript = self.study.transcript_by_name[name]
        if case and case.casefold() not in (transcript.case.casefold(), transcript.name.casefold()):
            raise Wrong(f"transcript {shown(name)} belongs to case {shown(transcript.case)}, not {shown(case)}")
        return [transcript]

    def _of_case(self, case: str) -> list[Transcript]:
        if case.casefold() not in self.cases and case.casefold() in self.transcripts:
            return [self.study.transcript_by_name[_match(case, self.transcripts, "transcript")]]
        name = _match(case, self.cases, "case")
        if name not in self.of_case:
            raise Wrong(f"case {shown(name)} has no transcript")
        return self.of_case[name]

    def _by_offsets(self, row: Row, transcripts: list[Transcript]) -> Place:
        start, end = row.whole("start"), row.whole("end")
        if start is None or end is None:
            raise Wrong(f"'{'start' if start is None else 'end'}' is missing")
        if len(transcripts) > 1:
            names = ", ".join(transcript.name for transcript in transcripts)
            raise Wrong(f"case {shown(row.text('case'))} has several transcripts ({names}): 'transcript' is missing")
        transcript = transcripts[0]
        if start == end:
            raise Wrong(f"the passage is empty (start and end are both {start})")
        if not 0 <= start < end <= len(transcript.text):
            raise Wrong(f"{start}–{end} lies outside of {transcript.name}, which has {len(transcript.text)} characters")
        turn = turn_of(transcript, start, end)
        if turn is None:
            raise Wrong(f"{start}–{end} of {transcript.name} touches no turn")
        _agree(row, transcript, turn, start, end)
        return transcript, start, end

    def _by_quote(self, row: Row, transcripts: list[Transcript]) -> Place:
        quote = row.text("quote")
        if not quote.strip():
            raise Wrong("the quote is empty" if "quote" in row else "'quote' is missing (or 'start' and 'end')")
        occurrence = row.whole("occurrence") or 1
        if occurrence < 1:
            raise Wrong(f"'occurrence' counts from 1, found {occurrence}")
        turns = [(transcript, turn) for transcript in transcripts for turn in _turns(row, transcript)]
        if not turns:
            asked = clock(row.time()) if "time" in row else row.whole("turn")
            names = ", ".join(transcript.name for transcript in transcripts)
            raise Wrong(f"no turn {'at' if 'time' in row else 'number'} {asked} in {names}")
        for transcript, turn in turns:
            found = find_quote(transcript.speech(turn), quote, occurrence)
            if found:
                return transcript, turn.start + found[0], turn.start + found[1]
        raise Wrong(_not_there(turns, transcripts, quote, occurrence))


def turn_of(transcript: Transcript, start: int, end: int) -> Turn | None:
    """Return the turn that a passage begins in, else the first one that it touches, or None."""
    touched = transcript.turns_touching(start, end)
    return transcript.turn_at(start) or (touched[0] if touched else None)


def _turns(row: Row, transcript: Transcript) -> list[Turn]:
    """Return the turns that a row's `turn` and `time` can mean."""
    number, time = row.whole("turn"), row.time()
    if number is None and time is None:
        raise Wrong("'time' or 'turn' is missing (or 'start' and 'end')")
    turns = [turn for turn in transcript.turns if number is None or turn.number == number]
    if time is None:
        return turns
    # The time of a turn is the usual one; exports of captions give that of the caption.
    beginning = [turn for turn in turns if turn.time is not None and int(turn.time) == time]
    return beginning + [turn for turn in turns if turn not in beginning and time in _whole_times(transcript, turn)]


def _whole_times(transcript: Transcript, turn: Turn) -> set[int]:
    """Return the whole seconds at which a turn and its captions or segments begin."""
    times = {int(time) for _, time in transcript.moments_in(turn)}
    return times if turn.time is None else times | {int(turn.time)}


def _agree(row: Row, transcript: Transcript, turn: Turn, start: int, end: int) -> None:
    """Check that quote, turn and time, where given, are those of the passage."""
    quote, there = row.text("quote"), transcript.text[start:end]
    if quote and not same_words(quote, there):
        raise Wrong(f"{start}–{end} of {transcript.name} reads {shown(there)}, not {shown(quote)}")
    number, time = row.whole("turn"), row.time()
    if number is not None and number != turn.number:
        raise Wrong(f"{start}–{end} of {transcript.name} is in turn {turn.number}, not {number}")
    known = _whole_times(transcript, turn)
    if time is not None and known and time not in known:
        there_at = clock(min(known) if turn.time is None else turn.time)
        raise Wrong(f"{start}–{end} of {transcript.name} is in the turn at {there_at}, not {clock(time)}")


def _not_there(turns: list[tuple[Transcript, Turn]], transcripts: list[Transcript], quote: str, occurrence: int) -> str:
    transcript, turn = turns[0]
    if occurrence > 1 and find_quote(transcript.speech(turn), quote):
        return f"{shown(quote)} does not stand {occurrence} times in turn {turn.number} of {transcript.name}"
    where = f"turn {turn.number} of {transcript.name}"
    for other in transcripts:
        for elsewhere in other.turns:
            if find_quote(other.speech(elsewhere), quote):
                at = f" ({clock(elsewhere.time)})" if elsewhere.time is not None else ""
                return f"{shown(quote)} is not in {where}, but in turn {elsewhere.number}{at} of {other.name}"
    return f"{shown(quote)} is not in {where}; nearest: {shown(nearest_text(transcript.speech(turn), quote))}"


def _by_folded(names: Iterable[str]) -> dict[str, list[str]]:
    folded: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        folded.setdefault(name.casefold(), []).append(name)
    return folded


def _match(name: str, known: dict[str, list[str]], what: str) -> str:
    """Return the known name that is meant: the same one, else the only one that differs in case."""
    names = known.get(name.casefold(), [])
    if name in names:
        return name
    if len(names) > 1:
        raise Wrong(f"{what} {shown(name)} can be {' or '.join(names)}")
    if not names:
        every = tuple(one for alike in known.values() for one in alike)
        raise Wrong(f"unknown {what} {shown(name)}{nearest(name, every)}")
    return names[0]
