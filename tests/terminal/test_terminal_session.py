"""Coding without a screen: selecting, giving codes, filters, progress, undo, blindness."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from terminal_study import add_elsewhere, codings_of, select

from qualcode.errors import UserError
from qualcode.model import Code, Transcript, Turn
from qualcode.project.blindness import set_blind
from qualcode.project.coders import assign
from qualcode.project.folder import find_study
from qualcode.terminal.positions import Places
from qualcode.terminal.session import PARTICIPANTS, Filters


def test_begins_at_the_first_uncoded_turn(opened) -> None:
    """A coder who comes back begins where nothing is coded yet, a new one at the first participant's turn."""
    assert opened("coder-b").quote == "I always wanted one, since I was nine."
    again = opened("coder-a")
    assert again.turn.number not in again._coded_turns().get(again.name, ())


def test_sentences_one_after_the_other(opened) -> None:
    """Next and previous go by sentence, over turns of others too."""
    session = opened()
    session.move("sentence", 1)
    assert session.quote == "Then I retired and there was no excuse left."
    session.move("sentence", 1)
    assert session.quote == "And how do you learn?"
    session.move("sentence", -1)
    assert session.quote == "Then I retired and there was no excuse left."


def test_longer_and_shorter(opened) -> None:
    """The selection grows and shrinks by sentence, word and character, at either end."""
    session = opened()
    select(session, "Every morning before breakfast.", "anna")
    session.extend("sentence", 1)
    assert session.quote == "Every morning before breakfast. I do it for myself."
    session.extend("sentence", -1)
    session.extend("word", -1)
    assert session.quote == "Every morning before breakfast"
    session.extend("word", -1)
    assert session.quote == "Every morning before"
    session.extend("character", 1)
    session.extend("character", 1)
    assert session.quote == "Every morning before b"
    session.other_edge()
    session.extend("word", 1)
    assert session.quote == "morning before b"
    session.extend("word", -1)
    assert session.quote == "Every morning before b"


def test_words_stay_with_their_speaker(opened) -> None:
    """By words and characters the selection ends with the turn; by sentences it goes on into the next one."""
    session = opened()
    select(session, "no excuse left.", "anna")
    for unit in ("word", "character"):
        session.extend(unit, 1)
    assert session.quote == "no excuse left."
    session.extend("sentence", 1)
    assert session.quote.endswith("And how do you learn?")
    session.extend("word", -1)
    assert session.quote.endswith("And how do you learn")


def test_a_selection_never_becomes_empty(opened) -> None:
    """Shrinking stops at one word or one character."""
    session = opened()
    for unit in ("word", "character"):
        for _ in range(60):
            session.extend(unit, -1)
    assert session.quote == "I"


def test_next_unit_after_a_long_selection(opened) -> None:
    """From several sentences the next one is the one after them."""
    session = opened()
    session.extend("sentence", 1)
    session.move("sentence", 1)
    assert session.quote == "And how do you learn?"


def test_whole_turn_and_next_turn(opened) -> None:
    """A turn is selected whole; going by turns selects first sentences."""
    session = opened()
    session.select_turn()
    assert session.quote == session.transcript.speech(session.turn)
    session.move("turn", 1)
    assert session.quote == "And how do you learn?"


def test_any_span_in_either_order_and_without_outer_space(opened) -> None:
    """What a mouse draws over is selected from left to right, without white space at its ends."""
    session = opened()
    start = session.transcript.text.index(" always wanted ")
    session.select(start + len(" always wanted "), start)
    assert session.quote == "always wanted"


def test_several_codes_are_one_change(opened, folder) -> None:
    """Ticked codes are given together, saved at once, and taken back together."""
    session = opened()
    session.apply(["start/old-wish", "obstacles/time"])
    assert codings_of(folder, "coder-b") == [
        ("I always wanted one, since I was nine.", code, "accepted") for code in ("obstacles/time", "start/old-wish")
    ]
    session.undo()
    assert codings_of(folder, "coder-b") == []
    session.redo()
    assert len(codings_of(folder, "coder-b")) == 2


def test_a_coding_remembers_the_definition(opened, folder) -> None:
    """The hash of the definition under which it was made, and the code's stage, are stored with it."""
    opened().apply(["drive/own-joy"])
    stored = next(one for one in folder.study().codings if one.coder == "coder-b")
    code = folder.codebook().by_id["drive/own-joy"]
    assert (stored.definition_hash, stored.stage) == (code.definition_hash, "focused")


