"""From a text's lines to turns: the way that all formats of running text share (plain, Markdown, Word, web pages)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from qualcode.counts import counted
from qualcode.errors import InputError
from qualcode.ingest.article import article_turns
from qualcode.ingest.clock import AT_END, LONGEST_AT_END, Stamp, in_hours, stamp_of, to_seconds
from qualcode.ingest.draft import Doubt, Draft, DraftTurn
from qualcode.ingest.evidence import in_article, judge
from qualcode.ingest.header import find_header
from qualcode.ingest.labels import NUMBERED_FORMS, Candidate, above_time, candidate_of, split_at_labels
from qualcode.ingest.legend import find_legend
from qualcode.ingest.lines import MAX_LINES, Layout, Line, heading, is_remark, paragraphs, split_lines
from qualcode.ingest.questions import Question, question_headings
from qualcode.ingest.vocabulary import key_of

LEAST_BARE_TIMES = 3
LEAST_TIMES = 2
LEAST_NUMBERS = 2
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
    # Where times stand at the end of paragraphs: the last one, which is when the next turn begins.
    ended: Stamp | None = None

    def begin(self, opened: _Open) -> None:
        """Close the open turn and open another."""
        self.close()
        opened.stamp = opened.stamp or self.ended
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
    layouts: Mapping[int, Layout] | None = None,
    attributes: Mapping[str, str] | None = None,
    named: tuple[str, ...] = (),
    encoding: str = "",
    doubts: tuple[Doubt, ...] = (),
) -> Draft:
    """Return header and turns of a normalised text.

    Args:
        text: After `normalise`.
        path: The file, for messages.
        markdown: Whether headings (`#`) and questions in bold are to be looked for.
        layouts: What the document's layout says, by line from 1.
        attributes: What the format itself says (a web page's title and date); what the text's header says goes before.
        named: Labels that the user says are speakers.
        encoding: What the bytes were read with.
        doubts: What reading the bytes left open.

    Raises:
        InputError: There is nothing but a header, or there are too many lines.
    """
    if text.count("\n") > MAX_LINES:
        raise InputError(f"the file has more than {MAX_LINES:,} lines, too many for a transcript", path=path)
    lines = split_lines(text, layouts)
    header = find_header(text, lines, path=path, markdown=markdown)
    body = lines[header.body :]
    if not any(not (line.blank or line.layout.aside or is_remark(line)) for line in body):
        raise InputError("there is nothing after the header: no turn and no paragraph", path=path)
    candidates = _candidates(body, markdown)
    body = split_at_labels(text, body, candidates)
    if len(body) > len(lines) - header.body:
        candidates = _candidates(body, markdown)
    legend = find_legend(lines[: header.body] + _before(body, candidates))
    found = judge(candidates.values(), paragraphs=len(paragraphs(body)), named=(*named, *legend))
    # Headings are questions only where nobody but the one who answers is labelled.
    speakers = {candidate.key for candidate in found.starts.values() if not candidate.heading}
    questions = {}
    if (markdown or layouts) and len(speakers) <= 1:
        questions = question_headings(body, found.starts, markdown=markdown)
    times = _times(candidates)
    article = not (found.starts or questions or len(times) >= LEAST_TIMES)
    facts = _joined(header.attributes, attributes or {})
    more = [*doubts, *header.doubts, *(in_article(found.doubts) if article else found.doubts)]
    if article:
        turns = article_turns(body, markdown=markdown)
        facts.setdefault("Form", "article")
        more.append(Doubt("no speakers found: read as an article, one turn per paragraph"))
    else:
        reading = _read_turns(text, body, found.starts, questions, times, markdown)
        turns = _with_times(text, reading)
        more += reading.doubts
        if questions:
            first = min(line.number for line in body if line.start in questions)
            more.append(Doubt("questions set as headings are read as the interviewer's", first))
        more += _about_parts(body, found.starts)
        if not found.starts and not questions:
            more.append(Doubt("no speakers found: one turn per time"))
    if not turns:
        raise InputError("no speech was found after the labels", path=path)
    kept = tuple(sorted(more, key=lambda doubt: doubt.line))
    return Draft(text, turns, facts, kept, legend, encoding, article)


def _joined(header: Mapping[str, str], format_says: Mapping[str, str]) -> dict[str, str]:
    """Return what the text's header says, then what only the format says."""
    keys = {key_of(key) for key in header}
    return {**header, **{key: value for key, value in format_says.items() if key_of(key) not in keys}}


def _about_parts(body: list[Line], starts: Mapping[int, Candidate]) -> list[Doubt]:
    """Say on which lines a second speaker was found."""
    cut = [after for before, after in pairwise(body) if before.number == after.number and after.start in starts]
    if not cut:
        return []
    more = f" ({counted(len(cut), 'time')} in the file)" if len(cut) > 1 else ""
    return [Doubt(f"a second speaker is read within the line{more}", cut[0].number)]


def _candidates(body: list[Line], markdown: bool) -> dict[int, Candidate]:
    """Return what each line may start, by the line's start."""
    found: dict[int, Candidate] = {}
    above: Line | None = None
    for line in body:
        if line.blank or line.layout.aside:
            continue
        remark = is_remark(line)
        candidate = candidate_of(line, markdown=markdown) if not remark or line.head[:1] in "[(\\" else None
        if candidate is not None and (candidate.form == "time" or not remark):
            found[line.start] = candidate
            if candidate.form == "time" and candidate.speech == line.end and above is not None:
                label = above_time(above, candidate) if above.start not in found or _alone(found[above.start]) else None
                found |= {above.start: label} if label else {}
        above = line
    return _without_lists(found)


def _alone(candidate: Candidate) -> bool:
    """Whether a candidate is a label with nothing beside it."""
    return candidate.form == "alone"


def _without_lists(found: dict[int, Candidate]) -> dict[int, Candidate]:
    """Leave numbers before labels only where turns are numbered: they rise, and most labels have one."""
    numbers = [c.number for c in found.values() if c.number is not None]
    labelled = sum(1 for c in found.values() if c.form in NUMBERED_FORMS)
    rising = sum(1 for one, next_one in pairwise(numbers) if one < next_one)
    if len(numbers) >= LEAST_NUMBERS and len(numbers) * 2 >= labelled and rising >= 0.9 * (len(numbers) - 1):
        return found
    return {start: c for start, c in found.items() if c.number is None}


def _before(body: list[Line], candidates: Mapping[int, Candidate]) -> list[Line]:
    """Return the lines before the first that could have a label."""
    first = min((start for start, c in candidates.items() if c.form in ("colon", "stamp")), default=None)
    return [line for line in body if first is None or line.start < first]


def _times(candidates: Mapping[int, Candidate]) -> dict[int, Candidate]:
    """Return the lines that start with a time, by their start; bare times count only where they are a habit."""
    # Where a label before a time turns out to be none, the line is speech that mentions a time.
    times = {n: replace(c, speech=c.after_time) for n, c in candidates.items() if c.stamp and c.after_time >= 0}
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
    ends = _times_at_ends(text, body, times)
    taken = {start.time_line for start in starts.values()}
    for whole in body:
        if whole.blank or whole.start in taken:
            continue
        ended = ends.get(whole.start)
        line = whole if ended is None else replace(whole, end=ended[0])
        start, time = starts.get(line.start), times.get(line.start)
        question = questions.get(line.start)
        title = heading(line, markdown=markdown) is not None
        if line.layout.aside:
            reading.pause()
        elif start is not None:
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
        if ended is not None:
            reading.ended = ended[1]
            reading.pause()
    reading.close()
    if ends:
        first = min(line.number for line in body if line.start in ends)
        reading.doubts.append(Doubt("times at the end of paragraphs: a turn begins where the one above ends", first))
    if before and not _is_legend(body, before):
        message = "text before the first speaker is not taken as speech"
        reading.doubts.append(Doubt(message, before))
    return reading


def _is_legend(body: list[Line], number: int) -> bool:
    """Whether the line with a number is a legend."""
    return bool(find_legend(line for line in body if line.number == number))


def _times_at_ends(text: str, body: list[Line], times: Mapping[int, Candidate]) -> dict[int, tuple[int, Stamp]]:
    """Return where speech ends and the time it ends at, by line's start, where times stand behind paragraphs."""
    found = {}
    for line in body:
        match = AT_END.search(text[max(line.start, line.end - LONGEST_AT_END) : line.end])
        if match is not None and len(match[0]) < line.end - line.start and not line.layout.aside:
            found[line.start] = (line.end - len(match[0]), stamp_of(match))
    return found if len(found) >= LEAST_TIMES and len(found) > len(times) else {}


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
        more = f" ({counted(len(back), 'time')} in the file)" if len(back) > 1 else ""
        reading.doubts.append(Doubt(f"the time is before that of the turn above{more}", back[0]))
    return tuple(turns)
