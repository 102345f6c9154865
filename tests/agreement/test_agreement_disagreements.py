"""Disagreements with their passages, the codebook clinic, and rounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qualcode.agreement import agree, clinic, disagreements, rounds
from qualcode.errors import UserError
from qualcode.model import Study


@pytest.fixture
def study(make_study) -> Study:  # type: ignore[no-untyped-def]
    """Return two coders, of whom one takes for b what the other takes for a."""
    own = {f"t{n}": [("reports", "a"), ("talks", "a")] for n in range(5)}
    other = {f"t{n}": [("wrote reports", "b" if n < 4 else "a"), ("gave talks", "a")] for n in range(5)}
    return make_study({"ann": own, "ben": other})


def test_each_disagreement_has_its_passages(study: Study) -> None:
    """A disagreement names unit, who gave the code, who did not and gave what instead, with the exact words."""
    found = disagreements(study, ["ann", "ben"])
    assert len(found) == 8
    first = found[0]
    assert (first.code, first.case, first.turn) == ("a", "T0", 2)
    assert first.text == "We wrote reports. They were long."
    assert (first.gave, first.withheld) == (("ann",), ("ben",))
    assert first.quotes == ("reports",)
    assert [coding.coder for coding in first.codings] == ["ann"]
    assert first.instead == (("ben", "b"),)


def test_their_number_is_what_percent_lacks(study: Study) -> None:
    """For each code, the disagreements are the units that percent agreement falls short by."""
    table = agree(study, ["ann", "ben"], draws=0)
    listed = disagreements(study, ["ann", "ben"])
    for one in table.codes:
        share = one.measures["percent"].value
        assert share is not None
        assert sum(item.code == one.code for item in listed) == round((1 - share) * table.units)


def test_who_never_saw_the_text_does_not_disagree(make_study) -> None:  # type: ignore[no-untyped-def]
    """A coder who did not read a transcript withholds nothing there."""
    study = make_study(
        {"ann": {"one": [("talks", "a")]}, "ben": {"one": [("reports", "a")]}, "cat": {"two": [("talks", "a")]}}
    )
    found = disagreements(study, ["ann", "ben", "cat"])
    assert {item.transcript for item in found} == {"one"}
    assert all("cat" not in item.withheld for item in found)


def test_clinic_finds_the_confused_pair(study: Study) -> None:
    """The pair that coders use for each other comes first, with who used which, and a note to write."""
    found = clinic(study, ["ann", "ben"])
    (pair,) = found.pairs
    assert (pair.first, pair.second, pair.units) == ("a", "b", 4)
    assert pair.uses == (("ann", "ben", 4),)
    assert pair.units > pair.expected
    worst = {trouble.code: trouble for trouble in found.codes}
    assert worst["b"].share == 1
    assert worst["a"].alone == {"ann": 4, "ben": 0}
    assert worst["a"].confused == (("b", 4),)
    notes = " ".join(worst["a"].suggestions)
    assert "exclude: say when it is b (B) and not a" in notes
    assert "ann gave it alone 4 times" in notes


def test_clinic_has_nothing_to_say_to_agreement(make_study) -> None:  # type: ignore[no-untyped-def]
    """Coders who agree leave the clinic empty."""
    own = {"one": [("talks", "a")]}
    found = clinic(make_study({"ann": own, "ben": own}), ["ann", "ben"])
    assert (found.codes, found.pairs) == ((), ())


def test_rounds_by_date(study: Study) -> None:
    """A transcript belongs to the month in which the last coder was done with it; agreement is given for each."""
    dated = study.with_codings(
        replace(c, created="2024-01-10T09:00:00Z" if c.transcript < "t3" else "2024-02-03T09:00:00Z")
        for c in study.codings
    )
    found = rounds(dated, ["ann", "ben"], draws=0)
    assert [(one.name, one.transcripts) for one in found.rounds] == [
        ("2024-01", ("t0", "t1", "t2")),
        ("2024-02", ("t3", "t4")),
    ]
    early, late = (one.agreement.pooled["pooled_kappa"].value for one in found.rounds)
    assert early is not None and late is not None
    assert early < late
    assert found.remarks[0] == f"Pooled kappa went from {early:.2f} (2024-01) to {late:.2f} (2024-02)."


def test_rounds_as_given(study: Study) -> None:
    """Rounds can be told by transcript; those in none are named."""
    found = rounds(study, ["ann", "ben"], by={"t0": "first", "t4": "second"}, draws=0)
    assert [one.name for one in found.rounds] == ["first", "second"]
    assert found.left_out == ("t1", "t2", "t3")


def test_rounds_without_dates_are_refused(study: Study) -> None:
    """Codings without a date belong to no month; the message says how rounds are told apart."""
    with pytest.raises(UserError, match="month"):
        rounds(study, ["ann", "ben"])
