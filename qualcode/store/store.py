"""The store of a study: open, read, change, take back, check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, and_, delete, insert, select

from qualcode.counts import counted
from qualcode.errors import StoreError
from qualcode.model import Codebook, Coding, Settings, Study, Transcript
from qualcode.store import checking, copies, engine, reading, schema, upgrade
from qualcode.store import journal as history
from qualcode.store.change import CODEBOOK, Change
from qualcode.store.look import Look, looking_at
from qualcode.store.rows import Key, Row, layout, row_key
from qualcode.store.writing import Writer, now


class Store:
    """A study on disk. Made by `Store.create` and `Store.open`; a context manager that closes itself.

    Reading never waits and sees one moment. Writing is one change at a time, over all programs that have the store
    open; what `change` has committed is on the disk.

    Attributes:
        place: Where it is, as shown in messages: a path, or a URL without its password.
        path: The SQLite file; None on a server.
        read_only: The file or its folder takes no writes; only reading works.
    """

    def __init__(self, database: engine.Database) -> None:
        self._database = database
        self.place = database.place
        self.path = database.path

    @classmethod
    def create(cls, target: Path | str, *, wait: float = engine.WAIT) -> Store:
        """Make a new, empty store.

        Args:
            target: A path, or an SQLAlchemy URL.
            wait: Seconds that a writer waits for another one.

        Raises:
            StoreError: There is something at that place already, its folder is missing or cannot be written, or
                the server cannot be reached.
        """
        database = engine.database(target, wait=wait, new=True)
        if database.path is not None and not database.path.parent.is_dir():
            raise StoreError(f"There is no folder {database.path.parent} for the store.", hint="Make it first.")
        try:
            upgrade.make(database)
            with engine.translated(database):
                database.settle()
        except BaseException:
            database.engine.dispose()
            raise
        return cls(database)

    @classmethod
    def open(cls, target: Path | str, *, wait: float = engine.WAIT) -> Store:
        """Open a store; one that an older version has written is upgraded, and a copy of the file kept beside it.

        Args:
            target: A path, or an SQLAlchemy URL.
            wait: Seconds that a writer waits for another one.

        Raises:
            StoreError: There is no store, it is not one, it is damaged, a newer version has written it, it may not
                be read, or the server cannot be reached.
        """
        database = engine.database(target, wait=wait)
        try:
            upgrade.bring_up_to_date(database)
            with engine.translated(database):
                database.settle()
        except BaseException:
            database.engine.dispose()
            raise
        return cls(database)

    @property
    def read_only(self) -> bool:
        """Whether it can only be read."""
        return self._database.read_only

    def close(self) -> None:
        """Close the connections; what was committed is in the one file then."""
        self._database.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Reading

    def snapshot(self, settings: Settings, codebook: Codebook) -> Study:
        """Return the whole study as it is now, sorted as `Study` says; codings on replaced texts are left out."""
        with engine.reading(self._database) as connection:
            return reading.read_study(connection, settings, codebook)

    @contextmanager
    def look(self) -> Iterator[Look]:
        """Look at parts of the store, all as of one moment.

        Yields:
            What can be asked.

        Raises:
            StoreError: The store cannot be read.
        """
        with looking_at(self._database) as look:
            yield look

    def transcript(self, name: str, version: int | None = None) -> Transcript | None:
        """Return one transcript, current or in the version asked for, or None when there is none."""
        with engine.reading(self._database) as connection:
            return reading.read_transcript(connection, name, version)

    def transcript_hashes(self) -> dict[str, tuple[str, str, int]]:
        """Return (SHA-256 of the source file, SHA-256 of the text, version) of the current transcripts, by name."""
        with engine.reading(self._database) as connection:
            return reading.read_hashes(connection)

    def left_behind(self) -> tuple[tuple[Coding, int], ...]:
        """Return the codings on texts that were replaced, each with the version its positions are valid for."""
        with engine.reading(self._database) as connection:
            return reading.read_left_behind(connection)

    def counts(self) -> dict[str, int]:
        """Return how many there are: cases, transcripts, turns, coders, codings, codings left behind, memos, …"""
        with engine.reading(self._database) as connection:
            return reading.read_counts(connection)

    def coding_counts(self) -> dict[tuple[str, str, str], int]:
        """Return how many codings there are by (coder, stage, status), sorted."""
        with engine.reading(self._database) as connection:
            return reading.read_coding_counts(connection)

    def info(self) -> Mapping[str, str]:
        """Return what `Change.put_setting` has kept about the study, by key."""
        with engine.reading(self._database) as connection:
            return reading.read_info(connection)

    def codebooks(self) -> tuple[reading.RecordedCodebook, ...]:
        """Return the recorded versions of the codebook, oldest first."""
        with engine.reading(self._database) as connection:
            return reading.read_codebooks(connection)

    def codebook_hash(self) -> str:
        """Return the hash of the codebook recorded last (undo goes back to the one before); empty for none."""
        return self.info().get(CODEBOOK, "")

    def codebook_text(self, hash_: str) -> str | None:
        """Return the YAML text of a recorded codebook, or None for an unknown hash."""
        with engine.reading(self._database) as connection:
            return reading.read_codebook_text(connection, hash_)

    @property
    def number(self) -> int:
        """Number of the newest change; 0 before the first."""
        with engine.reading(self._database) as connection:
            return reading.read_number(connection)

    def state(self, number: int | None = None) -> dict[str, dict[Key, Row]]:
        """Return all rows by table and key: as they are, or as they were after a change, by the history.

        Args:
            number: Number of the change; None for now.
        """
        with engine.reading(self._database) as connection:
            if number is None:
                return {
                    name: {row_key(table, row): row for row in map(dict, connection.execute(select(table)).mappings())}
                    for name, table in schema.JOURNALLED.items()
                }
            r = schema.journal_rows
            query = select(r).where(r.c.number <= number).order_by(r.c.number, r.c.sequence)
            return history.replay(connection.execute(query))[0]

    def kept_text(self, hash_: str) -> str:
        """Return a frozen text or codebook file by its SHA-256.

        Raises:
            KeyError: It is not kept.
        """
        with engine.reading(self._database) as connection:
            text = connection.execute(select(schema.texts.c.text).where(schema.texts.c.hash == hash_)).scalar()
        if text is None:
            raise KeyError(hash_)
        return str(text)

    # Changing

    @contextmanager
    def change(
        self, *, action: str, coder: str = "", detail: str = "", based_on: int | None = None
    ) -> Iterator[Change]:
        """Change the study: one transaction, one entry in the journal; none when nothing is written.

        The block commits at its end. Any exception, ctrl-C too, takes everything back.

        Args:
            action: What is done, in a few words ("codings import").
            coder: Who does it.
            detail: More about it, for the history.
            based_on: `number` at the time of the snapshot from which the change was worked out.

        Yields:
            The verbs of the change.

        Raises:
            StoreError: The store is read-only, another program did not finish writing in time, the disk is full, or
                the study has been changed since `based_on`.
            ValueError: See the methods of `Change`.
        """
        if not action or action in (history.UNDO, history.REDO):
            raise ValueError(f"a change cannot be called {action!r}")
        with engine.writing(self._database) as connection:
            _check_unchanged(connection, based_on)
            writer = Writer(connection, coder=coder, action=action, detail=detail)
            yield Change(connection, writer)
            if writer.broken:
                raise RuntimeError("a write of this change failed before, and the error was passed over")

    def undo(self, coder: str = "", *, based_on: int | None = None) -> history.JournalEntry | None:
        """Take back the newest change that stands, whoever made it; any depth, also after closing and opening.

        Args:
            coder: Who does it.
            based_on: As in `change`.

        Returns:
            The new entry (its `origin` is the change taken back), or None when there is nothing to take back.

        Raises:
            StoreError: As in `change`.
        """
        with engine.writing(self._database) as connection:
            _check_unchanged(connection, based_on)
            return history.take_back(connection, coder=coder, action=history.UNDO)

    def redo(self, coder: str = "", *, based_on: int | None = None) -> history.JournalEntry | None:
        """Do again what was taken back last; nothing is left to do again after a new change.

        Args:
            coder: Who does it.
            based_on: As in `change`.

        Returns:
            The new entry (its `origin` is the change done again), or None when there is nothing to do again.

        Raises:
            StoreError: As in `change`.
        """
        with engine.writing(self._database) as connection:
            _check_unchanged(connection, based_on)
            return history.take_back(connection, coder=coder, action=history.REDO)

    def journal(self, limit: int | None = None) -> tuple[history.JournalEntry, ...]:
        """Return the history, newest first.

        Args:
            limit: How many entries; None for all.
        """
        with engine.reading(self._database) as connection:
            return history.read_entries(connection, limit=limit)

    # Safety

    def verify(self) -> list[str]:
        """Return what is wrong with the store, in plain words; empty when nothing is.

        Looks at: the database's own check of its file; texts against their hashes; turns and codings inside their
        texts; references; doubles; and whether the journal, replayed from nothing, gives the present state.
        """
        with engine.reading(self._database) as connection:
            damage = self._database.problems(connection)
            return (
                damage if any(line.startswith("file:") for line in damage) else [*damage, *checking.check(connection)]
            )

    def follow_history(self, coder: str = "") -> int:
        """Set rows that differ from what the journal leads to as it says, in a store that something else has changed.

        Those rows get no rows in the journal, which says already what they should be; that it was done is noted in
        the journal under the setting "mended".

        Returns:
            How many rows were set; 0 also where the journal itself does not fit together.

        Raises:
            StoreError: As in `change`.
        """
        r = schema.journal_rows
        count = 0
        with engine.writing(self._database) as connection:
            told, problems = history.replay(connection.execute(select(r).order_by(r.c.number, r.c.sequence)))
            if problems:
                return 0
            if self.path is not None:
                connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for name, table in schema.JOURNALLED.items():
                present = {row_key(table, row): row for row in map(dict, connection.execute(select(table)).mappings())}
                wrong = [key for key in present.keys() | told[name].keys() if present.get(key) != told[name].get(key)]
                for key in sorted(wrong, key=repr):
                    here = and_(*(table.c[part] == value for part, value in zip(layout(table).keys, key, strict=True)))
                    connection.execute(delete(table).where(here))
                    if key in told[name]:
                        connection.execute(insert(table), [told[name][key]])
                count += len(wrong)
            if count:
                writer = Writer(connection, coder=coder, action="check repair", detail=f"{count} rows")
                Change(connection, writer).put_setting("mended", writer.at)
        return count

    def snapshot_copy(self, reason: str, keep: int = copies.KEPT) -> Path | None:
        """Copy the whole store into the folder `snapshots` beside it, and keep the newest copies only.

        Args:
            reason: What is about to be done.
            keep: How many copies to keep.

        Returns:
            The copy; None on a server, whose copies are made with its own tools.

        Raises:
            StoreError: The folder cannot be written, or the disk is full.
        """
        if self.path is None:
            return None
        try:
            with engine.translated(self._database):
                return copies.make_snapshot(self.path, at=now(), number=self.number, reason=reason, keep=keep)
        except OSError as error:
            raise StoreError(
                f"No copy of {self.place} could be made in {self.path.parent / copies.FOLDER}: {error.strerror}."
            ) from error

    def list_snapshots(self) -> tuple[copies.SnapshotCopy, ...]:
        """Return the copies that were kept, oldest first; none on a server."""
        return () if self.path is None else copies.list_copies(self.path)


def _check_unchanged(connection: Connection, based_on: int | None) -> None:
    newest = reading.read_number(connection)
    if based_on is not None and newest != based_on:
        raise StoreError(
            f"The study has been changed meanwhile ({counted(newest - based_on, 'change')}). Nothing was written.",
            hint="Do it again on the study as it is now.",
        )
