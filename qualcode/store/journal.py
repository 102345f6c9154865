"""The history of a study: one entry per change, and what undo and redo would take back.

The journal is only ever added to. Taking a change back is a change too, whose rows are the inverse in reverse order;
doing it again takes back the taking back. So the whole history replays to the present state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, func, select

from qualcode.store.rows import Key, Row, RowChange, decode_columns, decode_row, text_key
from qualcode.store.schema import JOURNALLED, journal, journal_rows
from qualcode.store.writing import Writer

UNDO, REDO = "undo", "redo"
"""Actions of the entries that take back and do again; no other change may call itself so."""

LASTING = frozenset({"purge"})
"""Actions that cannot be taken back, nor what came before them: a purge is there to forget."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One change of a study.

    Attributes:
        number: From 1, without gaps.
        id: The same in every copy of the study (32 hexadecimal digits).
        at: UTC, ISO 8601 to the second.
        coder: Who did it; empty where nobody was named.
        action: What was done ("codings import"); "undo" and "redo" for taking back and doing again.
        detail: More about it; for undo and redo what the change in question was.
        undoes: Number of the entry that this one takes back, or None.
        undone_by: Number of the entry that took this one back, or None.
        origin: Number of the change that an undo or redo is about; its own number for any other.
        taken_back: A change whose effect is not there at present.
        rows: How many rows it touched, by table.
    """

    number: int
    id: str
    at: str
    coder: str
    action: str
    detail: str
    undoes: int | None = None
    undone_by: int | None = None
    origin: int = 0
    taken_back: bool = False
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Stacks:
    """What can be taken back and done again.

    Attributes:
        undo: Numbers of the entries that undo would take back, the next one last.
        redo: Numbers of the entries that redo would take back, the next one last.
        origin: Number of the change that each entry is about, by its number.
        undone_by: Number of the entry that took each one back.
        lasting: Numbers of the entries that cannot be taken back (`LASTING`).
    """

    undo: list[int] = field(default_factory=list)
    redo: list[int] = field(default_factory=list)
    origin: dict[int, int] = field(default_factory=dict)
    undone_by: dict[int, int] = field(default_factory=dict)
    lasting: set[int] = field(default_factory=set)


def stacks(entries: Iterable[tuple[int, str, int | None]]) -> Stacks:
    """Return what can be taken back and done again.

    Args:
        entries: (number, action, undoes) of all entries, in order.
    """
    now = Stacks()
    for number, action, undoes in entries:
        now.origin[number] = number if undoes is None else now.origin[undoes]
        if undoes is None:
            now.redo.clear()
            if action in LASTING:
                now.undo.clear()
                now.lasting.add(number)
            else:
                now.undo.append(number)
            continue
        now.undone_by[undoes] = number
        taken, given = (now.undo, now.redo) if action == UNDO else (now.redo, now.undo)
        taken.pop()
        given.append(number)
    return now


def read_stacks(connection: Connection) -> Stacks:
    """Return what can be taken back and done again in a store."""
    query = select(journal.c.number, journal.c.action, journal.c.undoes).order_by(journal.c.number)
    return stacks((row.number, row.action, row.undoes) for row in connection.execute(query))


def read_entries(connection: Connection, *, limit: int | None = None) -> tuple[JournalEntry, ...]:
    """Return the newest `limit` entries (or all), newest first."""
    query = select(journal).order_by(journal.c.number.desc())
    rows = connection.execute(query if limit is None else query.limit(limit)).all()
    return _entries(connection, rows)


def read_entry(connection: Connection, number: int) -> JournalEntry:
    """Return one entry."""
    return _entries(connection, connection.execute(select(journal).where(journal.c.number == number)).all())[0]


def _entries(connection: Connection, rows: Sequence[Any]) -> tuple[JournalEntry, ...]:
    if not rows:
        return ()
    now = read_stacks(connection)
    standing = {now.origin[number] for number in now.undo} | now.lasting
    numbers = [row.number for row in rows]
    counts: dict[int, dict[str, int]] = {}
    query = (
        select(journal_rows.c.number, journal_rows.c.table_name, func.count())
        .where(journal_rows.c.number.between(min(numbers), max(numbers)))
        .group_by(journal_rows.c.number, journal_rows.c.table_name)
    )
    for number, table, count in connection.execute(query):
        counts.setdefault(number, {})[table] = count
    return tuple(
        JournalEntry(
            number=row.number,
            id=row.id,
            at=row.at,
            coder=row.coder,
            action=row.action,
            detail=row.detail,
            undoes=row.undoes,
            undone_by=now.undone_by.get(row.number),
            origin=now.origin[row.number],
            taken_back=row.undoes is None and row.number not in standing,
            rows=dict(sorted(counts.get(row.number, {}).items())),
        )
        for row in rows
    )


def take_back(connection: Connection, *, coder: str, action: str) -> JournalEntry | None:
    """Write the inverse of the newest change that stands (`UNDO`), or of the newest taking back (`REDO`).

    Returns:
        The new entry, or None when there is nothing to take back.
    """
    now = read_stacks(connection)
    stack = now.undo if action == UNDO else now.redo
    if not stack:
        return None
    target = stack[-1]
    about = connection.execute(select(journal).where(journal.c.number == now.origin[target])).one()
    detail = f"{about.action}: {about.detail}" if about.detail else about.action
    writer = Writer(connection, coder=coder, action=action, detail=detail, undoes=target)
    rows = connection.execute(
        select(journal_rows).where(journal_rows.c.number == target).order_by(journal_rows.c.sequence.desc())
    ).all()
    for name, run in groupby(rows, key=lambda row: row.table_name):
        table = JOURNALLED[name]
        writer.write(table, [inverse(read_change(row)) for row in run])
    if writer.number is None:
        raise ValueError(f"change {target} holds no rows")
    return read_entry(connection, writer.number)


def read_change(row: Any) -> RowChange:
    """Return what a journal row says."""
    table = JOURNALLED[row.table_name]
    key = text_key(table, row.row_key)
    if row.before is not None and row.after is not None:
        return RowChange(key, decode_columns(table, row.before), decode_columns(table, row.after))
    return RowChange(key, decode_row(table, key, row.before), decode_row(table, key, row.after))


def inverse(change: RowChange) -> RowChange:
    """Return the change that takes a change back."""
    return RowChange(change.key, change.after, change.before)


def replay(rows: Iterable[Any]) -> tuple[dict[str, dict[Key, Row]], list[str]]:
    """Build the state that a journal leads to.

    Args:
        rows: All journal rows, in order.

    Returns:
        The rows of each table by key, and what does not fit (a row changed that is not there, …).
    """
    state: dict[str, dict[Key, Row]] = {name: {} for name in JOURNALLED}
    problems: list[str] = []
    for row in rows:
        where = f"journal: change {row.number}, row {row.sequence} ({row.table_name} {row.row_key})"
        try:
            change = read_change(row)
        except (ValueError, KeyError):
            problems.append(f"{where} cannot be read")
            continue
        table = state[row.table_name]
        present = table.get(change.key)
        if change.before is None:
            if present is not None:
                problems.append(f"{where} adds a row that is there already")
            table[change.key] = dict(change.after or {})
        elif present is None:
            problems.append(f"{where} changes a row that is not there")
        elif any(present.get(name) != value for name, value in change.before.items()):
            problems.append(f"{where} does not begin with what the row held")
        elif change.after is None:
            del table[change.key]
        else:
            present.update(change.after)
    return state, problems
