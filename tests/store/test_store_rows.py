"""Rows of the tables and the compact JSON of the journal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_examples import coding

from qualcode.model import Coder
from qualcode.store import rows, schema

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
plain_data = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


@given(
    evidence=st.dictionaries(words, plain_data, max_size=3),
    confidence=st.none() | st.floats(0, 1),
    definition_hash=words,
)
def test_a_row_comes_back_from_the_journal_as_it_was(
    evidence: dict[str, object], confidence: float | None, definition_hash: str
) -> None:
    """What the journal keeps of a coding is all of it, whatever its evidence is."""
    one = coding("[To be known]", evidence=evidence, confidence=confidence, definition_hash=definition_hash)
    row = rows.coding_row(one, 1, "2026-11-25T00:00:00Z")
    text = rows.encode_row(schema.codings, row)
    assert rows.decode_row(schema.codings, (one.id,), text) == row
    columns = {name: row[name] for name in ("evidence", "confidence", "definition_hash")}
    assert rows.decode_columns(schema.codings, rows.encode_columns(schema.codings, columns)) == columns


def test_the_journal_leaves_out_blanks_and_the_key() -> None:
    """A coder without attributes takes a few bytes in the journal."""
    row = rows.coder_row(Coder("coder-a"))
    assert rows.encode_row(schema.coders, row) == '{"kind":"person"}'


def test_attributes_are_json_inside_json_not_escaped_text() -> None:
    """The journal can be read by anything that reads JSON."""
    text = rows.encode_row(schema.coders, rows.coder_row(Coder("cues", "machine", {"b": "ä", "a": "1"})))
    assert text == '{"kind":"machine","attributes":{"b":"ä","a":"1"}}'
    only = rows.encode_row(schema.coders, {"name": "x", "kind": "", "attributes": '{"a":1}'})
    assert json.loads(only or "") == {"attributes": {"a": 1}}


def test_a_number_that_is_no_number_is_refused() -> None:
    """JSON has no NaN, and neither has an evidence."""
    with pytest.raises(ValueError, match="JSON"):
        rows.mapping_text({"score": float("nan")})


@pytest.mark.parametrize(
    ("table", "key"), [(schema.turns, ("alpha", 2, 10)), (schema.coders, ('["odd", 1]',)), (schema.coders, ("",))]
)
def test_keys_come_back_from_the_journal(table: object, key: tuple[object, ...]) -> None:
    """Keys of one column and of several are told apart by the table, not by how they look."""
    assert rows.text_key(table, rows.key_text(key)) == key  # type: ignore[arg-type]
