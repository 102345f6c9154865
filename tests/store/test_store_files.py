"""Stores that are missing, foreign, newer, older, read-only, locked or full."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from store_examples import code, coding, fill, look, without_root

from qualcode.errors import StoreError
from qualcode.model import Case
from qualcode.store import Store, copies, schema, upgrade


def test_a_missing_store(tmp_path: Path) -> None:
    """Told with the command that makes one; nothing is made."""
    with pytest.raises(StoreError, match=r"no store at .*\n.*qualcode init"):
        Store.open(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_a_store(tmp_path: Path) -> None:
    """A folder is called by its name."""
    with pytest.raises(StoreError, match="is a folder"):
        Store.open(tmp_path)


@pytest.mark.parametrize("content", [b"", b"Name,Cohort\nAlpha,firm\n" * 100, b"\x00" * 4096])
def test_not_a_database(tmp_path: Path, content: bytes) -> None:
    """An empty file, a table of cases, zeros."""
    path = tmp_path / "qualcode.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="not a store of qualcode"):
        Store.open(path)


def test_the_database_of_another_program(tmp_path: Path) -> None:
    """Neither opened nor written into."""
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE journal (entry)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store.open(path)
    with pytest.raises(StoreError, match="another program"):
        Store.create(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("url", ["mysql://u@h/d", "sqlite://", "sqlite:///:memory:", "://"])
def test_urls_that_name_no_store(url: str) -> None:
    """Told with an example of one that does."""
    with pytest.raises(StoreError, match=r"postgresql\+psycopg://"):
        Store.open(url)


def test_a_url_of_a_file_and_an_awkward_name(tmp_path: Path) -> None:
    """Spaces, question marks, percent and hash signs in a path are not read as a URL's."""
    path = tmp_path / "my study? 100% #1" / "qualcode.db"
    path.parent.mkdir()
    with Store.create(path) as store:
        fill(store)
    with Store.open(str(path)) as store:
        assert store.counts()["cases"] == 2
    with (
        Store.open(f"sqlite:///{tmp_path / 'plain.db'}")
        if False
        else Store.create(f"sqlite:///{tmp_path / 'plain.db'}") as store
    ):
        assert store.path == tmp_path / "plain.db"


def test_a_store_is_not_made_over_another(store: Store, target: Path | str) -> None:
    """The study that is there stays."""
    fill(store)
    with pytest.raises(StoreError, match="holds a study already"):
        Store.create(target)
    assert store.counts()["cases"] == 2


def test_a_store_is_made_in_an_empty_file(tmp_path: Path) -> None:
    """A crash while a store was being made leaves an empty file, which is no obstacle to trying again."""
    path = tmp_path / "qualcode.db"
    path.touch()
    with Store.create(path) as store:
        fill(store)
        assert store.verify() == []


def test_no_folder_for_the_store(tmp_path: Path) -> None:
    """The folder is the caller's to make."""
    with pytest.raises(StoreError, match="no folder"):
        Store.create(tmp_path / "none" / "qualcode.db")


def test_the_newest_migration_makes_the_tables_that_the_program_uses(store: Store) -> None:
    """No difference between the schema of the program and that of the migrations; the list of revisions is whole."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with store._database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    script = ScriptDirectory.from_config(upgrade.configuration())
    assert tuple(each.revision for each in script.walk_revisions())[::-1] == schema.REVISIONS


def test_a_newer_schema_is_refused(store: Store, target: Path | str) -> None:
    """An old program does not touch what it does not understand."""
    fill(store)
    with store._database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(StoreError, match=r"newer qualcode .*0999.*\n.*pip install --upgrade"):
        Store.open(target)


SECOND = """
revision = "{revision}"
down_revision = "0002"
import sqlalchemy as sa
from alembic import op
def upgrade():
    op.add_column("cases", sa.Column("remark", sa.Text(), nullable=False, server_default=""))
    {more}
