"""Copies of a study made one: the same in any order and grouping, once is enough, and nothing is lost."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from qualcode.codebook import dump_codebook, parse_codebook
from qualcode.codebook.edit import add_code, delete_code, merge_codes, rename_code
from qualcode.errors import UserError
from qualcode.model import Case, Code, Coder, Coding, Memo, Relation, Settings, Transcript, Turn
from qualcode.project.merging import merge_states
from qualcode.store import Store
from qualcode.store.merging import empty_state

BOOK = parse_codebook(
    "name: b\ncodes:\n  - {id: a, definition: A.}\n  - {id: b, definition: B.}\n"
    "  - {id: c, definition: C., parent: a}\n"
)
TEXT = "Q: why? A: because it is so, and more of it."


def transcript(name: str = "alpha", text: str = TEXT) -> Transcript:
    """Return a transcript of one turn."""
    return Transcript(name, "Alpha", text, (Turn(1, "A", "participant", 0, len(text)),))


@lru_cache(maxsize=1)
def base_bytes() -> bytes:
    """Return the file of a store with a transcript, a codebook, and some codings."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "base.db"
        with Store.create(path) as store, store.change(action="begin") as change:
            change.add_case(Case("Alpha", "firm", {"Size": "3"}))
            change.add_transcript(transcript())
            change.put_coder(Coder("ann"))
            change.put_coder(Coder("bo"))
            change.record_codebook(BOOK.hash, dump_codebook(BOOK))
            change.add_codings(Coding("ann", "alpha", at, at + 5, "abc"[at % 3], id=f"{at:032x}") for at in range(3))
            change.add_memo(Memo("ann", "first", target="code", key="a", id="m" * 32))
            change.add_relation(Relation("a", "context", "b", "ann", "r" * 32))
        return path.read_bytes()


def base_store(path: Path) -> None:
    """Make a store that holds what all copies begin with."""
    path.write_bytes(base_bytes())


Step = tuple[str, int, int]


def work(path: Path, who: str, steps: list[Step]) -> None:
    """Do some work on a copy; what cannot be done is left out."""
    with Store.open(path) as store:
        for number, (what, one, other) in enumerate(steps):
            book = parse_codebook(store.codebook_text(store.codebook_hash()) or "")
            study = store.snapshot(Settings(), book)
            try:
                with store.change(action=what, coder=who) as change:
                    step(change, study, what, one, other, f"{who}{number}", store.left_behind())
            except (UserError, ValueError):
                continue


def step(change: Any, study: Any, what: str, one: int, other: int, label: str, behind: Any) -> None:
    """Do one thing."""
    codings = study.codings
    code = study.codebook.codes[other % len(study.codebook.codes)].id
    digest = hashlib.sha256(label.encode()).hexdigest()[:32]
    if what == "add":
        name = study.transcripts[one % len(study.transcripts)].name
        # The same passage and code on two sides by the same coder makes a double.
        change.add_codings([Coding("bo", name, one % 4, 9 + one % 3, code, id=digest)])
    elif what == "remove" and codings:
        change.remove_codings([codings[one % len(codings)].id])
    elif what == "recode" and codings:
        change.put_codings([replace(codings[one % len(codings)], code=code)])
    elif what == "span" and codings:
        change.put_codings([replace(codings[one % len(codings)], start=other % 3, end=6 + other)])
    elif what == "status" and codings:
        change.set_status([codings[one % len(codings)].id], ("proposed", "accepted", "rejected")[other % 3])
    elif what == "memo":
        change.add_memo(Memo("ann", label, id=digest))
    elif what == "memo edit" and study.memos:
        change.put_memo(replace(study.memos[one % len(study.memos)], text=label))
    elif what == "relation":
        source = study.codebook.codes[0].id
        if source != code:
            change.add_relation(Relation(source, "condition", code, "bo", digest))
    elif what == "case":
        change.put_case(Case("Alpha", ("firm", "agency")[one % 2], {"Size": str(other), f"F{one % 2}": label}))
    elif what == "transcript":
        change.add_transcript(transcript(f"t{one % 2}", f"A: {label} and more words here."))
    elif what == "revise":
        change.add_transcript(transcript("alpha", TEXT + f" Version {other}."), replace=True)
    else:
        book = edited(study.codebook, what, one, other, label)
        carry_along(change, study, book, behind)
        change.record_codebook(book.hash, dump_codebook(book))


