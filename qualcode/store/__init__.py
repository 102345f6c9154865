"""Everything that a study holds, kept on disk: transcripts, cases, codings, memos, and the journal of every change.

The store alone writes. SQLite by default, PostgreSQL by URL; `engine` is the only module that tells them apart, and
`look` alone asks a file without SQLAlchemy: hence names are imported when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qualcode.store.change import Change
    from qualcode.store.copies import SnapshotCopy
    from qualcode.store.journal import JournalEntry
    from qualcode.store.look import Look, looking
    from qualcode.store.reading import RecordedCodebook
    from qualcode.store.store import Store

__all__ = ["Change", "JournalEntry", "Look", "RecordedCodebook", "SnapshotCopy", "Store", "looking"]

_MODULES = {
    "Change": "change",
    "SnapshotCopy": "copies",
    "JournalEntry": "journal",
    "Look": "look",
    "looking": "look",
    "RecordedCodebook": "reading",
    "Store": "store",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
