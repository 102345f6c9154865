"""Records to rows of the tables and back, and rows to the compact JSON of the journal and back.

In the journal a row that was added or removed is written whole, but without its key and without blank values
(empty text where a column must have a value, null where it need not); of a row that was changed, the changed
columns are written, blanks too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from qualcode.model import Case, Coder, Coding, Memo, Relation, Transcript, Turn

if TYPE_CHECKING:
    from sqlalchemy import Table

CHUNK = 500
"""Keys or names asked for in one query: below every database's limit."""

Row = dict[str, Any]
Key = tuple[Any, ...]


class RowChange(NamedTuple):
    """What happens to one row.

    Attributes:
        key: Values of the primary key.
        before: The whole row, or the columns that change; None when the row is new.
        after: The whole row, or the columns that change; None when the row goes.
    """

    key: Key
    before: Row | None
    after: Row | None


class Layout(NamedTuple):
    """What the codecs need to know of a table."""

    keys: tuple[str, ...]
    plain: tuple[str, ...]
    json: tuple[str, ...]
    blank: Mapping[str, Any]


@cache
def layout(table: Table) -> Layout:
    """Return a table's key columns, its other plain columns, its JSON columns, and the blank value of each."""
    keys = tuple(column.name for column in table.primary_key.columns)
    others = [column for column in table.columns if column.name not in keys]
    return Layout(
        keys,
        tuple(column.name for column in others if not column.info.get("json")),
        tuple(column.name for column in others if column.info.get("json")),
        {column.name: None if column.nullable else column.type.python_type() for column in others},
    )


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def mapping_text(mapping: Mapping[str, Any]) -> str:
    """Return a mapping as compact JSON in the order given; empty text for an empty one."""
    return _encode(dict(mapping)) if mapping else ""


def text_mapping(text: str) -> dict[str, Any]:
    """Return the mapping that `mapping_text` wrote."""
    return json.loads(text) if text else {}


def key_text(key: Key) -> str:
    """Return a primary key as the journal names it: plain when it is one text, else a JSON list."""
    return key[0] if len(key) == 1 else _encode(list(key))


def text_key(table: Table, text: str) -> Key:
    """Return the primary key that `key_text` wrote."""
    return (text,) if len(layout(table).keys) == 1 else tuple(json.loads(text))


def row_key(table: Table, row: Mapping[str, Any]) -> Key:
    """Return the primary key of a row."""
    return tuple(row[name] for name in layout(table).keys)


def encode_row(table: Table, row: Row | None) -> str | None:
    """Return a whole row as the journal keeps it."""
    if row is None:
        return None
    shape = layout(table)
    text = _encode({name: value for name in shape.plain if (value := row[name]) is not None and value != ""})
    # JSON columns are JSON already: put in as they are, neither escaped nor encoded twice.
    for name in shape.json:
        if row[name]:
            text = f'{text[:-1]}{"," if len(text) > 2 else ""}"{name}":{row[name]}}}'
    return text


def decode_row(table: Table, key: Key, text: str | None) -> Row | None:
    """Return the whole row that `encode_row` wrote; columns that it does not name are blank."""
    if text is None:
        return None
    shape = layout(table)
    return dict(zip(shape.keys, key, strict=True)) | dict(shape.blank) | _decoded(shape, text)


def encode_columns(table: Table, columns: Row) -> str:
    """Return the columns of a changed row as the journal keeps them."""
    json_columns = layout(table).json
    return _encode({name: text_mapping(value) if name in json_columns else value for name, value in columns.items()})


def decode_columns(table: Table, text: str) -> Row:
    """Return the columns that `encode_columns` wrote."""
    return _decoded(layout(table), text)


def _decoded(shape: Layout, text: str) -> Row:
    row: Row = json.loads(text)
    for name in shape.json:
        if name in row:
            row[name] = mapping_text(row[name])
    return row


def difference(table: Table, old: Mapping[str, Any], new: Row) -> RowChange | None:
    """Return the change from one row to another with the same key, or None when they are equal."""
    changed = [name for name in new if new[name] != old[name]]
    if not changed:
        return None
    before = {name: old[name] for name in changed}
    return RowChange(row_key(table, new), before, {name: new[name] for name in changed})