def test_a_code_twice_is_said(opened, folder) -> None:
    """Giving a code again changes nothing and says so."""
    session = opened()
    session.apply(["obstacles/time"])
    assert "already" in session.again()
    assert len(codings_of(folder, "coder-b")) == 1


def test_only_own_codings_are_removed(opened, folder) -> None:
    """One's own coding goes, somebody else's is refused."""
    session = opened()
    session.apply(["obstacles/time"])
    session.remove(session.own_here()[0])
    assert codings_of(folder, "coder-b") == []
    other = next(one for one in session.visible() if one.coder == "coder-a")
    with pytest.raises(UserError, match="by coder-a"):
        session.remove(other)


def test_in_vivo(opened, folder) -> None:
    """An in-vivo code takes its name and id from the words, keeps where they stand, and codes them."""
    session = opened()
    before = folder.codebook_text()
    select(session, "forget the whole day", "anna")
    session.in_vivo()
    code = folder.codebook().by_id["in-vivo/forget-the-whole-day"]
    assert (code.name, code.origin) == ("forget the whole day", "in vivo: anna 00:01:06")
    assert code.examples == ("forget the whole day",)
    assert codings_of(folder, "coder-b") == [("forget the whole day", code.id, "accepted")]
    session.undo()
    assert folder.codebook_text() == before and codings_of(folder, "coder-b") == []
    session.redo()
    assert code.id in folder.codebook().by_id and len(codings_of(folder, "coder-b")) == 1


def test_the_same_words_again_are_the_same_code(opened, folder) -> None:
    """In-vivo codes from the same words elsewhere are one code."""
    session = opened()
    select(session, "They count on me", "chris")
    session.in_vivo()
    select(session, "they count on me", "ben")
    session.in_vivo()
    assert len(folder.codebook().codes) == 11
    assert {code for _, code, _ in codings_of(folder, "coder-b")} == {"in-vivo/they-count-on-me"}


def test_in_vivo_needs_words(opened) -> None:
    """Marks alone are no code."""
    session = opened()
    select(session, ".", "anna")
    with pytest.raises(UserError, match="word"):
        session.in_vivo()


def test_new_code(opened, folder) -> None:
    """A new code is in file and store, stands with its category, keeps the file's remarks, and is given at once."""
    folder.codebook_path.write_text("# ours\n" + folder.codebook_text(), "utf-8")
    session = opened()
    session.new_code(Code("obstacles/age", "Age", "Being too old.", categories=("obstacles",)))
    assert folder.codebook().by_id["obstacles/age"].definition == "Being too old."
    assert folder.codebook_text().startswith("# ours\n")
    with folder.store() as store:
        assert store.codebook_hash() == folder.codebook().hash
    assert [code for _, code, _ in codings_of(folder, "coder-b")] == ["obstacles/age"]
    with pytest.raises(UserError, match="already"):
        session.new_code(Code("obstacles/age", "Age"))


def test_a_code_edited_by_hand_meanwhile_is_kept(opened, folder) -> None:
    """A code that somebody wrote into the file is there after a new code was made at the screen."""
    session = opened()
    text = folder.codebook_text()
    folder.codebook_path.write_text(text + "  - id: by-hand\n    definition: Written in an editor.\n", "utf-8")
    session.new_code(Code("at-screen", "At the screen"))
    assert {"by-hand", "at-screen"} <= set(folder.codebook().by_id)
    assert {"by-hand", "at-screen"} <= set(session.study.codebook.by_id)


def test_a_codebook_in_the_middle_of_editing(opened, folder) -> None:
    """A file that cannot be read is said, the codes known go on working, and nothing is written over it."""
    session = opened()
    folder.codebook_path.write_text("codes: [", "utf-8")
    session.refresh()
    assert session.changes.codebook_problem
    session.apply(["obstacles/time"])
    with pytest.raises(UserError, match="cannot be added to"):
        session.new_code(Code("x", "X"))
    assert folder.codebook_path.read_text("utf-8") == "codes: ["


