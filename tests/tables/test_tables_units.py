"""Units and the tables made of them."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import codebook, study_of

from qualcode.errors import UserError
from qualcode.model import Case, Coding, Settings, Study, Transcript, Turn
from qualcode.tables import (
    case_by_code,
    code_by_code,
    code_order,
    coverage,
    coverage_table,
    incidence,
    turns_of,
    units,
    words,
)

BOOK = codebook("a", "b", "c")
MARKED = {
    "One": "Q: Why?\nA: [a|We like reports] and [b|talks].\nA: [a|More [b|reports]], [a|more].",
    "Two": "Q: [c|Why?]\nA: Never.",
}


@pytest.fixture
def study() -> Study:
    """Two cases, coded by one person."""
    return study_of({"anna": MARKED}, BOOK)


@given(st.integers(0, 60), st.integers(0, 30))
def test_turns_touching_a_place(start: int, length: int) -> None:
    """The turns found by bisection are those that share a character with it, an empty one among them."""
    one = study_of({"anna": {"One": "Q: Why not?\nA: Because.\nQ: Oh.\nA: Yes, well.\nA: No."}}, BOOK).transcripts[0]
    last = one.turns[-1]
    empty = Turn(last.number + 1, "A", "participant", last.end, last.end)
    one = replace(one, turns=(*one.turns, empty))
    end = start + length
    assert one.turns_touching(start, end) == tuple(t for t in one.turns if t.start < end and start < t.end)
    coding = Coding("anna", "one", start, end + 1, "a")
    touched = tuple(turn for turn in one.turns if turn.start < coding.end and start < turn.end)
    assert turns_of(one, coding) == (tuple(turn for turn in touched if turn.role == "participant") or touched)


def held(study: Study, unit: str) -> list[str]:
    """Return the codes of each unit as text."""
    return ["".join(sorted(row.codes)) for row in units(study, study.codings, unit)]


def test_turns_are_the_participants_and_any_other_that_is_coded(study: Study) -> None:
    """Uncoded answers are units, uncoded questions are not, a coded question is."""
    assert held(study, "turn") == ["ab", "ab", "c", ""]


def test_cases_hold_everything_said_in_them(study: Study) -> None:
    """One unit per case."""
    assert held(study, "case") == ["ab", "c"]


def test_passages_share_a_unit_when_they_overlap(study: Study) -> None:
    """In the first answer the passages are apart, in the second one is inside the other."""
    assert held(study, "passage") == ["a", "b", "ab", "a", "c"]


def test_passages_that_overlap_in_a_chain_are_two_units() -> None:
    """a overlaps b and b overlaps c, but a and c share no word."""
    study = study_of({"anna": {"One": "A: one two three four five"}}, BOOK)
    spans = {"a": (3, 10), "b": (7, 20), "c": (15, 25)}
    codings = [Coding("anna", "one", start, end, code) for code, (start, end) in spans.items()]
    assert ["".join(sorted(row.codes)) for row in units(study, codings, "passage")] == ["ab", "bc"]


def test_passages_that_only_touch_do_not_overlap() -> None:
    """The end of a passage is not part of it."""
    study = study_of({"anna": {"One": "A: [a|one ][b|two]"}}, BOOK)
    assert held(study, "passage") == ["a", "b"]


def test_sentences_of_the_turns(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences come from the language package; here they end with a comma."""
    language = SimpleNamespace(sentences=lambda text: [(0, text.index(",") + 1), (text.index(",") + 2, len(text))])
    fake = SimpleNamespace(get_language=lambda code: language)
    monkeypatch.setitem(sys.modules, "qualcode.language", fake)
    two = study_of({"anna": {"One": "A: [a|one], [b|two]"}}, BOOK)
    assert held(two, "sentence") == ["a", "b"]


def test_an_unknown_unit_is_a_users_mistake(study: Study) -> None:
    """The message lists the units."""
    with pytest.raises(UserError, match="turn"):
        units(study, (), "page")


