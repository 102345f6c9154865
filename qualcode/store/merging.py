"""Two copies of a study's rows made one: three-way where they have an ancestor in common, a plain union where not.

Works on rows alone, and gives the same whichever copy is "ours". What both sides changed in different ways is settled
by a fixed rule (the greater value; of statuses rejected before accepted before proposed), listed, and kept: values that
gave way are noted under `conflict` in a coding's evidence, memos keep both texts, transcripts both texts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qualcode.store.rows import Key, Row, key_text, layout, mapping_text, text_mapping
from qualcode.store.schema import JOURNALLED

State = dict[str, dict[Key, Row]]
MERGED = "merged"
"""Key in `study_info` of the ids of the newest changes of all copies that have gone into this one."""
BETWEEN_MEMOS = "\n\n---\n\n"
_STATUS = {"proposed": 0, "accepted": 1, "rejected": 2}
# Columns that are one fact.
_TOGETHER = {
    "codings": {"end": "start", "transcript": "start", "version": "start", "definition_hash": "code"},
}
# Columns that say nothing of their own: when a row was written, in what order.
_SILENT = {"created", "position", "recorded"}


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """What two copies say differently.

    Attributes:
        what: The kind of thing ("coding", "transcript", …).
        key: Which one.
        about: The column or fact.
        kept: What stands now.
        other: What was kept beside it, or gave way.
    """

    what: str
    key: str
    about: str
    kept: str
    other: str


_BRANCH = re.compile(r"(.+)~([0-9a-f]{6})", re.DOTALL)
"""Name of a branch of a transcript."""


def empty_state() -> State:
    """Return a state without rows."""
    return {name: {} for name in JOURNALLED}


def merge_rows(base: State, ours: State, theirs: State) -> tuple[State, list[Conflict]]:
    """Return the rows of both copies made one, and what they say differently.

    Args:
        base: What both had once; empty where they never were one study.
        ours: One copy.
        theirs: The other.
    """
    conflicts: list[Conflict] = []
    ours, theirs = _apart(ours, theirs, conflicts)
    merged = empty_state()
    for name in JOURNALLED:
        if name == "turns":
            merged[name] = _merge_turns(base[name], ours[name], theirs[name], conflicts)
            continue
        for key in sorted(ours[name].keys() | theirs[name].keys() | base[name].keys(), key=repr):
            row = _merge_row(name, key, base[name].get(key), ours[name].get(key), theirs[name].get(key), conflicts)
            if row is not None:
                merged[name][key] = row
    _one_current(merged)
    join_doubles(merged)
    return merged, sorted(set(conflicts))


def _merge_row(
    name: str, key: Key, base: Row | None, ours: Row | None, theirs: Row | None, conflicts: list[Conflict]
) -> Row | None:
    if ours is None or theirs is None:
        there = ours if theirs is None else theirs
        if base is None or there is None:
            return None if there is None else dict(there)
        if _same(there, base):
            return None
        conflicts.append(Conflict(name, key_text(key), "removed", "kept: the other copy changed it", "removed"))
        return dict(there)
    if ours == theirs:
        return dict(ours)
    return _merge_columns(name, key, base or {}, ours, theirs, conflicts)


def _same(one: Row, other: Row) -> bool:
    return all(one[column] == other[column] for column in one if column not in _SILENT)


def _merge_columns(
    name: str, key: Key, base: Mapping[str, Any], ours: Row, theirs: Row, conflicts: list[Conflict]
) -> Row:
    table, groups = JOURNALLED[name], _TOGETHER.get(name, {})
    json_columns = layout(table).json
    row = dict(ours)
    lost: dict[str, list[Any]] = {}
    for column in ours:
        if column in layout(table).keys or column in groups or column in json_columns:
            continue
        columns = [column, *(one for one, head in groups.items() if head == column)]
        mine, other, was = (_values(side, columns) for side in (ours, theirs, base))
        value = _settle(name, column, mine, other, was, key, conflicts, lost)
        row.update(zip(columns, value, strict=True))
    for column in json_columns:
        told, others, old = (text_mapping(side.get(column, "") or "") for side in (ours, theirs, base))
        mapping = _merge_mapping(name, key, column, told, others, old, conflicts)
        if name == "codings" and (lost or "conflict" in told or "conflict" in others):
            mapping = _with_lost(row, mapping, lost, told, others)
        row[column] = mapping_text(mapping)
    return row


def _values(row: Mapping[str, Any], columns: Iterable[str]) -> tuple[Any, ...]:
    return tuple(row.get(column) for column in columns)


def _settle(
    name: str,
    column: str,
    mine: tuple[Any, ...],
    other: tuple[Any, ...],
    was: tuple[Any, ...],
    key: Key,
    conflicts: list[Conflict],
    lost: dict[str, list[Any]],
) -> tuple[Any, ...]:
    if mine == other:
        return mine
    if column in _SILENT:
        return min(mine, other, key=_rank)
    if mine == was:
        return other
    if other == was:
        return mine
    if name == "memos" and column == "text":
        return (_both_texts(mine[0], other[0]),)
    if name == "study_info" and key == (MERGED,):
        return (json.dumps(sorted({*json.loads(mine[0]), *json.loads(other[0])})),)
    kept, gone = (mine, other) if _rank(mine) > _rank(other) else (other, mine)
    if (name, column) != ("study_info", "value") or key != ("codebook",):
        conflicts.append(Conflict(name, key_text(key), column, _shown(kept), _shown(gone)))
    lost.setdefault(column, []).append(list(gone) if len(gone) > 1 else gone[0])
    return kept


def _rank(values: tuple[Any, ...]) -> Any:
    return tuple(f"{_STATUS.get(value, 9)}{json.dumps(value)}" for value in values)


def _shown(values: tuple[Any, ...]) -> str:
    return ", ".join(str(value) for value in values if value not in (None, ""))


def _both_texts(mine: str, other: str) -> str:
    return BETWEEN_MEMOS.join(sorted({*mine.split(BETWEEN_MEMOS), *other.split(BETWEEN_MEMOS)}))


def _merge_mapping(
    name: str,
    key: Key,
    column: str,
    mine: dict[str, Any],
    other: dict[str, Any],
    was: dict[str, Any],
    conflicts: list[Conflict],
) -> dict[str, Any]:
    if mine == other:
        return mine
    # In the order of the old mapping, then by name: the same from either side.
    fields = [*was, *sorted((mine.keys() | other.keys()) - was.keys())]
    value: dict[str, Any] = {}
    for field in fields:
        a, b, o = mine.get(field), other.get(field), was.get(field)
        if field == "conflict" and name == "codings":
            continue
        if field in ("doubles", "codes") and isinstance(a or [], list) and isinstance(b or [], list):
            chosen: Any = sorted({*(a or []), *(b or [])})
        elif a == b or b == o:
            chosen = a
        elif a == o:
            chosen = b
        else:
            first, second = sorted((a, b), key=lambda one: json.dumps(one, sort_keys=True))
            conflicts.append(Conflict(name, key_text(key), f"{column}.{field}", str(second), str(first)))
            chosen = second if second is not None else first
        if chosen is not None and not (chosen == [] and field in ("doubles", "codes")):
            value[field] = chosen
    return value


def _with_lost(
    row: Row, evidence: dict[str, Any], lost: Mapping[str, list[Any]], *sides: Mapping[str, Any]
) -> dict[str, Any]:
    """Note in a coding's evidence which values gave way, without those that stand."""
    found: dict[str, dict[str, Any]] = {}
    for told in (lost, *(side.get("conflict", {}) for side in sides)):
        for column, values in told.items():
            found.setdefault(column, {}).update((json.dumps(value), value) for value in values)
    groups = _TOGETHER["codings"]
    noted = {}
    for column, values in sorted(found.items()):
        columns = [column, *(one for one, head in groups.items() if head == column)]
        stands = [row.get(one) for one in columns]
        values.pop(json.dumps(stands if len(stands) > 1 else stands[0]), None)
        if values:
            noted[column] = [values[text] for text in sorted(values)]
    return {**evidence, "conflict": noted} if noted else evidence


