"""Codes of codings on replaced texts, whole states, and rows set to what the history says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text
from store_examples import ALPHA, code, coding, fill, look, transcript

from qualcode.store import Store

LONGER = transcript("alpha", ALPHA.text + "A: More.\n")


def test_recode_reaches_codings_on_replaced_texts(store: Store) -> None:
    """Codings left behind on an old version get the new code, and stay on that version."""
    fill(store)
    old, stays = coding("[To be known.]"), coding("[matters], too.", code="other")
    code(store, old, stays)
    with store.change(action="revise") as change:
        change.add_transcript(LONGER, replace=True)
        change.add_codings([replace(old, id="f" * 32, code="aim")])
    with store.change(action="rename") as change:
        assert change.recode({old.id: "aim"}) == 1
    assert {(one.id, one.code, version) for one, version in store.left_behind()} == {
        (old.id, "aim", 1),
        (stays.id, "other", 1),
    }
    assert store.verify() == []
    store.undo()
    assert {one.code for one, _ in store.left_behind()} == {"goal", "other"}


def test_recode_refuses_doubles(store: Store) -> None:
    """Two codings of a coder cannot become the same one."""
    fill(store)
    one, two = coding("[To be known.]"), coding("[To be known.]", code="aim")
    code(store, one, two)
    with pytest.raises(ValueError, match="same one"), store.change(action="rename") as change:
        change.recode({one.id: "aim"})
    assert {each.code for each in look(store).codings} == {"goal", "aim"}


def test_a_state_can_be_put_back(store: Store) -> None:
    """Every row is as it was, in one change that can be undone; earlier states come from the history."""
    fill(store)
    code(store, coding("[To be known.]"))
    number, before = store.number, store.state()
    with store.change(action="more") as change:
        change.add_transcript(LONGER, replace=True)
        change.remove_codings([one.id for one, _ in store.left_behind()] or [look(store).codings[0].id])
    after = store.state()
    assert store.state(number) == before != after
    texts = {hash_: store.kept_text(hash_) for hash_ in {row["text_hash"] for row in before["transcripts"].values()}}
    with store.change(action="restore") as change:
        assert change.put_state(before, texts) > 0
    assert store.state() == before and store.verify() == []
    store.undo()
    assert store.state() == after and store.verify() == []


def test_rows_are_set_to_what_the_history_says(file_store: Store) -> None:
    """Rows changed behind the store's back are set right; nothing is written where nothing is wrong."""
    fill(file_store)
    code(file_store, coding("[To be known.]"))
    assert file_store.follow_history() == 0
    before, number = look(file_store), file_store.number
    engine = create_engine(f"sqlite:///{file_store.path}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE codings SET code = 'x'"))
        connection.execute(text("DELETE FROM turns WHERE number = 1"))
    engine.dispose()
    assert file_store.verify() != []
    assert file_store.follow_history("ann") == 3
    assert look(file_store) == before and file_store.verify() == [] and file_store.number == number + 1
