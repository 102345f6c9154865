"""Candidates for codes: from uncoded text only, with places, near codes, and the same each time."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import codebook, study_of

from qualcode.errors import UserError
from qualcode.model import Code, Cue, Study
from qualcode.tables.candidates import Candidate, candidates, key_of, lines
from qualcode.tables.clusters import grouped, tf_idf
from qualcode.tables.near_codes import NearCodes
from qualcode.tables.phrases import c_values, closed, log_likelihood, recurring
from qualcode.tables.uncoded import participant_sentences

BOOK = codebook(Code("price", "Discount code", "A rebate for followers."), "other")
TALK = {
    "North": "Q: What about discount codes?\n"
    "A: We gave a discount code, um, to each. A Discount Code works. [other|The trade fair was dull.]\n"
    "A: The trade fair in spring, and trade, fair play.",
    "South": "A: Discount codes never worked. The trade fair was dull. We know our customers by name.",
    "West": "A: We know our customers by name. [other|Our discount code failed.]",
}


@pytest.fixture
def study() -> Study:
    """Return three cases, one coder."""
    return study_of({"ann": TALK}, BOOK)


def by_text(found: tuple[Candidate, ...]) -> dict[str, Candidate]:
    """Return candidates by what they are called."""
    return {one.text: one for one in found}


def quotes(study: Study, one: Candidate) -> list[str]:
    """Return the texts at a candidate's places."""
    return [study.transcript_by_name[name].text[start:end] for name, start, end in one.places]


def test_phrases_of_uncoded_text(study: Study) -> None:
    """All forms count as one; what is coded, the interviewer's, and what a comma parts do not count."""
    found = candidates(study, kinds=("phrases",))
    code = by_text(found.found)["discount code"]
    assert quotes(study, code) == ["discount code", "Discount Code", "Discount codes"]
    assert (code.count, code.cases, code.key) == (3, ("North", "South"), "en:discount code")
    assert quotes(study, by_text(found.found)["trade fair"]) == ["trade fair", "trade fair"]
    assert (found.sentences, found.uncoded, found.coders) == (9, 7, ("ann",))


def test_what_is_covered_depends_on_the_coder(study: Study) -> None:
    """Where nobody has coded, all text is open, and there is nothing to compare it with."""
    bare = study.with_codings(())
    code = by_text(candidates(bare, kinds=("phrases",)).found)["discount code"]
    assert (code.count, code.keyness) == (4, None)
    assert by_text(candidates(study, kinds=("phrases",), coders=("ann",)).found)["discount code"].keyness is not None


def test_wordings_are_shared_by_cases(study: Study) -> None:
    """The longest form of what two cases say; three cases ask for more than there are."""
    found = by_text(candidates(study, kinds=("wordings",)).found)
    assert found["we know our customers by name"].cases == ("South", "West")
    assert "our customers by name" not in found
    assert candidates(study, kinds=("wordings",), least_cases=3).found == ()


def test_near_codes_are_pointed_at(study: Study) -> None:
    """A phrase that is a code's name is named with the full share; another one with none."""
    found = by_text(candidates(study, kinds=("phrases",)).found)
    assert found["discount code"].near == (("price", 1.0),)
    assert found["trade fair"].near == ()


def test_a_cue_counts_as_a_whole() -> None:
    """A phrase is near to a cue that is as long, not to a long list of words that holds one of its words."""
    cues = {"en": (Cue("trade fair"), Cue("fair|market|bazaar|exhibition|show|stand|hall"))}
    near = NearCodes(codebook(Code("fairs", "Events", cues=cues), "other"))
    assert near.near({"trade": 1.0, "fair": 1.0}) == (("fairs", 1.0),)
    assert near.near({"fair": 1.0, "play": 1.0}) == ()


def test_rejected_ones_are_left_out(study: Study) -> None:
    """By key, which is the same for every form."""
    key = key_of("Discount CODES", "en")
    assert "discount code" not in by_text(candidates(study, kinds=("phrases",), rejected=[key]).found)


def test_only_some_cases(study: Study) -> None:
    """Cases are named without regard to capitals; an unknown one is a mistake, as is an unknown kind."""
    assert {case for one in candidates(study, cases=("north",)).found for case in one.cases} == {"North"}
    with pytest.raises(UserError, match="no case 'East'"):
        candidates(study, cases=("East",))
    with pytest.raises(UserError, match="no kind of candidate"):
        candidates(study, kinds=("songs",))


def test_lines_take_cases_in_turn(study: Study) -> None:
    """The first place of each case comes before the second of any."""
    code = by_text(candidates(study, kinds=("phrases",)).found)["discount code"]
    found = lines(study, code)
    assert [line.case for line in found] == ["North", "South", "North"]
    assert (found[0].left, found[0].match, found[0].right[:8]) == ("We gave a ", "discount code", ", um, to")
    assert found == lines(study, code, limit=3) and lines(study, code, limit=1) == found[:1]