def carry_along(change: Any, study: Any, book: Any, behind: Any) -> None:
    """Let codings and relations follow an edit of the codebook, as the operations on codes do."""
    from qualcode.codebook.carry import carry_codings, carry_memos, carry_relations
    from qualcode.codebook.difference import follow

    gone = {code.id: None for code in study.codebook.codes if code.id not in book.by_id}
    codes = {**gone, **follow(study.codebook, book)}
    done = carry_codings(study.codings, lambda coding: codes.get(coding.code, coding.code))
    change.remove_codings([coding.id for coding in done.removed])
    change.put_codings(done.put)
    change.remove_codings([one.id for one, _ in behind if codes.get(one.code, one.code) is None])
    change.recode({one.id: new for one, _ in behind if (new := codes.get(one.code))})
    for memo in carry_memos(study.memos, {old: new for old, new in codes.items() if new}, done.kept_for or {}):
        change.put_memo(memo)
    out, added = carry_relations(study.relations, codes)
    for relation in out:
        change.remove_relation(relation.id)
    for relation in added:
        change.add_relation(relation)


def edited(book: Any, what: str, one: int, other: int, label: str) -> Any:
    """Return an edited codebook; codings are left as they are, as if coded meanwhile by another."""
    code = book.codes[one % len(book.codes)].id
    if what == "rename":
        return rename_code(book, code, f"n{other}")
    if what == "merge":
        return merge_codes(book, [code], book.codes[other % len(book.codes)].id)
    if what == "delete":
        return delete_code(book, code)
    if what == "new code":
        return add_code(book, Code(f"new{other}", f"New {other}", label))
    codes = tuple(replace(each, definition=label) if each.id == code else each for each in book.codes)
    from qualcode.codebook import codebook_hash

    book = replace(book, codes=codes)
    return replace(book, hash=codebook_hash(book))


WHAT = (
    *(
        "add",
        "add",
        "remove",
        "recode",
        "span",
        "status",
        "memo",
        "memo edit",
        "relation",
        "case",
        "transcript",
        "revise",
    ),
    *("rename", "delete", "new code", "redefine"),
)
STEPS = st.lists(st.tuples(st.sampled_from(WHAT), st.integers(0, 5), st.integers(0, 5)), max_size=5)


class Texts(dict):
    """Frozen texts by hash, from stores and of merged codebooks."""

    def gather(self, path: Path) -> dict:
        """Take over the texts of a store and return its state."""
        with Store.open(path) as store:
            state = store.state()
            for table in ("transcripts", "codebooks"):
                for row in state[table].values():
                    self[row["text_hash"]] = store.kept_text(row["text_hash"])
        return state

    def merge(self, base: dict, one: dict, other: dict) -> dict:
        """Merge two states, with the merged codebook among the texts."""
        state, book, _ = merge_states(base, one, other, self.__getitem__)
        if book is not None and (book.hash,) not in state["codebooks"]:
            text = dump_codebook(book)
            digest = hashlib.sha256(text.encode()).hexdigest()
            self[digest] = text
            state["codebooks"][book.hash,] = {"hash": book.hash, "text_hash": digest, "recorded": ""}
        return state


def content(state: dict) -> dict:
    """Return what a state says, without the versions of the codebook that it passed through."""
    return {name: rows for name, rows in state.items() if name != "codebooks"}


def forks(*work_of: list[Step], with_base: bool) -> tuple[Texts, dict, list[dict]]:
    """Return (texts, the base's state, the states of copies that each did some work)."""
    texts = Texts()
    with tempfile.TemporaryDirectory() as folder:
        base_store(Path(folder) / "base.db")
        base = texts.gather(Path(folder) / "base.db")
        states = []
        for number, steps in enumerate(work_of):
            copy = Path(folder) / f"{number}.db"
            shutil.copy(Path(folder) / "base.db", copy)
            work(copy, f"w{number}", steps)
            states.append(texts.gather(copy))
    return texts, base if with_base else empty_state(), states


