"""The codebook in its file and in the store, kept the same through edits by hand, operations, undo and interruptions.

A person edits `codebook.yaml`; the store records each version that it meets. An operation on codes commits to the
store first and writes the file from it afterwards. In between a mark lies in the folder, which says what the file
held before: whoever opens the study next and finds the mark writes the file from the store, unless a person has
edited it since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qualcode.counts import counted
from qualcode.errors import UserError
from qualcode.files import write_whole
from qualcode.model import Codebook, Coder, Study
from qualcode.project.blindness import blindness_changed, is_blind
from qualcode.project.folder import CODEBOOK, UNFINISHED, StudyFolder

if TYPE_CHECKING:
    from qualcode.store import Change, JournalEntry, Store

EDITED, BEGUN = "codebook edit", "codebook begin"
CHANGES_FILE = ("codebook", "merge", "restore")
"""How the actions begin whose undo and redo change the codebook's file too."""
CHANGES_CODERS = ("coder", "merge", "restore")
"""How the actions begin whose undo and redo may change who codes blind."""


def recorded_text(store: Store) -> str | None:
    """Return the text of the codebook as the store has it now, or None where it has none."""
    hash_ = store.codebook_hash()
    return store.codebook_text(hash_) if hash_ else None


def record_edits(folder: StudyFolder, store: Store, codebook: Codebook, *, actor: str, begin: bool = False) -> int:
    """Record what a person has done to the file since the store last met it, as a change of its own.

    So that taking back an import never takes back an edit made before it.

    Args:
        folder: The study's folder.
        store: Its store.
        codebook: The codebook in the file.
        actor: Who works now.
        begin: Record the first version too, which else becomes part of the change that needs it.

    Returns:
        How many changes were written: 0 or 1.

    Raises:
        UserError: The file is an earlier version than the study's, and codings have codes that it does not know.
    """
    text, recorded = folder.codebook_text(), recorded_text(store)
    if text == recorded or (recorded is None and not begin):
        return 0
    _refuse_older(store, codebook, recorded)
    detail = _edit_detail(recorded, codebook)
    action = BEGUN if recorded is None else EDITED
    with store.change(coder=actor, action=action, detail=detail) as change:
        change.record_codebook(codebook.hash, text)
    return 1


def _refuse_older(store: Store, codebook: Codebook, recorded: str | None) -> None:
    older = {version.hash for version in store.codebooks()} - {store.codebook_hash()}
    if recorded is None or codebook.hash not in older:
        return
    from qualcode.codebook import parse_codebook

    latest = parse_codebook(recorded).by_id
    with store.look() as look:
        unknown = set(look.codes()) - set(codebook.by_id)
    if lost := sorted(unknown & set(latest)):
        raise UserError(
            f"{CODEBOOK} is an earlier version than the study's: codings have codes that it does not know "
            f"({', '.join(lost[:5])}{' …' if len(lost) > 5 else ''}).",
            hint="Take the study's version: qualcode codebook restore. Or take changes back: qualcode undo.",
        )


def _edit_detail(recorded: str | None, codebook: Codebook) -> str:
    if recorded is None:
        return counted(len(codebook.codes), "code")
    from qualcode.codebook import parse_codebook
    from qualcode.codebook.difference import codebook_difference

    found = codebook_difference(parse_codebook(recorded), codebook)
    counts: dict[str, int] = {}
    for one in found:
        counts[one.change] = counts.get(one.change, 0) + 1
    return ", ".join(f"{count} {change}" for change, count in sorted(counts.items())) or "layout and remarks"


@contextmanager
def changing(
    folder: StudyFolder, study: Study, *, action: str, coder: str, detail: str = "", based_on: int | None = None
) -> Iterator[Change]:
    """Change the study, with the codebook as it is in the file on record.

    Args:
        folder: The study's folder.
        study: The study as read, with the codebook in the file.
        action: See `Store.change`.
        coder: Who does it.
        detail: See `Store.change`.
        based_on: See `Store.change`.

    Raises:
        UserError: See `record_edits`.
        StoreError: See `Store.change`.
    """
    with folder.store() as store:
        written = record_edits(folder, store, study.codebook, actor=coder)
        number = None if based_on is None else based_on + written
        with store.change(coder=coder, action=action, detail=detail, based_on=number) as change:
            change.record_codebook(study.codebook.hash, folder.codebook_text())
            yield change