def test_clusters_of_passages() -> None:
    """Passages that share words come together, labelled by these words, typical ones first."""
    boats = [f"The harbour boat sails {way} with sails." for way in ("north", "south", "east", "west")]
    bread = [f"Fresh rye bread bakes {way} in ovens." for way in ("early", "slowly", "twice", "warmly")]
    texts = {f"Case{number}": f"A: {text}" for number, text in enumerate([*boats, *bread])}
    study = study_of({"ann": texts}, codebook("other"))
    found = candidates(study, kinds=("clusters",)).found
    assert len(found) == 2
    sails, ovens = sorted(found, key=lambda one: "Case0" not in one.cases)
    assert sails.cases == ("Case0", "Case1", "Case2", "Case3")
    assert set(sails.text.split(" / ")) <= {"harbour", "boat", "sails"}
    assert quotes(study, sails)[0] in boats and ovens.count == 4
    assert key_of(sails.text, "en") == sails.key
    assert candidates(study, kinds=("clusters",), rejected=[sails.key]).found == (ovens,)


def test_a_passage_ends_where_coded_text_begins() -> None:
    """Uncoded sentences on both sides of a coded one are not one passage."""
    talk = "A: Boats sail past quiet harbours. [other|We code this.] Boats sail past quiet harbours."
    study = study_of({"ann": {f"Case{number}": talk for number in range(4)}}, codebook("other"))
    (found,) = candidates(study, kinds=("clusters",)).found
    assert set(quotes(study, found)) == {"Boats sail past quiet harbours."}
    assert found.count == 8


def test_no_text_no_candidates() -> None:
    """A study without transcripts, or with an interviewer's words alone, has none."""
    for texts in ({}, {"Solo": "Q: The trade fair? The trade fair? The trade fair?"}):
        assert candidates(study_of({"ann": texts}, codebook("other"))).found == ()


def test_the_same_each_time(study: Study) -> None:
    """Nothing depends on the order of sets or on chance."""
    assert candidates(study) == candidates(study)


def test_c_value_of_nested_terms() -> None:
    """What a longer term says is taken off a shorter one, once, as a mean over the longer ones."""
    b, c, d = ("b", "c"), ("a", "b", "c"), ("x", "a", "b", "c")
    other = ("b", "c", "z")
    found = c_values({b: 20, c: 8, d: 3, other: 4})
    # b is held by d (3), by c beside d (8 - 3) and by other (4).
    assert found[b] == pytest.approx(1 * (20 - (3 + 5 + 4) / 3))
    assert found[c] == pytest.approx(math.log2(3) * (8 - 3))
    assert found[d] == pytest.approx(2 * 3)


def test_log_likelihood_against_its_definition() -> None:
    """As twice the sum of observed × ln(observed / expected), signed; the same shares give 0."""
    assert log_likelihood(10, 20, 100, 200) == pytest.approx(0)
    expected = 2 * (30 * math.log(30 / 20) + 10 * math.log(10 / 20))
    assert log_likelihood(30, 10, 1000, 1000) == pytest.approx(expected)
    assert log_likelihood(10, 30, 1000, 1000) == pytest.approx(-expected)
    assert log_likelihood(3, 0, 10, 0) is None


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=8), min_size=1, max_size=5), st.integers(2, 3))
def test_recurring_runs_are_all_found(words: list[list[str]], least: int) -> None:
    """As many as by counting every run."""
    texts = {f"C{number}": "A: " + " ".join(f"{word}word" for word in line) for number, line in enumerate(words)}
    sentences = participant_sentences(study_of({"ann": texts}, codebook("x")), ())
    counted: dict[tuple[str, ...], int] = {}
    for sentence in sentences:
        for low in range(len(sentence.lemmas)):
            for high in range(low + 1, min(low + 3, len(sentence.lemmas)) + 1):
                key = sentence.lemmas[low:high]
                counted[key] = counted.get(key, 0) + 1
    wanted = {key: count for key, count in counted.items() if count >= least}
    assert {key: len(places) for key, places in recurring(sentences, 3, least).items()} == wanted


def test_closed_keeps_what_stands_alone_too() -> None:
    """A part that is said more often than the whole stays."""
    assert closed({("a", "b"): [1, 2, 3], ("a", "b", "c"): [1, 2], ("b", "c"): [1, 2]}) == {("a", "b"), ("a", "b", "c")}


def test_grouping_takes_no_chance() -> None:
    """Two kinds of rows come apart, whatever their order."""
    rows = [["a", "b"], ["c", "d"], ["a", "b", "b"], ["c", "d", "d"]]
    matrix, words = tf_idf(rows)
    assert words == ["a", "b", "c", "d"]
    group, cosines, _ = grouped(matrix, 2)
    assert group[0] == group[2] != group[1] == group[3]
    assert (cosines > 0.9).all()