def rename_lost(row: Row, renamed: Mapping[str, str]) -> str:
    """Return a coding's evidence in which the codes that gave way are called as they are now."""
    evidence = text_mapping(row["evidence"])
    told = evidence.pop("conflict", {})
    codes = [[renamed.get(code, code), *more] for code, *more in told.get("code", [])]
    lost = {**told, "code": codes} if codes else told
    return mapping_text(_with_lost(row, evidence, lost))


def _merge_turns(
    base: dict[Key, Row], ours: dict[Key, Row], theirs: dict[Key, Row], conflicts: list[Conflict]
) -> dict[Key, Row]:
    """Merge the turns of each text as one thing, so that those of two sides are never mixed."""
    groups: dict[Key, list[dict[Key, Row]]] = {}
    for side, rows in enumerate((base, ours, theirs)):
        for key, row in rows.items():
            groups.setdefault(key[:2], [{}, {}, {}])[side][key] = row
    merged: dict[Key, Row] = {}
    for text, (was, mine, other) in sorted(groups.items()):
        if not mine or not other:
            chosen = mine or other
        elif mine == other or other == was:
            chosen = mine
        elif mine == was:
            chosen = other
        elif _layout(mine) == _layout(other):
            chosen = {
                key: _merge_columns("turns", key, was.get(key, {}), mine[key], other[key], conflicts) for key in mine
            }
        else:
            first, chosen = sorted(
                (mine, other), key=lambda rows: json.dumps([list(r.values()) for r in rows.values()])
            )
            told = Conflict("turns", key_text(text), "division", f"{len(chosen)} turns", f"{len(first)} turns")
            conflicts.append(told)
        merged.update(chosen)
    return merged


