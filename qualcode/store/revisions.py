"""The schemas of the store, without their tables: what there is to know before one is opened."""

from __future__ import annotations

REVISIONS = ("0001", "0002")
"""Schemas that this version can upgrade, oldest first; the last one is written."""

READABLE = frozenset({"0001", "0002"})
"""Schemas whose tables hold what the last one's hold: a store that cannot be upgraded can still be read."""