@contextmanager
def rewriting(folder: StudyFolder, store: Store) -> Iterator[None]:
    """Write the codebook's file from the store when the block has changed it there; survives an interruption."""
    before = recorded_text(store)
    mark(folder)
    try:
        yield
    except BaseException:
        # Committed or not is not known here: `settle` looks, and if it cannot now, whoever comes next does.
        with suppress(UserError):
            settle(folder, store)
        raise
    _write(folder, store, before)
    (folder.path / UNFINISHED).unlink(missing_ok=True)


def mark(folder: StudyFolder) -> None:
    """Say that the codebook is about to change in store and file together, and what the file holds now."""
    write_whole(folder.path / UNFINISHED, _digest(folder.codebook_text()))


def settle(folder: StudyFolder, store: Store | None = None) -> None:
    """Finish a change of the codebook that was interrupted after the store and before the file was written.

    Raises:
        StoreError: Another program is in the middle of a change and does not finish.
    """
    if store is None:
        with folder.store() as opened:
            settle(folder, opened)
        return
    place = folder.path / UNFINISHED
    if store.read_only or not place.exists():
        return
    # Alone among writers: whoever made the mark has finished or is no more.
    with store.change(action="codebook settle"):
        if not place.exists():
            return
        text = folder.codebook_text() if folder.codebook_path.exists() else ""
        recorded = recorded_text(store)
        if recorded is not None and text != recorded and _digest(text) == place.read_text("utf-8"):
            write_whole(folder.codebook_path, recorded)
        place.unlink(missing_ok=True)


def _write(folder: StudyFolder, store: Store, before: str | None) -> bool:
    now = recorded_text(store)
    if now is None or now == before:
        return False
    write_whole(folder.codebook_path, now)
    return True


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What undo or redo did.

    Attributes:
        entry: The new entry of the history, or None when there was nothing to do.
        codebook: Whether the codebook's file was written anew.
        blindness: Who codes blind now and did not, or the other way round, in words.
    """

    entry: JournalEntry | None
    codebook: bool = False
    blindness: tuple[str, ...] = ()


def take_back(folder: StudyFolder, *, actor: str, again: bool = False) -> TakenBack:
    """Take back the newest change, or do again what was taken back last; the codebook's file follows.

    Args:
        folder: The study.
        actor: Who does it.
        again: Redo.

    Raises:
        UserError: The file holds edits that the history does not know, and would be written over.
        StoreError: See `Store.undo`.
    """
    with folder.store() as store:
        action = store.redo if again else store.undo
        about = _next_action(store, again)
        coders = _coders(store) if about.startswith(CHANGES_CODERS) else ()

        def blindness() -> tuple[str, ...]:
            return blindness_changed(coders, _coders(store)) if about.startswith(CHANGES_CODERS) else ()

        if not about.startswith(CHANGES_FILE):
            return TakenBack(action(actor), blindness=blindness())
        before = recorded_text(store)
        if before is not None and folder.codebook_text() != before:
            raise UserError(
                f"{CODEBOOK} was edited since, and this would write over it.",
                hint="Put your edits on record first with 'qualcode codebook record'; undo takes those back first.",
            )
        with rewriting(folder, store):
            entry = action(actor)
        return TakenBack(entry, recorded_text(store) not in (None, before), blindness())


def history_seen_by(folder: StudyFolder, coder: str, limit: int | None = None) -> tuple[tuple[JournalEntry, ...], bool]:
    """Return the history, newest first, without details of what others did if the coder codes blind, and whether so.

    Args:
        folder: The study.
        coder: Who looks.
        limit: How many entries; None for all.
    """
    with folder.store() as store:
        entries = store.journal(limit)
        blind = any(one.name == coder and is_blind(one) for one in _coders(store))
    if blind:
        entries = tuple(entry if entry.coder == coder else replace(entry, detail="") for entry in entries)
    return entries, blind


def _coders(store: Store) -> tuple[Coder, ...]:
    with store.look() as look:
        return look.coders()


def _next_action(store: Store, again: bool) -> str:
    """Return what the change is called that undo (or redo) is about; empty where there is none."""
    from qualcode.store.journal import stacks

    with store.look() as look:
        history = look.history()
    found = stacks(history)
    stack = found.redo if again else found.undo
    return next(action for number, action, _ in history if number == found.origin[stack[-1]]) if stack else ""