@settings(max_examples=40, deadline=None)
@given(STEPS, STEPS, st.booleans())
@example([("revise", 0, 1)], [("revise", 0, 0), ("revise", 0, 1)], False)  # the same text by two ways
def test_merging_is_commutative_and_idempotent(one: list[Step], other: list[Step], with_base: bool) -> None:
    """Whichever copy is ours the result is the same, and merging again changes nothing."""
    texts, base, (a, b) = forks(one, other, with_base=with_base)
    ab = texts.merge(base, a, b)
    assert content(ab) == content(texts.merge(base, b, a))
    assert content(texts.merge(base, ab, b)) == content(ab)
    assert content(texts.merge(base, ab, ab)) == content(ab)
    assert content(texts.merge(base, a, a)) == content(a)


@settings(max_examples=40, deadline=None)
@given(STEPS, STEPS, STEPS, st.booleans())
# A coding on a text that two others have replaced, each by another one.
@example([("add", 0, 0)], [("revise", 0, 0)], [("revise", 0, 4)], False)
# Two went the same way for a while, and all three parted.
@example(
    [("revise", 0, 1), ("revise", 0, 0)], [("revise", 0, 1), ("add", 0, 0), ("revise", 0, 2)], [("revise", 0, 4)], False
)
@example([("revise", 0, 1)], [("revise", 0, 1), ("revise", 0, 2)], [("revise", 0, 4), ("revise", 0, 5)], True)
def test_merging_is_associative(one: list[Step], other: list[Step], third: list[Step], with_base: bool) -> None:
    """Three copies come out the same in whatever order they are put together, also where nothing tells their base."""
    texts, base, (a, b, c) = forks(one, other, third, with_base=with_base)
    left = texts.merge(base, texts.merge(base, a, b), c)
    right = texts.merge(base, a, texts.merge(base, b, c))
    assert content(left) == content(right)


