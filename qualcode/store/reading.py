"""What the store holds, as records: always in the same order, however it came in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, select

from qualcode.model import Case, Codebook, Coder, Coding, Memo, Relation, Settings, Study, Transcript, Turn
from qualcode.store import schema
from qualcode.store.rows import (
    CHUNK,
    coding_order,
    row_case,
    row_coder,
    row_memo,
    row_relation,
    row_transcript,
    text_mapping,
)

_t, _c = schema.transcripts.c, schema.codings.c
_CODING_COLUMNS = (
    _c.coder,
    _c.transcript,
    _c.start,
    _c.end,
    _c.code,
    _c.stage,
    _c.status,
    _c.confidence,
    _c.assertion,
    _c.evidence,
    _c.definition_hash,
    _c.id,
    _c.created,
)
_SAME_VERSION = and_(_t.name == _c.transcript, _t.version == _c.version)


@dataclass(frozen=True, slots=True)
class RecordedCodebook:
    """A version of the codebook that the study has seen.

    Attributes:
        hash: `Codebook.hash` of it.
        recorded: When, UTC, ISO 8601 to the second.
    """

    hash: str
    recorded: str


def read_study(connection: Connection, settings: Settings, codebook: Codebook) -> Study:
    """Return the whole study; only current transcripts, and only the codings made on them."""
    return Study(
        settings=settings,
        codebook=codebook,
        cases=read_cases(connection),
        transcripts=read_transcripts(connection),
        coders=read_coders(connection),
        codings=read_codings(connection),
        memos=read_memos(connection),
        relations=read_relations(connection),
    )


def read_cases(connection: Connection) -> tuple[Case, ...]:
    """Return the cases in the order of ingest."""
    rows = connection.execute(select(schema.cases)).all()
    return tuple(row_case(row) for row in sorted(rows, key=lambda row: (row.position, row.name)))


def read_transcripts(connection: Connection) -> tuple[Transcript, ...]:
    """Return the current transcripts with their turns, by name."""
    join = schema.transcripts.join(schema.texts, _t.text_hash == schema.texts.c.hash)
    rows = connection.execute(select(schema.transcripts, schema.texts.c.text).select_from(join).where(_t.current)).all()
    n = schema.turns.c
    turns: dict[str, list[Turn]] = {}
    query = (
        select(n.transcript, n.number, n.speaker, n.role, n.start, n.end, n.time)
        .join(schema.transcripts, and_(n.transcript == _t.name, n.version == _t.version))
        .where(_t.current)
        .order_by(n.number)
    )
    for transcript, *turn in connection.execute(query):
        turns.setdefault(transcript, []).append(Turn(*turn))
    return tuple(row_transcript(row, turns.get(row.name, ())) for row in sorted(rows, key=lambda row: row.name))


def read_transcript(connection: Connection, name: str, version: int | None = None) -> Transcript | None:
    """Return one transcript in one version, or the current one, or None when there is none."""
    join = schema.transcripts.join(schema.texts, _t.text_hash == schema.texts.c.hash)
    which = _t.current if version is None else _t.version == version
    query = select(schema.transcripts, schema.texts.c.text).select_from(join).where(_t.name == name, which)
    row = connection.execute(query).first()
    if row is None:
        return None
    n = schema.turns.c
    found = connection.execute(
        select(n.number, n.speaker, n.role, n.start, n.end, n.time)
        .where(n.transcript == name, n.version == row.version)
        .order_by(n.number)
    )
    return row_transcript(row, [Turn(*turn) for turn in found])


def read_coders(connection: Connection) -> tuple[Coder, ...]:
    """Return the coders, by name."""
    rows = connection.execute(select(schema.coders)).all()
    return tuple(row_coder(row) for row in sorted(rows, key=lambda row: row.name))


def read_codings(
    connection: Connection, coder: str | None = None, transcripts: Collection[str] | None = None
) -> tuple[Coding, ...]:
    """Return codings on current transcripts, by place and stage.

    Args:
        connection: To the store.
        coder: Whose; None: everybody's.
        transcripts: Names of the transcripts that they are on; None: all.
    """
    query = select(*_CODING_COLUMNS).join(schema.transcripts, _SAME_VERSION).where(_t.current)
    if coder is not None:
        query = query.where(_c.coder == coder)
    if transcripts is not None and len(transcripts) <= CHUNK:
        query = query.where(_c.transcript.in_(sorted(transcripts)))
    found = [_coding(row) for row in connection.execute(query)]
    wanted = (one for one in found if transcripts is None or one.transcript in transcripts)
    return tuple(sorted(wanted, key=coding_order))


def read_left_behind(connection: Connection) -> tuple[tuple[Coding, int], ...]:
    """Return the codings on texts that have been replaced, each with the version that its positions are valid for."""
    query = select(*_CODING_COLUMNS, _c.version).join(schema.transcripts, _SAME_VERSION).where(~_t.current)
    found = [(_coding(row[:-1]), int(row[-1])) for row in connection.execute(query)]
    return tuple(sorted(found, key=lambda pair: (coding_order(pair[0]), pair[1])))


def _coding(row: Any) -> Coding:
    *before, evidence, definition_hash, id_, created = row
    fields = (*before, text_mapping(evidence), definition_hash, id_, created)
    return Coding(*fields)


def read_memos(connection: Connection) -> tuple[Memo, ...]:
    """Return the memos in the order written."""
    rows = connection.execute(select(schema.memos)).all()
    return tuple(row_memo(row) for row in sorted(rows, key=lambda row: (row.created, row.position, row.id)))


def read_relations(connection: Connection) -> tuple[Relation, ...]:
    """Return the relations, by source, kind, target and coder."""
    rows = connection.execute(select(schema.relations)).all()
    order = sorted(rows, key=lambda row: (row.source, row.kind, row.target, row.coder, row.id))
    return tuple(row_relation(row) for row in order)


def read_hashes(connection: Connection) -> dict[str, tuple[str, str, int]]:
    """Return (hash of the source file, hash of the text, version) of each current transcript, by name."""
    query = select(_t.name, _t.source_hash, _t.text_hash, _t.version).where(_t.current)
    rows = sorted(tuple(row) for row in connection.execute(query))
    return {name: (source, text, version) for name, source, text, version in rows}


def read_counts(connection: Connection) -> dict[str, int]:
    """Return how many there are of each thing: current transcripts, their turns, the codings on them, …"""
    turns, codings = schema.turns, schema.codings
    here = and_(turns.c.transcript == _t.name, turns.c.version == _t.version)
    queries = {
        "cases": select(func.count()).select_from(schema.cases),
        "transcripts": select(func.count()).select_from(schema.transcripts).where(_t.current),
        "turns": select(func.count()).select_from(turns.join(schema.transcripts, here)).where(_t.current),
        "coders": select(func.count()).select_from(schema.coders),
        "codings": select(func.count()).select_from(codings.join(schema.transcripts, _SAME_VERSION)).where(_t.current),
        "codings left behind": select(func.count())
        .select_from(codings.join(schema.transcripts, _SAME_VERSION))
        .where(~_t.current),
        "memos": select(func.count()).select_from(schema.memos),
        "relations": select(func.count()).select_from(schema.relations),
        "codebooks": select(func.count()).select_from(schema.codebooks),
        "changes": select(func.count()).select_from(schema.journal),
    }
    return {name: int(connection.execute(query).scalar() or 0) for name, query in queries.items()}


def read_coding_counts(connection: Connection) -> dict[tuple[str, str, str], int]:
    """Return how many codings there are on current transcripts, by (coder, stage, status)."""
    query = (
        select(_c.coder, _c.stage, _c.status, func.count())
        .join(schema.transcripts, _SAME_VERSION)
        .where(_t.current)
        .group_by(_c.coder, _c.stage, _c.status)
    )
    return dict(sorted(((coder, stage, status), count) for coder, stage, status, count in connection.execute(query)))


def read_info(connection: Connection) -> Mapping[str, str]:
    """Return what the study keeps about itself, by key."""
    return dict(sorted((row.key, row.value) for row in connection.execute(select(schema.study_info))))


def read_codebooks(connection: Connection) -> tuple[RecordedCodebook, ...]:
    """Return the versions of the codebook, oldest first."""
    rows = connection.execute(select(schema.codebooks.c.hash, schema.codebooks.c.recorded)).all()
    return tuple(
        RecordedCodebook(row.hash, row.recorded) for row in sorted(rows, key=lambda row: (row.recorded, row.hash))
    )


def read_codebook_text(connection: Connection, hash_: str) -> str | None:
    """Return the YAML text of a version of the codebook, or None when it was never recorded."""
    join = schema.codebooks.join(schema.texts, schema.codebooks.c.text_hash == schema.texts.c.hash)
    query = select(schema.texts.c.text).select_from(join).where(schema.codebooks.c.hash == hash_)
    return connection.execute(query).scalar()


def read_number(connection: Connection) -> int:
    """Return the number of the newest change; 0 before the first."""
    return int(connection.execute(select(func.max(schema.journal.c.number))).scalar() or 0)
