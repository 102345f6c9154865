"""What a change writes, what it refuses, and that it is all or nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from store_examples import (
    ALPHA,
    ALPHA_TEXT,
    BETA,
    code,
    coding,
    fill,
    look,
    marked,
    transcript,
    untimed,
)

from qualcode.errors import StoreError
from qualcode.model import Case, Coder, Memo, Relation, Turn
from qualcode.store import Change, Store


def test_a_study_comes_back_as_it_was_put_in(store: Store) -> None:
    """Cases in the order of ingest, the rest sorted, texts and turns and attributes to the last character."""
    fill(store)
    study = look(store)
    assert study.cases == (Case("Beta", "agency", {"Industry": "Shops", "Age": "3"}), Case("Alpha", "firm"))
    assert list(study.cases[0].attributes) == ["Industry", "Age"]
    assert study.transcripts == (ALPHA, BETA)
    assert study.coders == (Coder("coder-a"), Coder("cues", "machine", {"version": "1"}))
    assert [study.transcripts[0].speech(turn) for turn in study.transcripts[0].turns] == [
        "Why do you do it?",
        "To be known. Ä 😀 matters, too.",
    ]
    assert store.verify() == []


def test_times_within_turns_come_back_exactly(store: Store) -> None:
    """Moments are kept with their text, to the last digit, through a next version, undo and the check of the store."""
    timed = replace(ALPHA, moments=((3, 0.1), (24, 2.0), (31, 3599.123456789)))
    fill(store)
    with store.change(action="times") as change:
        assert change.add_transcript(timed, replace=True) == 2
        assert change.add_transcript(timed, replace=True) == 2
    assert look(store).transcript_by_name["alpha"] == replace(timed, version=2)
    assert store.transcript("alpha", 1) == ALPHA and store.verify() == []
    store.undo()
    assert look(store).transcript_by_name["alpha"] == ALPHA
    store.redo()
    assert look(store).transcript_by_name["alpha"].moments == timed.moments and store.verify() == []


@pytest.mark.parametrize("moments", [((3, 1.0), (3, 2.0)), ((9, 1.0), (3, 2.0)), ((999, 1.0),), ((3, -1.0),)])
def test_times_that_cannot_be(store: Store, moments: tuple[tuple[int, float], ...]) -> None:
    """A place twice, out of order, outside the text, or a time before the recording is refused."""
    fill(store)
    with pytest.raises(ValueError, match="alpha: the time at"), store.change(action="times") as change:
        change.add_transcript(replace(ALPHA, moments=moments), replace=True)


def test_an_opened_store_holds_what_was_written(store: Store, target: Path | str) -> None:
    """Another connection sees the same study, sequences inside an evidence as lists."""
    fill(store)
    one = coding("A: To be known. [Ä 😀 matters]", confidence=0.25, evidence={"cue": "matters", "spans": [[1, 2]]})
    assert code(store, one) == 1
    with Store.open(target) as again:
        study = look(again)
        assert untimed(study) == (one,)
        assert marked(study, study.codings[0]) == ("Q: Why do you do it?\nA: To be known. [Ä 😀 matters], too.\n")
        assert study.codings[0].created.endswith("Z")
        assert again.counts() == store.counts()


def test_the_order_does_not_depend_on_the_order_of_writing(store: Store) -> None:
    """Codings come sorted by place and stage."""
    fill(store)
    codings = [
        coding(passage, name, coder, stage=stage, id=f"{passage}{name}{coder}{stage}")
        for passage in ("[To] be known", "To [be known]", "[To be] known")
        for name in ("b", "a", "Z")
        for coder in ("cues", "coder-a")
        for stage in ("open", "focused")
    ]
    shuffled = random.Random(3).sample(codings, len(codings))
    for part in (shuffled[:5], shuffled[5:]):
        code(store, *part)
    assert untimed(look(store)) == tuple(sorted(codings, key=lambda each: (*each.place, each.stage)))


def test_counts_and_hashes(store: Store) -> None:
    """The light queries agree with the whole."""
    fill(store)
    code(store, coding("[To be known]"), coding("[For sales]", of=BETA, coder="cues", status="proposed"))
    counts = store.counts()
    assert (counts["cases"], counts["transcripts"], counts["turns"], counts["codings"]) == (2, 2, 4, 2)
    assert counts["changes"] == store.number == 2
    assert store.coding_counts() == {("coder-a", "open", "accepted"): 1, ("cues", "open", "proposed"): 1}
    assert store.transcript_hashes() == {
        "alpha": ("hash-of-alpha", ALPHA.hash, 1),
        "beta": ("hash-of-beta", BETA.hash, 1),
    }


def test_the_same_coding_is_added_once(store: Store) -> None:
    """Same place and stage by the same coder: once within a call, between calls, and when it was rejected."""
    fill(store)
    first = coding("[To be known]")
    assert code(store, first, coding("[To be known]")) == 1
    with store.change(action="reject") as change:
        assert change.set_status([first.id], "rejected") == 1
    assert code(store, coding("[To be known]"), coding("[To be known]", stage="focused")) == 1
    assert [(each.stage, each.status) for each in look(store).codings] == [
        ("focused", "accepted"),
        ("open", "rejected"),
    ]


def test_one_change_can_ingest_and_code(store: Store) -> None:
    """What a change has written is known to the rest of it."""
    gamma = transcript("gamma", "A: For the brand.\n")
    with store.change(action="all at once") as change:
        change.add_case(Case("Alpha"))
        change.add_transcript(ALPHA)
        change.put_coder(Coder("coder-a"))
        change.add_codings([coding("[known]")])
        change.put_coder(Coder("coder-b"))
        change.add_case(Case("Gamma"))
        change.add_transcript(gamma)
        assert change.add_codings([coding("[brand]", coder="coder-b", of=gamma), coding("[known]")]) == 1
    assert [(each.coder, look(store).quote(each)) for each in look(store).codings] == [
        ("coder-a", "known"),
        ("coder-b", "brand"),
    ]
    assert store.number == 1
    store.undo()
    assert look(store).cases == look(store).coders == ()


def test_codings_are_changed_and_removed_by_id(store: Store) -> None:
    """Counts say what was really changed; the time of making stays."""
    fill(store)
    one, two = coding("[To be known]"), coding("[matters]")
    code(store, one, two)
    made = look(store).codings[0].created
    with store.change(action="change") as change:
        assert change.put_codings([replace(one, code="fame", status="proposed"), two]) == 1
        assert change.set_status([one.id, two.id, two.id], "accepted") == 1
        assert change.remove_codings([two.id]) == 1
    (left,) = look(store).codings
    assert (left.id, left.code, left.status, left.created) == (one.id, "fame", "accepted", made)
    assert store.verify() == []


def test_two_codings_can_change_places(store: Store) -> None:
    """What counts is where they end up, not a moment in between."""
    fill(store)
    one, two = coding("[To be known]", "a"), coding("[To be known]", "b")
    code(store, one, two)
    with store.change(action="swap") as change:
        assert change.put_codings([replace(one, code="b"), replace(two, code="a")]) == 2
    store.undo()
    store.redo()
    assert {each.id: each.code for each in look(store).codings} == {one.id: "b", two.id: "a"}
    with pytest.raises(ValueError, match="the same one"), store.change(action="merge") as change:
        change.put_codings([replace(one, code="a")])


def test_memos_relations_codebooks_settings(store: Store) -> None:
    """Memos come in the order written; a relation stands once; the codebook recorded last is the present one."""
    fill(store)
    memos = [Memo("coder-a", text, id=id_) for text, id_ in (("first", "z"), ("second", "a"), ("third", "m"))]
    relation = Relation("goal", "condition", "fame", "coder-a")
    with store.change(action="notes") as change:
        for memo in memos:
            change.add_memo(memo)
        change.put_memo(replace(memos[1], text="second, changed", kind="theory"))
        change.remove_memo("m")
        assert change.add_relation(relation)
        assert not change.add_relation(replace(relation, id="another"))
        change.record_codebook("hash-1", "name: one\n")
        change.record_codebook("hash-2", "name: two\n")
        change.put_setting("assigned", "all")
    study = look(store)
    assert [(memo.text, memo.kind) for memo in study.memos] == [
        ("first", "observation"),
        ("second, changed", "theory"),
    ]
    assert study.relations == (relation,)
    assert store.codebook_hash() == "hash-2"
    assert store.codebook_text("hash-1") == "name: one\n"
    assert store.codebook_text("hash-3") is None
    assert [each.hash for each in store.codebooks()] == ["hash-1", "hash-2"]
    assert store.info()["assigned"] == "all"
    with store.change(action="fewer") as change:
        change.remove_relation(relation.id)
        change.put_setting("assigned", None)
        change.record_codebook("hash-2", "name: two # a remark\n")
    assert look(store).relations == ()
    assert "assigned" not in store.info()
    assert store.codebook_text("hash-2") == "name: two # a remark\n"
    store.undo()
    assert store.codebook_text("hash-2") == "name: two\n"
    assert store.verify() == []


def test_a_replaced_text_leaves_its_codings_behind_until_they_are_carried_over(store: Store) -> None:
    """Codings are never shifted: they stay on the version that their positions are valid for."""
    fill(store)
    one = coding("[To be known]")
    code(store, one, coding("[matters]", id="lost"))
    changed = transcript("alpha", "A: Well. To be known.\n")
    with store.change(action="ingest", detail="again") as change:
        assert change.add_transcript(changed, replace=True) == 2
    study = look(store)
    assert study.transcript_by_name["alpha"] == replace(changed, version=2)
    assert study.codings == ()
    assert [(each.id, version) for each, version in store.left_behind()] == [(one.id, 1), ("lost", 1)]
    old = store.transcript("alpha", 1)
    assert old is not None and old.text == ALPHA_TEXT and old.turns == ALPHA.turns
    assert store.counts()["codings left behind"] == 2
    with store.change(action="carry over") as change:
        change.put_codings([coding("[To be known]", of=changed, id=one.id)])
    study = look(store)
    assert [marked(study, each) for each in study.codings] == ["A: Well. [To be known].\n"]
    assert store.verify() == []
    store.undo()
    store.undo()
    assert [marked(look(store), each) for each in look(store).codings] == [
        "Q: Why do you do it?\nA: [To be known]. Ä 😀 matters, too.\n",
        "Q: Why do you do it?\nA: To be known. Ä 😀 [matters], too.\n",
    ]
    assert store.verify() == []


def test_a_change_reads_what_one_coder_has_on_some_transcripts(store: Store) -> None:
    """As it is within the change, without other coders' codings and those on replaced texts."""
    fill(store)
    first = coding("[To be known]", coder="cues", id="first")
    beta = coding("[For sales]", coder="cues", of=BETA, id="beta")
    code(store, first, beta, coding("[matters]", id="other coder's"))
    with store.change(action="code") as change:
        assert change.text_hashes() == {"alpha": ALPHA.hash, "beta": BETA.hash}
        assert [one.id for one in change.codings_of("cues")] == ["first", "beta"]
        assert [one.id for one in change.codings_of("cues", {"beta"})] == ["beta"]
        change.set_status(["beta"], "accepted")
        assert change.codings_of("cues", {"beta"})[0].status == "accepted"
        many = {"alpha", *map(str, range(1000))}
        assert [one.id for one in change.codings_of("cues", many)] == ["first"]
        changed = transcript("alpha", "A: Well. To be known.\n")
        change.add_transcript(changed, replace=True)
        assert change.text_hashes()["alpha"] == changed.hash and not change.codings_of("cues", {"alpha"})


