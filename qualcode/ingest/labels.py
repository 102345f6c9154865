"""What could be a speaker's label at the start of a line, in all the forms that people write them.

| form | written |
|---|---|
| colon | `Name: text`, `**Name:** text`, `**Name**: text`, `Name:` and text below, `[0:01:02] Name: text` |
| stamp | `Name [00:01:02]: text`, `Name (00:01): text`, `Name 0:03` on its own line, `**Name**  0:23  text` |
| dash | `I – text`, `C - text` |
| bracket | `[id1] text` |
| tab | `Name`, a tab, text |
| bold | `Name` in bold, then text that is not |
| alone | `Interviewer`, or `Name` in bold, on its own line |

A turn's number may stand before the label (`12. Name: text`), and a second label after a sentence's end
(`I: Why? R: So.`).

Whether a candidate is a speaker is decided over the whole file, in `qualcode.ingest.evidence`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from qualcode.ingest.clock import AT_START, BARE_AFTER_LABEL, BRACKETED, Stamp, stamp_of
from qualcode.ingest.lines import HEAD, Line
from qualcode.ingest.vocabulary import key_of, known, name_like, never_speaker

MOST_WORDS = 5
_NAME = r"(?P<label>[^\W\d_](?:[^:：\n\t\[\]<>{}|=?!;\"“”„«»*\\]{0,58}[^\s_:：\[\]<>{}|=?!;\"“”„«»*\\])?)"
_MARKS = r"(?P<marks>\*{1,3}|_{1,3})?"
# Markdown list and quotation marks may stand before a label in bold.
_LEAD = r"(?:[-*+>][ \t]+(?=[*_\\\[]))*"
_STAMP = rf"(?:{BRACKETED}|{BARE_AFTER_LABEL})"
PREFIX = re.compile(r"#{1,6}[ \t]+")
# A time may be set off from the label by a dash, a bar or a tab.
AFTER_TIME = re.compile(r"(?:[-–—|][ \t]+)?")
COLON = re.compile(
    rf"{_LEAD}{_MARKS}{_NAME}[ \t\u00a0]{{0,3}}(?:[:：](?P<inner>(?P=marks))?|(?P<outer>(?P=marks))[ \t]?[:：])(?!//)"
)
PLAIN_COLON = re.compile(rf"{_NAME}[ \t\u00a0]{{0,3}}[:：](?!//)")
BARE_AFTER = re.compile(
    rf"{_LEAD}{_MARKS}{_NAME}(?(marks)(?P=marks))(?P<gap>[ \t\u00a0,]{{1,12}}){_STAMP}[ \t]*(?P<colon>[:：]?)"
)
MARKED_STAMP = re.compile(rf"{_LEAD}(?P<marks>\*{{1,3}}){_NAME}[ \t]{{1,12}}{_STAMP}[ \t]*[:：]?(?P=marks)[:：]?")
DASH = re.compile(
    rf"{_MARKS}(?P<label>[^\W\d_][\w.]{{0,14}}(?: [^\W_][\w.]{{0,14}})?)(?(marks)(?P=marks))[ \t]+[-–—][ \t]+"
)
BRACKET = re.compile(r"\\?\[(?P<label>[^\[\]\\:\n]{1,30})\\?\][:：]?[ \t]+(?=\S)")
TAB = re.compile(rf"{_MARKS}(?P<label>[^\W\d_][^:：\t\n]{{0,40}}?)(?(marks)(?P=marks))[ ]*\t+(?=\S)")
# In bold by a document's layout, or above a time: a few words without a sentence's marks.
ALONE = re.compile(r"[^\W\d_][^*_\n\t:：?!;。？！]{0,39}(?<![,])")
NUMBER = re.compile(r"[(\[]?(?P<number>\d{1,5})[.)\]]?[ \t]+(?=[^\W_])")
NUMBERED_FORMS = ("colon", "stamp", "tab", "bold")
INLINE = re.compile(
    r"(?<=[.?!…\"”»)\]—–#-])[ \t\u00a0]{1,8}(?P<label>[^\W\d_][\w.]{0,20}(?: [^\W_][\w.]{0,20}){0,2}):(?=\s)"
    r"|(?<=[。？！…」』”])[ \t\u3000]{0,8}(?P<wide>[^\W\d_]\w{0,11})[:：]"
)
BOLD_ALONE = re.compile(r"(?P<marks>\*\*|__)(?P<label>[^*_\n:：?!]{1,40})(?P=marks)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may start a turn.

    Attributes:
        line: Which line, from 1.
        form: "colon", "stamp", "dash", "bracket", "tab", "alone", or "time" where there is a time and no label.
        label: As written, without marks; empty for the form "time".
        key: `key_of(label)`.
        stamp: The time beside it, or None.
        speech: Position in the text where speech would start.
        marks: Emphasis that was opened before the label and is closed after the speech, or "".
        heading: Whether it stands in a heading.
        start: Position of the line, or of the part of a line, that it opens.
        number: The turn's number before it, or None.
        time_line: Position of the line below that holds its time, or -1.
        after_time: Where speech starts if only the time at the line's start counts, or -1 where there is none.
    """

    line: int
    form: str
    label: str
    key: str
    stamp: Stamp | None
    speech: int
    marks: str = ""
    heading: bool = False
    start: int = 0
    number: int | None = None
    time_line: int = -1
    after_time: int = -1


