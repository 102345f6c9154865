"""What the two kinds of captions (WebVTT, SubRip) share: blocks of a time line and the words below it.

Every line with `-->` where a time line may stand begins a cue, also where it is malformed: its words are kept, with a
doubt, and never dropped. The text is set as `qualcode.ingest.speech` says; cue numbers, positions on the screen,
styling tags and line breaks within a cue are not part of it. A label is a voice tag (`<v Last, First>`) or stands
before a colon; `>>` at the start of a line begins a turn; a cue without a label goes on with the speaker before it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from qualcode.counts import counted
from qualcode.errors import InputError
from qualcode.ingest.draft import Doubt, Draft
from qualcode.ingest.lines import MAX_LINES
from qualcode.ingest.normalise import normalise
from qualcode.ingest.source import Source, decode
from qualcode.ingest.speech import Utterance, find_labels, spoken
from qualcode.model import seconds

ARROW = "-->"
MOST_DOUBTS = 8
# Recognisers that roll captions up repeat each line in the next cue.
ROLLING = 0.5
BLINK = 0.1
_TIME = r"(?:\d{1,3}:)?[0-5]?\d:[0-5]?\d(?:[.,]\d{1,3})?"
_TIMING = re.compile(rf"(?P<start>{_TIME})[ \t]*-->[ \t]*(?P<end>{_TIME})?(?P<rest>.*)")
_NUMBER = re.compile(r"\d{1,6}|[0-9a-fA-F-]{36}(?:/\d+-\d+)?")
_TAG = re.compile(
    r"<(?P<close>/)?(?P<name>v|c|i|b|u|s|lang|ruby|rt|font)(?:\.[^\s<>]{0,100})?(?:[ \t]+(?P<note>[^<>]{0,200}))?>"
    r"|<\d{1,3}(?::\d{2}){1,2}[.,]\d{1,3}>",
    re.IGNORECASE,
)
_SCREEN = re.compile(r"\{\\[a-z]{1,4}\d{0,3}[^{}]{0,40}\}")
_CHANGE = re.compile(r">>+[ \t]*")


@dataclass
class Cue:
    """A block of captions.

    Attributes:
        line: Of its time line, from 1.
        start: Seconds, or None where the time line is malformed.
        end: Seconds, or None.
        payload: Its lines, each with its number.
    """

    line: int
    start: float | None = None
    end: float | None = None
    payload: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Captions:
    """A file's cues and what stood beside them."""

    cues: list[Cue] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)


def read_captions(source: Source, *, web: bool) -> Draft:
    """Return captions as turns.

    Args:
        source: The file.
        web: Whether they are WebVTT, with a header, notes and character references; else SubRip.

    Raises:
        InputError: See `decode`; or there is no cue, or nobody says anything.
    """
    decoded = decode(source)
    text = normalise(decoded.text)
    if text.count("\n") > MAX_LINES:
        raise InputError(f"the file has more than {MAX_LINES:,} lines, too many for a transcript", path=source.path)
    captions = _Parser(text.split("\n"), web).parse()
    if not captions.cues:
        raise InputError(f'the file has no cue: no line holds "{ARROW}"', path=source.path)
    utterances = [utterance for cue in captions.cues for utterance in _utterances(cue, web)]
    utterances = _unrolled(utterances, captions.doubts)
    if utterances:
        utterances, unsure = find_labels(utterances, source.speakers)
        captions.doubts += unsure
    return spoken(
        utterances,
        path=source.path,
        attributes=captions.attributes,
        encoding=decoded.encoding,
        doubts=[*decoded.doubts, *_fewer(captions.doubts)],
    )


def _fewer(doubts: list[Doubt]) -> list[Doubt]:
    """Return the first doubts, and how many more there are."""
    if len(doubts) <= MOST_DOUBTS:
        return doubts
    rest = Doubt(f"… and {counted(len(doubts) - MOST_DOUBTS, 'more doubt')} like these", doubts[MOST_DOUBTS].line)
    return [*doubts[:MOST_DOUBTS], rest]


