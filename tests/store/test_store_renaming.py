"""A case under another name."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.model import Case, Codebook, Coder, Memo, Settings, Transcript, Turn
from qualcode.store import Store
from qualcode.store.renaming import rename_case


def test_a_case_is_renamed_through_all_versions(tmp_path: Path) -> None:
    """All versions of its transcripts and memos about it follow; its place among cases stays; undo brings it back."""
    settings, codebook = Settings(), Codebook("c", "C", ())
    with Store.create(tmp_path / "store.db") as store:
        with store.change(action="ingest") as change:
            change.add_case(Case("Anna", "strings", {"Age": "66"}))
            change.add_case(Case("Ben"))
            change.put_coder(Coder("me"))
            change.add_memo(Memo("me", "tired", target="case", key="Anna"))
            for text in ("one", "other"):
                turn = Turn(1, "", "participant", 0, 3)
                change.add_transcript(Transcript("a", "Anna", text, (turn,)), replace=True)
        before = store.snapshot(settings, codebook)
        with store.change(action="rename") as change:
            rename_case(change, "Anna", "Bertha")
        after = store.snapshot(settings, codebook)
        assert after.cases == (Case("Bertha", "strings", {"Age": "66"}), Case("Ben"))
        assert [store.transcript("a", version).case for version in (1, 2)] == ["Bertha", "Bertha"]
        assert after.memos[0].key == "Bertha" and store.verify() == []
        store.undo()
        assert store.snapshot(settings, codebook) == before and store.verify() == []


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    """Two cases never become one, and an unknown one cannot be renamed."""
    with Store.create(tmp_path / "store.db") as store, store.change(action="ingest") as change:
        change.add_case(Case("Anna"))
        change.add_case(Case("Ben"))
        for old, new in (("Anna", "Ben"), ("Chris", "Dora"), ("Anna", "")):
            with pytest.raises(ValueError, match="cannot be called"):
                rename_case(change, old, new)
