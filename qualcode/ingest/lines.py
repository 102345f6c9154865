r"""A text's lines with their positions, and the kinds of lines that are no speech."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

# What is looked at for labels and marks: the beginning of a line, so that a line of megabytes costs nothing.
HEAD = 300
# A line costs memory apart from its characters; no interview has this many.
MAX_LINES = 1_000_000
# White space, and marks that one cannot see (zero width, direction, soft hyphen): no part of a label.
UNSEEN = "\\s\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069\u00ad"
UNSEEN_RUN = re.compile(f"[{UNSEEN}]*")
# "Markdown" emphasis may stand around a remark, and converters put a backslash before its brackets.
SQUARE_REMARK = re.compile(r"[*_]{0,3}\\?[\[【][^\[\]【】]*[\]】][.]?[*_]{0,3}")
ROUND_REMARK = re.compile(r"[*_]{0,3}[(（]{1,2}[^()（）.?!。？！]*[)）]{1,2}[.]?[*_]{0,3}")
MOST_ROUND_WORDS = 5
RULE = re.compile(r"[-–—_=*~#+.·•…\s]{3,}")
RULED = re.compile(r"(?P<rule>[-=~])(?P=rule){2,}[^-=~]{1,100}(?P=rule){3,}")
HEADING = re.compile(r"(?P<mark>#{1,6})[ \t]+(?P<text>\S.*?)[ \t]*#*[ \t]*")


@dataclass(frozen=True, slots=True)
class Layout:
    """What a document's layout says about a line. Plain text has none.

    Attributes:
        bold: How many of its characters, from the first, are bold.
        level: Level of a heading, from 1; 0 where it is none.
        opens: Whether a paragraph begins with it.
        aside: What it is where it is no part of the running text ("a footnote"); else empty.
    """

    bold: int = 0
    level: int = 0
    opens: bool = False
    aside: str = ""


PLAIN = Layout()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's own words, as positions in its line's `head`.

    Attributes:
        level: From 1.
        start: Its first character, after the marks.
        end: One past its last character.
        text: Its words.
    """

    level: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    r"""One line of a text.

    Attributes:
        number: From 1.
        start: Position of its first character that can be seen.
        end: One past its last character that is no white space; `start == end` for a blank line.
        head: The line from `start`, at most `HEAD` characters.
        layout: What the document's layout says about it; `bold` counts from `start`.
    """

    number: int
    start: int
    end: int
    head: str
    layout: Layout = PLAIN

    @property
    def blank(self) -> bool:
        """Whether nothing can be seen on it."""
        return self.start == self.end

    @property
    def whole(self) -> bool:
        """Whether `head` is all of it."""
        return self.end - self.start <= HEAD


def split_lines(text: str, layouts: Mapping[int, Layout] | None = None) -> list[Line]:
    r"""Return the lines of a normalised text (split at `\n` only).

    Args:
        text: After `qualcode.ingest.normalise.normalise`.
        layouts: What the document's layout says, by line from 1.
    """
    lines = []
    position = 0
    for number, content in enumerate(text.split("\n"), start=1):
        end = position + len(content.rstrip())
        match = UNSEEN_RUN.match(text, position, position + len(content))
        start = min(match.end() if match else position, max(end, position))
        end = max(end, start)
        layout = (layouts or {}).get(number, PLAIN)
        if layout.bold:
            layout = replace(layout, bold=min(max(layout.bold - (start - position), 0), end - start))
        lines.append(Line(number, start, end, text[start : min(end, start + HEAD)], layout))
        position += len(content) + 1
    if text.endswith("\n"):
        lines.pop()
    return lines


def is_remark(line: Line) -> bool:
    """Whether a line is an editor's remark or a rule between parts, and so belongs to no turn.

    Square brackets around all of the line always mean so (`[... abridged ...]`); round ones only around a few words
    without a sentence's end (`(pause)`), because people speak in parentheses too.
    """
    if not line.whole or line.blank:
        return False
    head = line.head
    if SQUARE_REMARK.fullmatch(head) or RULE.fullmatch(head) or RULED.fullmatch(head):
        return True
    return bool(ROUND_REMARK.fullmatch(head)) and len(head.split()) <= MOST_ROUND_WORDS


def heading(line: Line, *, markdown: bool = False) -> Heading | None:
    """Return the heading that a line is by its layout or by its Markdown, or None."""
    if not line.whole or line.blank:
        return None
    if line.layout.level:
        return Heading(line.layout.level, 0, len(line.head), line.head)
    match = HEADING.fullmatch(line.head) if markdown else None
    return match and Heading(len(match["mark"]), match.start("text"), match.end("text"), match["text"])


def paragraphs(lines: list[Line]) -> list[list[Line]]:
    """Return the runs of lines between blank lines, and between paragraphs of the document's own."""
    found: list[list[Line]] = []
    open_paragraph = False
    for line in lines:
        if line.blank:
            open_paragraph = False
        elif open_paragraph and not line.layout.opens:
            found[-1].append(line)
        else:
            found.append([line])
            open_paragraph = True
    return found
