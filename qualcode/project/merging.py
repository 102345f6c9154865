"""Two copies of a study made one: rows by identifier, codebooks by code, in one change that can be undone.

Up to where their histories agree two copies are the same study, and only what each has done since is put together.
After a merge the newest changes of both are noted, so that the next merge of the same two begins there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.counts import counted as numbered
from qualcode.errors import UserError
from qualcode.model import Codebook
from qualcode.project.codebook_file import record_edits, rewriting
from qualcode.project.folder import CODEBOOK, SETTINGS, STORE, StudyFolder

if TYPE_CHECKING:
    from qualcode.store import Store
    from qualcode.store.merging import Conflict, State

ACTION = "merge"


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge.

    Attributes:
        common: Number of our change up to which both histories agree; 0 when they never were one study.
        added: Rows that came from the other copy, by kind.
        removed: Rows that the other copy had removed, by kind.
        changed: Rows that changed, by kind.
        conflicts: What both say differently.
        remarks: What the user should know.
        snapshot: The copy kept before.
    """

    common: int
    added: Mapping[str, int]
    removed: Mapping[str, int]
    changed: Mapping[str, int]
    conflicts: tuple[Conflict, ...]
    remarks: tuple[str, ...]
    snapshot: Path | None

    @property
    def is_nothing(self) -> bool:
        """Whether the other copy held nothing new."""
        return not (self.added or self.removed or self.changed)


def merge_copy(folder: StudyFolder, other: Path | str, *, actor: str, dry_run: bool = False) -> Merged:
    """Take everything of another copy of the study into this one.

    Args:
        folder: This copy.
        other: The other: its store, or its folder.
        actor: Who does it.
        dry_run: Tell, but write nothing.

    Raises:
        UserError: There is no other copy there, or it is this one.
    """
    from qualcode.codebook.rewrite import rewrite
    from qualcode.store import Store

    place, remarks = _place(folder, other)
    with folder.store() as store, Store.open(place) as theirs_store:
        study = store.snapshot(folder.settings, folder.codebook())
        if not dry_run:
            record_edits(folder, store, study.codebook, actor=actor, begin=True)
        number = store.number
        common, base = _base(store, theirs_store)
        ours, theirs = store.state(), theirs_store.state()
        state, book, conflicts = merge_states(base, ours, theirs, lambda hash_: _text(hash_, store, theirs_store))
        heads = {entry.id for each in (store, theirs_store) for entry in each.journal(1)}
        known = set(json.loads(ours["study_info"].get(("merged",), {}).get("value", "[]")))
        counted = _counts(ours, state)
        copy = None
        if any(counted) and not dry_run:
            state["study_info"][("merged",)] = _info("merged", json.dumps(sorted(heads | known | _merged(theirs))))
            file = rewrite(folder.codebook_text(), book) if book and book.hash != study.codebook.hash else None
            copy = store.snapshot_copy(ACTION)
            texts = {hash_: _text(hash_, store, theirs_store) for hash_ in _hashes(state)}
            told = numbered(len(conflicts), "conflict")
            detail = f"{Path(str(other)).name}: {sum(counted[0].values())} added, {told}"
            with (
                rewriting(folder, store),
                store.change(coder=actor, action=ACTION, detail=detail, based_on=number) as change,
            ):
                if book and file:
                    change.record_codebook(book.hash, file.text)
                    for table, key in (("study_info", ("codebook",)), ("codebooks", (book.hash,))):
                        state[table][key] = change.row(table, key)
                change.put_state(state, texts)
    added, removed, changed = counted
    return Merged(common, added, removed, changed, conflicts, remarks, copy)


def merge_states(
    base: State, ours: State, theirs: State, text_of: Any
) -> tuple[State, Codebook | None, tuple[Conflict, ...]]:
    """Return the merged rows, the merged codebook (None where neither has one), and what both say differently.

    The same for either order of the two copies, apart from the history and the layout of the codebook's text.

    Args:
        base: What both had once.
        ours: One copy.
        theirs: The other.
        text_of: Gives a frozen text by its SHA-256.
    """
    from qualcode.codebook import parse_codebook
    from qualcode.codebook.three_way import merge_codebooks
    from qualcode.store.merging import Conflict, join_doubles, merge_rows

    books = []
    for side in (base, ours, theirs):
        row = side["codebooks"].get((side["study_info"].get(("codebook",), {}).get("value", ""),))
        books.append(parse_codebook(text_of(row["text_hash"])) if row else None)
    old, mine, other = books
    # Called alike first, so that a rename is no contradiction.
    renamed = _followed(old, mine, other) if mine and other else {}
    state, found = merge_rows(*(_recoded(side, renamed) for side in (base, ours, theirs)))
    conflicts = [replace(one, what=_one(one.what)) for one in found]
    if mine is None or other is None:
        there = mine or other
        return state, there, tuple(sorted(set(conflicts)))
    used = frozenset(str(renamed.get(row["code"], row["code"])) for row in state["codings"].values())
    book, differences = merge_codebooks(old, mine, other, used)
    conflicts += [Conflict("code", one.code, one.about, one.kept, one.other) for one in differences]
    _recode(state, _names_now(book))
    join_doubles(state)
    state["study_info"][("codebook",)] = _info("codebook", book.hash)
    return state, book, tuple(sorted(set(conflicts)))


