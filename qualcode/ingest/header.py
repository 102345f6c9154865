"""What stands before the first turn: front matter, a block of `Key: value` lines, a title, a legend of labels.

The header is the first paragraph if all its lines are `Key: value`, no key occurs twice, and one of them is a key that
headers have (Title, Case, Date, …) or none of them is a speaker's label; further paragraphs count while all their keys
are such keys. A Markdown heading, or a line for itself before the block, is the title. YAML front matter between two
lines `---` at the very top is read too (plain values and lists of them).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qualcode.errors import InputError
from qualcode.ingest.draft import Doubt
from qualcode.ingest.lines import Line, heading, is_remark
from qualcode.ingest.vocabulary import header_key, key_of, known

MOST_FRONT_MATTER = 200
MOST_CHARACTERS = 20_000
MOST_VALUE_WORDS = 60
MOST_KEY_WORDS = 5
_PAIR = re.compile(
    r"(?:[-*+][ \t]+)?(?P<marks>\*\*|__)?(?P<key>[^\W\d_][^:：\n*\[\]<>{}|=?!;\"]{0,40}?)[ \t]*"
    r"(?:(?P=marks)[ \t]*[:：]|[:：](?(marks)(?P=marks)|))(?!//)(?P<gap>\s|$|(?<=：))[ \t]*"
)
_PLAIN_PAIR = re.compile(r"(?P<key>[^\W\d_][^:：\n*\[\]<>{}|=?!;\"]{0,40}?)[ \t]*(?::(?=\s|$)|：)[ \t]*")
_LABEL = re.compile(r"(?P<key>[^\W\d_][^:：\n]{0,40}?)[ \t]*[:：](?!//)")


@dataclass
class Header:
    """What was found before the body.

    Attributes:
        attributes: Values by key, in order; a key that occurs twice holds both values, joined by "; ".
        body: Index of the first line after it.
        doubts: What a person should look at.
    """

    attributes: dict[str, str] = field(default_factory=dict)
    body: int = 0
    doubts: list[Doubt] = field(default_factory=list)

    def add(self, key: str, value: str) -> None:
        """Keep a value; an empty one is no value."""
        if not value:
            return
        same = next((old for old in self.attributes if key_of(old) == key_of(key)), None)
        if same is None:
            self.attributes[key] = value
        else:
            self.attributes[same] += f"; {value}"


@dataclass(frozen=True, slots=True)
class _Pair:
    key: str
    value: str

    @property
    def is_header(self) -> bool:
        return header_key(self.key) and len(self.value.split()) <= MOST_VALUE_WORDS


def attribute(attributes: Mapping[str, str], *names: str) -> str:
    """Return the value of the first of these keys that is there, in any case of letters, or ""."""
    by_key = {key_of(key): value for key, value in attributes.items()}
    return next((by_key[name] for name in names if name in by_key), "")


def find_header(text: str, lines: list[Line], *, path: Path, markdown: bool = False) -> Header:
    """Return the header of a normalised text.

    Args:
        text: The whole text.
        lines: Its lines.
        path: The file, for messages.
        markdown: Whether `#` at the start of a line makes a heading.

    Raises:
        InputError: The front matter is no YAML, or too long.
    """
    header = Header()
    _front_matter(text, lines, header, path)
    title = ""
    first = True
    while True:
        at = header.body
        while at < len(lines) and (lines[at].blank or _is_rule(lines[at])):
            at += 1
        if at == len(lines):
            return header
        found = heading(lines[at], markdown=markdown)
        if found is not None and not title and _PLAIN_PAIR.match(found.text) is None and first:
            title = found.text.strip("*_ ")
            if found.level == 1:
                _title(header, title)
            if not _header_follows(text, lines, at + 1, markdown):
                return header
            header.body = at + 1
            continue
        paragraph = _paragraph(lines, at, markdown)
        if first and len(paragraph) == 1 and not title and _could_be_title(paragraph[0]):
            if not _header_follows(text, lines, at + 1, markdown):
                return header
            title = paragraph[0].head
            header.body = at + 1
            _title(header, title)
            continue
        taken = _taken(text, lines, at, paragraph, strict=not first)
        if not taken:
            return header
        for pair in taken:
            header.add(pair.key, pair.value)
        header.body = at + len(taken)
        first = False
        if len(taken) < len(paragraph):
            return header


def _title(header: Header, title: str) -> None:
    """Keep a title that stands by itself, in front of what the block says."""
    if not attribute(header.attributes, "title"):
        header.attributes = {"Title": title, **header.attributes}


def _is_rule(line: Line) -> bool:
    """Whether a line only parts the header from something."""
    return is_remark(line) and not any(character.isalnum() for character in line.head)


def _could_be_title(line: Line) -> bool:
    """Whether a line for itself reads like a title."""
    return (
        line.whole
        and not line.layout.aside
        and not is_remark(line)
        and _LABEL.match(line.head) is None
        and len(line.head.split()) <= 15
        and line.head[-1] not in ".?!"
    )


def _header_follows(text: str, lines: list[Line], at: int, markdown: bool) -> bool:
    """Whether the next paragraph is a header block."""
    while at < len(lines) and (lines[at].blank or _is_rule(lines[at])):
        at += 1
    return at < len(lines) and bool(_taken(text, lines, at, _paragraph(lines, at, markdown), strict=False))


def _paragraph(lines: list[Line], at: int, markdown: bool) -> list[Line]:
    """Return the lines from one on up to a blank line, a rule or a heading."""
    found = []
    for line in lines[at:]:
        if line.blank or line.layout.aside or is_remark(line) or heading(line, markdown=markdown):
            break
        found.append(line)
    return found


def _taken(text: str, lines: list[Line], at: int, paragraph: list[Line], *, strict: bool) -> list[_Pair]:
    """Return the pairs at the start of a paragraph that belong to the header."""
    pairs = _pairs(text, paragraph)
    if not pairs:
        return []
    keys = [key_of(pair.key) for pair in pairs]
    whole = len(pairs) == len(paragraph) and len(set(keys)) == len(keys)
    # "Interviewer: Anna" is a fact in a header if the talk itself comes later.
    later = any(not line.blank for line in lines[at + len(paragraph) :])
    if whole and later and not strict and any(pair.is_header for pair in pairs) and not _codes(pairs):
        return pairs if all(len(pair.value.split()) <= MOST_VALUE_WORDS for pair in pairs) else _known_part(pairs)
    if whole and later and not strict and len(pairs) >= 2 and not any(known(pair.key) for pair in pairs):
        again = _labels_after(lines[at + len(paragraph) :])
        if not any(again[pair.key] for pair in pairs) and all(len(pair.value.split()) <= 25 for pair in pairs):
            return pairs
    if strict and len(pairs) != len(paragraph):
        return []
    return _known_part(pairs)


def _codes(pairs: list[_Pair]) -> bool:
    """Whether a key is a speaker's code (I, R, P1), which no header has."""
    return any((what := known(pair.key)) is not None and len(what.word) <= 2 for pair in pairs)


