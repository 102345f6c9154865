"""Reader of Excel workbooks (.xlsx, .xlsm); see `qualcode.ingest.table`.

The first sheet that holds anything is read, cells as their values (a formula as its last result), times of day as
`HH:MM:SS`, dates as `YYYY-MM-DD`. Hidden sheets, formatting and comments are left out.
"""

from __future__ import annotations

import datetime
import io
import re
from typing import Any

from qualcode.counts import counted, were
from qualcode.errors import InputError
from qualcode.ingest.archive import Archive
from qualcode.ingest.draft import Doubt, Draft
from qualcode.ingest.source import Source
from qualcode.ingest.table import MAX_ROWS, Cells, read_table
from qualcode.ingest.xml_events import check_xml

KIND = "an Excel workbook (.xlsx)"
MAX_COLUMNS = 512
# A sheet may claim a cell in its millionth row.
MOST_EMPTY_ROWS = 1_000
_ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f])_")


def read_workbook(source: Source) -> list[Draft]:
    """Return the transcripts that a workbook holds.

    Raises:
        InputError: The file is damaged, encrypted, no workbook or made to do harm; see also `read_table`.
    """
    rows, doubts = workbook_rows(source)
    return read_table(rows, path=source.path, named=source.speakers, doubts=doubts)


def workbook_rows(source: Source) -> tuple[list[Cells], list[Doubt]]:
    """Return the rows of a workbook's first sheet that holds any, and what was left out.

    Raises:
        InputError: The file is damaged, encrypted, no workbook or made to do harm.
    """
    archive = Archive(source, KIND)
    if "xl/workbook.xml" not in archive.names:
        raise InputError(f"the file is not {KIND}", path=source.path, hint="Save it as .xlsx or .csv.")
    # openpyxl opens the file by itself, so all that it may read is looked through first.
    for name in sorted(archive.names):
        if name.endswith((".xml", ".rels")):
            check_xml(archive.pieces(name), path=source.path, part=name)
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise InputError(
            "reading Excel workbooks needs openpyxl", path=source.path, hint="pip install openpyxl; or save it as .csv."
        ) from error
    try:
        workbook = load_workbook(io.BytesIO(source.data), read_only=True, data_only=True, keep_links=False)
        return _first_sheet(workbook)
    except Exception as error:
        # openpyxl lets errors of many kinds through where a workbook's parts do not fit together.
        raise InputError(
            f"the workbook cannot be read ({type(error).__name__}: {error})",
            path=source.path,
            hint="Open it and save it again, or as .csv.",
        ) from error


def _first_sheet(workbook: Any) -> tuple[list[Cells], list[Doubt]]:
    """Return the rows of the first visible sheet that has any."""
    visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    for index, sheet in enumerate(visible):
        rows = _rows(sheet)
        if rows:
            others = len(workbook.worksheets) - 1
            left_out = (
                [Doubt(f'only the sheet "{sheet.title}" was read; {counted(others, "other")} {were(others)} left out')]
                if others
                else []
            )
            return rows, left_out if index or others else []
    return [], []


def _rows(sheet: Any) -> list[Cells]:
    """Return the rows that hold anything."""
    sheet.reset_dimensions()
    rows: list[Cells] = []
    empty = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1):
        cells = [_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        empty = 0 if cells else empty + 1
        if cells:
            rows.append(Cells(number, cells))
        if empty > MOST_EMPTY_ROWS or len(rows) > MAX_ROWS + 1:
            break
    return rows


def _text(value: Any) -> str:
    """Return what a cell shows."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value).strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
    if isinstance(value, datetime.time):
        return value.isoformat("auto" if value.microsecond else "seconds")
    if isinstance(value, datetime.timedelta):
        whole = value.total_seconds()
        return f"{int(whole // 3600)}:{int(whole % 3600 // 60):02d}:{whole % 60:06.3f}"
    return str(value).strip()
