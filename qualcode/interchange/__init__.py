"""Codings in and out: JSONL and CSV files that scripts, spreadsheets and other people's tools can read and write."""

from qualcode.interchange.read import CodingsRead, Problem, read_coding_files, read_codings, read_one_coding
from qualcode.interchange.write import FORMATS, as_row, write_codings

__all__ = [
    "FORMATS",
    "CodingsRead",
    "Problem",
    "as_row",
    "read_coding_files",
    "read_codings",
    "read_one_coding",
    "write_codings",
]
