"""A case under another name, through all that refers to it."""

from __future__ import annotations

from sqlalchemy import select

from qualcode.store import schema
from qualcode.store.change import Change
from qualcode.store.rows import RowChange


def rename_case(change: Change, old: str, new: str) -> None:
    """Give a case another name, in all versions of its transcripts and in memos about it.

    Args:
        change: The change that it is part of.
        old: Its name.
        new: Its name from then on.

    Raises:
        ValueError: There is no case of the old name, or one of the new name already.
    """
    row = change._row(schema.cases, old)
    if row is None or not new or change._row(schema.cases, new) is not None:
        raise ValueError(f"case {old!r} cannot be called {new!r}")
    # References are moved between adding the one row and removing the other, so that none is ever broken.
    change._add(schema.cases, [row | {"name": new}])
    connection = change._connection
    t, m = schema.transcripts, schema.memos
    for transcript in connection.execute(select(t).where(t.c.case_name == old)).mappings().all():
        change._put(t, dict(transcript), dict(transcript) | {"case_name": new})
    for memo in connection.execute(select(m).where(m.c.target == "case", m.c.key == old)).mappings().all():
        change._put(m, dict(memo), dict(memo) | {"key": new})
    change._writer.write(schema.cases, [RowChange((old,), row, None)])
