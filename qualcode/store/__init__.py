"""Everything that a study holds, kept on disk: transcripts, cases, codings, memos, and the journal of every change.

The store alone writes. SQLite by default, PostgreSQL by URL; `engine` is the only module that tells them apart.
"""

from qualcode.store.change import Change
from qualcode.store.copies import SnapshotCopy
from qualcode.store.journal import JournalEntry
from qualcode.store.reading import RecordedCodebook
from qualcode.store.store import Store

__all__ = ["Change", "JournalEntry", "RecordedCodebook", "SnapshotCopy", "Store"]
