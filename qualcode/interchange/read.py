"""Codings of JSONL and CSV files into records of a study; what cannot be used is listed with file and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from qualcode.errors import InputError, UserError, nearest
from qualcode.interchange.fields import Row, Wrong, shown
from qualcode.interchange.locate import Places
from qualcode.interchange.rows import find_coding_files, read_rows
from qualcode.model import ASSERTIONS, STAGES, STATUSES, Coding, Study


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot become a coding.

    Attributes:
        path: The file.
        line: Line in it, from 1.
        message: Why.
    """

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class CodingsRead:
    """What was in one or more files of codings.

    Attributes:
        codings: Sorted by place, each place, code and coder once.
        problems: In the order of files and lines.
        doubles: Rows left out because an earlier row says the same.
        files: The files read, in order.
    """

    codings: tuple[Coding, ...]
    problems: tuple[Problem, ...]
    doubles: int
    files: tuple[Path, ...]


def read_codings(path: Path | str, study: Study, *, coder: str) -> tuple[list[Coding], list[Problem]]:
    """Return the codings of a file or folder, and the rows that cannot be used; see `read_coding_files`."""
    read = read_coding_files(path, study, coder=coder)
    return list(read.codings), list(read.problems)


def read_coding_files(path: Path | str, study: Study, *, coder: str) -> CodingsRead:
    """Read codings from a JSONL or CSV file, or from all of them in a folder.

    A coding is located by `start` and `end`, or by `case` or `transcript`, `time` or `turn`, and `quote` (with
    `occurrence` where the quotation stands several times in the turn; else the first is taken). What a row says twice
    about its place must agree. The stage is the code's unless given; the status "accepted". Identifiers in the file
    are not taken over, since a coding by another coder is another coding.

    Args:
        path: The file or folder.
        study: Its codebook, cases and transcripts.
        coder: Name of the coder that all codings are given to.

    Raises:
        InputError: A file is missing, of another format, not UTF-8, or holds no codings at all.
    """
    files = find_coding_files(Path(path))
    places = Places(study)
    codings: dict[tuple[str, int, int, str, str], Coding] = {}
    problems: list[Problem] = []
    rows = 0
    for file in files:
        for line, values in read_rows(file):
            rows += 1
            try:
                coding = _coding(values, places, coder)
            except Wrong as wrong:
                problems.append(Problem(str(file), line, str(wrong)))
            else:
                codings.setdefault(coding.place, coding)
    if not rows:
        raise InputError("there are no codings in it", path=path)
    doubles = rows - len(problems) - len(codings)
    return CodingsRead(tuple(codings[place] for place in sorted(codings)), tuple(problems), doubles, tuple(files))


def read_one_coding(values: Mapping[str, object], study: Study, *, coder: str) -> Coding:
    """Return one coding from its fields; see `read_coding_files`.

    Raises:
        UserError: A field is wrong, or the passage cannot be located.
    """
    try:
        return _coding(dict(values), Places(study), coder)
    except Wrong as wrong:
        raise UserError(f"The coding cannot be used: {wrong}{'' if str(wrong).endswith('?') else '.'}") from wrong


def _coding(values: dict[str, object] | Wrong, places: Places, coder: str) -> Coding:
    if isinstance(values, Wrong):
        raise values
    row = Row(values)
    codes = places.study.codebook.by_id
    id = row.required("code")
    if id not in codes:
        raise Wrong(f"unknown code {shown(id)}{nearest(id, codes)}")
    code = codes[id]
    transcript, start, end = places.find(row)
    return Coding(
        coder=coder,
        transcript=transcript.name,
        start=start,
        end=end,
        code=id,
        stage=row.one_of("stage", STAGES, code.stage),
        status=row.one_of("status", STATUSES, "accepted"),
        confidence=row.confidence(),
        assertion=row.one_of("assertion", ASSERTIONS, "affirmed"),
        evidence=row.evidence(),
        definition_hash=code.definition_hash,
    )
