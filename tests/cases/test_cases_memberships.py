"""Memberships of cases in strategies, their intervals and the rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import codebook, focused, study_of, with_thresholds

from qualcode.cases import case_result, compare, evidence, interval, rule, shares
from qualcode.model import Case, Codebook, Coder, Coding, Settings, Study, Thresholds, Transcript, Turn

STRATEGIES = ("red", "blue")
CODES = [f"{dimension}/{strategy}" for dimension in ("goal", "tactic", "motive") for strategy in STRATEGIES]
BOOK = codebook(*focused(*CODES), strategies=STRATEGIES, dimensions=("goal", "tactic", "motive"))
MARKED = (
    "A: [goal/red|x]\nA: [goal/red|x] [goal/red|y]\nA: [goal/red|x] [tactic/blue|y]\n"
    "A: [goal/blue|x] [tactic/blue|y]\nA: [tactic/red|x]"
)


def study() -> Study:
    """One case: goal red in 3 turns and blue in 1, tactic red in 1 and blue in 2, nothing on motive."""
    return study_of({"anna": {"One": MARKED}}, BOOK)


def test_membership_is_the_mean_of_shares_over_filled_dimensions() -> None:
    """Red: (3/4 + 1/3) / 2 = 13/24; the turn with two passages of one code counts once; motive is not counted."""
    result = case_result(study(), "One", study().codings)
    red, blue = result.memberships
    assert red.value == pytest.approx(13 / 24)
    assert blue.value == pytest.approx(11 / 24)
    assert (red.dimensions, blue.dimensions, result.turns, result.dimensions) == (2, 2, 5, 2)
    assert (len(red.passages), len(blue.passages)) == (5, 3)


def test_a_passage_over_two_turns_counts_in_both() -> None:
    """What is told in two answers is told twice."""
    found = evidence(BOOK_STUDY, [Coding("anna", "one", 3, 12, "goal/red")])
    assert found.counts.sum() == 2


BOOK_STUDY = study_of({"anna": {"One": "A: one\nA: two"}}, BOOK)


def test_the_interval_of_two_turns_that_disagree() -> None:
    """One turn for each: a quarter of the draws is red, a quarter blue, half mixed: the interval is all of 0 to 1."""
    counts = np.array([[[1.0, 0.0]], [[0.0, 1.0]]])
    low, high = interval(counts, "One", Thresholds())
    assert low.tolist() == [0.0, 0.0]
    assert high.tolist() == [1.0, 1.0]
    low, high = interval(counts, "One", Thresholds(interval=0.3))
    assert low.tolist() == high.tolist() == [0.5, 0.5]


def test_the_interval_agrees_with_the_binomial_distribution() -> None:
    """Four of ten turns in one dimension: binomial(10, 0.4) / 10 has its 5th and 95th percentiles at 0.2 and 0.7."""
    counts = np.array([[[1.0, 0.0]]] * 4 + [[[0.0, 1.0]]] * 6)
    low, high = interval(counts, "One", Thresholds())
    assert (low[0], high[0]) == (0.2, 0.7)


def test_cases_draw_apart() -> None:
    """The seed is made with the case's name, so chance does not fall alike on all cases."""
    counts = np.random.default_rng(1).random((12, 3, 2))
    ends = [interval(counts, case, Thresholds(draws=100)) for case in ("Alpha", "Gamma", "Alpha")]
    assert ends[0][0].tolist() == ends[2][0].tolist()
    assert ends[0][0].tolist() != ends[1][0].tolist()


def test_a_dimension_that_is_not_drawn_does_not_count_in_that_draw() -> None:
    """A turn in each of two dimensions, both red: every draw is red alone."""
    low, high = interval(np.array([[[1.0, 0], [0, 0]], [[0, 0], [1.0, 0]]]), "One", Thresholds())
    assert (low.tolist(), high.tolist()) == ([1.0, 0.0], [1.0, 0.0])


@pytest.mark.parametrize(
    ("values", "assigned"),
    [
        ({"membership": 0.5}, ("red",)),
        ({"membership": 0.2}, ("red", "blue")),
        ({"membership": 0.6}, ()),
        ({"membership_low": 0.5}, ()),
        ({"dimensions": 3}, ()),
    ],
)
def test_each_part_of_the_rule_decides(values: dict[str, float], assigned: tuple[str, ...]) -> None:
    """Membership, lower end, number of dimensions: all three must be reached."""
    base = {"membership": 0.2, "membership_low": 0.0, "dimensions": 2}
    result = case_result(with_thresholds(study(), **{**base, **values}), "One", study().codings)
    assert result.assigned == assigned


def test_a_membership_that_is_the_threshold_reaches_it() -> None:
    """(1/3 + 1/6 + 1/10) / 3 is a fifth, in spite of rounding."""
    turns = {"goal": (1, 3), "tactic": (1, 6), "motive": (1, 10)}
    marked = "\n".join(
        f"A: [{dimension}/{'red' if number < red else 'blue'}|x]"
        for dimension, (red, of) in turns.items()
        for number in range(of)
    )
    study = with_thresholds(study_of({"anna": {"One": marked}}, BOOK), membership_low=0.0)
    counts = evidence(study, study.codings).counts
    assert shares(counts.sum(axis=0))[0] < 0.2
    assert case_result(study, "One", study.codings).assigned == ("red", "blue")