@settings(max_examples=40, deadline=None)
@given(STEPS, STEPS)
def test_a_merged_state_can_be_stored_and_is_sound(one: list[Step], other: list[Step]) -> None:
    """Written into the first copy it passes the store's own check, and undo brings back what was."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{name}.db" for name in "ab"]
        base_store(paths[0])
        texts = Texts()
        base = texts.gather(paths[0])
        shutil.copy(paths[0], paths[1])
        work(paths[0], "a", one)
        work(paths[1], "b", other)
        a, b = (texts.gather(path) for path in paths)
        merged = texts.merge(base, a, b)
        with Store.open(paths[0]) as store:
            with store.change(action="merge") as change:
                change.put_state(merged, texts)
            assert store.verify() == []
            assert store.state() == merged
            if store.journal(1)[0].action == "merge":
                store.undo()
                assert store.state() == a and store.verify() == []


def pair(tmp_path: Path, mine: Callable[[Any], None], other: Callable[[Any], None]) -> tuple[dict, Any, tuple]:
    """Return the merged state, codebook and conflicts of two copies that each did something."""
    texts = Texts()
    states = []
    base_store(tmp_path / "base.db")
    base = texts.gather(tmp_path / "base.db")
    for name, work_of in (("a", mine), ("b", other)):
        shutil.copy(tmp_path / "base.db", tmp_path / f"{name}.db")
        with Store.open(tmp_path / f"{name}.db") as store, store.change(action=name) as change:
            work_of(change)
        states.append(texts.gather(tmp_path / f"{name}.db"))
    return merge_states(base, *states, texts.__getitem__)


def put_book(text_of: Callable[[Any], Any]) -> Callable[[Any], None]:
    """Return work that records an edited codebook."""

    def work_of(change: Any) -> None:
        book = text_of(BOOK)
        change.record_codebook(book.hash, dump_codebook(book))

    return work_of


def test_a_coding_changed_on_both_sides_keeps_both(tmp_path: Path) -> None:
    """Different columns join; of one column one value stands and the other is noted and listed."""
    first = Coding("ann", "alpha", 0, 5, "a", id="0" * 32)
    state, _, conflicts = pair(
        tmp_path,
        lambda change: change.put_codings([replace(first, code="b", status="rejected")]),
        lambda change: change.put_codings([replace(first, code="c", end=7)]),
    )
    row = state["codings"][("0" * 32,)]
    assert (row["code"], row["end"], row["status"]) == ("c", 7, "rejected")
    assert row["evidence"] == '{"conflict":{"code":[["b",""]]}}'
    assert [(one.what, one.about, one.kept, one.other) for one in conflicts] == [("coding", "code", "c", "b")]


def test_a_code_redefined_on_both_sides_is_kept_twice(tmp_path: Path) -> None:
    """One definition stands, the other becomes a code of its own, and both are listed."""
    _, book, conflicts = pair(
        tmp_path,
        put_book(lambda book: edited(book, "redefine", 0, 0, "One meaning.")),
        put_book(lambda book: edited(book, "redefine", 0, 0, "Two meaning.")),
    )
    assert book.by_id["a"].definition == "Two meaning."
    extra = next(code for code in book.codes if "~" in code.id)
    assert (extra.definition, extra.origin) == ("One meaning.", "other definition of a")
    assert [(one.what, one.key, one.about) for one in conflicts] == [("code", "a", "definition")]


def test_a_deleted_code_that_is_still_used_stays(tmp_path: Path) -> None:
    """What one side deletes and the other uses is kept, and listed."""
    state, book, conflicts = pair(
        tmp_path,
        lambda change: (change.remove_codings([f"{1:032x}"]), put_book(lambda book: delete_code(book, "b"))(change)),
        lambda change: change.add_codings([Coding("bo", "alpha", 8, 12, "b")]),
    )
    assert "b" in book.by_id and sum(row["code"] == "b" for row in state["codings"].values()) == 1
    assert [(one.what, one.key, one.about) for one in conflicts] == [("code", "b", "removed")]


def test_codings_follow_a_rename_made_by_the_other(tmp_path: Path) -> None:
    """A coding made with the old name while another renamed the code gets the new name."""
    state, book, conflicts = pair(
        tmp_path,
        put_book(lambda book: rename_code(book, "b", "z")),
        lambda change: change.add_codings([Coding("bo", "alpha", 8, 12, "b", id="9" * 32)]),
    )
    assert state["codings"][("9" * 32,)]["code"] == "z" and "b" not in book.by_id and conflicts == ()


def test_a_transcript_changed_on_both_sides_is_kept_twice(tmp_path: Path) -> None:
    """Both texts stay, each with the codings made on it; the version that both had stays too."""

    def revise(text: str, id_: str) -> Callable[[Any], None]:
        def work_of(change: Any) -> None:
            change.add_transcript(transcript("alpha", TEXT + text), replace=True)
            change.add_codings([Coding("bo", "alpha", 0, 4, "a", id=id_)])

        return work_of

    state, _, conflicts = pair(tmp_path, revise(" One.", "1" * 32), revise(" Two.", "2" * 32))
    assert [one.about for one in conflicts if one.what == "transcript"] == ["text"]
    names = {state["codings"][(id_ * 32,)]["transcript"] for id_ in "12"}
    assert len(names) == 2 and "alpha" in names
    current = [key for key, row in state["transcripts"].items() if row["current"]]
    assert sorted(name for name, _ in current) == sorted(names)
    assert {row["transcript"] for row in state["codings"].values()} == names


def test_memos_edited_on_both_sides_keep_both_texts(tmp_path: Path) -> None:
    """Neither text goes."""
    memo = Memo("ann", "first", target="code", key="a", id="m" * 32)
    state, _, _ = pair(
        tmp_path,
        lambda change: change.put_memo(replace(memo, text="mine")),
        lambda change: change.put_memo(replace(memo, text="yours")),
    )
    assert state["memos"][("m" * 32,)]["text"] == "mine\n\n---\n\nyours"
