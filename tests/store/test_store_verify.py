"""Damage that a check must find: each made behind the store's back."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from store_examples import code, coding, fill

from qualcode.errors import StoreError
from qualcode.store import Store

DAMAGE = {
    "the frozen text is not what it was": "UPDATE texts SET text = replace(text, 'known', 'knowm')",
    "text and hash do not agree": "UPDATE texts SET text = replace(text, 'known', 'knowm')",
    "characters, not": "UPDATE transcripts SET length = length + 1",
    "is outside its text": 'UPDATE codings SET "end" = 1000',
    "the same as coding": 'UPDATE codings SET start = 24, "end" = 29',
    "unknown status 'maybe'": "UPDATE codings SET status = 'maybe'",
    "differs from the history in status": "UPDATE codings SET status = 'rejected'",
    "is there, but not by the history": "INSERT INTO coders VALUES ('ghost', 'person', '')",
    "is not there, but should be by the history": "DELETE FROM codings WHERE id = 'a'",
    "is outside the text": 'UPDATE turns SET "end" = 1000 WHERE number = 2',
    "the time at 999 is out of order or outside": "UPDATE transcripts SET moments = '{\"999\":1.0}'",
    "before the turn above it ends": 'UPDATE turns SET "end" = 25 WHERE number = 1',
    "2 versions are the current one": """INSERT INTO transcripts
        SELECT name, 2, current, case_name, text_hash, length, language, format, source, source_hash, attributes,
            moments
        FROM transcripts WHERE name = 'alpha'""",
    "refers to coders nobody": "UPDATE codings SET coder = 'nobody'",
    "without gaps": "UPDATE journal SET number = 7 WHERE number = 2",
    "takes back what was not there": "UPDATE journal SET undoes = 1, action = 'redo' WHERE number = 2",
    "cannot be read": "UPDATE journal_rows SET after = '{' WHERE number = 2",
    "changes a row that is not there": "UPDATE journal_rows SET before = after WHERE number = 2",
    "does not begin with what the row held": 'UPDATE journal_rows SET before = \'{"status":"x"}\' WHERE number = 3',
}


@pytest.mark.parametrize(("told", "statement"), DAMAGE.items(), ids=DAMAGE.keys())
def test_damage_is_found(file_store: Store, told: str, statement: str) -> None:
    """Each kind of damage is told in words."""
    fill(file_store)
    code(file_store, coding("[known]", id="a"), coding("[matters]", id="b"))
    with file_store.change(action="status") as change:
        change.set_status(["b"], "proposed")
    assert file_store.verify() == []
    assert file_store.path is not None
    with closing(sqlite3.connect(file_store.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(statement)
    assert any(told in problem for problem in file_store.verify()), file_store.verify()


def test_a_torn_file_is_found(file_store: Store) -> None:
    """Rubbish in the middle of the file is damage of the file, told with what to do."""
    fill(file_store)
    code(file_store, *(coding("[known]", f"code-{number}") for number in range(300)))
    path = file_store.path
    assert path is not None
    file_store.close()
    data = bytearray(path.read_bytes())
    for page in range(4, len(data) // 4096, 3):
        data[page * 4096 : page * 4096 + 2048] = b"\xff" * 2048
    path.write_bytes(data)
    try:
        with Store.open(path) as store:
            problems = store.verify()
    except StoreError as error:
        problems = [str(error)]
    assert any("file:" in problem or "is damaged" in problem for problem in problems), problems