def _layout(rows: dict[Key, Row]) -> list[tuple[Any, ...]]:
    return sorted((key, row["start"], row["end"]) for key, row in rows.items())


def _apart(ours: State, theirs: State, conflicts: list[Conflict]) -> tuple[State, State]:
    """Give a branch of a transcript another name where both sides have different texts under one name and version.

    Which branch keeps the name is decided where they part, whatever came after, and the other's new name tells the way
    there and nothing else: so it does not matter in what order several copies are put together.
    """
    waiting = sorted({key[0] for key in ours["transcripts"]} & {key[0] for key in theirs["transcripts"]})
    while waiting:
        name = waiting.pop(0)
        mine, other = _versions(ours, name), _versions(theirs, name)
        differing = [one for one in mine.keys() & other.keys() if mine[one] != other[one]]
        if not differing:
            continue
        parted = min(differing)
        loser_is_ours = mine[parted] < other[parted]
        gone = mine if loser_is_ours else other
        new = _branch(name, gone, parted)
        moved = _renamed(
            ours if loser_is_ours else theirs, name, new, {version for version in gone if version >= parted}
        )
        ours, theirs = (moved, theirs) if loser_is_ours else (ours, moved)
        conflicts.append(Conflict("transcript", name, "text", name, new))
        # Both may have this branch, and part again on it.
        waiting.append(new)
    return ours, theirs


def _branch(name: str, versions: Mapping[int, str], parted: int) -> str:
    """Return the name of a branch of a transcript: the transcript's, and six digits of a hash of the way there."""
    root, mark = name, ""
    way = [version for version in sorted(versions) if version <= parted]
    if found := _BRANCH.fullmatch(name):
        # The mark of a branch tells the way to the beginning of it already.
        root, mark = found.groups()
        way = way[1:] or way
    for version in way:
        mark = hashlib.sha256(f"{mark}\0{version}\0{versions[version]}".encode()).hexdigest()[:6]
    return f"{root}~{mark}"


