"""Names replaced by pseudonyms, in such a way that every position can be computed and all of it can be undone.

A table gives a pseudonym for each name. In text a name counts as a whole word, longest name first, as it is written in
the table or all in capitals (`any_case` takes any). What follows stays: "Petteri's" becomes "Mikko's"; in languages
that put a bare s to a name ("Petteris bok", Swedish, Danish, Norwegian, German) that s is taken along. Other endings
("Petterin", Finnish) are names of their own for the table: an ending that fits one name seldom fits another.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from qualcode.errors import InputError, ManyErrors
from qualcode.ingest.source import decode, read_source

GENITIVE_S = frozenset({"sv", "da", "nb", "nn", "no", "de"})
"""Languages that put an s without apostrophe to a name."""
COLUMNS = ("name", "pseudonym", "kind")
DELIMITERS = (",", ";", "\t")

_APOSTROPHES = "'’ʼ"
# Not followed by a letter, a digit or a mark that combines with the letter before.
_LEFT, _RIGHT = r"(?<![^\W_])", "(?![^\\W_]|[\u0300-\u036f])"
# White space inside a name: also one line break, as in texts with hard breaks.
_GAP = r"(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*)"
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """One row of a table.

    Attributes:
        name: What is to be replaced.
        pseudonym: What stands in its place.
        kind: "name", "organisation", …; as the table says it, for people.
    """

    name: str
    pseudonym: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A stretch of text to be replaced.

    Attributes:
        start: First character.
        found: What stands there.
        replacement: What is to stand there.
    """

    start: int
    found: str
    replacement: str

    @property
    def end(self) -> int:
        """One past the last character."""
        return self.start + len(self.found)


