"""What could be a speaker's label at the start of a line, in all the forms that people write them.

| form | written |
|---|---|
| colon | `Name: text`, `**Name:** text`, `**Name**: text`, `Name:` and text below, `[0:01:02] Name: text` |
| stamp | `Name [00:01:02]: text`, `Name (00:01): text`, `Name 0:03` on its own line, `**Name**  0:23  text` |
| dash | `I – text`, `C - text` |
| bracket | `[id1] text` |
| tab | `Name`, a tab, text |
| alone | `Interviewer` or `**Name**` on its own line |

Whether a candidate is a speaker is decided over the whole file, in `qualcode.ingest.evidence`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qualcode.ingest.clock import AT_START, BARE_AFTER_LABEL, BRACKETED, Stamp, stamp_of
from qualcode.ingest.lines import Line
from qualcode.ingest.vocabulary import key_of, known

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
        heading: Whether it stands in a Markdown heading.
    """

    line: int
    form: str
    label: str
    key: str
    stamp: Stamp | None
    speech: int
    marks: str = ""
    heading: bool = False


def candidate_of(line: Line, *, markdown: bool = False) -> Candidate | None:
    """Return what a line may start, or None where it can only be speech.

    Args:
        line: A line that is neither blank nor a remark.
        markdown: Whether `#` at the start makes a heading.
    """
    head = line.head
    prefix = PREFIX.match(head) if markdown else None
    at = prefix.end() if prefix else 0
    time = AT_START.match(head, at)
    stamp = None
    if time:
        stamp = stamp_of(time)
        at = time.end()
        dash = AFTER_TIME.match(head, at)
        at = dash.end() if dash else at
    found = _label(line, head[at:], stamp)
    if found is not None:
        form, label, length, marks, own_stamp = found
        speech = min(line.start + at + length, line.end)
        return Candidate(
            line.number, form, label, key_of(label), stamp or own_stamp, speech, marks, heading=prefix is not None
        )
    if stamp is not None:
        return Candidate(line.number, "time", "", "", stamp, min(line.start + at, line.end), heading=prefix is not None)
    return None


_Found = tuple[str, str, int, str, Stamp | None]


def _label(line: Line, rest: str, stamp: Stamp | None) -> _Found | None:
    """Return form, label, length up to the speech, open emphasis and time of a label at the start of `rest`."""
    for attempt in (_with_time, _with_colon, _set_off):
        found = attempt(line, rest)
        if found is not None and (stamp is None or found[4] is None) and _short(found[1]):
            return found
    return None


def _short(label: str) -> bool:
    """Whether a label has few enough words."""
    return 0 < len(label.split()) <= MOST_WORDS


def _with_time(line: Line, rest: str) -> _Found | None:
    """Find a label with a time after it."""
    match = MARKED_STAMP.match(rest) or BARE_AFTER.match(rest)
    if match is None:
        return None
    stamp = stamp_of(match)
    alone = not rest[match.end() :].strip() and line.whole
    colon = bool(match.groupdict().get("colon"))
    wide = "\t" in (match.groupdict().get("gap") or "") or len(match.groupdict().get("gap") or "") > 1
    # "Monday 10:30 we met" is prose: a bare time needs a colon, wide gaps, emphasis, or the line for itself.
    if stamp.bracketed or alone or colon or wide or match.group("marks"):
        return "stamp", match.group("label").rstrip(), match.end(), "", stamp
    return None


def _with_colon(line: Line, rest: str) -> _Found | None:
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
    label = match.group("label").rstrip()
    after = rest[match.end() : match.end() + 1]
    # "10:30" and "file:name" are no labels; a label that is well known may do without the space.
    if after and not after.isspace() and rest[match.end() - 1] == ":" and known(label) is None:
        return None
    return "colon", label, match.end(), marks, None


def _set_off(line: Line, rest: str) -> _Found | None:
    """Find a label set off by a dash, brackets, a tab, or the end of the line."""
    for form, pattern in (("bracket", BRACKET), ("tab", TAB), ("dash", DASH)):
        match = pattern.match(rest)
        if match is not None:
            return form, match.group("label").strip(), match.end(), "", None
    if not line.whole:
        return None
    bold = BOLD_ALONE.fullmatch(rest)
    label = bold.group("label").strip() if bold else rest
    said = known(label) if len(label) <= 40 else None
    if bold or (said is not None and said.sure):
        return "alone", label, len(rest), "", None
    return None
