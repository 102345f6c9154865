"""Which files there are to read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from qualcode.errors import UserError
from qualcode.ingest.binary import ELSEWHERE
from qualcode.ingest.read import READERS, ending_of, known_endings

# Files about the files, whatever their ending.
ABOUT = frozenset({"readme", "license", "licence", "copying", "changelog", "contributing"})


class Skipped(NamedTuple):
    """A file in a folder that is not read.

    Attributes:
        path: Which.
        reason: Why, in words.
    """

    path: Path
    reason: str


class Found(NamedTuple):
    """Files to read and files left out.

    Attributes:
        files: Sorted by path, each once.
        skipped: Sorted by path.
    """

    files: list[Path]
    skipped: list[Skipped]


def find_files(paths: Iterable[Path | str]) -> Found:
    """Return the files that paths stand for: files themselves, and all readable files in folders and their subfolders.

    Hidden files and folders, README and licence files, and files with other endings are skipped in folders, with the
    reason; a file named by itself is always taken.

    Raises:
        UserError: A path does not exist, or a folder holds no file that can be read.
    """
    files: dict[Path, Path] = {}
    skipped: dict[Path, Skipped] = {}
    for path in map(Path, paths):
        if path.is_dir():
            inside, left = _in_folder(path)
            if not inside:
                raise UserError(
                    f"{path}: no file in this folder can be read" + (f" ({len(left)} left out)" if left else ""),
                    hint=f"Known endings: {known_endings()}",
                )
            for file in inside:
                files.setdefault(file.resolve(), file)
            skipped.update((one.path, one) for one in left)
        elif path.exists():
            files.setdefault(path.resolve(), path)
        else:
            raise UserError(
                f"{path}: there is no such file or folder", hint="Check the path; names may differ in case."
            )
    # A file both named by itself and left out of its folder is read.
    left = [one for path, one in skipped.items() if path.resolve() not in files]
    return Found(sorted(files.values()), sorted(left))


def _in_folder(folder: Path) -> tuple[list[Path], list[Skipped]]:
    """Return the readable files below a folder, and the others with reasons. Links to folders are not followed."""
    files: list[Path] = []
    skipped: list[Skipped] = []

    def refused(error: OSError) -> None:
        skipped.append(Skipped(Path(error.filename or folder), f"cannot be opened ({error.strerror})"))

    for parent, folders, names in os.walk(folder, onerror=refused):
        for name in sorted(folders):
            if name.startswith("."):
                skipped.append(Skipped(Path(parent, name), "hidden folder"))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            reason = _reason(path)
            if reason:
                skipped.append(Skipped(path, reason))
            else:
                files.append(path)
    return files, skipped


def _reason(path: Path) -> str:
    """Return why a file in a folder is not read, or ""."""
    if path.name.startswith((".", "~$")):
        return "hidden file"
    if path.name.split(".")[0].casefold() in ABOUT:
        return "about the folder, no transcript"
    if ending_of(path) in ELSEWHERE:
        return "{}: {}".format(*ELSEWHERE[ending_of(path)])
    if ending_of(path) not in READERS:
        return f'unknown ending ".{ending_of(path)}"' if ending_of(path) else "no ending"
    return ""
