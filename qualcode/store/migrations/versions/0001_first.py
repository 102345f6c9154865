"""The first schema."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def text(name: str, *, nullable: bool = False, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, unique=unique or None)


def key(name: str, kind: type[sa.Text] | type[sa.Integer] = sa.Text) -> sa.Column[Any]:
    return sa.Column(name, kind(), primary_key=True, autoincrement=False, nullable=False)


def number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def refers(name: str, columns: list[str], others: list[str]) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(columns, others, name=name)


def upgrade() -> None:
    op.create_table("study_info", key("key"), text("value"))
    op.create_table("texts", key("hash"), text("text"))
    op.create_table("cases", key("name"), number("position"), text("cohort"), text("attributes"))
    op.create_table(
        "transcripts",
        key("name"),
        key("version", sa.Integer),
        sa.Column("current", sa.Boolean(), nullable=False),
        text("case_name"),
        text("text_hash"),
        number("length"),
        text("language"),
        text("format"),
        text("source"),
        text("source_hash"),
        text("attributes"),
        text("moments"),
        refers("fk_transcripts_case", ["case_name"], ["cases.name"]),
        refers("fk_transcripts_text", ["text_hash"], ["texts.hash"]),
    )
    op.create_table(
        "turns",
        key("transcript"),
        key("version", sa.Integer),
        key("number", sa.Integer),
        text("speaker"),
        text("role"),
        number("start"),
        number("end"),
        sa.Column("time", sa.Double()),
        refers("fk_turns_transcript", ["transcript", "version"], ["transcripts.name", "transcripts.version"]),
        sqlite_with_rowid=False,
    )
    op.create_table("coders", key("name"), text("kind"), text("attributes"))
    op.create_table(
        "codings",
        key("id"),
        text("coder"),
        text("transcript"),
        number("version"),
        number("start"),
        number("end"),
        text("code"),
        text("stage"),
        text("status"),
        sa.Column("confidence", sa.Double()),
        text("assertion"),
        text("evidence"),
        text("definition_hash"),
        text("created"),
        refers("fk_codings_coder", ["coder"], ["coders.name"]),
        refers("fk_codings_transcript", ["transcript", "version"], ["transcripts.name", "transcripts.version"]),
    )
    op.create_index("ix_codings_transcript", "codings", ["transcript", "version"])
    op.create_table(
        "memos",
        key("id"),
        number("position"),
        text("coder"),
        text("text"),
        text("kind"),
        text("target"),
        text("key"),
        text("created"),
        refers("fk_memos_coder", ["coder"], ["coders.name"]),
    )
    op.create_table(
        "relations",
        key("id"),
        text("source"),
        text("kind"),
        text("target"),
        text("coder"),
        refers("fk_relations_coder", ["coder"], ["coders.name"]),
    )
    op.create_table(
        "codebooks",
        key("hash"),
        text("text_hash"),
        text("recorded"),
        refers("fk_codebooks_text", ["text_hash"], ["texts.hash"]),
    )
    op.create_table(
        "journal",
        key("number", sa.Integer),
        text("id", unique=True),
        text("at"),
        text("coder"),
        text("action"),
        text("detail"),
        number("undoes", nullable=True),
    )
    op.create_table(
        "journal_rows",
        key("number", sa.Integer),
        key("sequence", sa.Integer),
        text("table_name"),
        text("row_key"),
        text("before", nullable=True),
        text("after", nullable=True),
        refers("fk_journal_rows_journal", ["number"], ["journal.number"]),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise NotImplementedError("the way back is the copy kept before the upgrade")