@pytest.mark.parametrize("target", ["study", "case", "transcript", "passage", "coding"])
def test_memos(opened, folder, target) -> None:
    """A memo on anything in hand is stored under its key, shown there, and can be changed and taken back."""
    session = opened()
    session.apply(["obstacles/time"])
    memo = session.memo(target, " Odd. ", kind="theory")
    keys = {
        "study": "",
        "case": "Anna",
        "transcript": "anna",
        "passage": f"anna:{session.start}-{session.end}",
        "coding": session.own_here()[0].id,
    }
    stored = folder.study().memos
    assert [(one.coder, one.kind, one.target, one.key, one.text) for one in stored] == [
        ("coder-b", "theory", target, keys[target], "Odd.")
    ]
    assert [one.id for one in session.memos_here()] == [memo.id]
    session.memo(target, "Not odd.", id=memo.id)
    assert [one.text for one in folder.study().memos] == ["Not odd."]
    session.undo()
    assert [one.text for one in folder.study().memos] == ["Odd."]


def test_an_empty_memo_is_refused(opened) -> None:
    """A memo that says nothing is not stored."""
    with pytest.raises(UserError, match="nothing"):
        opened().memo("study", "  ")


def test_undo_leaves_others_changes(opened, folder) -> None:
    """The newest change by another program is not taken back from here; a warning says whose it is."""
    session = opened()
    session.apply(["obstacles/time"])
    add_elsewhere(folder, "coder-c", "obstacles/time", "ben", 8, "no time at all")
    with pytest.raises(UserError, match="coder-c"):
        session.undo()
    assert len(codings_of(folder, "coder-c")) == len(codings_of(folder, "coder-b")) == 1


def test_undo_before_anything_was_done(opened) -> None:
    """What was there when the screen opened is not taken back."""
    with pytest.raises(UserError, match="not made here"):
        opened().undo()


def test_undo_goes_on_with_what_the_coder_did_before(opened, folder) -> None:
    """At a new screen undo takes back the coder's earlier codings one by one and says that they are older."""
    first = opened()
    first.apply(["obstacles/time"])
    first.apply(["start/old-wish"])
    session = opened()
    assert "before this screen was opened" in session.undo()
    assert len(codings_of(folder, "coder-b")) == 1
    session.redo()
    assert len(codings_of(folder, "coder-b")) == 2
    session.undo()
    session.undo()
    assert codings_of(folder, "coder-b") == []
    with pytest.raises(UserError, match="Nothing of yours is left"):
        session.undo()


def test_undo_leaves_what_is_more_than_coding(opened, folder) -> None:
    """That somebody is blind, or took in transcripts, is not taken back by a key, although they did it themselves."""
    opened("coder-b", blind=True)
    with pytest.raises(UserError, match="coder blind by coder-b"):
        opened("coder-b").undo()
    assert folder.study().coder_by_name["coder-b"].attributes["blind"] == "yes"


def test_redo_after_somebody_else(opened, folder) -> None:
    """Nothing is done again once the study was changed by others."""
    session = opened()
    session.apply(["obstacles/time"])
    session.undo()
    add_elsewhere(folder, "coder-c", "obstacles/time", "ben", 8, "no time at all")
    with pytest.raises(UserError, match="nothing to do again"):
        session.redo()


def test_study_in_hand_is_the_study_on_disk(opened, folder) -> None:
    """After every kind of change the study at the screen equals what is read anew."""
    session = opened()
    session.apply(["obstacles/time", "start/old-wish"])
    session.remove(session.own_here()[0])
    session.memo("study", "One.")
    session.move("sentence", 1)
    session.in_vivo()
    session.undo()
    session.apply(["obstacles/shame"])
    disk = folder.study()
    plain = [replace(one, created="") for one in session.study.codings]
    assert plain == [replace(one, created="") for one in disk.codings]
    assert [one.text for one in session.study.memos] == [one.text for one in disk.memos]
    assert session.study.coders == disk.coders
    assert session.changes.number == session.changes.store.number
    with folder.store() as store:
        assert store.verify() == []


def test_next_uncoded_goes_through_all_transcripts(opened) -> None:
    """From uncoded turn to uncoded turn, into the next transcript; what was coded is left out; an end is said."""
    session = opened()
    session.apply(["start/old-wish"])
    seen = []
    with pytest.raises(UserError, match="no uncoded turn after"):
        while True:
            session.next_uncoded()
            seen.append((session.name, session.turn.number))
    assert seen[0] == ("anna", 4) and seen[-1] == ("chris", 8) and len(seen) == 12 - 1
    assert session.progress().coded == 1 and session.progress().turns == 12
    session.next_uncoded(-1)
    assert session.turn.number == 6


