"""An empty store for each test: in a file, and on a PostgreSQL server where one is named."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from qualcode.store import Store

SERVER = os.environ.get("QUALCODE_TEST_POSTGRESQL", "")


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """A place without a store: a file in an empty folder, or an empty schema on a server."""
    if request.param == "sqlite":
        yield tmp_path / "qualcode.db"
        return
    if not SERVER:
        pytest.skip("QUALCODE_TEST_POSTGRESQL names no server")
    from sqlalchemy import create_engine, make_url, text

    schema = f"test_{uuid.uuid4().hex}"
    engine = create_engine(SERVER)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield (
        make_url(SERVER).update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    )
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def store(target: Path | str) -> Iterator[Store]:
    """An empty store."""
    with Store.create(target, wait=2) as made:
        yield made


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a file, for what only files do."""
    with Store.create(tmp_path / "qualcode.db", wait=0.2) as made:
        yield made


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that every user can reach (pytest makes its own for one user only)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