def candidate_of(line: Line, *, markdown: bool = False) -> Candidate | None:
    """Return what a line may start, or None where it can only be speech.

    Args:
        line: A line that is neither blank nor a remark.
        markdown: Whether `#` at the start makes a heading.
    """
    prefix = PREFIX.match(line.head) if markdown else None
    at = prefix.end() if prefix else 0
    titled = prefix is not None or line.layout.level > 0
    number = NUMBER.match(line.head, at)
    if number is not None:
        found = _candidate(line, number.end(), titled)
        if found is not None and found.form in NUMBERED_FORMS:
            return replace(found, number=int(number["number"]))
    return _candidate(line, at, titled)


def _candidate(line: Line, at: int, titled: bool) -> Candidate | None:
    """Return what a line may start, from a position in its `head` on."""
    head = line.head
    time = AT_START.match(head, at)
    stamp = None
    if time:
        stamp = stamp_of(time)
        at = time.end()
        dash = AFTER_TIME.match(head, at)
        at = dash.end() if dash else at
    after = -1 if stamp is None else min(line.start + at, line.end)
    found = _label(line, head[at:], stamp, line.layout.bold - at)
    if found is not None:
        form, label, length, marks, own_stamp = found
        speech = min(line.start + at + length, line.end)
        stamp = stamp or own_stamp
        return Candidate(
            line.number, form, label, key_of(label), stamp, speech, marks, titled, line.start, after_time=after
        )
    if stamp is not None:
        return Candidate(line.number, "time", "", "", stamp, after, "", titled, line.start, after_time=after)
    return None


def above_time(line: Line, below: Candidate) -> Candidate | None:
    """Return the candidate that a line is whose time stands on the line below, or None.

    Args:
        line: A line that can be a label only as a whole.
        below: What the next line starts: a time and nothing else.
    """
    label = line.head.strip("*_ ")
    if not line.whole or not _short(label) or not ALONE.fullmatch(label):
        return None
    if not (name_like(label) or known(label)) or never_speaker(label):
        return None
    return Candidate(
        line.number, "stamp", label, key_of(label), below.stamp, line.end, start=line.start, time_line=below.start
    )


def split_at_labels(text: str, lines: list[Line], candidates: Mapping[int, Candidate]) -> list[Line]:
    """Return lines cut where a second speaker's label seems to follow a sentence's end.

    A cut costs nothing where the label turns out to be none: the parts are read on as one speech.

    Args:
        text: That the lines' positions are in.
        lines: The body.
        candidates: What stands at the starts of lines, by position: labels that are cut at, besides well-known ones.
    """
    labels = {c.key for c in candidates.values() if c.form in ("colon", "stamp") and not never_speaker(c.label)}
    parts: list[Line] = []
    for line in lines:
        start = line.start
        own = candidates.get(start)
        searched = own.speech if own is not None else start
        for match in INLINE.finditer(text, searched, line.end) if not (line.layout.level or line.layout.aside) else ():
            label = match["label"] or match["wide"]
            if key_of(label) in labels or known(label) is not None:
                at = match.start("label") if match["label"] else match.start("wide")
                end = start + len(text[start : match.start()].rstrip())
                parts.append(_part(text, line, start, end))
                start = at
        parts.append(_part(text, line, start, line.end) if start != line.start else line)
    return parts


