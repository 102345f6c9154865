"""Looking at part of a store: the same as reading all of it and choosing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_examples import ALPHA, BETA, code, coding, fill, transcript, without_root
from store_examples import look as whole

from qualcode.errors import StoreError
from qualcode.model import Coder, Memo, Relation, Study
from qualcode.store import Store, looking
from qualcode.store import look as look_module


def rich(store: Store) -> None:
    """Put something of everything into a store: also a replaced text with codings left on it."""
    fill(store)
    code(
        store,
        coding("[To be known]", definition_hash="old", evidence={"why": "ä"}, confidence=0.5),
        coding("[known]", "goal/inner", status="proposed"),
        coding("To be [known. Ä 😀 matters]", "other", coder="cues"),
        coding("A: [For sales]", "goal", of=BETA),
    )
    with store.change(action="more") as change:
        change.add_memo(Memo("coder-a", "second", target="code", key="goal", created="2026-01-02T00:00:00Z"))
        change.add_memo(Memo("coder-a", "first", created="2026-01-01T00:00:00Z"))
        change.add_relation(Relation("goal", "part-of", "other", "coder-a"))
        change.put_coder(Coder("assistant", attributes={"blind": "yes"}))
        change.put_setting("assignments", "{}")
        change.add_transcript(transcript("beta", "Q: And you?\nA: For a living, for sales.\n"), replace=True)


def test_all_of_it_is_the_study(store: Store) -> None:
    """Record by record and in the same order as the whole study, codings on replaced texts left out."""
    rich(store)
    study = whole(store)
    with store.look() as look:
        assert (look.cases(), look.coders()) == (study.cases, study.coders)
        assert (look.memos(), look.relations()) == (study.memos, study.relations)
        assert look.memo_count() == 2
        assert look.codings() == study.codings
        assert look.whole_transcripts(look.turns()) == study.transcripts
        assert look.texts() == {one.name: one.text for one in study.transcripts}
        assert look.turn_spans("participant") == {
            one.name: [(turn.start, turn.end) for turn in one.participant_turns()] for one in study.transcripts
        }
        assert {name: (one.version, one.case) for name, one in look.transcripts.items()} == {
            one.name: (one.version, one.case) for one in study.transcripts
        }
        assert (look.number(), dict(look.info())) == (store.number, dict(store.info()))
        assert look.history() == tuple((one.number, one.action, one.undoes) for one in store.journal()[::-1])


def test_some_of_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts, and codings by code, are those of the study; the same with more names than are asked for by name."""
    rich(store)
    study = whole(store)
    assert [one for one, _ in store.left_behind()], "the example has codings left behind"
    for most in (look_module.CHUNK, 0):
        monkeypatch.setattr(look_module, "CHUNK", most)
        with store.look() as look:
            for codes in ([], ["goal"], ["goal", "other", "unknown"]):
                assert look.codings(codes) == tuple(one for one in study.codings if one.code in codes)
                assert look.left_behind(codes) == tuple(pair for pair in store.left_behind() if pair[0].code in codes)
            assert set(look.turns(["beta"])) == set(look.texts(["beta"])) == {"beta"}
            assert look.whole_transcripts(look.turns(["beta"])) == (study.transcript_by_name["beta"],)
            assert look.turns([]) == look.texts([]) == {}
            for codes in ([], ["goal"], ["goal", "other", "unknown"]):
                assert look.turns_coded(codes) == {
                    name: touched
                    for name, turns in look.turns().items()
                    if (touched := [turn for turn in turns if touches(study, name, turn, codes)])
                }
            assert look.coded() == Counter((one.coder, one.status, one.transcript) for one in study.codings)
            assert look.definitions() == Counter((one.code, one.definition_hash) for one in study.codings)
            assert look.codes() == tuple(sorted({one.code for one in study.codings}))
            assert look.places("coder-a") == {
                "alpha": [(one.start, one.end) for one in study.codings if one.coder == "coder-a"]
            }


def touches(study: Study, name: str, turn: tuple[Any, ...], codes: list[str]) -> bool:
    """Return whether a coding with any of some codes shares a character with a turn, given as its fields."""
    return any(
        one.code in codes and one.transcript == name and one.start < turn[4] and turn[3] < one.end
        for one in study.codings
    )


