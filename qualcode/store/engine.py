"""Connections and transactions: the one place where SQLite and PostgreSQL differ."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from qualcode.errors import StoreError

# SQLAlchemy is imported where an engine is needed: commands that only look (see `look`) do without it on a file.
if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

WAIT = 10.0
"""Seconds that a writer waits for another one to finish."""

# Says to every qualcode on a server: the schema is being made or upgraded (any fixed number does).
_SCHEMA_LOCK = 0x7175616C


class Database(Protocol):
    """A database that a store can be kept in.

    Attributes:
        engine: Where connections come from.
        place: As shown in messages: a path, or a URL without its password.
        path: The file, for a database that is one; else None.
        read_only: Known to take no writes.
        no_space: That is so because the disk is full.
    """

    place: str
    path: Path | None
    read_only: bool
    no_space: bool

    @property
    def engine(self) -> Engine:
        """Where connections come from."""

    def settle(self) -> None:
        """Do what a database needs once, after it is known to hold a study."""

    def begin_writing(self, connection: Connection, *, schema: bool = False) -> None:
        """Begin a transaction that no other writer shares; waits for one that writes now.

        Args:
            connection: A connection without a transaction.
            schema: The tables themselves are written, and may not be there yet.
        """

    def begin_reading(self, connection: Connection) -> None:
        """Begin a transaction that sees one moment, whatever others write meanwhile."""

    def problems(self, connection: Connection) -> list[str]:
        """Return what the database itself finds wrong with its file."""

    def error(self, error: Exception) -> StoreError | None:
        """Return what an error of the driver means to the user, or None when it is a bug."""


def database(target: Path | str, *, wait: float = WAIT, new: bool = False) -> Database:
    """Return the database that a target names, not yet looked into.

    Args:
        target: A path, or an SQLAlchemy URL.
        wait: Seconds to wait for another writer.
        new: Make the SQLite file when it is not there.

    Raises:
        StoreError: The target is no URL of a kind that can be used.
    """
    if isinstance(target, Path) or "://" not in target:
        return SqliteFile(Path(target), wait=wait, new=new)
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(target)
    except ArgumentError:
        raise StoreError(f"{target!r} is not the URL of a database.", hint=_URL_HINT) from None
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise StoreError("A study cannot be kept in memory: the URL names no file.", hint=_URL_HINT)
        return SqliteFile(Path(url.database), wait=wait, new=new)
    if url.get_backend_name() == "postgresql":
        return PostgresqlServer(url, wait=wait)
    raise StoreError(f"A study cannot be kept in {url.get_backend_name()!r}.", hint=_URL_HINT)


_URL_HINT = "Give a file, or a URL such as postgresql+psycopg://user@host/database."


@contextmanager
def translated(place: Database) -> Iterator[None]:
    """Turn errors of the driver that a user can put right into `StoreError`; let the others through.

    Raises:
        StoreError: See `Database.error`.
    """
    try:
        yield
    except Exception as error:
        from sqlalchemy.exc import DBAPIError

        told = place.error(error) if isinstance(error, DBAPIError | sqlite3.Error) else None
        if told is None:
            raise
        raise told from error


@contextmanager
def writing(place: Database, *, schema: bool = False) -> Iterator[Connection]:
    """Open a transaction alone among writers: committed at the end of the block, rolled back on any exception.

    Raises:
        StoreError: The store takes no writes, another writer did not finish in time, or the disk is full.
    """
    if place.read_only:
        raise full(place.place) if place.no_space else read_only(place.place)
    with translated(place), place.engine.connect() as connection:
        place.begin_writing(connection, schema=schema)
        try:
            yield connection
        except BaseException:
            from sqlalchemy.exc import DBAPIError

            # The first error is the one to tell; a connection that cannot even roll back is thrown away.
            with suppress(DBAPIError):
                connection.rollback()
            raise
        connection.commit()


@contextmanager
def reading(place: Database) -> Iterator[Connection]:
    """Open a transaction that sees the store as of one moment.

    Raises:
        StoreError: The store cannot be read.
    """
    with translated(place), place.engine.connect() as connection:
        place.begin_reading(connection)
        yield connection


def read_only(place: str) -> StoreError:
    """Return the error for a store that can be read but not written."""
    return StoreError(
        f"{place} cannot be written: the file or its folder is read-only.",
        hint="Copy the study to a folder that you may write to, or ask for permission to write.",
    )


def locked(place: str, wait: float) -> StoreError:
    """Return the error for a store that another program writes to."""
    return StoreError(
        f"{place} is being written by another program; waited {wait:g} s for it. Nothing was changed.",
        hint="Try again when the other program has finished.",
    )


def full(place: str) -> StoreError:
    """Return the error for a full disk."""
    return StoreError(
        f"No space is left on the disk for {place}. What was being written was taken back; all earlier work is safe.",
        hint="Make room on the disk, then do it again.",
    )


class SqliteFile:
    """A store in an SQLite file.

    Args:
        path: The file.
        wait: Seconds to wait for another writer.
        new: Make the file when it is not there.

    Raises:
        StoreError: The file is not there (unless `new`), or cannot be read at all.
    """

    def __init__(self, path: Path, *, wait: float = WAIT, new: bool = False) -> None:
        self.path: Path | None = path
        self.place = str(path)
        self.wait = wait
        self.read_only = False
        self.no_space = False
        self._file = path
        self._query = "mode=rwc" if new else "mode=rw"
        if not new:
            self._find_a_way_in()

    @cached_property
    def engine(self) -> Engine:
        """Where connections come from."""
        from sqlalchemy import create_engine, event
        from sqlalchemy.pool import QueuePool

        engine = create_engine("sqlite://", creator=self.connect, poolclass=QueuePool)
        event.listen(engine, "begin", self._on_begin)
        return engine

    def connect(self) -> sqlite3.Connection:
        """Return a new connection of Python's own driver, without a transaction."""
        connection = sqlite3.connect(
            f"{self._file.resolve().as_uri()}?{self._query}",
            uri=True,
            timeout=self.wait,
            isolation_level=None,  # transactions are begun by us, not guessed by the driver
            check_same_thread=False,
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")  # on the disk when COMMIT returns
        except BaseException:
            connection.close()
            raise
        return connection

    def settle(self) -> None:
        """Let readers read while one writes (WAL); where the file system does not allow it, go without."""
        if self.read_only:
            return
        with closing(self.connect()) as connection:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                with suppress(sqlite3.OperationalError):
                    connection.execute("PRAGMA journal_mode = WAL")

    def _find_a_way_in(self) -> None:
        """Settle how to open the file: for writing, for reading, or as one that nobody can change."""
        if not self._file.exists():
            raise StoreError(
                f"There is no store at {self.place}.", hint="Make a study with `qualcode init`, or name another folder."
            )
        if self._file.is_dir():
            raise StoreError(f"{self.place} is a folder, not a store.")
        if self._writable():
            error = self._try()
            if error is None:
                return
            self.no_space = _is_full(error)
        self.read_only = True
        self._query = "mode=ro"
        error = self._try()
        if error is None:
            return
        # In a folder that may not be written, or on a full disk, SQLite cannot make the two files it shares among
        # readers. When no changes wait in a `-wal` file the main file is complete, and may be read as one that never
        # changes.
        waiting = Path(f"{self._file}-wal")
        if not (waiting.exists() and waiting.stat().st_size):
            self._query = "mode=ro&immutable=1"
            error = self._try()
        if error is not None:
            raise self.error(error) or error

    def _writable(self) -> bool:
        effective = os.access in os.supports_effective_ids
        return all(os.access(each, os.W_OK, effective_ids=effective) for each in (self._file, self._file.parent))

    def _try(self) -> sqlite3.Error | None:
        """Return None when the file can be opened and read in the present way, else why not."""
        try:
            connection = self.connect()
            try:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            finally:
                connection.close()
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "") in _NO_ENTRY or _is_full(error):
                return error
            raise self.error(error) or error from error
        return None

    @staticmethod
    def _on_begin(connection: Connection) -> None:
        alone = connection.get_execution_options().get("alone")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if alone else "BEGIN")

    def begin_writing(self, connection: Connection, *, schema: bool = False) -> None:
        """Take SQLite's one write lock at once, so that what is read in the transaction stays true."""
        connection.execution_options(alone=True)
        connection.begin()

    def begin_reading(self, connection: Connection) -> None:
        """Begin a read transaction."""
        connection.execution_options(alone=False)
        connection.begin()

    def problems(self, connection: Connection) -> list[str]:
        """Return what SQLite's own check of the file finds."""
        told = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        orphans = [
            f"{row[0]}: row {row[1]} refers to a row of {row[2]} that is not there"
            for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
        ]
        return ([] if told == ["ok"] else [f"file: {line}" for line in told]) + orphans

    def error(self, error: Exception) -> StoreError | None:
        """Translate by SQLite's result code."""
        name = getattr(getattr(error, "orig", error), "sqlite_errorname", "") or ""
        for beginning, told in _SQLITE_ERRORS.items():
            if name.startswith(beginning):
                return told(self.place, self.wait)
        return None


