"""Copies of an SQLite store: made before bulk operations, the newest ones kept."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

FOLDER = "snapshots"
KEPT = 10


@dataclass(frozen=True, slots=True)
class SnapshotCopy:
    """A whole copy of a store at one moment, as a single file.

    Attributes:
        path: The file.
        at: When it was made: UTC, ISO 8601 to the second.
        number: Number of the newest change in it; 0 before the first.
        reason: What was about to be done, as words joined by hyphens ("codebook-merge").
    """

    path: Path
    at: str
    number: int
    reason: str


def copy_file(path: Path, copy: Path) -> None:
    """Copy an SQLite file as of one moment, also while others write to it; the copy appears whole or not at all.

    Raises:
        sqlite3.Error: The copy cannot be written.
    """
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
            # One file, that can be read from a read-only folder too: WAL would want two more beside it.
            target.execute("PRAGMA journal_mode = DELETE")
        os.replace(unfinished, copy)  # noqa: PTH105
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def make_snapshot(path: Path, *, at: str, number: int, reason: str, keep: int) -> Path:
    """Copy a store into the folder of snapshots beside it, and remove all but the newest `keep`.

    Args:
        path: The store's file.
        at: Now: UTC, ISO 8601 to the second.
        number: Number of its newest change.
        reason: What is about to be done.
        keep: How many to keep, at least 1.

    Returns:
        The copy.

    Raises:
        OSError: The folder cannot be written.
        sqlite3.Error: The copy cannot be written.
    """
    if keep < 1:
        raise ValueError(f"keep at least the new copy itself, not {keep}")
    folder = path.parent / FOLDER
    folder.mkdir(exist_ok=True)
    words = "-".join(re.findall(r"[^\W_]+", reason.lower())) or "snapshot"
    stamp = at.replace("-", "").replace(":", "")
    copy = folder / f"{path.stem}-{stamp}-{number:06d}-{words[:60]}.db"
    copy_file(path, copy)
    for old in list_copies(path)[:-keep]:
        old.path.unlink(missing_ok=True)
    return copy


def list_copies(path: Path) -> tuple[SnapshotCopy, ...]:
    """Return the copies kept of a store, oldest first."""
    folder = path.parent / FOLDER
    if not folder.is_dir():
        return ()
    name = re.compile(re.escape(path.stem) + r"-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(\d{6,})-(.+)\.db")
    found = []
    for file in folder.iterdir():
        if match := name.fullmatch(file.name):
            year, month, day, hour, minute, second, number, reason = match.groups()
            at = f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"
            found.append(SnapshotCopy(file, at, int(number), reason))
    return tuple(sorted(found, key=lambda copy: (copy.at, copy.number, copy.reason)))