def _known_part(pairs: list[_Pair]) -> list[_Pair]:
    """Return the pairs up to the first whose key is no header key."""
    for index, pair in enumerate(pairs):
        if not pair.is_header:
            return pairs[:index]
    return pairs


def _pairs(text: str, paragraph: list[Line]) -> list[_Pair]:
    """Return the `Key: value` pairs at the start of a paragraph, up to the first other line."""
    pairs = []
    for line in paragraph:
        match = _PAIR.match(line.head) if line.head[:1] in "*_-+" else _PLAIN_PAIR.match(line.head)
        if match is None or len(match["key"].split()) > MOST_KEY_WORDS:
            break
        value = text[line.start + match.end() : line.end].strip().removesuffix("\\").strip()
        pairs.append(_Pair(match["key"].strip(), value))
    return pairs


def _labels_after(lines: list[Line]) -> Counter[str]:
    """Return how often each text before a colon starts a line."""
    return Counter(match["key"] for line in lines if (match := _LABEL.match(line.head)))


def _front_matter(text: str, lines: list[Line], header: Header, path: Path) -> None:
    """Read YAML between two lines `---` at the very top into the header."""
    if not lines or text[: lines[0].end] != "---":
        return
    end = next((i for i, line in enumerate(lines[1:MOST_FRONT_MATTER], 1) if line.head in ("---", "...")), None)
    if end is None:
        return
    import yaml

    block = text[lines[0].end + 1 : lines[end].start]
    if not any(_LABEL.match(line.head) for line in lines[1:end]):
        return
    if len(block) > MOST_CHARACTERS:
        raise InputError(f"the front matter is too long: at most {MOST_CHARACTERS:,} characters", path=path, line=1)
    try:
        # The base loader makes nothing but text, lists and mappings: a date stays as it was written.
        data = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else min(mark.line + 2, end + 1)
        raise InputError(
            f"the front matter is no YAML ({getattr(error, 'problem', error)})", path=path, line=line
        ) from error
    if not isinstance(data, dict):
        return
    header.body = end + 1
    for key, value in data.items():
        values = value if isinstance(value, list) else [value]
        if not isinstance(key, str) or not all(isinstance(item, str) for item in values):
            header.doubts.append(Doubt(f"front matter: {key!r} is nested and was left out", 1))
            continue
        header.add(key, ", ".join(" ".join(item.split()) for item in values))
