"""Focus matrix, contrasts and the comparison as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from small_study import codebook, focused, mark, study_of, with_thresholds

from qualcode.cases import Contrast, compare, contrasts, focus
from qualcode.errors import UserError
from qualcode.model import Settings, Study

BOOK = codebook(
    "open/a",
    "open/b",
    *focused("goal/red", "goal/blue", "tactic/red", "tactic/blue"),
    strategies=("red", "blue"),
    dimensions=("goal", "tactic"),
)
MARKED = {
    "Ruby": "A: [goal/red|more] [open/a|x]\nA: [tactic/red|calls]",
    "Sky": "A: [goal/blue|less]\nA: [tactic/blue|mail] [open/b|y]",
    "Plum": "A: [goal/red|more], [goal/blue|less] [open/a|x]\nA: [tactic/red|calls], [tactic/blue|mail] [open/b|y]",
    "Agency": "A: [goal/red|more] [open/b|x]",
}
COHORTS = {"Ruby": "firm", "Sky": "firm", "Plum": "firm", "Agency": "agency"}


@dataclass(frozen=True)
class Told:
    """A published result."""

    cases: dict[str, tuple[str, ...]]
    source: str = "Somebody (1999)"
    counts: dict[str, int] = field(default_factory=lambda: {"red": 2, "blue": 1})
    hybrids: tuple[str, ...] = ("Plum",)


@pytest.fixture
def study() -> Study:
    """A red firm, a blue one, one of both, and an agency that is not classified."""
    return study_of({"anna": MARKED}, BOOK, COHORTS, settings=Settings(classified_cohorts=("firm",)))


def test_the_focus_matrix_has_a_cell_for_each_case_and_dimension(study: Study) -> None:
    """Rows in study order, only classified ones; values in codebook order with their passages."""
    found = focus(study)
    assert (found.cases, found.dimensions, len(found.cells)) == (("Ruby", "Sky", "Plum"), ("goal", "tactic"), 6)
    cell = found.cells[4]
    assert (cell.case, cell.dimension) == ("Plum", "goal")
    assert [(code, strategy) for code, strategy, _ in cell.values] == [("goal/red", "red"), ("goal/blue", "blue")]
    assert mark(study, cell.values[1][2]) == {"Plum": ["goal/blue: less"]}


def test_empty_cells_have_no_values() -> None:
    """A dimension that a case says nothing about is there and empty."""
    study = study_of({"anna": {"Ruby": "A: [goal/red|x]"}}, BOOK)
    assert [len(cell.values) for cell in focus(study).cells] == [1, 0]


def test_cases_are_placed_and_counted_beside_the_published_result(study: Study) -> None:
    """Three of three agree; an agency of the published result is not compared."""
    told = Told({"Ruby": ("red",), "Sky": ("blue",), "Plum": ("blue", "red"), "Agency": ("red",)})
    found = compare(with_thresholds(study, membership_low=0.0), published=told)
    assert [(case.case, case.assigned, case.published, case.agrees) for case in found.cases] == [
        ("Ruby", ("red",), ("red",), True),
        ("Sky", ("blue",), ("blue",), True),
        ("Plum", ("red", "blue"), ("red", "blue"), True),
    ]
    assert found.counts == (("red", 2, 2), ("blue", 2, 1))
    assert (found.hybrids, found.agreed, found.published_source) == ((1, 1), (3, 3), "Somebody (1999)")


def test_a_case_that_is_not_published_is_not_compared(study: Study) -> None:
    """Disagreement and absence are told apart."""
    found = compare(study, published=Told({"Ruby": ("blue",)}))
    assert [case.agrees for case in found.cases] == [False, None, None]
    assert found.agreed == (0, 1)


def test_without_a_published_result_nothing_is_compared(study: Study) -> None:
    """Counts stand alone."""
    found = compare(study)
    assert (found.agreed, found.published_source, found.hybrids[1], found.counts[0][2]) == (None, "", None, None)


def test_contrasts_count_cases_with_the_code_inside_and_outside(study: Study) -> None:
    """Cohort firm: a in 2 of 3 against 0 of 1, b in 2 of 3 against 1 of 1."""
    found = contrasts(study, study.codings)
    assert [item for item in found if item.group == "firm"] == [
        Contrast("firm", "open/a", 2, 3, 0, 1, pytest.approx(2 / 3), "cohort"),
        Contrast("firm", "open/b", 2, 3, 1, 1, pytest.approx(-1 / 3), "cohort"),
    ]


def test_the_largest_difference_comes_first_whichever_way_it_goes(study: Study) -> None:
    """Cohort agency: a in none of 1 against 2 of 3 comes before b in 1 of 1 against 2 of 3."""
    found = [item for item in contrasts(study, study.codings) if item.group == "agency"]
    assert [(item.code, round(item.difference, 2)) for item in found] == [("open/a", -0.67), ("open/b", 0.33)]


def test_contrasts_of_strategies_are_among_classified_cases(study: Study) -> None:
    """Red is Ruby and Plum, the other is Sky; the agency is on neither side. A hybrid is inside of both."""
    found = compare(with_thresholds(study, membership_low=0.0)).contrasts
    assert [
        (c.group, c.code, c.inside, c.inside_of, c.outside, c.outside_of) for c in found if c.kind == "strategy"
    ] == [
        ("red", "open/a", 2, 2, 0, 1),
        ("red", "open/b", 1, 2, 1, 1),
        ("blue", "open/b", 2, 2, 0, 1),
        ("blue", "open/a", 1, 2, 1, 1),
    ]


def test_cases_that_were_never_coded_are_on_no_side() -> None:
    """Not coded is not the same as coded without the code."""
    marked = {"One": "A: [a|x]", "Two": "A: [b|x]", "Three": "A: nothing"}
    study = study_of({"anna": marked}, codebook("a", "b"), {"One": "m", "Two": "n", "Three": "n"})
    assert [(c.code, c.outside_of) for c in contrasts(study, study.codings) if c.group == "m"] == [("a", 1), ("b", 1)]


def test_a_group_of_all_cases_has_no_contrasts() -> None:
    """There is no outside."""
    study = study_of({"anna": {"One": "A: [a|x]"}}, codebook("a"), {"One": "m"})
    assert contrasts(study, study.codings) == ()


TEN = [f"code {number}" for number in range(10)]


@pytest.mark.parametrize(
    "marked",
    [
        {},
        {"One": "A: nothing"},
        {"One": "A: [code 1|x]"},
        {"One": "A: [code 1|x]", "Two": "A: [code 1|x] [code 2|y]", "Three": "A: [code 3|y]"},
    ],
    ids=["no cases", "no codings", "one case", "three cases"],
)
def test_a_codebook_without_strategies_goes_through(marked: dict[str, str]) -> None:
    """No matrix columns, no memberships, no rule; clusters by all codes from three cases on."""
    study = study_of({"anna": marked}, codebook(*TEN))
    found = compare(study, published=Told({"One": ("red",)}))
    assert (focus(study).dimensions, focus(study).cells) == ((), ())
    assert (found.counts, found.rule) == ((), "")
    assert [case.memberships for case in found.cases] == [()] * len(marked)
    assert (found.clustering is not None) == (len(marked) == 3)


def test_a_case_without_transcript_is_undecided(study: Study) -> None:
    """A case that is only named in a table of cases has no memberships to speak of."""
    extra = replace(study.cases[0], name="Later")
    found = compare(replace(study, cases=(*study.cases, extra)))
    assert found.cases[-1].because == "Undecided: no passage speaks for any strategy."


def test_an_unknown_coder_is_a_users_mistake(study: Study) -> None:
    """The same for the matrix and the comparison."""
    for analysis in (focus, compare):
        with pytest.raises(UserError, match="dora"):
            analysis(study, ["dora"])


def test_comparisons_are_equal_from_run_to_run(study: Study) -> None:
    """Nothing is drawn without a seed."""
    assert compare(study) == compare(study)
