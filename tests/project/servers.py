"""A PostgreSQL server to test on, where one is named."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def server_schema() -> Iterator[str]:
    """Make a schema of its own on the server that the tests may use, and remove it afterwards."""
    from sqlalchemy import create_engine, make_url, text

    server = os.environ["QUALCODE_TEST_POSTGRESQL"]
    schema = f"work_{uuid.uuid4().hex}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        url = make_url(server).update_query_dict({"options": f"-csearch_path={schema}"})
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()
