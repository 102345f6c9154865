"""Writing a report's files so that an interrupted run leaves the old report whole."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from qualcode.errors import UserError
from qualcode.report.records import Files

MANIFEST = "files.txt"


def write_site(files: Files, folder: Path | str) -> Path:
    """Write a report's files into a folder, replacing the report that is there.

    The files are first written beside the folder and then swapped in. Files of the old report that the new one
    does not have go; whatever else lies in the folder stays.

    Args:
        files: By name, without folders.
        folder: Made where it does not exist.

    Returns:
        The file to open: `index.html`, or the first file by name.

    Raises:
        UserError: The folder holds other things and no report, or cannot be written.
        ValueError: A name has a folder in it (a bug).
    """
    for name in files:
        if Path(name).name != name or name in ("", ".", "..", MANIFEST):
            raise ValueError(f"not a plain file name: {name!r}")
    target = Path(folder).resolve()
    old = _written(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise UserError(
            f"The report cannot be written to {target}: {error.strerror or error}.",
            hint="Name a folder that you may write to.",
        ) from error
    try:
        fresh = beside / "new"
        fresh.mkdir()
        for name, content in files.items():
            (fresh / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        (fresh / MANIFEST).write_text("".join(f"{name}\n" for name in sorted(files)), "utf-8")
        if target.exists():
            _keep_others(target, fresh, old)
            shutil.copymode(target, fresh)
        _swap(fresh, target, beside / "old")
    except OSError as error:
        raise UserError(
            f"The report could not be written to {target}: {error.strerror or error}.",
            hint="The report that was there before is untouched.",
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return target / ("index.html" if "index.html" in files else min(files, default=""))


def _written(target: Path) -> frozenset[str]:
    """Return the names of the files of the report in a folder."""
    if not target.exists():
        return frozenset()
    if not target.is_dir():
        raise UserError(f"{target} is a file, not a folder.", hint="Name a folder for the report.")
    manifest = target / MANIFEST
    if manifest.is_file():
        return frozenset(manifest.read_text("utf-8").split("\n")) | {MANIFEST}
    if any(target.iterdir()):
        raise UserError(
            f"The folder {target} holds other files and no report.",
            hint="Name a new or empty folder for the report, so that nothing of yours is overwritten.",
        )
    return frozenset()


def _keep_others(target: Path, fresh: Path, old: frozenset[str]) -> None:
    """Copy what is not of the old report into the new folder, where it does not get in the way."""
    for path in sorted(target.iterdir()):
        goal = fresh / path.name
        if path.name in old:
            continue
        if goal.exists():
            raise UserError(
                f"{path} is not of the report, and the report has a file of that name.", hint="Move it elsewhere."
            )
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, goal, symlinks=True)
        else:
            shutil.copy2(path, goal, follow_symlinks=False)


def _swap(fresh: Path, target: Path, aside: Path) -> None:
    """Put a folder in the place of another; if that fails in the middle, the old one comes back."""
    if not target.exists():
        fresh.replace(target)
        return
    target.replace(aside)
    try:
        fresh.replace(target)
    except BaseException:
        aside.replace(target)
        raise
