"""Any row of coding, renaming, merging, splitting, deleting, undo and redo keeps store, file and history in step."""

from __future__ import annotations

import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from qualcode.codebook import parse_codebook
from qualcode.errors import UserError
from qualcode.model import Coding
from qualcode.project import codebook_work
from qualcode.project.codebook_file import changing, take_back
from qualcode.project.codings import add_codings
from qualcode.project.folder import StudyFolder, find_study
from qualcode.project.ingesting import ingest
from qualcode.project.init import init_study

BOOK = "name: b\ncodes:\n  - {id: a, definition: A.}\n  - id: b\n    definition: B.\n    parent: a\n  - id: c\n"
TEXT = "INTERVIEWER: Why do you play at all?\nANNA: For myself, mostly, and for the quiet of it.\n"
NAMES = st.sampled_from(["a", "b", "c", "d", "e/f"])
State = tuple[tuple[Coding, ...], str]


@lru_cache(maxsize=1)
def beginning() -> Path:
    """Return a study of one transcript, made once."""
    place = Path(tempfile.mkdtemp(prefix="qualcode-test-"))
    (place / "book.yaml").write_text(BOOK, "utf-8")
    (place / "anna.txt").write_text(TEXT * 3, "utf-8")
    folder = init_study(place / "study", codebook=str(place / "book.yaml"))
    ingest(folder, [place / "anna.txt"], actor="t")
    codebook_work.record(folder, actor="t")
    return place / "study"


class Work(RuleBasedStateMachine):
    """One person at work, beside a plain list of what the study said after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        shutil.copytree(beginning(), Path(self.place.name) / "study")
        self.folder: StudyFolder = find_study(Path(self.place.name) / "study")
        self.past: list[State] = [self.state()]
        self.future: list[State] = []

    def teardown(self) -> None:
        """Remove the study."""
        self.place.cleanup()

    def state(self) -> State:
        """Return what the study says."""
        return self.folder.study().codings, self.folder.codebook_text()

    def done(self, number: int) -> None:
        """Note a step, if the history has grown."""
        if self.number() > number:
            self.past.append(self.state())
            self.future.clear()

    def number(self) -> int:
        """Return the number of the newest change."""
        with self.folder.store() as store:
            return store.number

    def attempt(self, work, *words, **more) -> None:  # type: ignore[no-untyped-def]
        """Do something that may be refused."""
        number = self.number()
        try:
            work(self.folder, *words, actor="t", **more)
        except UserError:
            assert self.number() == number, "a refused operation leaves nothing"
            return
        self.done(number)

    @rule(code=NAMES, start=st.integers(40, 50), length=st.integers(1, 30), coder=st.sampled_from(["x", "y"]))
    def code(self, code: str, start: int, length: int, coder: str) -> None:
        """Code a passage."""
        where = {"transcript": "anna", "start": start, "end": start + length}
        self.attempt(lambda folder, actor: add_codings(folder, coder=coder, codes=[code], where=where, actor=actor))

    @rule(old=NAMES, new=NAMES)
    def rename(self, old: str, new: str) -> None:
        """Rename a code."""
        self.attempt(codebook_work.rename, old, new)

    @rule(codes=st.lists(NAMES, min_size=1, max_size=3), into=NAMES)
    def merge(self, codes: list[str], into: str) -> None:
        """Merge codes."""
        self.attempt(codebook_work.merge, codes, into)

    @rule(old=NAMES, first=NAMES, rest=st.one_of(st.just(""), NAMES))
    def split(self, old: str, first: str, rest: str) -> None:
        """Send the first coding of a code elsewhere, and perhaps the others too."""
        self.attempt(
            codebook_work.split, old, lambda study, own: {one.id: first for one in own[:1]}, parts=(first,), rest=rest
        )

    @rule(code=NAMES)
    def delete(self, code: str) -> None:
        """Delete a code with its codings."""
        self.attempt(codebook_work.delete, [code], with_codings=True)

    @rule()
    def reject(self) -> None:
        """Reject everything, by the store alone."""
        study = self.folder.study()
        number = self.number()
        with changing(self.folder, study, action="reject", coder="t") as change:
            change.set_status([coding.id for coding in study.codings], "rejected")
        self.done(number)

    @rule()
    def undo(self) -> None:
        """Take the newest step back."""
        # What was there before the first noted step is not taken back here.
        if len(self.past) > 1:
            assert take_back(self.folder, actor="t").entry is not None
            self.future.append(self.past.pop())

    @rule()
    def redo(self) -> None:
        """Do the step again."""
        entry = take_back(self.folder, actor="t", again=True).entry
        assert (entry is None) == (not self.future)
        if self.future:
            self.past.append(self.future.pop())

    @invariant()
    def all_is_in_step(self) -> None:
        """The study says what the list says, file and store agree, and the journal replays to the present."""
        codings, text = self.state()
        assert (codings, text) == self.past[-1]
        book = parse_codebook(text)
        with self.folder.store() as store:
            assert store.verify() == []
            assert store.codebook_hash() == book.hash and store.codebook_text(book.hash) == text
        assert {coding.code for coding in codings} <= set(book.by_id)
        assert not (self.folder.path / ".codebook.unfinished").exists()


def test_any_row_of_operations() -> None:
    """See the head of this module."""
    run_state_machine_as_test(Work, settings=settings(max_examples=12, stateful_step_count=10, deadline=None))