def _followed(base: Codebook | None, ours: Codebook, theirs: Codebook) -> dict[str, str]:
    """Return what codes that a side renamed or merged are called now."""
    from qualcode.codebook.difference import follow

    if base is None:
        return {}
    mine, other = follow(base, ours), follow(base, theirs)
    found = {code: max(mine.get(code, ""), other.get(code, "")) for code in mine.keys() | other.keys()}
    for code in mine.keys() & other.keys():
        if mine[code] != other[code]:
            found.setdefault(min(mine[code], other[code]), found[code])

    def end(code: str) -> str:
        seen = {code}
        while code in found and found[code] not in seen:
            code = found[code]
            seen.add(code)
        return code

    return {code: end(code) for code in found}


def _names_now(book: Codebook) -> dict[str, str]:
    """Return what codes that are gone are called now, by the origins of those that are there."""
    from qualcode.codebook.edit import merged_from, was_called

    return {
        was: code.id for code in book.codes for was in (*was_called(code), *merged_from(code)) if was not in book.by_id
    }


def _recoded(state: State, renamed: Mapping[str, str]) -> State:
    copy = {name: dict(rows) for name, rows in state.items()}
    _recode(copy, renamed)
    return copy


def _recode(state: State, renamed: Mapping[str, str]) -> None:
    from qualcode.store.merging import rename_lost

    if not renamed:
        return
    for table, columns in (("codings", ("code",)), ("relations", ("source", "target"))):
        for key, row in list(state[table].items()):
            new = {column: renamed[row[column]] for column in columns if row[column] in renamed}
            if table == "codings" and '"conflict"' in row["evidence"]:
                new["evidence"] = rename_lost({**row, **new}, renamed)
            if new:
                state[table][key] = {**row, **new}
    for key, row in list(state["relations"].items()):
        if row["source"] == row["target"]:
            del state["relations"][key]
    for key, row in list(state["memos"].items()):
        if row["target"] == "code" and row["key"] in renamed:
            state["memos"][key] = {**row, "key": renamed[row["key"]]}


def _place(folder: StudyFolder, other: Path | str) -> tuple[Path | str, tuple[str, ...]]:
    if "://" in str(other):
        return other, ()
    path = Path(other)
    remarks: tuple[str, ...] = ()
    if path.is_dir():
        store = path / STORE
        if (path / SETTINGS).is_file() and (path / CODEBOOK).is_file() and store.is_file():
            remarks = _unrecorded(path)
        path = store
    if not path.is_file():
        raise UserError(
            f"There is no copy of a study at {other}.", hint="Name its folder, or its qualcode.db; both copies stay."
        )
    if not folder.settings.store and path.resolve() == (folder.path / STORE).resolve():
        raise UserError("That is this study itself.")
    return path, remarks


def _unrecorded(path: Path) -> tuple[str, ...]:
    from qualcode.files import read_text
    from qualcode.project.codebook_file import recorded_text
    from qualcode.store import Store

    with Store.open(path / STORE) as store:
        recorded = recorded_text(store)
    if recorded is not None and recorded != read_text(path / CODEBOOK):
        return (f"{path / CODEBOOK} has edits that are not on record there and were not merged (codebook record).",)
    return ()


def _base(store: Store, other: Store) -> tuple[int, State]:
    """Return the number of our change up to which both are one study, and the rows at that point.

    That is the longest common beginning of both histories, or the newest change of one of them that a merge has
    brought into the other, whichever is later.
    """
    from qualcode.store.merging import empty_state

    mine, others = ([(e.number, e.id) for e in reversed(each.journal())] for each in (store, other))
    common = 0
    for (number, id_), (_, other_id) in zip(mine, others, strict=False):
        if id_ != other_id:
            break
        common = number
    have, given = _merged(store.state()), _merged(other.state())
    taken = max((number for number, id_ in others if id_ in have), default=0)
    handed = max((number for number, id_ in mine if id_ in given), default=0)
    if handed > common and handed >= taken:
        return common, store.state(handed)
    if taken > common:
        return common, other.state(taken)
    return common, store.state(common) if common else empty_state()


def _merged(state: State) -> set[str]:
    row = state["study_info"].get(("merged",))
    return set(json.loads(row["value"])) if row else set()


def _info(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": value}


def _text(hash_: str, *stores: Store) -> str:
    for store in stores:
        try:
            return store.kept_text(hash_)
        except KeyError:
            continue
    raise KeyError(hash_)


def _hashes(state: State) -> set[str]:
    return {row["text_hash"] for table in ("transcripts", "codebooks") for row in state[table].values()}


def _counts(before: State, after: State) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    added: dict[str, int] = {}
    removed: dict[str, int] = {}
    changed: dict[str, int] = {}
    for name, rows in after.items():
        if name == "study_info":
            was, now = before[name].get(("codebook",)), rows.get(("codebook",))
            if was != now:
                changed["codebook"] = 1
            others = {key for key in rows.keys() | before[name].keys() if key not in (("codebook",), ("merged",))}
            if any(rows.get(key) != before[name].get(key) for key in others):
                changed["settings"] = 1
            continue
        old = before[name]
        for told, count in (
            (added, len(rows.keys() - old.keys())),
            (removed, len(old.keys() - rows.keys())),
            (changed, sum(rows[key] != old[key] for key in rows.keys() & old.keys())),
        ):
            if count:
                told[name] = count
    return added, removed, changed


def _one(table: str) -> str:
    return {"study_info": "setting"}.get(table, table.removesuffix("s"))