def case_row(case: Case, position: int) -> Row:
    """Return the row of a case; `position` is its place in the order of ingest."""
    return {
        "name": case.name,
        "position": position,
        "cohort": case.cohort,
        "attributes": mapping_text(case.attributes),
    }


def transcript_row(transcript: Transcript, version: int) -> Row:
    """Return the row of a transcript's current version."""
    return {
        "name": transcript.name,
        "version": version,
        "current": True,
        "case_name": transcript.case,
        "text_hash": transcript.hash,
        "length": len(transcript.text),
        "language": transcript.language,
        "format": transcript.format,
        "source": transcript.source,
        "source_hash": transcript.source_hash,
        "attributes": mapping_text(transcript.attributes),
        "moments": mapping_text({str(position): float(time) for position, time in transcript.moments}),
    }


def turn_row(turn: Turn, transcript: str, version: int) -> Row:
    """Return the row of a turn."""
    return {
        "transcript": transcript,
        "version": version,
        "number": turn.number,
        "speaker": turn.speaker,
        "role": turn.role,
        "start": turn.start,
        "end": turn.end,
        "time": None if turn.time is None else float(turn.time),
    }


def coder_row(coder: Coder) -> Row:
    """Return the row of a coder."""
    return {"name": coder.name, "kind": coder.kind, "attributes": mapping_text(coder.attributes)}


def coding_row(coding: Coding, version: int, created: str) -> Row:
    """Return the row of a coding on one version of its transcript."""
    return {
        "id": coding.id,
        "coder": coding.coder,
        "transcript": coding.transcript,
        "version": version,
        "start": coding.start,
        "end": coding.end,
        "code": coding.code,
        "stage": coding.stage,
        "status": coding.status,
        "confidence": None if coding.confidence is None else float(coding.confidence),
        "assertion": coding.assertion,
        "evidence": mapping_text(coding.evidence),
        "definition_hash": coding.definition_hash,
        "created": coding.created or created,
    }


def memo_row(memo: Memo, position: int, created: str) -> Row:
    """Return the row of a memo; `position` is its place in the order written."""
    return {
        "id": memo.id,
        "position": position,
        "coder": memo.coder,
        "text": memo.text,
        "kind": memo.kind,
        "target": memo.target,
        "key": memo.key,
        "created": memo.created or created,
    }


def relation_row(relation: Relation) -> Row:
    """Return the row of a relation."""
    return {
        "id": relation.id,
        "source": relation.source,
        "kind": relation.kind,
        "target": relation.target,
        "coder": relation.coder,
    }


def row_case(row: Any) -> Case:
    """Return the case that a row holds."""
    return Case(row.name, row.cohort, text_mapping(row.attributes))


def row_transcript(row: Any, turns: Sequence[Turn]) -> Transcript:
    """Return the transcript that a row (joined with its text) and its turns hold."""
    return Transcript(
        name=row.name,
        case=row.case_name,
        text=row.text,
        turns=tuple(turns),
        language=row.language,
        format=row.format,
        source=row.source,
        source_hash=row.source_hash,
        attributes=text_mapping(row.attributes),
        version=row.version,
        moments=tuple((int(position), time) for position, time in text_mapping(row.moments).items()),
    )


def row_coder(row: Any) -> Coder:
    """Return the coder that a row holds."""
    return Coder(row.name, row.kind, text_mapping(row.attributes))


def row_memo(row: Any) -> Memo:
    """Return the memo that a row holds."""
    return Memo(row.coder, row.text, row.kind, row.target, row.key, row.id, row.created)


def row_relation(row: Any) -> Relation:
    """Return the relation that a row holds."""
    return Relation(row.source, row.kind, row.target, row.coder, row.id)


def coding_order(coding: Coding) -> tuple[Any, ...]:
    """Return what codings are sorted by: place, stage, and what tells them apart then."""
    return (coding.transcript, coding.start, coding.end, coding.code, coding.coder, coding.stage, coding.id)
