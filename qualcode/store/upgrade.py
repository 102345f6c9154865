"""Making the tables, and bringing those of an older version up to date, with Alembic inside the process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from qualcode.errors import StoreError
from qualcode.store import schema
from qualcode.store.copies import copy_file
from qualcode.store.engine import Database, read_only, reading, writing
from qualcode.store.revisions import READABLE

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
VERSIONS = [MIGRATIONS / "versions"]


def make(place: Database) -> None:
    """Make the tables in an empty database.

    Raises:
        StoreError: There is a study already, or something else.
    """
    with writing(place, schema=True) as connection:
        there = set(inspect(connection).get_table_names())
        if "alembic_version" in there and "journal_rows" in there:
            raise StoreError(f"{place.place} holds a study already.", hint="Name another place for the new one.")
        if there & {"alembic_version", *schema.metadata.tables} or (there and place.path is not None):
            raise StoreError(f"{place.place} holds tables of another program.", hint="Name another place.")
        _migrate(connection)


def bring_up_to_date(place: Database) -> None:
    """Check which version wrote the store, and migrate an older one; a copy is kept beside a file before.

    Raises:
        StoreError: It holds no study, or one that a newer version has written, or cannot be upgraded.
    """
    with reading(place) as connection:
        found = _revision(connection, place)
    if found == schema.REVISIONS[-1]:
        return
    if found not in schema.REVISIONS:
        raise StoreError(
            f"{place.place} was written by a newer qualcode (its schema is {found}; "
            f"this version knows up to {schema.REVISIONS[-1]}).",
            hint="Upgrade with `pip install --upgrade qualcode`.",
        )
    if place.read_only:
        if found in READABLE:
            return
        error = read_only(place.place)
        raise StoreError(f"The store must be upgraded from schema {found} first. {error.message}", hint=error.hint)
    with writing(place, schema=True) as connection:
        # Another program may have upgraded it while this one waited.
        if _revision(connection, place) == found:
            if place.path is not None:
                keep_copy(place.path, schema.REVISIONS[-1])
            _migrate(connection)


def keep_copy(path: Path, revision: str) -> Path:
    """Keep a copy of an SQLite file as it is before the upgrade to `revision`, beside it; never over another copy."""
    copy = path.with_name(f"{path.name}.before-{revision}")
    number = 1
    while copy.exists():
        number += 1
        copy = path.with_name(f"{path.name}.before-{revision}.{number}")
    # The connection that upgrades holds the write lock, but has written nothing yet.
    copy_file(path, copy)
    return copy


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, built here so that it needs no file and works from an installed package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _quoted(MIGRATIONS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(_quoted(folder) for folder in VERSIONS))
    config.attributes["connection"] = connection
    return config


def _quoted(path: Path) -> str:
    """Alembic reads options with `%` interpolation."""
    return str(path).replace("%", "%%")


def _migrate(connection: Connection) -> None:
    from alembic import command

    command.upgrade(configuration(connection), "head")


def _revision(connection: Connection, place: Database) -> str:
    names = set(inspect(connection).get_table_names())
    if not {"alembic_version", "journal"} <= names:
        what = "an empty file or database" if not names else "a database of another program"
        raise StoreError(f"{place.place} is not a store of qualcode: it is {what}.", hint="Is it the right one?")
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(revision)