def _part(text: str, line: Line, start: int, end: int) -> Line:
    """Return a part of a line."""
    bold = max(line.layout.bold - (start - line.start), 0)
    return Line(line.number, start, end, text[start : min(end, start + HEAD)], replace(line.layout, bold=bold))


_Found = tuple[str, str, int, str, Stamp | None]


def _label(line: Line, rest: str, stamp: Stamp | None, bold: int) -> _Found | None:
    """Return form, label, length up to the speech, open emphasis and time of a label at the start of `rest`."""
    for attempt in (_with_time, _with_colon, _set_off):
        found = attempt(line, rest, bold)
        if found is not None and (stamp is None or found[4] is None) and _short(found[1]):
            return found
    return None


def _short(label: str) -> bool:
    """Whether a label has few enough words."""
    return 0 < len(label.split()) <= MOST_WORDS


def _with_time(line: Line, rest: str, bold: int) -> _Found | None:
    """Find a label with a time after it."""
    match = MARKED_STAMP.match(rest) or BARE_AFTER.match(rest)
    if match is None:
        return None
    stamp = stamp_of(match)
    alone = not rest[match.end() :].strip() and line.whole
    colon = bool(match.groupdict().get("colon"))
    wide = "\t" in (match.groupdict().get("gap") or "") or len(match.groupdict().get("gap") or "") > 1
    # "Monday 10:30 we met" is prose: a bare time needs a colon, wide gaps, emphasis, or the line for itself.
    if stamp.bracketed or alone or colon or wide or match.group("marks") or bold > 0:
        return "stamp", match.group("label").rstrip(), match.end(), "", stamp
    return None


def _with_colon(line: Line, rest: str, bold: int) -> _Found | None:
    """Find a label with a colon after it."""
    match = COLON.match(rest) if rest[:1] in "*_-+>" else None
    marks = ""
    if match is not None and match.group("marks"):
        closed = match.group("inner") is not None or match.group("outer") is not None
        marks = "" if closed else match.group("marks")
    else:
        match = PLAIN_COLON.match(rest)
    if match is None:
        return None
    # "**Ben** So: one" has its label in bold, and a colon in speech.
    if 0 < bold < match.end("label") and rest[bold - 1 : bold + 1] != rest[bold - 1 : bold + 1].replace(" ", ""):
        return None
    label = match.group("label").rstrip()
    after = rest[match.end() : match.end() + 1]
    # "10:30" and "file:name" are no labels; a label that is well known may do without the space.
    if after and not after.isspace() and rest[match.end() - 1] == ":" and known(label) is None:
        return None
    return "colon", label, match.end(), marks, None


def _set_off(line: Line, rest: str, bold: int) -> _Found | None:
    """Find a label set off by a dash, brackets, a tab, or the end of the line."""
    if 0 < bold < len(rest) and ALONE.fullmatch(rest[:bold].strip()):
        return "bold", rest[:bold].strip(), bold, "", None
    for form, pattern in (("bracket", BRACKET), ("tab", TAB), ("dash", DASH)):
        match = pattern.match(rest)
        if match is not None:
            return form, match.group("label").strip(), match.end(), "", None
    if not line.whole:
        return None
    marked = BOLD_ALONE.fullmatch(rest)
    label = marked.group("label").strip() if marked else rest
    said = known(label) if len(label) <= 40 else None
    if marked or (bold >= len(rest) and ALONE.fullmatch(label)) or (said is not None and said.sure):
        return "alone", label, len(rest), "", None
    return None
