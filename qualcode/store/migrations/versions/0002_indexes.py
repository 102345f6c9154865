"""Indexes for what is asked most: what overlaps a place, a code's codings, who has coded what."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_codings_transcript", table_name="codings")
    op.create_index("ix_codings_place", "codings", ["transcript", "version", "start", "end"])
    op.create_index("ix_codings_code", "codings", ["code", "definition_hash"])
    op.create_index("ix_codings_coder", "codings", ["coder", "status", "transcript", "version"])


def downgrade() -> None:
    raise NotImplementedError("the way back is the copy kept before the upgrade")
