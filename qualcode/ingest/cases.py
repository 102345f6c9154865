"""Cases and their attributes from a CSV file or an Excel workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from qualcode.errors import InputError, ManyErrors
from qualcode.ingest.source import FALLBACK, Source, decode, read_source
from qualcode.ingest.vocabulary import key_of
from qualcode.ingest.workbook import workbook_rows
from qualcode.model import Case

NAME_COLUMNS = ("case", "name")
COHORT_COLUMN = "cohort"
DELIMITERS = (",", ";", "\t")


def read_cases(path: Path | str, *, encoding: str | None = None) -> list[Case]:
    """Read cases from a table (.csv, .tsv, .xlsx) with one row per case and the columns' names in the first row.

    The column `case` (or `name`) holds the name, `cohort` the cohort; all others are attributes, in the order of the
    file. Fields are parted by comma, semicolon or tab, whichever the first row has most of. Empty fields are no
    attribute.

    Args:
        path: The file; text in UTF-8 or marked.
        encoding: Its encoding where it is another one.

    Raises:
        InputError: A mistake in the file, with its line.
        ManyErrors: Several of them.
    """
    source = read_source(path, encoding=encoding)
    rows = _sheet(source) if Path(path).suffix.lower() in (".xlsx", ".xlsm") else _text(source)
    first = next(rows, None)
    if first is None:
        raise InputError("the file has no rows", path=path)
    line, names = first
    columns = _columns(Path(path), line, names)
    problems: list[tuple[int, str]] = []
    cases: dict[str, Case] = {}
    lines: dict[str, int] = {}
    for line, row in rows:
        problem, case = _case(row, columns, lines)
        if case is None:
            problems.append((line, problem))
        else:
            cases[case.name], lines[key_of(case.name)] = case, line
    if len(problems) == 1:
        raise InputError(problems[0][1], path=path, line=problems[0][0])
    if problems:
        raise ManyErrors("the cases were not read", [f"{path}, line {at}: {what}" for at, what in problems])
    return list(cases.values())


def _text(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Return the rows of a table in text."""
    decoded = decode(source)
    if decoded.encoding == FALLBACK and decoded.doubts:
        hint = 'Save it as "CSV UTF-8", or name its encoding: --encoding cp1252.'
        raise InputError("the file is not UTF-8", path=source.path, line=decoded.doubts[0].line, hint=hint)
    return _rows(source.path, decoded.text)


def _sheet(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Return the rows of a workbook's first sheet, all as wide as the first."""
    rows, _ = workbook_rows(source)
    width = len(rows[0].cells) if rows else 0
    return iter([(row.line, row.cells + [""] * (width - len(row.cells))) for row in rows])


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Return the rows that are not empty, each with the line it starts on."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=lambda mark: (head.count(mark), -DELIMITERS.index(mark)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"the row is no CSV ({error})", path=path, line=line) from error
        if any(cell.strip() for cell in row):
            yield line, [cell.strip() for cell in row]
        line = reader.line_num + 1


def _columns(path: Path, line: int, names: list[str]) -> list[str]:
    """Return the columns' names, "case" and "cohort" in one spelling."""
    keys = [key_of(name) for name in names]
    for key, name in zip(keys, names, strict=True):
        if not key:
            raise InputError("a column has no name", path=path, line=line, hint="Name it or take it out.")
        if keys.count(key) > 1:
            raise InputError(f'the column "{name}" occurs twice', path=path, line=line)
    column = next((name for name in NAME_COLUMNS if name in keys), None)
    if column is None:
        raise InputError(
            f'there is no column "case" (or "name"); columns are: {", ".join(names)}',
            path=path,
            line=line,
            hint="The first row must hold the columns' names: case,cohort,…",
        )
    return [
        "case" if k == column else COHORT_COLUMN if k == COHORT_COLUMN else n for k, n in zip(keys, names, strict=True)
    ]


def _case(row: list[str], columns: list[str], lines: dict[str, int]) -> tuple[str, Case | None]:
    """Return what is wrong with a row, or the case that it holds."""
    if len(row) != len(columns):
        return f"{len(row)} fields where the first row has {len(columns)}", None
    cells = dict(zip(columns, row, strict=True))
    name = cells.pop("case")
    if not name:
        return "the case has no name", None
    if key_of(name) in lines:
        return f'the case "{name}" is in line {lines[key_of(name)]} already', None
    cohort = cells.pop(COHORT_COLUMN, "")
    return "", Case(name, cohort, {key: value for key, value in cells.items() if value})
