"""Journal, undo and redo: also as a state machine against a plain dict."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select
from store_examples import ALPHA, code, coding, fill, look, transcript

from qualcode.model import Case, Coding
from qualcode.store import Store
from qualcode.store.schema import journal, journal_rows


def test_the_journal_says_who_did_what(store: Store) -> None:
    """Newest first, with how many rows of which table were touched."""
    fill(store)
    code(store, coding("[known]"), coding("[matters]"))
    newest, oldest = store.journal()
    assert (newest.number, newest.coder, newest.action, newest.rows) == (2, "coder-a", "codings add", {"codings": 2})
    assert (oldest.action, oldest.detail) == ("ingest", "2 files")
    assert oldest.rows == {"cases": 2, "coders": 2, "transcripts": 2, "turns": 4}
    assert store.journal(limit=1) == (newest,)
    assert newest.id != oldest.id


def test_undo_and_redo_to_any_depth(store: Store) -> None:
    """Back to the empty study and forth again, through states that are equal each time."""
    states = [look(store)]
    fill(store)
    states.append(look(store))
    code(store, coding("[known]", id="a"), coding("[matters]", id="b"))
    states.append(look(store))
    with store.change(action="reject") as change:
        change.set_status(["a"], "rejected")
        change.remove_codings(["b"])
    states.append(look(store))
    for state in reversed(states[:-1]):
        assert store.undo("coder-b") is not None
        assert look(store) == state
    assert store.undo() is None
    for state in states[1:]:
        assert store.redo() is not None
        assert look(store) == state
    assert store.redo() is None
    assert store.verify() == []


def test_entries_of_undo_and_redo_name_the_change_they_are_about(store: Store) -> None:
    """The log can say what was taken back, and by whom, and whether it stands at present."""
    fill(store)
    code(store, coding("[known]"))
    undone = store.undo("coder-b")
    assert undone is not None
    assert (undone.action, undone.coder, undone.detail) == ("undo", "coder-b", "codings add")
    assert (undone.undoes, undone.origin) == (2, 2)
    assert [entry.taken_back for entry in store.journal()] == [False, True, False]
    done = store.redo("coder-b")
    assert done is not None
    assert (done.action, done.undoes, done.origin) == ("redo", 3, 2)
    assert [(entry.undone_by, entry.taken_back) for entry in store.journal()] == [
        (None, False),
        (4, False),
        (3, False),
        (None, False),
    ]
    again = store.undo()
    assert again is not None and (again.undoes, again.origin) == (4, 2)


def test_a_new_change_leaves_nothing_to_redo(store: Store) -> None:
    """History is one line."""
    fill(store)
    code(store, coding("[known]"))
    store.undo()
    code(store, coding("[matters]"))
    assert store.redo() is None
    store.undo()
    store.undo()
    assert look(store).transcripts == ()


def test_undo_after_opening_again(store: Store, target: Path | str) -> None:
    """The undo list is the journal, not the memory of a program."""
    fill(store)
    code(store, coding("[known]"))
    with Store.open(target) as again:
        again.undo()
    assert look(store).codings == ()


def test_undone_changes_stay_in_the_journal_row_by_row(store: Store) -> None:
    """The journal is only ever added to."""

    def rows() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        with store._database.engine.connect() as connection:
            entries = connection.execute(select(journal).order_by(journal.c.number)).all()
            changes = connection.execute(
                select(journal_rows).order_by(journal_rows.c.number, journal_rows.c.sequence)
            ).all()
        return [tuple(row) for row in entries], [tuple(row) for row in changes]

    fill(store)
    code(store, coding("[known]"))
    entries, changes = rows()
    store.undo()
    store.redo()
    code(store, coding("[matters]"))
    later_entries, later_changes = rows()
    assert later_entries[: len(entries)] == entries
    assert later_changes[: len(changes)] == changes
    assert len(later_entries) == len(entries) + 3


@pytest.mark.parametrize("name", ["undo", "redo", ""])
def test_no_change_may_call_itself_undo(store: Store, name: str) -> None:
    """The names of the two special actions are kept for them."""
    with pytest.raises(ValueError, match="called"), store.change(action=name):
        pass


class Histories(RuleBasedStateMachine):
    """Any sequence of changes, undo and redo: the store equals a dict, and the journal replays to it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.create(Path(self.folder.name) / "q.db")
        fill(self.store)
        self.model: dict[str, Coding] = {}
        self.cohort, self.version = "firm", 1
        self.past: list[tuple[dict[str, Coding], str, int]] = []
        self.future: list[tuple[dict[str, Coding], str, int]] = []
        self.made = 0

    def teardown(self) -> None:
        """Remove the store."""
        self.store.close()
        self.folder.cleanup()

    def _remember(self) -> None:
        self.past.append((dict(self.model), self.cohort, self.version))
        self.future.clear()

    def _here(self) -> dict[str, Coding]:
        return self.model if self.version == 1 else {}

    @rule(
        spans=st.lists(
            st.tuples(st.integers(0, 8), st.integers(1, 4), st.sampled_from("ab"), st.sampled_from(["open", "axial"])),
            min_size=1,
            max_size=4,
        )
    )
    def add(self, spans: list[tuple[int, int, str, str]]) -> None:
        """Add codings, some of which stand already."""
        if self.version != 1:
            return
        new = {}
        places = {(*each.place, each.stage) for each in self.model.values()}
        wanted = []
        for start, length, code_, stage in spans:
            self.made += 1
            one = Coding("coder-a", "alpha", start, start + length, code_, stage, id=f"id-{self.made:04d}")
            wanted.append(one)
            if (*one.place, stage) not in places:
                places.add((*one.place, stage))
                new[one.id] = one
        if new:
            self._remember()
        assert code(self.store, *wanted) == len(new)
        self.model.update(new)

    @precondition(lambda self: self._here())
    @rule(data=st.data(), status=st.sampled_from(["proposed", "accepted", "rejected"]))
    def set_status(self, data: st.DataObject, status: str) -> None:
        """Give some codings a status."""
        ids = data.draw(st.lists(st.sampled_from(sorted(self.model)), min_size=1, max_size=3))
        if any(self.model[id_].status != status for id_ in ids):
            self._remember()
        with self.store.change(action="status") as change:
            change.set_status(ids, status)
        self.model.update({id_: replace(self.model[id_], status=status) for id_ in ids})

    @precondition(lambda self: self._here())
    @rule(data=st.data())
    def put(self, data: st.DataObject) -> None:
        """Give a coding another code and other evidence, unless it would meet another one."""
        old = self.model[data.draw(st.sampled_from(sorted(self.model)))]
        new = replace(old, code=data.draw(st.sampled_from("abc")), evidence={"n": data.draw(st.integers(0, 2))})
        places = {(*each.place, each.stage) for each in self.model.values() if each.id != old.id}
        if (*new.place, new.stage) in places:
            with pytest.raises(ValueError), self.store.change(action="put") as change:
                change.put_codings([new])
            return
        if new != old:
            self._remember()
        with self.store.change(action="put") as change:
            change.put_codings([new])
        self.model[new.id] = new

    @precondition(lambda self: self._here())
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """Remove some codings, and change a case in the same change."""
        ids = data.draw(st.lists(st.sampled_from(sorted(self.model)), min_size=1, max_size=3, unique=True))
        self._remember()
        self.cohort = "agency" if self.cohort == "firm" else "firm"
        with self.store.change(action="remove") as change:
            change.put_case(Case("Alpha", self.cohort))
            change.remove_codings(ids)
        for id_ in ids:
            del self.model[id_]

    @precondition(lambda self: self.version == 1)
    @rule()
    def replace_text(self) -> None:
        """Take in another version of the text, which leaves the codings behind."""
        self._remember()
        self.version = 2
        with self.store.change(action="ingest") as change:
            change.add_transcript(transcript("alpha", "A: Other words."), replace=True)

    @rule()
    def undo(self) -> None:
        """Take back the newest change; never the first one of the machine."""
        if not self.past:
            return
        self.future.append((dict(self.model), self.cohort, self.version))
        self.model, self.cohort, self.version = self.past.pop()
        assert self.store.undo() is not None

    @rule()
    def redo(self) -> None:
        """Do again what was taken back."""
        done = self.store.redo()
        assert (done is None) == (not self.future)
        if done is not None:
            self.past.append((dict(self.model), self.cohort, self.version))
            self.model, self.cohort, self.version = self.future.pop()

    @invariant()
    def the_store_equals_the_model(self) -> None:
        """Present state, replayed history and the dict are the same."""
        study = look(self.store)
        here = {each.id: replace(each, created="") for each in study.codings}
        left = {each.id: replace(each, created="") for each, _ in self.store.left_behind()}
        assert here == self._here()
        assert left == ({} if self.version == 1 else self.model)
        assert study.case_by_name["Alpha"].cohort == self.cohort
        assert (study.transcript_by_name["alpha"].text == ALPHA.text) == (self.version == 1)
        assert self.store.verify() == []


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