def _not_a_store(place: str, _: float) -> StoreError:
    return StoreError(f"{place} is not a store of qualcode: it is not a database.", hint="Is it the right file?")


def _damaged(place: str, _: float) -> StoreError:
    return StoreError(
        f"{place} is damaged.", hint="Put a copy from the folder `snapshots` in its place, and keep the damaged file."
    )


def _broken_disk(place: str, _: float) -> StoreError:
    return StoreError(
        f"The disk reports an error on {place}. What was being written was taken back.",
        hint="Check the disk and the space left on it, then try again.",
    )


def _no_entry(place: str, _: float) -> StoreError:
    return StoreError(
        f"{place} cannot be opened: permission to read it, or to write into its folder, is missing.",
        hint="Copy the whole folder to a place that you may write to.",
    )


_NO_ENTRY = (
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY",
    "SQLITE_READONLY_DIRECTORY",
    "SQLITE_READONLY_CANTINIT",
    "SQLITE_READONLY_CANTLOCK",
    "SQLITE_READONLY_RECOVERY",
    "SQLITE_READONLY_ROLLBACK",
)
# What a full disk makes of the files beside the store, which readers share.
_NO_SPACE = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMOPEN", "SQLITE_IOERR_SHMMAP")


def _is_full(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", "") in _NO_SPACE


_SQLITE_ERRORS = {
    "SQLITE_BUSY": locked,
    "SQLITE_LOCKED": locked,
    "SQLITE_READONLY": lambda place, _: read_only(place),
    "SQLITE_NOTADB": _not_a_store,
    "SQLITE_CORRUPT": _damaged,
    **{beginning: lambda place, _: full(place) for beginning in _NO_SPACE},
    "SQLITE_IOERR": _broken_disk,
    "SQLITE_CANTOPEN": _no_entry,
    "SQLITE_PERM": _no_entry,
}


class PostgresqlServer:
    """A store in a PostgreSQL database.

    Args:
        url: Where it is.
        wait: Seconds to wait for another writer.

    Raises:
        StoreError: The driver is not installed.
    """

    path: Path | None = None
    read_only = False
    no_space = False

    def __init__(self, url: URL, *, wait: float = WAIT) -> None:
        self.place = url.render_as_string(hide_password=True)
        self.wait = wait
        from sqlalchemy import create_engine

        try:
            self._engine = create_engine(url, pool_pre_ping=True)
        except ModuleNotFoundError as error:
            raise StoreError(
                f"The driver for {self.place} is not installed ({error.name}).",
                hint="Install it with `pip install 'qualcode[postgresql]'`.",
            ) from error

    @property
    def engine(self) -> Engine:
        """Where connections come from."""
        return self._engine

    def settle(self) -> None:
        """Do nothing: a server is ready."""

    def begin_writing(self, connection: Connection, *, schema: bool = False) -> None:
        """Take a lock that readers do not notice and other writers wait for."""
        connection.execution_options(isolation_level="READ COMMITTED")
        connection.begin()
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{max(1, int(self.wait * 1000))}ms'")
        if schema:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")
        else:
            connection.exec_driver_sql("LOCK TABLE journal IN EXCLUSIVE MODE")

    def begin_reading(self, connection: Connection) -> None:
        """Begin a transaction in which each query sees the same moment."""
        connection.execution_options(isolation_level="REPEATABLE READ")
        connection.begin()

    def problems(self, connection: Connection) -> list[str]:
        """Return nothing: the server checks its files itself."""
        return []

    def error(self, error: Exception) -> StoreError | None:
        """Translate by SQLSTATE; without one the server was not reached or went away."""
        from sqlalchemy.exc import DBAPIError

        original = getattr(error, "orig", error)
        state = getattr(original, "sqlstate", None)
        if state == "55P03":
            return locked(self.place, self.wait)
        if state in ("53100", "53200"):
            return full(self.place)
        if state in ("25006", "42501"):
            return StoreError(f"{self.place} cannot be written with the rights of this user.")
        if isinstance(error, DBAPIError) and (error.connection_invalidated or state is None or state[:2] in _GONE):
            said = str(original).strip().splitlines()
            return StoreError(f"{self.place} cannot be reached: {said[0] if said else 'no answer'}.")
        return None


# SQLSTATE classes: connection, authorisation, unknown database, too many connections, server stopping.
_GONE = ("08", "28", "3D", "53", "57")