def test_from_coded_passage_to_coded_passage(opened) -> None:
    """Coded passages are gone through in order, those of one code when it is filtered for."""
    session = opened()
    session.set_filters(Filters(codes=("obstacles/shame",)))
    found = []
    with pytest.raises(UserError):
        while True:
            session.next_coding(1)
            found.append(session.quote)
    assert found and all("neighbour" in quote or "embarrassing" in quote for quote in found)


def test_filter_by_case_and_speaker(opened) -> None:
    """Only transcripts of the case and turns of the speaker are gone through."""
    session = opened()
    session.set_filters(Filters(cases=("ben",), speaker=PARTICIPANTS))
    assert session.transcript.case == "Ben" and [one.name for one in session.transcripts] == ["ben"]
    roles = set()
    for _ in range(20):
        session.move("sentence", 1)
        roles.add(session.turn.role)
    assert roles == {"participant"}
    with pytest.raises(UserError, match="no case 'Bem'"):
        session.set_filters(Filters(cases=("Bem",)))
    assert session.filters.cases == ("Ben",)


def test_blind_hides_all_that_others_did(opened, folder) -> None:
    """Blind, nobody else's codings, proposals or memos are seen; coder and history say that it was blind."""
    other = opened("coder-a")
    other.memo("study", "Look here.")
    session = opened("coder-b", blind=True)
    session.apply(["obstacles/time"])
    for one in session.study.transcripts:
        assert {coding.coder for coding in session.visible(one.name)} <= {"coder-b"}
    assert session.memos_here() == []
    study = folder.study()
    assert study.coder_by_name["coder-b"].attributes["blind"] == "yes"
    with folder.store() as store:
        assert [entry.detail for entry in store.journal(2)] == [
            "obstacles/time (blind)",
            "coder-b",
        ]


def test_codings_made_blind_say_so(opened, folder) -> None:
    """What is coded blind bears a note of it; what is coded later does not."""
    opened("coder-b", blind=True).apply(["obstacles/time"])
    set_blind(folder, "coder-b", False)
    opened("coder-b").apply(["start/old-wish"])
    own = {one.code: dict(one.evidence) for one in folder.study().codings if one.coder == "coder-b"}
    assert own == {"obstacles/time": {"blind": True}, "start/old-wish": {}}


def test_blindness_set_or_lifted_while_a_screen_is_open_stays_so(opened, folder) -> None:
    """A coding does not write the coder back as they were when the screen was opened."""
    session = opened("coder-b")
    session.apply(["obstacles/time"])
    set_blind(folder, "coder-b", True)
    session.apply(["start/old-wish"])
    assert folder.study().coder_by_name["coder-b"].attributes["blind"] == "yes" and session.blind
    set_blind(folder, "coder-b", False)
    session.apply(["drive/company"])
    assert folder.study().coder_by_name["coder-b"].attributes["blind"] == "lifted"
    with pytest.raises(UserError, match="open it again"):
        session.turn_others()
    assert opened("coder-b").turn_others() is False


def test_blind_until_it_is_lifted(opened, folder) -> None:
    """Who was blind once stays so without being asked for it again, until it is lifted on record."""
    opened("coder-b", blind=True)
    session = opened("coder-b")
    assert session.blind
    with pytest.raises(UserError, match="--not-blind"):
        session.turn_others()
    with pytest.raises(UserError) as refused:
        session.undo()
    assert refused.value.hint is None, "qualcode undo takes nothing of others back for one who codes blind"
    set_blind(folder, "coder-b", False)
    session = opened("coder-b")
    assert not session.blind and any(one.coder != "coder-b" for one in session.visible())


def test_assigned_transcripts(opened, folder) -> None:
    """Where transcripts are assigned, the coder's own are gone through; a case asked for is shown all the same."""
    assign(folder, {"coder-b": Fraction(1, 3), "coder-c": Fraction(1, 3)}, actor="lead")
    session = opened("coder-b")
    assert len(session.transcripts) == 1 and session.name == session.transcripts[0].name
    others = [one.name for one in session.study.cases if one.name != session.transcript.case]
    session.set_filters(Filters(cases=(others[0],)))
    assert session.transcript.case == others[0]


def test_opening_and_looking_writes_nothing(opened, folder) -> None:
    """A coder who only reads leaves no trace in the history."""
    with folder.store() as store:
        before = store.number
    session = opened("coder-b")
    session.move("sentence", 1)
    with folder.store() as store:
        assert store.number == before


