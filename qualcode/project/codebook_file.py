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
from qualcode.errors import StoreError, UserError
from qualcode.files import write_whole
from qualcode.model import Codebook, Coder, Study
from qualcode.project.blindness import blindness_changed, is_blind, is_looker_unknown
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
    on_record = _on_record(store)
    return None if on_record is None else on_record[1]


def _on_record(store: Store) -> tuple[str, str] | None:
    """Return hash and text of the codebook as the store has it now, or None where it has none."""
    hash_ = store.codebook_hash()
    text = store.codebook_text(hash_) if hash_ else None
    return None if text is None else (hash_, text)


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
        UserError: The file is an earlier version than the study's, and codings have codes that it does not know; or
            it was changed since the codebook was read from it.
    """
    # In this order: a change of both is marked first, then written to the store, then to the file.
    on_record = _on_record(store)
    while (folder.path / UNFINISHED).exists() and not store.read_only:
        settle(folder, store)
        on_record = _on_record(store)
    text = folder.codebook_text()
    _refuse_stale(codebook, text, on_record)
    recorded = None if on_record is None else on_record[1]
    if text == recorded or (recorded is None and not begin):
        return 0
    _refuse_older(store, codebook, recorded)
    detail = _edit_detail(recorded, codebook)
    action = BEGUN if recorded is None else EDITED
    with store.change(coder=actor, action=action, detail=detail) as change:
        if change.codebook() != on_record:
            raise _changed_meanwhile()
        change.record_codebook(codebook.hash, text)
    return 1


def _refuse_stale(codebook: Codebook, text: str, recorded: tuple[str, str] | None) -> None:
    """Refuse to work with a codebook that is not what the file holds.

    Args:
        codebook: As it was read.
        text: What the file holds.
        recorded: Hash and text of the codebook on record: where both are those in hand, nothing need be read again.
    """
    from qualcode.codebook import parse_codebook

    if recorded != (codebook.hash, text) and parse_codebook(text, path=CODEBOOK).hash != codebook.hash:
        raise _changed_meanwhile()


def _changed_meanwhile() -> StoreError:
    return StoreError(
        "The codebook has been changed meanwhile. Nothing was written.", hint="Do it again on the study as it is now."
    )


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
        StoreError: See `Store.change`; or another program has changed the codebook since the study was read.
    """
    with folder.store() as store:
        written = record_edits(folder, store, study.codebook, actor=coder)
        number = None if based_on is None else based_on + written
        with store.change(coder=coder, action=action, detail=detail, based_on=number) as change:
            keep_on_record(change, study.codebook, folder.codebook_text())
            yield change