def test_a_look_sees_one_moment(store: Store) -> None:
    """What is written meanwhile is not seen before the next look."""
    fill(store)
    with store.look() as look:
        assert look.codings() == ()
        code(store, coding("[known]"))
        assert look.codings() == look.codings(["goal"]) == () and look.definitions() == {}
    with store.look() as look:
        assert len(look.codings()) == 1


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 49), st.integers(1, 12)), min_size=1, max_size=25, unique=True),
    st.lists(st.tuples(st.integers(0, 49), st.integers(0, 30)), max_size=4),
)
def test_what_overlaps_a_place(tmp_path: Path, passages: list[tuple[int, int]], places: list[tuple[int, int]]) -> None:
    """Every coding that shares a character with a span, none that only touches it, each once."""
    path = tmp_path / "qualcode.db"
    path.unlink(missing_ok=True)
    with Store.create(path) as store:
        fill(store)
        length = len(ALPHA.text)
        one = coding("[known]")
        code(
            store,
            *(
                replace(one, start=start, end=min(start + size, length), id=f"{start}-{size}", code=f"{start}-{size}")
                for start, size in passages
                if start < length
            ),
        )
        spans = [(start, start + size) for start, size in places]
        with store.look() as look:
            found = look.codings_overlapping({"alpha": spans})
        assert found == tuple(
            each for each in whole(store).codings if any(each.start < end and start < each.end for start, end in spans)
        )


def test_an_older_store_is_upgraded_by_a_look(store: Store, target: Path | str, tmp_path: Path) -> None:
    """As by opening it: a copy is kept, and what it held is there."""
    rich(store)
    expected = whole(store).codings
    make_old(store)
    store.close()
    with looking(target) as look:
        assert look.codings() == expected
    if isinstance(target, Path):
        assert [path.name for path in tmp_path.glob("*.before-*")] == ["qualcode.db.before-0002"]
    with Store.open(target) as now:
        assert now.verify() == [] and whole(now).codings == expected


def test_an_older_store_that_cannot_be_upgraded_is_read(shared_folder: Path) -> None:
    """Its tables hold the same: opening and looking both work, writing says that it is read-only."""
    path = shared_folder / "qualcode.db"
    with Store.create(path) as store:
        rich(store)
        expected = whole(store).codings
        make_old(store)
    path.chmod(0o444)
    shared_folder.chmod(0o555)
    try:
        with without_root():
            with looking(path) as look:
                assert look.codings() == expected
            with Store.open(path) as old:
                assert old.read_only and whole(old).codings == expected
                with pytest.raises(StoreError, match="read-only"), old.change(action="x"):
                    pass
    finally:
        shared_folder.chmod(0o755)
        path.chmod(0o644)
    assert [each.name for each in shared_folder.iterdir()] == ["qualcode.db"]


@pytest.mark.parametrize("what", ["nothing", "folder", "no database", "empty", "another program", "newer", "damaged"])
def test_a_look_says_what_opening_says(tmp_path: Path, what: str) -> None:
    """Whatever is wrong with a file: the same message."""
    path = tmp_path / "qualcode.db"
    if what == "folder":
        path.mkdir()
    elif what == "no database":
        path.write_text("A shopping list, long enough to be read as the head of a file. " * 20, "utf-8")
    elif what == "empty":
        path.touch()
    elif what == "another program":
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    elif what in ("newer", "damaged"):
        Store.create(path).close()
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0999'")
        if what == "damaged":
            connection.close()
            path.write_bytes(path.read_bytes()[:5000])
    messages = []
    for way in (Store.open, looking):
        with pytest.raises(StoreError) as told, way(path):
            pass
        messages.append(str(told.value))
    assert messages[0] == messages[1]


def test_damage_met_while_looking_is_told(tmp_path: Path) -> None:
    """A page that holds no table any more: a message, not a traceback of the driver."""
    path = tmp_path / "qualcode.db"
    with Store.create(path) as store:
        rich(store)
    with sqlite3.connect(path) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'memos'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(StoreError, match="damaged"), looking(path) as look:
        look.memos()


def test_a_look_at_a_file_needs_no_sqlalchemy(tmp_path: Path) -> None:
    """Its import takes longer than most answers."""
    path = tmp_path / "qualcode.db"
    with Store.create(path) as store:
        rich(store)
    program = (
        "import sys; from qualcode.store import looking\n"
        "with looking(sys.argv[1]) as look: print(len(look.codings()), 'sqlalchemy' in sys.modules)"
    )
    words = [sys.executable, "-c", program, str(path)]
    told = subprocess.run(words, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert told.stdout.split() == ["3", "False"]


def make_old(store: Store) -> None:
    """Bring the indexes of a store back to what the first schema had."""
    from sqlalchemy import text

    with store._database.engine.begin() as connection:
        for name in ("ix_codings_place", "ix_codings_code", "ix_codings_coder"):
            connection.execute(text(f"DROP INDEX {name}"))
        connection.execute(text("CREATE INDEX ix_codings_transcript ON codings (transcript, version)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
