"""Copies of the store: kept before bulk operations, listed, and put back."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.counts import counted
from qualcode.errors import StoreError, UserError
from qualcode.project.folder import STORE, StudyFolder

if TYPE_CHECKING:
    from qualcode.store import SnapshotCopy

BULK = 20
"""So many codings changed at once are a bulk operation, before which a copy of the store is kept."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What going back to a copy did.

    Attributes:
        copy: The copy.
        before: Where the store as it was before is kept.
        replaced: The store could not be opened, and the copy took its place.
        blindness: Who codes blind now and did not, or the other way round, in words.
    """

    copy: SnapshotCopy
    before: Path | None
    replaced: bool
    blindness: tuple[str, ...] = ()


def keep_copy(folder: StudyFolder, action: str, codings: int) -> None:
    """Keep a copy of the store before a bulk operation; the last ten stay.

    Args:
        folder: The study.
        action: What is about to be done.
        codings: How many codings it changes.

    Raises:
        StoreError: The copy cannot be written.
    """
    if codings >= BULK:
        with folder.store() as store:
            store.snapshot_copy(action)


def snapshots(folder: StudyFolder) -> tuple[SnapshotCopy, ...]:
    """Return the copies kept of the store, oldest first; also of a store that cannot be opened."""
    from qualcode.store.copies import list_copies

    return () if folder.settings.store else list_copies(folder.path / STORE)


def restore(folder: StudyFolder, which: int, *, actor: str) -> Restored:
    """Go back to a copy: the study says again what it said then.

    The present store is copied first. Where it can be opened this is a change like any other, which the history shows
    and undo takes back; a store that is damaged is put aside, and the copy takes its place.

    Args:
        folder: The study.
        which: Number of the copy, from 1 for the newest.
        actor: Who does it.

    Raises:
        UserError: There is no such copy, or it cannot be read.
    """
    from qualcode.project.blindness import blindness_changed
    from qualcode.project.codebook_file import record_edits, rewriting
    from qualcode.store import Store

    kept = snapshots(folder)[::-1]
    if not 1 <= which <= len(kept):
        raise UserError(
            f"There is no copy number {which}." if kept else "No copies have been kept yet.",
            hint="Copies are listed by: qualcode restore" if kept else "They are made before bulk operations.",
        )
    chosen = kept[which - 1]
    with tempfile.TemporaryDirectory() as place:
        # A store of its own, so that the copy stays as it is even where it must be upgraded to be read.
        copy = Path(place) / STORE
        shutil.copyfile(chosen.path, copy)
        with Store.open(copy) as old:
            state = old.state()
            hashes = {row["text_hash"] for table in ("transcripts", "codebooks") for row in state[table].values()}
            texts = {hash_: old.kept_text(hash_) for hash_ in hashes}
        try:
            with folder.store() as store:
                study = store.snapshot(folder.settings, folder.codebook())
                damaged = any(line.startswith("file:") for line in store.verify())
                if not damaged:
                    before = store.snapshot_copy("restore")
                    record_edits(folder, store, study.codebook, actor=actor)
                    detail = f"the copy of {chosen.at} ({chosen.reason})"
                    with (
                        rewriting(folder, store),
                        store.change(coder=actor, action="restore", detail=detail) as change,
                    ):
                        change.put_state(state, texts)
                    after = store.snapshot(folder.settings, folder.codebook())
                    return Restored(chosen, before, False, blindness_changed(study.coders, after.coders))
        except StoreError:
            damaged = True
        return _put_in_place(folder, chosen)


def _put_in_place(folder: StudyFolder, chosen: SnapshotCopy) -> Restored:
    store = folder.path / STORE
    number = 1
    while (aside := store.with_name(f"{STORE}.damaged-{number}")).exists():
        number += 1
    new = store.with_name(f"{STORE}.new")
    try:
        shutil.copyfile(chosen.path, new)
        if store.exists():
            store.rename(aside)
        for ending in ("-wal", "-shm"):
            Path(f"{store}{ending}").unlink(missing_ok=True)
        new.replace(store)
    except OSError as error:
        raise UserError(f"The copy cannot be put in place ({error.strerror or error}).") from error
    return Restored(chosen, aside if aside.exists() else None, True)


def repair(folder: StudyFolder, *, actor: str) -> tuple[str, ...]:
    """Mend what can be mended, after keeping a copy; return what was done, one line each.

    Rows that differ from what the history says are set to what it says. Codes that codings have and the codebook has
    not come back from the newest version on record that has them, or are added without a definition.

    Raises:
        UserError: The codebook cannot be read, or the store not be written.
    """
    done: list[str] = []
    with folder.store() as store:
        problems = store.verify()
        if problems:
            store.snapshot_copy("check repair")
            count = store.follow_history(coder=actor)
            if count:
                done.append(f"{counted(count, 'row')} set to what the history says")
    return (*done, *_bring_back_codes(folder, actor))


def _bring_back_codes(folder: StudyFolder, actor: str) -> list[str]:
    from qualcode.codebook import name_from, parse_codebook
    from qualcode.model import Code
    from qualcode.project.analysis import missing_codes
    from qualcode.project.codebook_work import add

    missing = missing_codes(folder.study())
    if not missing:
        return []
    with folder.store() as store:
        texts = [store.codebook_text(version.hash) or "" for version in reversed(store.codebooks())]
    earlier = [parse_codebook(text) for text in texts if text]
    done = []
    for id in missing:
        known = next((book.by_id[id] for book in earlier if id in book.by_id), None)
        made = replace(known, parent="") if known else Code(id, name_from(id), origin="brought back by check --repair")
        add(folder, made, actor=actor)
        where = "from an earlier version" if known else "without a definition"
        done.append(f"code {id!r} was added to the codebook, {where}")
    return done