def test_replacing_a_transcript_by_itself_writes_nothing(store: Store) -> None:
    """The same text, turns and header are the same version."""
    fill(store)
    with store.change(action="ingest") as change:
        assert change.add_transcript(ALPHA, replace=True) == 1
    assert store.number == 1


WRONG: dict[str, Callable[[Change], object]] = {
    "a second case of a name": lambda change: change.add_case(Case("Alpha")),
    "a second transcript of a name": lambda change: change.add_transcript(ALPHA),
    "a transcript of no case": lambda change: change.add_transcript(transcript("gamma", "A: x", "Nobody")),
    "a turn outside the text": lambda change: change.add_transcript(
        replace(transcript("gamma", "A: x", "Alpha"), turns=(Turn(1, "A", "participant", 3, 5),))
    ),
    "turns that overlap": lambda change: change.add_transcript(
        replace(transcript("g", "A: xy", "Alpha"), turns=(Turn(1, "A", "other", 0, 4), Turn(2, "A", "other", 3, 5)))
    ),
    "an unknown role": lambda change: change.add_transcript(
        replace(transcript("g", "A: xy", "Alpha"), turns=(Turn(1, "A", "guest", 0, 4),))
    ),
    "a null character": lambda change: change.add_transcript(transcript("gamma", "A: \0", "Alpha")),
    "half a surrogate pair": lambda change: change.add_transcript(transcript("gamma", "A: \ud800", "Alpha")),
    "an unknown kind of coder": lambda change: change.put_coder(Coder("x", "animal")),
    "a coding of an unknown transcript": lambda change: change.add_codings(
        [replace(coding("[To]"), transcript="gamma")]
    ),
    "a coding by an unknown coder": lambda change: change.add_codings([coding("[To]", coder="nobody")]),
    "a span outside the text": lambda change: change.add_codings([replace(coding("[To]"), end=len(ALPHA_TEXT) + 1)]),
    "an empty span": lambda change: change.add_codings([replace(coding("[To]"), end=coding("[To]").start)]),
    "a span before the text": lambda change: change.add_codings([replace(coding("[To]"), start=-1)]),
    "an unknown stage": lambda change: change.add_codings([coding("[To]", stage="final")]),
    "an unknown status": lambda change: change.add_codings([coding("[To]", status="maybe")]),
    "an unknown status to set": lambda change: change.set_status(["there"], "maybe"),
    "an unknown assertion": lambda change: change.add_codings([coding("[To]", assertion="shouted")]),
    "too much confidence": lambda change: change.add_codings([coding("[To]", confidence=1.5)]),
    "an id used twice": lambda change: change.add_codings([coding("[To]", id="there")]),
    "an unknown kind of memo": lambda change: change.add_memo(Memo("coder-a", "x", "poem")),
    "an unknown target of a memo": lambda change: change.add_memo(Memo("coder-a", "x", target="moon")),
    "a memo by nobody": lambda change: change.add_memo(Memo("nobody", "x")),
    "a relation to nothing": lambda change: change.add_relation(Relation("a", "part-of", "", "coder-a")),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_what_the_model_does_not_allow_is_refused_and_takes_the_whole_change_back(
    store: Store, wrong: Callable[[Change], object]
) -> None:
    """A ValueError, and nothing of the change is there, not even what was right."""
    fill(store)
    code(store, coding("[matters]", id="there"))
    before, number = look(store), store.number
    with pytest.raises(ValueError), store.change(action="codings add") as change:
        change.add_codings([coding("[known]")])
        wrong(change)
    assert look(store) == before
    assert store.number == number
    assert store.verify() == []


@pytest.mark.parametrize(
    "gone",
    [
        lambda change: change.set_status(["gone"], "accepted"),
        lambda change: change.remove_codings(["gone", "there"]),
        lambda change: change.put_codings([coding("[To]", id="gone")]),
        lambda change: change.remove_memo("gone"),
        lambda change: change.put_memo(Memo("coder-a", "x", id="gone")),
        lambda change: change.remove_relation("gone"),
    ],
)
def test_an_id_that_another_program_has_removed_is_told(store: Store, gone: Callable[[Change], object]) -> None:
    """The user can have done nothing wrong, and gets a message."""
    fill(store)
    code(store, coding("[matters]", id="there"))
    with pytest.raises(StoreError, match="gone"), store.change(action="x") as change:
        gone(change)
    assert len(look(store).codings) == 1


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_an_exception_takes_the_change_back(store: Store, stop: type[BaseException]) -> None:
    """Ctrl-C in the middle leaves nothing half-written, and the store goes on working."""
    fill(store)
    before = look(store)
    with pytest.raises(stop), store.change(action="codings add") as change:
        change.add_codings([coding("[known]")])
        change.put_case(Case("Alpha", "other"))
        raise stop
    assert look(store) == before
    assert store.number == 1
    assert code(store, coding("[known]")) == 1


def test_a_failed_write_cannot_be_passed_over(store: Store) -> None:
    """Who swallows the error of a write in the middle of it does not get half of it committed."""
    fill(store)
    code(store, coding("[matters]", id="there"))
    swallowed = suppress(ValueError)
    with pytest.raises(RuntimeError, match="passed over"), store.change(action="x") as change, swallowed:
        change.add_codings([coding("[known]"), coding("[To]", id="there")])
    assert len(look(store).codings) == 1


def test_an_empty_change_is_not_in_the_history(store: Store) -> None:
    """Writing what is there already is no change."""
    fill(store)
    with store.change(action="nothing") as change:
        change.put_case(Case("Alpha", "firm"))
        change.put_coder(Coder("coder-a"))
        change.add_codings([])
        change.set_status([], "accepted")
        assert change.number is None
    assert [entry.action for entry in store.journal()] == ["ingest"]


def test_a_change_worked_out_on_an_older_state_is_refused(store: Store) -> None:
    """No lost update: who bases a change on a snapshot can ask that nothing has happened since."""
    fill(store)
    seen = store.number
    code(store, coding("[known]"))
    with pytest.raises(StoreError, match="changed meanwhile"), store.change(action="x", based_on=seen) as change:
        change.put_case(Case("Alpha", "other"))
    with store.change(action="x", based_on=store.number) as change:
        assert len(change.snapshot(look(store).settings, look(store).codebook).codings) == 1


@pytest.mark.parametrize("is_first", [True, False], ids=["before its first write", "after it"])
def test_a_change_is_described_within_its_block(store: Store, is_first: bool) -> None:
    """What is said of a change may come from looking at the study first."""
    with store.change(action="note", detail="at first") as change:
        if is_first:
            change.describe("1 case")
        change.add_case(Case("Anna"))
        if not is_first:
            change.describe("1 case")
    assert [entry.detail for entry in store.journal()] == ["1 case"]
    assert store.verify() == []