def keep_on_record(change: Change, codebook: Codebook, text: str) -> None:
    """Put the study's first codebook on record within a change that needs it; refuse where it is not the one on record.

    Edits by hand were recorded before (`record_edits`): a difference now is another program's doing, in the middle of
    renaming a code, say. Recording the codebook in hand would take that back, but not what became of the codings.

    Args:
        change: The change.
        codebook: As it was read.
        text: What the file holds.

    Raises:
        StoreError: Another program has changed the codebook meanwhile.
    """
    recorded = change.codebook()
    if recorded is not None and recorded[1] != text:
        raise _changed_meanwhile()
    _refuse_stale(codebook, text, recorded)
    # Where it is on record already, this changes nothing (but the hash, if an older version reckoned it otherwise).
    change.record_codebook(codebook.hash, text)


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
    # If another program keeps the store busy, the mark stays, and whoever comes next writes the file.
    with suppress(StoreError), store.change(action="codebook settle"):
        now = recorded_text(store)
        if now is not None and now != before:
            write_whole(folder.codebook_path, now)
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
        try:
            marked = place.read_text("utf-8")
        except FileNotFoundError:
            return
        text = folder.codebook_text() if folder.codebook_path.exists() else ""
        recorded = recorded_text(store)
        if recorded is not None and text != recorded and _digest(text) == marked:
            write_whole(folder.codebook_path, recorded)
        place.unlink(missing_ok=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What undo or redo did.

    Attributes:
        entry: The new entry of the history, or None when there was nothing to do.
        codebook: Whether the codebook's file was written anew.
        blindness: Who codes blind now and did not, or the other way round, in words.
        told: What it was and, if somebody else had done it, who; without details that must not be shown.
    """

    entry: JournalEntry | None
    codebook: bool = False
    blindness: tuple[str, ...] = ()
    told: str = ""


def take_back(folder: StudyFolder, *, actor: str, again: bool = False, named: bool = True) -> TakenBack:
    """Take back the newest change, or do again what was taken back last; the codebook's file follows.

    Args:
        folder: The study.
        actor: Who does it.
        again: Redo.
        named: See `qualcode.project.blindness.need_looker`.

    Raises:
        UserError: The file holds edits that the history does not know, and would be written over; or the actor codes
            blind, and the change is somebody else's.
        StoreError: See `Store.undo`.
    """
    with folder.store() as store:
        about, number, maker = _next_action(store, again)
        everybody = _coders(store)
        if about and maker != actor and any(one.name == actor and is_blind(one) for one in everybody):
            raise _not_their_own(actor, about, maker, again)

        def told(entry: JournalEntry | None) -> str:
            shown = entry is not None and not is_looker_unknown(everybody, actor, named=named)
            by = f" (by {maker})" if maker not in ("", actor) else ""
            return f"{entry.detail if entry is not None and shown else about}{by}"

        def action(actor: str) -> JournalEntry | None:
            return (store.redo if again else store.undo)(actor, based_on=number)

        def blindness() -> tuple[str, ...]:
            return blindness_changed(everybody, _coders(store)) if about.startswith(CHANGES_CODERS) else ()

        if not about.startswith(CHANGES_FILE):
            entry = action(actor)
            return TakenBack(entry, blindness=blindness(), told=told(entry))
        before = recorded_text(store)
        if before is not None and folder.codebook_text() != before:
            raise UserError(
                f"{CODEBOOK} was edited since, and this would write over it.",
                hint="Put your edits on record first with 'qualcode codebook record'; undo takes those back first.",
            )
        with rewriting(folder, store):
            entry = action(actor)
        return TakenBack(entry, recorded_text(store) not in (None, before), blindness(), told(entry))


def _not_their_own(actor: str, about: str, maker: str, again: bool) -> UserError:
    which, verb = ("change taken back last", "redo") if again else ("newest change", "undo")
    by = f" by {maker}" if maker else ""
    return UserError(
        f"{actor} codes blind, and the {which} ({about}{by}) is somebody else's: {verb} would show what it was.",
        hint=f"Leave it to {maker or 'somebody else'}. To end blindness, on record: "
        f"qualcode coders add {actor} --not-blind",
    )


def history_seen_by(
    folder: StudyFolder, coder: str, limit: int | None = None, *, named: bool = True
) -> tuple[tuple[JournalEntry, ...], str]:
    """Return the history, newest first, without details that a coder must not see, and why any are missing.

    Args:
        folder: The study.
        coder: Who looks.
        limit: How many entries; None for all.
        named: See `qualcode.project.blindness.need_looker`.

    Returns:
        (entries; empty, or why details are missing).
    """
    with folder.store() as store:
        entries, coders = store.journal(limit), _coders(store)
    why = ""
    if any(one.name == coder and is_blind(one) for one in coders):
        why = "Blind: details of what others did are hidden."
    elif is_looker_unknown(coders, coder, named=named):
        blind = " and ".join(one.name for one in coders if is_blind(one))
        why = f"Details are hidden: {blind} must not see them, and nobody says who looks (--by NAME)."
    if why:
        entries = tuple(entry if entry.coder == coder else replace(entry, detail="") for entry in entries)
    return entries, why


def _coders(store: Store) -> tuple[Coder, ...]:
    with store.look() as look:
        return look.coders()


def _next_action(store: Store, again: bool) -> tuple[str, int, str]:
    """Return what undo (or redo) is about.

    Returns:
        (what the change is called, empty where there is none; number of the newest; who made the change).
    """
    from qualcode.store.journal import stacks

    with store.look() as look:
        history, newest = look.history(), look.number()
    found = stacks(history)
    stack = found.redo if again else found.undo
    if not stack:
        return "", newest, ""
    origin = found.origin[stack[-1]]
    # It is among the newest, as a rule.
    near = (entry for limit in (50, None) for entry in store.journal(limit))
    change = next(entry for entry in near if entry.number == origin)
    return change.action, newest, change.coder