class _Parser:
    """Goes through the lines."""

    def __init__(self, lines: list[str], web: bool) -> None:
        self.lines = lines
        self.web = web
        self.found = Captions()
        self._cue: Cue | None = None
        # Whether a blank line has parted the cue from what comes now.
        self._parted = True
        self._latest = 0.0

    def parse(self) -> Captions:
        """Return all cues."""
        at = self._header() if self.web else 0
        while at < len(self.lines):
            line = self.lines[at]
            if not line.strip():
                self._parted = True
            elif self.web and self._parted and line.split(None, 1)[0] in ("NOTE", "STYLE", "REGION"):
                at = self._skip(at)
                continue
            elif self._is_timing(line):
                self._timing(at, line)
            elif not self._is_number(at):
                self._words(at, line)
            at += 1
        arrows = sum(1 for line in self.lines if _TIMING.match(line.strip()))
        if arrows != len([cue for cue in self.found.cues if cue.start is not None]):
            self.found.doubts.append(
                Doubt(f"{counted(arrows, 'time line')} but {counted(len(self.found.cues), 'cue')}")
            )
        return self.found

    def _header(self) -> int:
        """Read `WEBVTT` and the `Key: value` lines below it; return where the body begins."""
        if not self.lines[0].startswith("WEBVTT"):
            self.found.doubts.append(Doubt('the file does not begin with "WEBVTT"', 1))
            return 0
        at = 1
        while at < len(self.lines) and self.lines[at].strip() and ARROW not in self.lines[at]:
            key, colon, value = self.lines[at].partition(":")
            if colon and value.strip() and len(key) < 40:
                self.found.attributes[key.strip()] = value.strip()
            at += 1
        return at

    def _skip(self, at: int) -> int:
        """Return where a note or style block ends."""
        while at < len(self.lines) and self.lines[at].strip():
            at += 1
        return at

    def _is_timing(self, line: str) -> bool:
        """Whether a line is meant as a time line: an arrow after what looks like a time, or at its start."""
        before, arrow, _ = line.partition(ARROW)
        return bool(arrow) and (not before.strip() or before.strip()[0].isdigit()) and len(before.split()) <= 1

    def _is_number(self, at: int) -> bool:
        """Whether a line is the number or name of the cue whose time line follows."""
        below = next((line for line in self.lines[at + 1 : at + 3] if line.strip()), "")
        return self._is_timing(below) and (self._parted or _NUMBER.fullmatch(self.lines[at].strip()) is not None)

    def _timing(self, at: int, line: str) -> None:
        """Begin a cue."""
        match = _TIMING.match(line.strip())
        cue = Cue(at + 1)
        if match is None:
            self.found.doubts.append(Doubt("the cue's time cannot be read; its words are kept without a time", at + 1))
        else:
            cue.start = seconds(match["start"])
            cue.end = seconds(match["end"]) if match["end"] else None
            if match["end"] is None:
                self.found.doubts.append(Doubt("the cue's end cannot be read", at + 1))
            elif cue.end is not None and cue.end < cue.start:
                self.found.doubts.append(Doubt("the cue ends before it begins", at + 1))
        if cue.start is not None:
            if cue.start < self._latest:
                self.found.doubts.append(Doubt("the cue begins before the one above", at + 1))
            self._latest = cue.start
        self.found.cues.append(cue)
        self._cue, self._parted = cue, False

    def _words(self, at: int, line: str) -> None:
        """Take a line of words."""
        if self._cue is None:
            self._cue = Cue(at + 1)
            self.found.cues.append(self._cue)
            self.found.doubts.append(Doubt("words before the first cue are kept without a time", at + 1))
        elif self._parted and self._cue.payload:
            self.found.doubts.append(Doubt("words outside a cue are read on with the cue above", at + 1))
        self._cue.payload.append((at + 1, line))
        self._parted = False


def _utterances(cue: Cue, web: bool) -> Iterator[Utterance]:
    """Yield a cue's lines of speech, with the voice tags' speakers."""
    spoken_json = _from_json(cue)
    if spoken_json is not None:
        yield spoken_json
        return
    speaker, opens = "", False
    for number, line in cue.payload:
        pieces: list[str] = []
        position = 0
        for tag in [*_TAG.finditer(line), None]:
            pieces.append(line[position : tag.start() if tag else len(line)])
            position = tag.end() if tag else position
            is_voice = tag is not None and (tag["name"] or "").lower() == "v"
            if tag is not None and not is_voice:
                continue
            utterance = _utterance("".join(pieces), web, Utterance("", speaker, cue.start, cue.end, number, opens))
            pieces = []
            if utterance.text:
                yield utterance
                opens = False
            if tag is not None:
                voice = "" if tag["close"] else " ".join(html.unescape(tag["note"] or "").split())
                speaker, opens = voice, bool(voice)


def _utterance(text: str, web: bool, as_is: Utterance) -> Utterance:
    """Return an utterance with the words that a piece of a line shows."""
    text = html.unescape(text) if web else _SCREEN.sub("", text)
    text = text.strip()
    change = _CHANGE.match(text)
    if change is None or as_is.speaker:
        return replace(as_is, text=text)
    return replace(as_is, text=text[change.end() :], opens=True)


def _from_json(cue: Cue) -> Utterance | None:
    """Return the utterance of a cue whose words are JSON, as Microsoft Graph gives Teams' transcripts."""
    text = "\n".join(line for _, line in cue.payload).strip()
    if not text.startswith("{") or '"spokenText"' not in text:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not isinstance(data.get("spokenText"), str):
        return None
    speaker = data.get("speakerName")
    return Utterance(
        " ".join(data["spokenText"].split()), speaker if isinstance(speaker, str) else "", cue.start, cue.end, cue.line
    )


def _unrolled(utterances: list[Utterance], doubts: list[Doubt]) -> list[Utterance]:
    """Leave out lines that captions repeat from the cue before, where they roll up throughout."""
    again = {i for i in range(1, len(utterances)) if _repeats(utterances, i)}
    if len(again) < ROLLING * len({utterance.time for utterance in utterances}) or len(again) < 3:
        return utterances
    first = utterances[min(again)].line
    doubts.append(Doubt(f"captions roll up: {len(again)} repeated lines are left out", first))
    return [utterance for i, utterance in enumerate(utterances) if i not in again]


def _repeats(utterances: list[Utterance], at: int) -> bool:
    """Whether a line only rolls up what the cue before has said: above a new line, or for the blink of an eye."""
    before, line = utterances[at - 1], utterances[at]
    if before.text != line.text or before.time == line.time:
        return False
    above = at + 1 < len(utterances) and utterances[at + 1].time == line.time
    return above or (line.time is not None and line.end is not None and line.end - line.time <= BLINK)
