"""Axial coding as a whole: categories, proposals, framework, relations."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from small_study import codebook, study_of

from qualcode.axial import axial
from qualcode.errors import UserError
from qualcode.model import Code, Relation, Study

BOOK = codebook("p/a", "p/b", "q/c", "q/d", "e", categories=("p", "q", "r"))
ONE = "A: [p/a|x] [p/b|y]\nA: [p/a|x] [p/b|y]\nA: [q/c|x] [q/d|y]\nA: [q/c|x] [q/d|y]\nA: [e|z]"
TWO = "A: [p/a|x] [p/b|y]\nA: [q/c|x] [q/d|y]\nA: nothing"


@dataclass(frozen=True)
class Item:
    """A consideration of a framework."""

    codes: tuple[str, ...]
    beyond: tuple[str, ...] = ()
    id: str = "1a"
    stage: str = "p"
    name: str = "Something"
    sources: tuple[str, ...] = ("U",)
    note: str = "Told."


@dataclass(frozen=True)
class Frame:
    """A framework."""

    considerations: tuple[Item, ...]
    name: str = "frame"


@pytest.fixture
def study() -> Study:
    """Two cases: a with b and c with d, three turns each; e once."""
    return study_of({"anna": {"One": ONE, "Two": TWO}}, BOOK)


def test_categories_are_found_in_codebook_order_with_empty_ones(study: Study) -> None:
    """Every category and every code of it is there, found or not."""
    found = axial(study).categories
    assert [(item.category, item.cases, item.codings) for item in found] == [
        ("p", ("One", "Two"), 6),
        ("q", ("One", "Two"), 6),
        ("r", (), 0),
    ]
    assert [(code, cases, len(codings)) for code, cases, codings in found[0].codes] == [
        ("p/a", ("One", "Two"), 3),
        ("p/b", ("One", "Two"), 3),
    ]


def test_codes_without_a_category_are_kept(study: Study) -> None:
    """They form a finding of their own."""
    found = axial(study).uncategorised
    assert found is not None
    assert [(code, cases) for code, cases, _ in found.codes] == [("e", ("One",))]


def test_the_network_proposes_the_codebooks_categories(study: Study) -> None:
    """Two pairs: modularity 1/2, and perfect agreement with the two categories."""
    found = axial(study)
    assert (found.units, len(found.edges), found.modularity, found.category_agreement) == (8, 2, 0.5, 1.0)
    assert [(item.number, item.codes, item.overlaps, item.stability) for item in found.proposed] == [
        (1, ("p/a", "p/b"), (("p", 2),), 1.0),
        (2, ("q/c", "q/d"), (("q", 2),), 1.0),
    ]


@pytest.mark.parametrize(
    ("item", "verdict", "cases"),
    [
        (Item(("p/a",)), "confirmed", ("One", "Two")),
        (Item(("p/a", "q/c"), beyond=("q/c",)), "extended", ("One", "Two")),
        (Item(("p/a", "e"), beyond=("e",)), "confirmed", ("One", "Two")),
        (Item(("e",)), "weak", ("One",)),
        (Item(("e",), beyond=("e",)), "weak", ("One",)),
        (Item(("e", "q/c"), beyond=("q/c",)), "weak", ("One", "Two")),
        (Item(("q/c",), beyond=("q/c",)), "extended", ("One", "Two")),
        (Item(("unknown",)), "not found", ()),
    ],
)
def test_verdicts_on_a_frameworks_considerations(
    study: Study, item: Item, verdict: str, cases: tuple[str, ...]
) -> None:
    """Two of two cases are enough; one is not."""
    (found,) = axial(study, framework=Frame((item,))).considerations
    assert (found.verdict, found.cases, found.note) == (verdict, cases, "Told.")
    assert set(found.beyond) <= {coding.code for coding in found.passages}


def test_codes_that_only_the_framework_knows_are_named(study: Study) -> None:
    """A verdict "not found" must not hide that the codebook could not have found it."""
    settings = dict(axial(study, framework=Frame((Item(("unknown",)),))).settings)
    assert settings["Codes of the framework that the codebook lacks"] == "unknown"


def test_relations_are_shown_with_the_turns_that_hold_both_codes(study: Study) -> None:
    """The same relation drawn by two coders is one; one without shared turns is shown with none."""
    relations = tuple(
        Relation(source, "condition", target, coder, id=coder)
        for source, target, coder in (("p/a", "p/b", "ben"), ("p/a", "p/b", "anna"), ("e", "p/a", "anna"))
    )
    apart, together = axial(replace(study, relations=relations)).relations
    assert (apart.source, apart.together, apart.passages) == ("e", 0, ())
    assert (together.coders, together.together, together.cases) == (("anna", "ben"), 3, ("One", "Two"))
    assert len(together.passages) == 6


@pytest.mark.parametrize("unit", ["turn", "passage", "case"])
@pytest.mark.parametrize(
    "cases", [{}, {"One": "Q: x"}, {"One": "A: nothing"}, {"One": "A: [a|x] [b|y]"}, {"One": ONE.replace("p/", "")}]
)
def test_poor_studies_go_through(unit: str, cases: dict[str, str]) -> None:
    """No case, no answer, no coding, one turn, a codebook without categories: an empty result and no error."""
    found = axial(study_of({"anna": cases}, codebook("a", "b")), unit=unit)
    assert found.categories == ()
    assert found.category_agreement is None


def test_an_unknown_unit_is_a_users_mistake(study: Study) -> None:
    """The message lists the units."""
    with pytest.raises(UserError, match="turn"):
        axial(study, unit="page")


def test_axial_findings_are_equal_from_run_to_run(study: Study) -> None:
    """Nothing is drawn without a seed."""
    assert axial(study) == axial(study)


def test_focused_codes_are_neither_categorised_nor_uncategorised() -> None:
    """They are what focused coding is about."""
    study = study_of({"anna": {"One": "A: [f|x]"}}, codebook(Code("f", "f", stage="focused")))
    found = axial(study)
    assert found.uncategorised is None
    assert found.units == 1
