"""Tables of the store, as the newest migration leaves them.

A change of a table is a new file in `migrations/versions` and a new last entry of `revisions.REVISIONS`.
Columns hold text, whole numbers, floating-point numbers and truth values only, so that any database can keep them.
Mappings are kept as compact JSON text (`info={"json": True}`), an empty mapping as empty text.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

from qualcode.store import revisions

REVISIONS = revisions.REVISIONS

metadata = MetaData()


def _json(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, info={"json": True})


study_info = Table(
    "study_info",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# Frozen texts and codebook files under their SHA-256. A row is added once and never changed, so it needs no journal
# row: the journal names it by hash, and stays small.
texts = Table(
    "texts",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("text", Text, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("cohort", Text, nullable=False),
    _json("attributes"),
)

transcripts = Table(
    "transcripts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("current", Boolean, nullable=False),
    Column("case_name", Text, nullable=False),
    Column("text_hash", Text, nullable=False),
    Column("length", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("source_hash", Text, nullable=False),
    _json("attributes"),
    _json("moments"),
    ForeignKeyConstraint(["case_name"], ["cases.name"], name="fk_transcripts_case"),
    ForeignKeyConstraint(["text_hash"], ["texts.hash"], name="fk_transcripts_text"),
)

turns = Table(
    "turns",
    metadata,
    Column("transcript", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("speaker", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("time", Double),
    ForeignKeyConstraint(
        ["transcript", "version"], ["transcripts.name", "transcripts.version"], name="fk_turns_transcript"
    ),
    sqlite_with_rowid=False,
)

coders = Table(
    "coders",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    _json("attributes"),
)

# `version` says which text a coding's positions are valid for: a replaced transcript never shifts its codings.
codings = Table(
    "codings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("coder", Text, nullable=False),
    Column("transcript", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("confidence", Double),
    Column("assertion", Text, nullable=False),
    _json("evidence"),
    Column("definition_hash", Text, nullable=False),
    Column("created", Text, nullable=False),
    ForeignKeyConstraint(["coder"], ["coders.name"], name="fk_codings_coder"),
    ForeignKeyConstraint(
        ["transcript", "version"], ["transcripts.name", "transcripts.version"], name="fk_codings_transcript"
    ),
    # What overlaps a place; a code's codings, and their definitions; who has coded what. Each answers from itself.
    Index("ix_codings_place", "transcript", "version", "start", "end"),
    Index("ix_codings_code", "code", "definition_hash"),
    Index("ix_codings_coder", "coder", "status", "transcript", "version"),
)

memos = Table(
    "memos",
    metadata,
    Column("id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("coder", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("created", Text, nullable=False),
    ForeignKeyConstraint(["coder"], ["coders.name"], name="fk_memos_coder"),
)

relations = Table(
    "relations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("coder", Text, nullable=False),
    ForeignKeyConstraint(["coder"], ["coders.name"], name="fk_relations_coder"),
)

codebooks = Table(
    "codebooks",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("text_hash", Text, nullable=False),
    Column("recorded", Text, nullable=False),
    ForeignKeyConstraint(["text_hash"], ["texts.hash"], name="fk_codebooks_text"),
)

# One row per change. Only ever added to: that a change was undone follows from a later row's `undoes`.
# `id` is the same in every copy of a study, so that two copies can tell up to where their histories agree.
journal = Table(
    "journal",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("at", Text, nullable=False),
    Column("coder", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("undoes", Integer),
)

journal_rows = Table(
    "journal_rows",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("table_name", Text, nullable=False),
    Column("row_key", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    ForeignKeyConstraint(["number"], ["journal.number"], name="fk_journal_rows_journal"),
    sqlite_with_rowid=False,
)

JOURNALLED: dict[str, Table] = {
    table.name: table for table in (study_info, cases, transcripts, turns, coders, codings, memos, relations, codebooks)
}
"""Tables whose every row change is in the journal, in the order of their references."""