def test_the_reason_has_the_numbers() -> None:
    """Which test failed, by how much, is said in words; so is which strategy was nearest."""
    study_ = with_thresholds(study(), dimensions=3)
    result = case_result(study_, "One", study_.codings)
    red = result.memberships[0]
    assert "membership 0.54 is at least 0.20" in red.because
    assert "number of dimensions 2 is below 3" in red.because
    assert "no strategy reaches the rule; the nearest is red" in result.because


def test_the_rule_asks_for_no_more_dimensions_than_there_are() -> None:
    """With one dimension in the codebook, one is enough, and the rule says so."""
    book = codebook(*focused("goal/red", "goal/blue", "goal/green"), dimensions=("goal",))
    study = study_of({"anna": {"One": "A: [goal/red|x]"}}, book)
    assert case_result(study, "One", study.codings).assigned == ("red",)
    assert "at least 1 dimension with" in rule(study)


def test_two_poles_are_read_as_leanings() -> None:
    """The rule says so with two strategies, and not with three."""
    assert "leans" in rule(study())
    three = codebook(*focused("goal/red", "goal/blue", "goal/green"))
    assert "leans" not in rule(study_of({"anna": {}}, three))


def test_a_case_without_codings_is_undecided() -> None:
    """All memberships are 0, and that is said."""
    result = case_result(study(), "One", ())
    assert [(item.value, item.low, item.high, item.because) for item in result.memberships] == [
        (0.0, 0.0, 0.0, "No passage.")
    ] * 2
    assert result.because == "Undecided: no passage speaks for any strategy."


def test_published_strategies_agree_as_sets() -> None:
    """Order does not matter; a case that is not in the published result neither agrees nor disagrees."""
    study_ = with_thresholds(study(), dimensions=2, membership_low=0.0)
    assert case_result(study_, "One", study_.codings, ("blue", "red")).agrees is True
    assert case_result(study_, "One", study_.codings, ("blue",)).agrees is False
    assert case_result(study_, "One", study_.codings).agrees is None


TEXT = "\n".join(["A: one two"] * 6)


def coded(made: list[tuple[str, int]], case: str = "One", book: Codebook = BOOK) -> Study:
    """Return a study of one case with codes on some of its six turns."""
    turns = tuple(Turn(number + 1, "A", "participant", 11 * number + 3, 11 * number + 10) for number in range(6))
    codings = [
        Coding("anna", "t", 11 * turn + 3, 11 * turn + 6, code, id=str(n)) for n, (code, turn) in enumerate(made)
    ]
    transcripts = (Transcript("t", case, TEXT, turns),)
    settings = Settings(thresholds=Thresholds(draws=50))
    return Study(settings, book, (Case(case),), transcripts, (Coder("anna"),), tuple(codings))


MADE = st.lists(st.tuples(st.sampled_from(CODES), st.integers(0, 5)), max_size=14)


@given(MADE, st.randoms())
def test_memberships_sum_to_one_or_are_nothing(made: list[tuple[str, int]], random: object) -> None:
    """And each is between 0 and 1, its interval too, whatever the order of the codings."""
    one = coded(made)
    result = case_result(one, "One", one.codings)
    total = sum(item.value for item in result.memberships)
    assert total == pytest.approx(1 if made else 0, abs=1e-6)
    for item in result.memberships:
        assert 0 <= item.low <= item.high <= 1
        assert 0 <= item.value <= 1
    shuffled = list(one.codings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = case_result(one, "One", shuffled)
    assert [(m.value, m.low, m.high, m.assigned) for m in again.memberships] == [
        (m.value, m.low, m.high, m.assigned) for m in result.memberships
    ]


@given(MADE)
def test_renaming_codes_and_strategies_changes_no_number(made: list[tuple[str, int]]) -> None:
    """Numbers belong to what is said, not to what it is called."""
    new = {"red": "zinnober", "blue": "azur"}
    book = replace(
        BOOK,
        codes=tuple(replace(code, id=f"new {code.id}", strategy=new[code.strategy]) for code in BOOK.codes),
        strategies={new[strategy]: strategy for strategy in STRATEGIES},
    )
    old, renamed = coded(made), coded([(f"new {code}", turn) for code, turn in made], book=book)
    first = case_result(old, "One", old.codings).memberships
    second = case_result(renamed, "One", renamed.codings).memberships
    assert [(m.value, m.low, m.high) for m in first] == [(m.value, m.low, m.high) for m in second]


@given(MADE)
def test_other_cases_and_their_order_change_nothing(made: list[tuple[str, int]]) -> None:
    """A case's result is the same alone, first or last."""
    one, two = coded(made), coded([("goal/blue", 0)], "Two")
    second = replace(two.transcripts[0], name="u")
    both = replace(
        one,
        cases=(*two.cases, *one.cases),
        transcripts=(*one.transcripts, second),
        codings=(*one.codings, replace(two.codings[0], transcript="u", id="u")),
    )
    assert compare(both).cases[1] == compare(one).cases[0]
    assert compare(both).cases[0].memberships[1].value == 1.0


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=2, max_size=2))
def test_shares_weigh_dimensions_alike(totals: list[list[int]]) -> None:
    """Ten times the evidence in one dimension changes nothing."""
    counts = np.array(totals, dtype=float)
    more = counts.copy()
    more[0] *= 10
    assert shares(more) == pytest.approx(shares(counts))
