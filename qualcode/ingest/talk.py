"""From a text's lines to turns: the one way that all formats of running text share (plain, Markdown, later Word)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from qualcode.errors import InputError
from qualcode.ingest.article import article_turns
from qualcode.ingest.clock import Stamp, in_hours, to_seconds
from qualcode.ingest.draft import Doubt, Draft, DraftTurn
from qualcode.ingest.evidence import in_article, judge
from qualcode.ingest.header import find_header
from qualcode.ingest.labels import Candidate, candidate_of
from qualcode.ingest.legend import find_legend
from qualcode.ingest.lines import MAX_LINES, Line, heading, is_remark, paragraphs, split_lines
from qualcode.ingest.questions import Question, question_headings

LEAST_BARE_TIMES = 3
LEAST_TIMES = 2
UNDER_QUESTION = "text under a question set as a heading"
AS_QUESTION = "a question set as a heading"


@dataclass
class _Open:
    """The turn being read."""

    speaker: str = ""
    line: int = 0
    start: int = -1
    end: int = -1
    stamp: Stamp | None = None
    marks: str = ""
    role: str = ""
    because: str = ""
    # A turn that goes on after a remark may stay empty; one that a label has opened should not.
    labelled: bool = False


@dataclass
class _Reading:
    """Turns read so far, with their times as written."""

    text: str
    turns: list[DraftTurn] = field(default_factory=list)
    stamps: list[Stamp | None] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    current: _Open | None = None
    # A time on a line of its own before anybody speaks, for the label that may follow.
    waiting: Stamp | None = None

    def begin(self, opened: _Open) -> None:
        """Close the open turn and open another."""
        self.close()
        self.current = opened

    def extend(self, line: int, start: int, end: int) -> None:
        """Take characters of a line into the open turn."""
        if self.current is None or start >= end:
            return
        if self.current.start < 0:
            self.current.start = start
            self.current.line = self.current.line if self.current.labelled else line
        self.current.end = end

    def close(self) -> None:
        """Keep the open turn if anything was said in it."""
        turn, self.current = self.current, None
        if turn is None:
            return
        start, end = _trimmed(self.text, turn.start, turn.end, turn.marks) if turn.start >= 0 else (0, 0)
        if start < end:
            self.turns.append(DraftTurn(turn.speaker, start, end, turn.line, role=turn.role, because=turn.because))
            self.stamps.append(turn.stamp)
        elif turn.labelled:
            self.doubts.append(Doubt(f'nothing is said after "{turn.speaker}"; no turn was made', turn.line))

    def pause(self) -> None:
        """Close the open turn; speech that follows without a label is a new turn of the same speaker."""
        turn = self.current
        if turn is not None and turn.start >= 0:
            self.begin(_Open(turn.speaker, turn.line, role=turn.role, because=turn.because))


def _trimmed(text: str, start: int, end: int, marks: str) -> tuple[int, int]:
    """Return a span without white space around it and without emphasis that was opened before its label."""
    if marks and text.endswith(marks, start, end):
        end -= len(marks)
    speech = text[start:end]
    start += len(speech) - len(speech.lstrip())
    return start, max(start, end - (len(speech) - len(speech.rstrip())))


def read_talk(
    text: str,
    *,
    path: Path,
    markdown: bool = False,
    named: tuple[str, ...] = (),
    encoding: str = "",
    doubts: tuple[Doubt, ...] = (),
) -> Draft:
    """Return header and turns of a normalised text.

    Args:
        text: After `normalise`.
        path: The file, for messages.
        markdown: Whether headings (`#`) and questions in bold are to be looked for.
        named: Labels that the user says are speakers.
        encoding: What the bytes were read with.
        doubts: What reading the bytes left open.

    Raises:
        InputError: There is nothing but a header, or there are too many lines.
    """
    if text.count("\n") > MAX_LINES:
        raise InputError(f"the file has more than {MAX_LINES:,} lines, too many for a transcript", path=path)
    lines = split_lines(text)
    header = find_header(text, lines, path=path, markdown=markdown)
    body = lines[header.body :]
    if not any(not (line.blank or is_remark(line)) for line in body):
        raise InputError("there is nothing after the header: no turn and no paragraph", path=path)
    candidates = _candidates(body, markdown)
    legend = find_legend(lines[: header.body] + _before(body, candidates))
    found = judge(candidates.values(), paragraphs=len(paragraphs(body)), named=(*named, *legend))
    # Headings are questions only where nobody but the one who answers is labelled.
    speakers = {candidate.key for candidate in found.starts.values() if not candidate.heading}
    questions = question_headings(body, found.starts) if markdown and len(speakers) <= 1 else {}
    times = _times(candidates)
    article = not (found.starts or questions or len(times) >= LEAST_TIMES)
    attributes = dict(header.attributes)
    more = [*doubts, *header.doubts, *(in_article(found.doubts) if article else found.doubts)]
    if article:
        turns = article_turns(body, markdown=markdown)
        attributes.setdefault("Form", "article")
        more.append(Doubt("no speakers found: read as an article, one turn per paragraph"))
    else:
        reading = _read_turns(text, body, found.starts, questions, times, markdown)
        turns = _with_times(text, reading)
        more += reading.doubts
        if questions:
            more.append(Doubt("questions set as headings are read as the interviewer's", min(questions)))
        if not found.starts and not questions:
            more.append(Doubt("no speakers found: one turn per time"))
    if not turns:
        raise InputError("no speech was found after the labels", path=path)
    kept = tuple(sorted(more, key=lambda doubt: doubt.line))
    return Draft(text, turns, attributes, kept, legend, encoding, article)


def _candidates(body: list[Line], markdown: bool) -> dict[int, Candidate]:
    """Return what each line may start, by line."""
    found = {}
    for line in body:
        if line.blank or (is_remark(line) and "[" not in line.head[:2] and "(" not in line.head[:2]):
            continue
        candidate = candidate_of(line, markdown=markdown)
        if candidate is not None and (candidate.form == "time" or not is_remark(line)):
            found[line.number] = candidate
    return found


def _before(body: list[Line], candidates: Mapping[int, Candidate]) -> list[Line]:
    """Return the lines before the first that could have a label."""
    first = min((n for n, c in candidates.items() if c.form in ("colon", "stamp")), default=None)
    return [line for line in body if first is None or line.number < first]


def _times(candidates: Mapping[int, Candidate]) -> dict[int, Candidate]:
    """Return the lines that start with a time and no label; bare times count only where they are a habit."""
    times = {n: c for n, c in candidates.items() if c.stamp is not None}
    bare = [c for c in times.values() if c.stamp is not None and not c.stamp.bracketed]
    values = [to_seconds(c.stamp.text, False) for c in bare if c.stamp is not None]
    habit = len(bare) >= LEAST_BARE_TIMES and values == sorted(values)
    return {n: c for n, c in times.items() if c.stamp is not None and (c.stamp.bracketed or habit)}


def _read_turns(
    text: str,
    body: list[Line],
    starts: Mapping[int, Candidate],
    questions: Mapping[int, Question],
    times: Mapping[int, Candidate],
    markdown: bool,
) -> _Reading:
    """Return the turns that the accepted labels, question headings and times start."""
    reading = _Reading(text)
    before = 0
    for line in body:
        if line.blank:
            continue
        start, time = starts.get(line.number), times.get(line.number)
        question = questions.get(line.number)
        title = markdown and heading(line) is not None
        if start is not None:
            _labelled(reading, line, start)
        elif question is not None:
            opened = _Open("", line.number, role="interviewer", because=AS_QUESTION)
            _one_line(reading, opened, question.start, question.end)
        elif time is not None:
            _timed(reading, line, time, anyone=not (starts or questions))
        elif is_remark(line) or title:
            reading.pause()
        elif reading.current is not None:
            reading.extend(line.number, line.start, line.end)
        else:
            before = before or line.number
        if time is not None and reading.current is None and time.speech < line.end:
            before = before or line.number
    reading.close()
    if before and not _is_legend(body, before):
        message = "text before the first speaker is not taken as speech"
        reading.doubts.append(Doubt(message, before))
    return reading


def _is_legend(body: list[Line], number: int) -> bool:
    """Whether the line with a number is a legend."""
    return bool(find_legend(line for line in body if line.number == number))


def _labelled(reading: _Reading, line: Line, start: Candidate) -> None:
    """Open the turn of a label."""
    stamp = start.stamp
    waiting = reading.current
    # A time on a line of its own before a label belongs to the label.
    if stamp is None and waiting is not None and waiting.start < 0 and not waiting.labelled:
        stamp = waiting.stamp
    elif stamp is None and waiting is None:
        stamp = reading.waiting
    opened = _Open(start.label, line.number, stamp=stamp, marks=start.marks, labelled=True)
    if start.heading and start.speech < line.end:
        _one_line(reading, opened, start.speech, line.end)
        return
    reading.begin(opened)
    reading.extend(line.number, start.speech, line.end)


def _one_line(reading: _Reading, opened: _Open, start: int, end: int) -> None:
    """Read a question set as a heading; what follows without a label answers it."""
    reading.begin(opened)
    reading.extend(opened.line, start, end)
    reading.begin(_Open("", opened.line, role="participant", because=UNDER_QUESTION))


def _timed(reading: _Reading, line: Line, time: Candidate, *, anyone: bool) -> None:
    """Start a new turn of the same speaker at a time without a label."""
    turn = reading.current
    if turn is None and not anyone:
        reading.waiting = time.stamp if time.speech == line.end else None
        return
    if turn is None:
        because = "no labels: everything said"
        reading.begin(_Open("", line.number, stamp=time.stamp, role="participant", because=because))
    elif turn.start < 0 and turn.labelled and turn.stamp is None:
        turn.stamp = time.stamp
    else:
        reading.begin(_Open(turn.speaker, line.number, stamp=time.stamp, role=turn.role, because=turn.because))
    reading.extend(line.number, time.speech, line.end)


def _with_times(text: str, reading: _Reading) -> tuple[DraftTurn, ...]:
    """Return the turns with their times in seconds, and doubts about times that go back."""
    written = [stamp.text for stamp in reading.stamps if stamp is not None]
    last = max((i for i, stamp in enumerate(reading.stamps) if stamp is not None), default=0)
    words = sum(len(text[turn.start : turn.end].split()) for turn in reading.turns[:last])
    hours = in_hours(written, words)
    if hours:
        reading.doubts.append(Doubt("times are read as hours:minutes: as minutes:seconds nobody could speak so fast"))
    turns: list[DraftTurn] = []
    before, back = -1.0, []
    for turn, stamp in zip(reading.turns, reading.stamps, strict=True):
        time = None if stamp is None else to_seconds(stamp.text, hours)
        if time is not None:
            back += [turn.line] if time < before else []
            before = time
        turns.append(replace(turn, time=time))
    if back:
        more = f" ({len(back)} times in the file)" if len(back) > 1 else ""
        reading.doubts.append(Doubt(f"the time is before that of the turn above{more}", back[0]))
    return tuple(turns)
