"""Files of codings into rows with their line numbers: JSONL and CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qualcode.errors import InputError
from qualcode.files import read_text
from qualcode.interchange.fields import Wrong, shown

NumberedRow = tuple[int, dict[str, Any] | Wrong]
"""Line number from 1, and the values of the row or why it cannot be read."""


def find_coding_files(path: Path) -> list[Path]:
    """Return the files to read: the one given, or all JSONL and CSV files in a folder, sorted by name.

    Raises:
        InputError: There is nothing there, or nothing of these formats.
    """
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in READERS and file.is_file())
        if not files:
            raise InputError("holds no .jsonl or .csv files", path=path)
        return files
    if not path.exists():
        raise InputError("there is no such file or folder", path=path)
    if path.suffix.lower() not in READERS:
        raise InputError(f"codings are read from {' and '.join(READERS)} files", path=path)
    return [path]


def read_rows(path: Path) -> Iterator[NumberedRow]:
    """Return the rows of a file with their line numbers; empty lines are skipped.

    Raises:
        InputError: The file cannot be read, is not UTF-8, or is a CSV without a usable header.
    """
    text = read_text(path, hint="Save the file as UTF-8 (in a spreadsheet: 'CSV UTF-8').")
    return READERS[path.suffix.lower()](text, path)


def _jsonl(text: str, path: Path) -> Iterator[NumberedRow]:
    # Only \n ends a line: quotations may hold other line separators.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except RecursionError:
            yield number, Wrong("is nested too deeply")
        except ValueError as error:
            yield number, Wrong(f"not valid JSON: {getattr(error, 'msg', error)}")
        else:
            if isinstance(values, dict):
                yield number, values
            else:
                yield number, Wrong(f"a JSON object is expected, found {shown(line.strip())}")


def _csv(text: str, path: Path) -> Iterator[NumberedRow]:
    lines = text.split("\n")
    header_line = next((line for line in lines if line.strip()), "")
    # Spreadsheets in many countries write semicolons.
    delimiter = max(",;\t", key=header_line.count)
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    header: list[str] = []
    last = 0
    try:
        for values in reader:
            line, last = last + 1, reader.line_num
            if not any(value.strip() for value in values):
                continue
            if not header:
                header = _header(values, path, line)
            elif len(values) > len(header) and any(values[len(header) :]):
                yield line, Wrong(f"has {len(values)} values, the header has {len(header)}")
            else:
                yield line, dict(zip(header, values, strict=False))
    except csv.Error as error:
        raise InputError(f"not valid CSV: {error}", path=path, line=last + 1) from error


def _header(values: list[str], path: Path, line: int) -> list[str]:
    header = [value.strip().casefold() for value in values]
    for needed in (("code",), ("case", "transcript")):
        if not any(name in header for name in needed):
            columns = "' or '".join(needed)
            found = ", ".join(name for name in header if name)
            message = f"the header has no column '{columns}' (found: {found})"
            raise InputError(message, path=path, line=line)
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        raise InputError(f"the header has '{doubled[0]}' twice", path=path, line=line)
    return header


READERS: dict[str, Callable[[str, Path], Iterator[NumberedRow]]] = {".jsonl": _jsonl, ".csv": _csv}
"""Formats that codings are read from, by ending."""
