"""The past of a study taken out of its folder: what is left is the present state, in a store without history."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.counts import counted
from qualcode.errors import StoreError, UserError
from qualcode.files import write_whole
from qualcode.model import Study
from qualcode.project.asking import LOG
from qualcode.project.folder import StudyFolder
from qualcode.project.revising import EARLIER

if TYPE_CHECKING:
    from qualcode.store import Change, Store

UNFINISHED = ".purged"
"""Ending of the new store while it is written."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What was taken away.

    Attributes:
        changes: Entries of the journal that are gone.
        left_behind: Codings on earlier versions of texts that are gone.
        removed: Files that were removed, by their path in the study's folder.
        replaced: Source files in whose place the present text was written, by name.
        others: Files among the transcripts that belong to no transcript; they were left alone.
    """

    changes: int
    left_behind: int
    removed: tuple[str, ...]
    replaced: tuple[str, ...]
    others: tuple[str, ...]


def purge(folder: StudyFolder, *, actor: str = "") -> Purged:
    """Put a new store with the present state in place of the old one, and remove what holds earlier texts.

    Gone are: earlier versions of texts and the codings left on them, earlier codebooks, the journal (the new one has
    one entry, "purge"), copies of the store, and the source files, in whose place the present texts are written. None
    of it can be undone. The old store is there, whole, until the new one has been checked.

    Args:
        folder: The study.
        actor: Who does it, for the journal.

    Raises:
        UserError: The store is no file, another program has it open, or a file cannot be written.
    """
    from qualcode.store import Store

    with folder.store() as store:
        if store.path is None:
            raise UserError(
                "The history of a store on a server cannot be purged from here.",
                hint="Copy the study into a new database without its history, with the server's own tools.",
            )
        path = store.path
        number, left = store.number, len(store.left_behind())
        study = store.snapshot(folder.settings, folder.codebook())
        info = store.info()
        recorded = store.codebook_hash()
        codebook_text = store.codebook_text(recorded) if recorded else None
    new = path.with_name(f"{path.name}{UNFINISHED}")
    _remove(new)
    try:
        with Store.create(new) as fresh:
            told = f"{counted(len(study.transcripts), 'transcript')} and {counted(len(study.codings), 'coding')}"
            detail = f"{told}, without what was before"
            with fresh.change(coder=actor, action="purge", detail=detail) as change:
                if codebook_text is not None:
                    change.record_codebook(recorded, codebook_text)
                _fill(change, study, info)
            _check(fresh, folder, study)
        _swap(folder, path, new, number)
    except BaseException:
        _remove(new)
        raise
    removed = _remove_earlier(folder)
    replaced, others = _replace_sources(folder, study)
    return Purged(number, left, tuple(removed), tuple(replaced), tuple(others))


def earlier_files(folder: StudyFolder) -> list[Path]:
    """Return the files beside a store that hold earlier texts: copies, earlier versions, the log of answers."""
    target = folder.store_target
    path = target if isinstance(target, Path) else folder.path / "qualcode.db"
    found = list(path.parent.glob(f"{path.name}.before-*"))
    # Answers of a language model quote the texts as they were.
    found += [folder.path / LOG] if (folder.path / LOG).is_file() else []
    for part in ("snapshots", EARLIER):
        kept = path.parent / part
        found += [one for one in kept.iterdir() if one.is_file()] if kept.is_dir() else []
    return sorted(found)


def _fill(change: Change, study: Study, info: Mapping[str, str]) -> None:
    for case in study.cases:
        change.add_case(case)
    for transcript in study.transcripts:
        change.add_transcript(transcript)
    for coder in study.coders:
        change.put_coder(coder)
    change.add_codings(study.codings)
    for memo in study.memos:
        change.add_memo(memo)
    for relation in study.relations:
        change.add_relation(relation)
    for key, value in info.items():
        change.put_setting(key, value)


def _check(store: Store, folder: StudyFolder, study: Study) -> None:
    """Raise a `StoreError` unless a new store holds all of a study."""
    problems = store.verify()
    copied = store.snapshot(folder.settings, study.codebook)
    first = tuple(replace(transcript, version=1) for transcript in study.transcripts)
    if problems or copied != replace(study, transcripts=first):
        raise StoreError(f"The new store is not the same as the old one; nothing was purged. {'; '.join(problems)}")


def _swap(folder: StudyFolder, path: Path, new: Path, number: int) -> None:
    with folder.store() as store:
        if store.number != number:
            raise StoreError("The study was changed meanwhile. Nothing was purged.", hint="Do it again.")
    # SQLite removes these two when the last program closes the store: one that writes to the old file would lose it.
    if any(Path(f"{path}{ending}").exists() for ending in ("-wal", "-shm")):
        raise StoreError(
            f"Another program has {path} open. Nothing was purged.",
            hint="Close it (qualcode serve, another terminal) and do it again.",
        )
    os.replace(new, path)  # noqa: PTH105


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def _remove_earlier(folder: StudyFolder) -> list[str]:
    removed = []
    for path in earlier_files(folder):
        try:
            path.unlink()
        except OSError as error:
            raise UserError(f"{path} cannot be removed ({error.strerror or error}): it holds earlier texts.") from error
        removed.append(str(path.relative_to(folder.path)) if path.is_relative_to(folder.path) else str(path))
    return removed


def _replace_sources(folder: StudyFolder, study: Study) -> tuple[list[str], list[str]]:
    """Write present texts in place of the files they came from; return those, and files of no transcript."""
    kept = folder.transcripts_path
    if not kept.is_dir():
        return [], []
    replaced = []
    for transcript in study.transcripts:
        source = kept / transcript.source
        if not transcript.source or not source.is_file():
            continue
        write_whole(kept / f"{transcript.name}.txt", transcript.text)
        if source.name != f"{transcript.name}.txt":
            source.unlink()
        replaced.append(source.name)
    known = {f"{transcript.name}.txt" for transcript in study.transcripts}
    others = [
        str(path.relative_to(kept)) for path in sorted(kept.rglob("*")) if path.is_file() and path.name not in known
    ]
    return replaced, others
