"""The one path by which rows are written: each change of a row is in the journal, in the same transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from qualcode.store import schema
from qualcode.store.rows import CHUNK, Key, Row, RowChange, encode_columns, encode_row, key_text, layout


def now() -> str:
    """Return the present time: UTC, ISO 8601 to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Writer:
    """Writes the rows of one change and its journal.

    Args:
        connection: A connection that writes alone (see `engine.writing`).
        coder: Who changes the study; may be empty.
        action: What is done, in a few words ("codings import").
        detail: More about it, for the history.
        undoes: Number of the change that this one takes back.

    Attributes:
        number: Number of the change, from 1; None as long as nothing was written.
        broken: A write failed part of the way, so that the transaction must not be committed.
    """

    def __init__(
        self, connection: Connection, *, coder: str, action: str, detail: str, undoes: int | None = None
    ) -> None:
        self.connection = connection
        self.at = now()
        self.number: int | None = None
        self.broken = False
        self._about = {"coder": coder, "action": action, "detail": detail, "undoes": undoes}
        self._sequence = 0

    def write(self, table: Table, changes: Sequence[RowChange]) -> None:
        """Write changes of rows, in order, and their journal rows.

        Args:
            table: One of `schema.JOURNALLED`.
            changes: The rows; those of the same kind after one another go to the database in one call.

        Raises:
            ValueError: A rule of the schema is broken (a double key, an unknown reference); the change is lost.
        """
        if not changes:
            return
        try:
            number = self._begun()
            for kind, run in groupby(changes, key=_kind):
                self._apply(table, kind, list(run))
            self.connection.execute(
                insert(schema.journal_rows),
                [self._journal_row(number, table, change) for change in changes],
            )
        except IntegrityError as error:
            self.broken = True
            raise ValueError(f"{table.name}: {error.orig}") from error
        except BaseException:
            self.broken = True
            raise

    def describe(self, detail: str) -> None:
        """Set the entry's detail. Until the transaction ends the entry is nobody else's, and not yet history."""
        self._about["detail"] = detail
        if self.number is not None:
            own = schema.journal.c.number == self.number
            self.connection.execute(update(schema.journal).where(own).values(detail=detail))

    def keep_text(self, hash_: str, text: str) -> None:
        """Keep a text under its SHA-256, once and for ever; the journal names it by that hash."""
        known = select(schema.texts.c.hash).where(schema.texts.c.hash == hash_)
        try:
            if self.connection.execute(known).first() is None:
                self.connection.execute(insert(schema.texts), {"hash": hash_, "text": text})
        except BaseException:
            self.broken = True
            raise

    def _begun(self) -> int:
        if self.number is None:
            newest = self.connection.execute(select(func.max(schema.journal.c.number))).scalar()
            self.number = (newest or 0) + 1
            self.connection.execute(
                insert(schema.journal),
                {"number": self.number, "id": uuid.uuid4().hex, "at": self.at, **self._about},
            )
        return self.number

    def _apply(self, table: Table, kind: tuple[str, ...], run: list[RowChange]) -> None:
        if kind[0] == "insert":
            self.connection.execute(insert(table), [change.after or {} for change in run])
            return
        keys = layout(table).keys
        here = and_(*(table.c[name] == bindparam(f"key_{name}") for name in keys))
        values = [{f"key_{name}": part for name, part in zip(keys, change.key, strict=True)} for change in run]
        if kind[0] == "delete":
            self.connection.execute(delete(table).where(here), values)
            return
        for value, change in zip(values, run, strict=True):
            value.update((f"new_{name}", changed) for name, changed in (change.after or {}).items())
        statement = update(table).where(here).values({name: bindparam(f"new_{name}") for name in kind[1:]})
        self.connection.execute(statement, values)

    def _journal_row(self, number: int, table: Table, change: RowChange) -> Row:
        self._sequence += 1
        encode = encode_columns if change.before is not None and change.after is not None else encode_row
        return {
            "number": number,
            "sequence": self._sequence,
            "table_name": table.name,
            "row_key": key_text(change.key),
            "before": None if change.before is None else encode(table, change.before),
            "after": None if change.after is None else encode(table, change.after),
        }


def _kind(change: RowChange) -> tuple[str, ...]:
    if change.before is None:
        return ("insert",)
    if change.after is None:
        return ("delete",)
    return ("update", *sorted(change.after))


def fetch(connection: Connection, table: Table, keys: Sequence[Key]) -> dict[Key, Row]:
    """Return the rows with these primary keys, by key; those that are not there are left out."""
    names = layout(table).keys
    column: Any = table.c[names[0]] if len(names) == 1 else tuple_(*(table.c[name] for name in names))
    columns = [each.name for each in table.columns]
    found: dict[Key, Row] = {}
    for beginning in range(0, len(keys), CHUNK):
        part = keys[beginning : beginning + CHUNK]
        wanted = [key[0] for key in part] if len(names) == 1 else part
        for values in connection.execute(select(table).where(column.in_(wanted))):
            row = dict(zip(columns, values, strict=True))
            found[tuple(row[name] for name in names)] = row
    return found