"""


def next_version(monkeypatch: pytest.MonkeyPatch, folder: Path, more: str = "") -> None:
    """Pretend to be the next version of the program, with one more migration."""
    folder.mkdir()
    (folder / "0003_next.py").write_text(SECOND.format(revision="0003", more=more), "utf-8")
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, "0003"))
    monkeypatch.setattr(upgrade, "VERSIONS", [*upgrade.VERSIONS, folder])


def test_an_older_store_is_copied_and_upgraded(
    store: Store, target: Path | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy beside it is the old store; what it held is there after the upgrade."""
    fill(store)
    before = look(store)
    store.close()
    next_version(monkeypatch, tmp_path / "versions")
    with Store.open(target) as upgraded:
        assert look(upgraded) == before
        with upgraded._database.engine.connect() as connection:
            assert connection.execute(text("SELECT remark FROM cases")).scalars().all() == ["", ""]
    monkeypatch.undo()
    if isinstance(target, Path):
        copy = tmp_path / "qualcode.db.before-0003"
        with Store.open(copy) as old:
            assert look(old) == before
        assert not list(tmp_path.glob("*.unfinished"))


def test_an_upgrade_that_fails_leaves_the_old_store(
    store: Store, target: Path | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of a migration or nothing of it; a second try does not overwrite the copy of the first."""
    fill(store)
    next_version(monkeypatch, tmp_path / "versions", more="raise RuntimeError('half way')")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="half way"):
            Store.open(target)
    monkeypatch.undo()
    with Store.open(target) as old:
        assert old.verify() == []
        with old._database.engine.connect() as connection:
            assert "remark" not in connection.execute(text("SELECT * FROM cases")).keys()  # noqa: SIM118
    if isinstance(target, Path):
        assert sorted(path.name for path in tmp_path.glob("*.before-*")) == [
            "qualcode.db.before-0003",
            "qualcode.db.before-0003.2",
        ]


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_read_only_place_can_be_read_but_not_written(shared_folder: Path, what: str) -> None:
    """Reading works, writing is refused with the reason, and nothing is left lying about."""
    folder = shared_folder / "study"
    folder.mkdir()
    path = folder / "qualcode.db"
    with Store.create(path) as store:
        fill(store)
        code(store, coding("[known]"))
    path.chmod(0o444)
    folder.chmod(0o555 if what == "folder" else 0o755)
    try:
        with without_root(), Store.open(path) as store:
            assert store.read_only
            assert len(look(store).codings) == 1
            assert store.verify() == []
            with pytest.raises(StoreError, match="read-only"), store.change(action="x") as change:
                change.put_case(Case("Alpha", "other"))
            with pytest.raises(StoreError, match="read-only"):
                store.undo()
            with pytest.raises(StoreError, match=r"No copy|cannot"):
                store.snapshot_copy("x")
    finally:
        folder.chmod(0o755)
        path.chmod(0o644)
    assert sorted(each.name for each in folder.iterdir()) == ["qualcode.db"]
    with Store.open(path) as store:
        assert not store.read_only


def test_a_read_only_folder_with_changes_waiting_is_not_read_without_them(shared_folder: Path) -> None:
    """A crash has left changes in the `-wal` file: reading the main file alone would show an older study."""
    folder = shared_folder / "study"
    folder.mkdir()
    path = folder / "qualcode.db"
    with Store.create(path) as store:
        fill(store)
        crashed = shared_folder / "crashed"
        crashed.mkdir()
        for name in ("qualcode.db", "qualcode.db-wal"):
            (crashed / name).write_bytes((folder / name).read_bytes())
    assert (crashed / "qualcode.db-wal").stat().st_size
    crashed.chmod(0o555)
    try:
        with without_root(), pytest.raises(StoreError, match=r"cannot be opened|read-only"):
            Store.open(crashed / "qualcode.db")
    finally:
        crashed.chmod(0o755)
    with Store.open(crashed / "qualcode.db") as store:
        assert store.counts()["cases"] == 2


def test_a_store_cannot_be_made_in_a_read_only_folder(shared_folder: Path) -> None:
    """Told with the reason."""
    folder = shared_folder / "study"
    folder.mkdir()
    folder.chmod(0o555)
    try:
        with without_root(), pytest.raises(StoreError, match="permission"):
            Store.create(folder / "qualcode.db")
    finally:
        folder.chmod(0o755)
    assert list(folder.iterdir()) == []


def test_a_second_writer_waits_and_then_tells(target: Path | str) -> None:
    """Reading goes on meanwhile; the message says how long it waited."""
    with Store.create(target) as first, Store.open(target, wait=0.3) as second:
        fill(first)
        with first.change(action="long") as change:
            change.put_case(Case("Alpha", "other"))
            began = time.monotonic()
            with pytest.raises(StoreError, match=r"another program; waited 0\.3 s"), second.change(action="x"):
                pass
            assert 0.2 < time.monotonic() - began < 5
            assert look(second).case_by_name["Alpha"].cohort == "firm"
        assert look(second).case_by_name["Alpha"].cohort == "other"
        with second.change(action="x") as change:
            change.put_case(Case("Alpha", "third"))
        assert first.verify() == []


def test_a_full_disk_is_told_and_loses_nothing(file_store: Store) -> None:
    """What was acknowledged stays, what did not fit is taken back whole, and after making room it goes on."""
    fill(file_store)
    code(file_store, coding("[known]"))
    before = look(file_store)
    with file_store._database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    many = [coding("[known]", f"code-{number}", evidence={"padding": "x" * 500}) for number in range(300)]
    with pytest.raises(StoreError, match="No space is left"):
        code(file_store, *many)
    assert look(file_store) == before
    assert file_store.verify() == []
    with file_store._database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert code(file_store, *many) == 300


def test_copies_are_whole_and_the_oldest_go(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest ones are kept; each opens as the study that it was."""
    times = iter(f"2026-11-25T01:00:{second:02d}Z" for second in range(60))
    monkeypatch.setattr("qualcode.store.store.now", lambda: next(times))
    assert file_store.list_snapshots() == ()
    fill(file_store)
    for number in range(4):
        code(file_store, coding("[known]", f"code-{number}"))
        copy = file_store.snapshot_copy("Codebook: merge/Ärger", keep=3)
        assert copy is not None and copy.name.endswith("-codebook-merge-ärger.db")
    kept = file_store.list_snapshots()
    assert [(each.at[-3:], each.number, each.reason) for each in kept] == [
        ("01Z", 3, "codebook-merge-ärger"),
        ("02Z", 4, "codebook-merge-ärger"),
        ("03Z", 5, "codebook-merge-ärger"),
    ]
    with Store.open(kept[0].path) as old:
        assert len(look(old).codings) == 2
        assert old.verify() == []


def test_an_unfinished_copy_is_not_kept(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy appears whole or not at all."""
    fill(file_store)

    def stop(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copies.os, "replace", stop)
    with pytest.raises(StoreError, match="No space left"):
        file_store.snapshot_copy("bulk")
    assert file_store.path is not None
    assert list((file_store.path.parent / copies.FOLDER).iterdir()) == []


def test_an_unreachable_server() -> None:
    """Told with its address, without the password."""
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="cannot be reached") as told:
        Store.open("postgresql+psycopg://someone:secret@127.0.0.1:1/none")
    assert "secret" not in str(told.value)


ON_A_FULL_DISK = """
import resource, sys
from qualcode.errors import StoreError
from qualcode.model import Case
from qualcode.store import Store
from qualcode.store.look import looking

# No file may grow: what a full disk does to the files that SQLite makes beside the store.
resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
with looking(sys.argv[1]) as look, Store.open(sys.argv[1]) as store:
    cases = len(look.cases()), store.counts()["cases"]
    try:
        with store.change(action="x") as change:
            change.put_case(Case("Alpha", "other"))
    except StoreError as error:
        told = str(error)
sys.stderr.write(f"{cases} {told}")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of Unix")
def test_a_store_on_a_full_disk_can_be_read(tmp_path: Path) -> None:
    """All that was saved can be looked at and taken elsewhere; what is to be written is refused with the reason."""
    path = tmp_path / "qualcode.db"
    with Store.create(path) as store:
        fill(store)
    command = [sys.executable, "-c", ON_A_FULL_DISK, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.startswith("(2, 2) No space is left on the disk") and "Make room" in done.stderr
    with Store.open(path) as store:
        assert not store.read_only and store.verify() == []