@dataclass(frozen=True)
class Replaced:
    """A text after replacement.

    Attributes:
        before: The text as it was.
        text: The text as it is.
        occurrences: What was replaced, by position in `before`; without overlap.
    """

    before: str
    text: str
    occurrences: tuple[Occurrence, ...]

    @cached_property
    def _ends(self) -> list[int]:
        return [one.end for one in self.occurrences]

    @cached_property
    def _shifts(self) -> list[int]:
        """By how much positions after the first n occurrences have moved."""
        shifts = [0]
        for one in self.occurrences:
            shifts.append(shifts[-1] + len(one.replacement) - len(one.found))
        return shifts

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a passage of `before` stands in `text`.

        A passage that begins or ends inside a name is widened to the whole pseudonym (see `cuts`).
        """
        return self._place(start, widen_left=True), self._place(end, widen_left=False)

    def cuts(self, start: int, end: int) -> bool:
        """Whether a passage begins or ends inside a name, so that its exact positions cannot be told from `text`."""
        return any(self._inside(position) is not None for position in (start, end))

    def inverse(self) -> tuple[Occurrence, ...]:
        """Return the occurrences that turn `text` into `before` again."""
        pairs = zip(self.occurrences, self._shifts, strict=False)
        return tuple(Occurrence(one.start + shift, one.replacement, one.found) for one, shift in pairs)

    def _inside(self, position: int) -> int | None:
        """Return the number of the occurrence that a position is strictly inside of, or None."""
        number = bisect_right(self._ends, position)
        inside = number < len(self.occurrences) and self.occurrences[number].start < position
        return number if inside else None

    def _place(self, position: int, *, widen_left: bool) -> int:
        number = self._inside(position)
        if number is None:
            return position + self._shifts[bisect_right(self._ends, position)]
        one = self.occurrences[number]
        return one.start + self._shifts[number] + (0 if widen_left else len(one.replacement))


def read_pseudonyms(path: Path | str, *, encoding: str | None = None) -> tuple[list[Pseudonym], int]:
    """Read a table of pseudonyms: CSV with the columns `name`, `pseudonym` and perhaps `kind`; others are passed over.

    Fields are parted by comma, semicolon or tab. A row without a pseudonym keeps its name as it is, so that a list of
    suggestions can be filled in where wanted.

    Args:
        path: The file.
        encoding: Where it is not UTF-8.

    Returns:
        The rows with a pseudonym, and how many have none.

    Raises:
        InputError: The file is no such table.
        ManyErrors: Rows with mistakes, each with its line.
    """
    path = Path(path)
    text = decode(read_source(path, encoding=encoding)).text
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=lambda mark: (head.count(mark), -DELIMITERS.index(mark)))
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="…", restval="")
    columns = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
    if not {"name", "pseudonym"} <= columns.keys():
        raise InputError(
            f"there are no columns 'name' and 'pseudonym'; the first row is: {head[:100]}",
            path=path,
            line=1,
            hint="Write a table with the first row name,pseudonym; qualcode pseudonymise --suggest --format csv "
            "makes one to fill in.",
        )
    rows: list[Pseudonym] = []
    empty, problems = 0, []
    for row in reader:
        cells = {key: _clean(row.get(columns[key]) or "") for key in COLUMNS if key in columns}
        if not any(cells.values()):
            continue
        wrong = _mistake(cells["name"], cells["pseudonym"], rows)
        if wrong:
            problems.append(f"{path}, line {reader.line_num}: {wrong}")
        elif not cells["pseudonym"]:
            empty += 1
        else:
            one = Pseudonym(cells["name"], cells["pseudonym"], cells.get("kind", ""))
            rows += [] if any(other.name == one.name for other in rows) else [one]
    if problems:
        raise ManyErrors("The table of pseudonyms cannot be used:", problems)
    if not rows:
        raise InputError("the table gives no pseudonym", path=path, hint="Fill in the column pseudonym.")
    return rows, empty


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()


def _mistake(name: str, pseudonym: str, rows: Iterable[Pseudonym]) -> str:
    """Return what is wrong with a row, or ""."""
    if not name:
        return f"the pseudonym {pseudonym!r} has no name"
    for what, value in (("name", name), ("pseudonym", pseudonym)):
        # Joined to the text, a combining mark or a line break would change what stands around it.
        if value and (unicodedata.combining(value[0]) or len(value.splitlines()) > 1 or "\0" in value):
            return f"the {what} {value!r} cannot stand in a text: it begins with a combining mark or breaks the line"
    others = [row.pseudonym for row in rows if row.name == name and pseudonym and row.pseudonym != pseudonym]
    return f"{name!r} has another pseudonym above: {others[0]!r}" if others else ""


class Replacer:
    """Finds the names of a table in text.

    Args:
        table: Names and pseudonyms.
        language: ISO 639-1 code of the text; says whether a bare s may follow a name.
        any_case: Take names in any case of letters, "petteri" too; else as written and all in capitals.
    """

    def __init__(self, table: Sequence[Pseudonym], *, language: str = "", any_case: bool = False) -> None:
        self._any_case = any_case
        self._by_form: dict[str, str] = {}
        for row in table:
            for form, replacement in _forms(row, language):
                self._by_form.setdefault(self._key(form), replacement)
        forms = sorted(self._by_form, key=lambda form: (-len(form), form))
        pattern = "|".join(_pattern(form) for form in forms) or r"(?!)"
        self._pattern = re.compile(pattern, re.IGNORECASE if any_case else 0)

    def find(self, text: str, cuts: Iterable[int] = ()) -> tuple[Occurrence, ...]:
        """Return the occurrences in a text, in order.

        Args:
            text: Any text.
            cuts: Positions that no name runs over, such as the ends of turns.
        """
        edges = [0, *sorted({cut for cut in cuts if 0 < cut < len(text)}), len(text)]
        found = []
        for low, high in pairwise(edges):
            for match in self._pattern.finditer(text, low, high):
                replacement = self._replacement(match.group())
                if replacement != match.group():
                    found.append(Occurrence(match.start(), match.group(), replacement))
        return tuple(found)

    def replaced(self, text: str, cuts: Iterable[int] = ()) -> Replaced:
        """Return a text with its names replaced; see `find`."""
        return replace_all(text, self.find(text, cuts))

    def _key(self, form: str) -> str:
        folded = " ".join(form.translate({ord(mark): "'" for mark in _APOSTROPHES}).split())
        # `re` takes Turkish İ and ı for i where case does not matter; `casefold` does not.
        return folded.translate({0x130: "i", 0x131: "i"}).casefold() if self._any_case else folded

    def _replacement(self, found: str) -> str:
        replacement = self._by_form[self._key(found)]
        if not self._any_case:
            return replacement
        if found.isupper() and sum(map(str.isalpha, found)) > 1:
            return replacement.upper()
        return replacement.lower() if found.islower() else replacement


def replace_all(text: str, occurrences: Sequence[Occurrence]) -> Replaced:
    """Return a text with stretches replaced.

    Args:
        text: The text.
        occurrences: In order, without overlap.

    Raises:
        ValueError: The text does not hold what an occurrence says, or they overlap.
    """
    parts, position = [], 0
    for one in occurrences:
        if one.start < position or text[one.start : one.end] != one.found or not one.found:
            raise ValueError(f"the text does not hold the occurrence at {one.start} as it is said to")
        parts += [text[position : one.start], one.replacement]
        position = one.end
    return Replaced(text, "".join([*parts, text[position:]]), tuple(occurrences))


def _forms(row: Pseudonym, language: str) -> list[tuple[str, str]]:
    """Return the forms in which a name is looked for, each with what takes its place."""
    forms = [(row.name, row.pseudonym)]
    if language in GENITIVE_S and row.name[-1].isalpha() and row.name[-1] not in "sxzSXZ":
        forms.append((f"{row.name}s", row.pseudonym if row.pseudonym[-1] in "sxzSXZ" else f"{row.pseudonym}s"))
    capitals = [(name.upper(), pseudonym.upper()) for name, pseudonym in forms if sum(map(str.isalpha, name)) > 1]
    return [*forms, *capitals]


def _pattern(form: str) -> str:
    """Return the pattern of a form as a whole word."""
    words = [
        "".join(f"[{_APOSTROPHES}]" if mark in _APOSTROPHES else re.escape(mark) for mark in word)
        for word in form.split()
    ]
    return f"{_edge(form[0], _LEFT)}{_GAP.join(words)}{_edge(form[-1], _RIGHT)}"


def _edge(character: str, boundary: str) -> str:
    """Return where a word must end; scripts without spaces show no end, and after a mark there is nothing to ask."""
    return boundary if character.isalnum() and not _UNSPACED.match(character) else ""