def test_others_can_be_hidden_without_being_blind(opened) -> None:
    """The filter shows one's own codings only."""
    session = opened("coder-a")
    assert {one.coder for one in session.visible()} == {"coder-a", "cues"}
    session.set_filters(Filters(others=False))
    assert {one.coder for one in session.visible()} == {"coder-a"}


def test_a_machine_does_not_code_by_hand(opened) -> None:
    """The name of a machine coder is refused, known to the study or not."""
    with pytest.raises(UserError, match="machine"):
        opened("cues")


def test_two_writers_lose_nothing(opened, folder) -> None:
    """What the command line adds while the screen is open remains, and so does what the screen adds."""
    session = opened()
    add_elsewhere(folder, "coder-b", "start/old-wish", "anna", 2, "I always wanted one")
    session.apply(["obstacles/time"])
    assert {code for _, code, _ in codings_of(folder, "coder-b")} == {"start/old-wish", "obstacles/time"}
    assert {one.code for one in session.own_here()} == {"start/old-wish", "obstacles/time"}


def test_a_lock_is_said_and_nothing_is_lost(folder, opened) -> None:
    """While another program writes, the change is refused with a message; afterwards it works."""
    session = opened()
    session.changes.store._database.wait = 0.1
    session.changes.store.close()  # connections are made anew, with the shorter wait
    with folder.store() as store, store.change(action="slow", coder="x") as change:
        change.put_setting("slow", "yes")
        with pytest.raises(UserError, match="another program"):
            session.apply(["obstacles/time"])
    assert codings_of(folder, "coder-b") == []
    session.apply(["obstacles/time"])
    assert len(codings_of(folder, "coder-b")) == 1


def test_a_text_replaced_meanwhile_is_not_coded_by_old_positions(opened, folder) -> None:
    """A new version of the text under the selection refuses the coding instead of shifting it."""
    session = opened()
    old = session.transcript
    text = "New. " + old.text
    turns = tuple(replace(turn, start=turn.start + 5, end=turn.end + 5) for turn in old.turns)
    with folder.store() as store, store.change(action="ingest", coder="x") as change:
        change.add_transcript(replace(old, text=text, turns=turns), replace=True)
    with pytest.raises(UserError, match="replaced"):
        session.apply(["obstacles/time"])
    assert codings_of(folder, "coder-b") == []
    assert session.transcript.text == text


def test_a_study_without_transcripts(tmp_path, opened) -> None:
    """There is nothing to code, and the message names the next command."""
    from qualcode.project.init import init_study
    from qualcode.terminal.start import coding

    init_study(tmp_path / "none")
    with pytest.raises(UserError, match="no transcripts"), coding(find_study(tmp_path / "none"), coder="a"):
        pass


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("own", "drive/own-joy"),
        ("TIME", "obstacles/time"),
        ("get st", "practice/plateau"),
        ("tau", "way/alone"),
    ],
)
def test_search(opened, words, first) -> None:
    """Codes are found by the beginnings of words of their names, then by definition and rules."""
    assert opened().search(words)[0].id == first


def test_search_that_finds_nothing(opened) -> None:
    """Every word typed must occur."""
    assert opened().search("time shame xyz") == []
    assert len(opened().search("  ")) == 10


@given(st.lists(st.text(st.sampled_from("ab. ?ǘ语🎉’-"), min_size=1, max_size=12), min_size=1, max_size=4), st.data())
def test_edges_stay_in_speech(speeches: list[str], data: st.DataObject) -> None:
    """However an edge is moved, it rests inside or at the end of what somebody said."""
    text, turns = "", []
    for number, speech in enumerate(speeches, start=1):
        text += "P: "
        turns.append(Turn(number, "P", "participant", len(text), len(text) + len(speech)))
        text += speech + "\n"
    places = Places(Transcript("t", "c", text, tuple(turns)))
    at, edge = turns[0].end, "end"
    steps = st.tuples(st.sampled_from(["sentence", "word", "character"]), st.booleans())
    for unit, forward in data.draw(st.lists(steps, max_size=12)):
        moved = (places.forward if forward else places.back)(unit, edge, at)
        assert moved >= at if forward else moved <= at
        assert any(turn.start < moved <= turn.end for turn in turns)
        at = moved