def test_incidence_says_which_turn_holds_which_code(study: Study) -> None:
    """Rows by case, transcript and position; columns in codebook order."""
    table = incidence(study, study.codings)
    assert table.to_numpy().tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert list(table.columns) == ["a", "b", "c"]
    assert table.index.get_level_values("case").tolist() == ["One", "One", "Two", "Two"]


def test_case_by_code_counts_passages_turns_or_presence(study: Study) -> None:
    """Code a: three passages, two turns, one case."""
    assert case_by_code(study, study.codings).loc["One"].tolist() == [3, 2, 0]
    assert case_by_code(study, study.codings, "turns").loc["One"].tolist() == [2, 2, 0]
    assert case_by_code(study, study.codings, "presence").to_numpy().tolist() == [[1, 1, 0], [0, 0, 1]]


def test_the_same_passage_twice_counts_once() -> None:
    """Two coders' codings of one passage, put together, are one passage."""
    study = study_of({"anna": {"One": "A: [a|x]"}, "ben": {"One": "A: [a|x]"}}, BOOK)
    assert case_by_code(study, study.codings).loc["One", "a"] == 1


def test_code_by_code_has_each_codes_units_on_its_diagonal(study: Study) -> None:
    """a and b share two turns; c is alone."""
    assert code_by_code(study, study.codings).to_numpy().tolist() == [[2, 2, 0], [2, 2, 0], [0, 0, 1]]


def test_codes_that_the_codebook_does_not_know_come_last() -> None:
    """A code that was taken out of the codebook is still counted."""
    study = study_of({"anna": {"One": "A: [gone|x] [b|y]"}}, BOOK)
    assert code_order(study, study.codings) == ("a", "b", "c", "gone")
    assert case_by_code(study, study.codings).loc["One"].tolist() == [0, 1, 0, 1]


def test_coverage_counts_words_that_a_passage_touches(study: Study) -> None:
    """One: 5 + 3 words, of which "and" is uncoded; the question of Two is not counted."""
    one, two = coverage(study, study.codings)
    assert (one.turns, one.coded_turns, one.words, one.coded_words, one.codings, one.codes) == (2, 2, 8, 7, 5, 2)
    assert one.share == 7 / 8
    assert (two.turns, two.coded_turns, two.words, two.coded_words, two.share) == (1, 0, 1, 0, 0.0)
    assert coverage_table(study, study.codings).loc["One", "share"] == 7 / 8


def test_words_in_several_scripts() -> None:
    """Apostrophes and hyphens hold a word together; Chinese counts by the character."""
    text = "Don't follow-up: 关键意见 领袖 KOL2"
    assert [text[start:end] for start, end in words(text)] == [
        "Don't", "follow-up", "关", "键", "意", "见", "领", "袖", "KOL2",
    ]  # fmt: skip


def test_tables_of_nothing_have_their_columns() -> None:
    """A study without cases gives empty tables, not errors."""
    study = Study(Settings(), BOOK)
    assert incidence(study, ()).shape == (0, 3)
    assert case_by_code(study, ()).shape == (0, 3)
    assert code_by_code(study, ()).to_numpy().tolist() == [[0] * 3] * 3
    assert coverage_table(study, ()).shape == (0, 9)


@st.composite
def codings(draw: st.DrawFn) -> list[Coding]:
    """Up to eight codings of a text of 20 characters."""
    made = []
    for number in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, 18))
        end = draw(st.integers(start + 1, 20))
        made.append(Coding("anna", "one", start, end, draw(st.sampled_from("abc")), id=str(number)))
    return made


@given(codings())
def test_passage_units_hold_two_codes_exactly_when_passages_overlap(made: list[Coding]) -> None:
    """The pairs of codings in common units are the pairs that overlap, and every coding is in a unit."""
    transcript = Transcript("one", "One", "x" * 20, (Turn(1, "A", "participant", 0, 20),))
    study = Study(Settings(), BOOK, (Case("One"),), (transcript,))
    rows = units(study, made, "passage")
    together = {frozenset((p.id, q.id)) for row in rows for p in row.codings for q in row.codings}
    overlapping = {frozenset((p.id, q.id)) for p in made for q in made if p.start < q.end and q.start < p.end}
    assert together == overlapping