def _versions(state: State, name: str) -> dict[int, str]:
    """Return the hashes of a transcript's texts by version."""
    return {key[1]: row["text_hash"] for key, row in state["transcripts"].items() if key[0] == name}


def _renamed(state: State, old: str, new: str, versions: set[int]) -> State:
    """Return a state in which some versions of a transcript, and all that is on them, have another name."""
    moved = {name: dict(rows) for name, rows in state.items()}
    for table, column in (("transcripts", "name"), ("turns", "transcript")):
        for key in list(moved[table]):
            if key[0] == old and key[1] in versions:
                row = moved[table].pop(key)
                moved[table][new, *key[1:]] = {**row, column: new}
    for key, row in moved["codings"].items():
        if row["transcript"] == old and row["version"] in versions:
            row = {**row, "transcript": new}
        moved["codings"][key] = _lost_places_renamed(row, old, new, versions)
    # The text that both had before is the newest of that name again, unless the other side has a newer one.
    left = [key for key in moved["transcripts"] if key[0] == old]
    if left:
        newest = max(left)
        moved["transcripts"][newest] = {**moved["transcripts"][newest], "current": True}
    return moved


def _lost_places_renamed(row: Row, old: str, new: str, versions: set[int]) -> Row:
    """Return a coding in whose evidence the places that gave way have the new name, too."""
    if '"conflict"' not in row["evidence"]:
        return row
    evidence = text_mapping(row["evidence"])
    told = evidence.pop("conflict", {})
    places = [
        [start, end, new if transcript == old and version in versions else transcript, version]
        for start, end, transcript, version in told.get("start", [])
    ]
    lost = {**told, "start": places} if places else told
    return {**row, "evidence": mapping_text(_with_lost(row, evidence, lost))}


def _one_current(state: State) -> None:
    """Let only the newest version of each transcript be the current one."""
    newest: dict[str, int] = {}
    for name, version in state["transcripts"]:
        newest[name] = max(version, newest.get(name, 0))
    for key, row in state["transcripts"].items():
        if row["current"] != (newest[key[0]] == key[1]):
            state["transcripts"][key] = {**row, "current": newest[key[0]] == key[1]}


def join_doubles(state: State) -> None:
    """Keep one of codings, and one of relations, that say the same; memos on one that goes follow."""
    kept = _unique(state["codings"], ("transcript", "version", "start", "end", "code", "coder", "stage"), _best)
    for id_, heads in kept.items():
        # The one that stands names those that it stands for, and those they stood for.
        head = state["codings"][(heads,)]
        gone = state["codings"].pop((id_,))
        evidence, other = text_mapping(head["evidence"]), text_mapping(gone["evidence"])
        doubles = {*evidence.get("doubles", []), *other.get("doubles", []), id_} - {heads}
        evidence = {**evidence, "doubles": sorted(doubles)}
        state["codings"][(heads,)] = {**head, "evidence": mapping_text(evidence)}
    for key, row in state["memos"].items():
        if row["target"] == "coding" and row["key"] in kept:
            state["memos"][key] = {**row, "key": kept[row["key"]]}
    for id_ in _unique(state["relations"], ("source", "kind", "target", "coder"), lambda row: row["id"]):
        del state["relations"][(id_,)]


def _best(row: Row) -> Any:
    return (-_STATUS[row["status"]], row["created"], row["id"])


def _unique(rows: Mapping[Key, Row], columns: tuple[str, ...], order: Callable[[Row], Any]) -> dict[str, str]:
    """Return by id of a row that says what another says the id of the one that stands for it."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows.values():
        groups.setdefault(_values(row, columns), []).append(row)
    kept: dict[str, str] = {}
    for alike in groups.values():
        if len(alike) > 1:
            first, *others = sorted(alike, key=order)
            kept.update((row["id"], first["id"]) for row in others)
    return kept
