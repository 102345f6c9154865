"""Reader of tables in text (.csv, .tsv); see `qualcode.ingest.table`.

Fields are parted by comma, semicolon or tab: whichever the first row has most of, outside quotation marks.
"""

from __future__ import annotations

import csv
import io
import re

from qualcode.errors import InputError
from qualcode.ingest.draft import Draft
from qualcode.ingest.normalise import normalise
from qualcode.ingest.source import Source, decode
from qualcode.ingest.table import MAX_ROWS, Cells, read_table

DELIMITERS = (",", ";", "\t")
# A cell may hold a whole interview; the csv module's own limit is an eighth of a megabyte.
LONGEST_CELL = 10_000_000
_QUOTED = re.compile(r'"[^"]*"')


def read_delimited(source: Source) -> list[Draft]:
    """Return the transcripts that a table in text holds.

    Raises:
        InputError: See `decode` and `read_table`; or a row is malformed.
    """
    decoded = decode(source)
    rows = delimited_rows(source, normalise(decoded.text))
    return read_table(rows, path=source.path, named=source.speakers, encoding=decoded.encoding, doubts=decoded.doubts)


def delimited_rows(source: Source, text: str) -> list[Cells]:
    """Return the rows of a table in text, cells without white space around them.

    Raises:
        InputError: A row is malformed, or there are too many.
    """
    head = _QUOTED.sub("", next((line for line in text.split("\n") if line.strip()), ""))
    delimiter = max(DELIMITERS, key=lambda mark: (head.count(mark), -DELIMITERS.index(mark)))
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows: list[Cells] = []
        line = 1
        for row in reader:
            rows.append(Cells(line, [cell.strip() for cell in row]))
            line = reader.line_num + 1
            if len(rows) > 2 * MAX_ROWS:
                raise InputError(f"the table has more than {MAX_ROWS:,} rows", path=source.path)
    except csv.Error as error:
        raise InputError(f"the row is malformed ({error})", path=source.path, line=line) from error
    finally:
        csv.field_size_limit(before)
    return rows
