"""Machines measured against people, and what to code next."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from qualcode.errors import UserError
from qualcode.model import Coder, Coding, Settings, Study, Thresholds
from qualcode.project.evaluating import KINDS, evaluate
from qualcode.project.suggesting import suggest_next

sys.path.append(str(Path(__file__).resolve().parent.parent / "coders"))

from learning_study import NAMES, learning_study

FEW_DRAWS = Settings(thresholds=Thresholds(draws=100))


def test_a_machine_that_learns_is_measured_held_out() -> None:
    """On the small example nearly everything is found in cases that were not learned from."""
    found = evaluate(learning_study(NAMES, FEW_DRAWS), "combined", ())
    assert found.how == "each case coded by a model that saw nothing of it"
    assert (found.against, found.of, found.agreement.units) == ("consensus", ("ann", "ben"), 24)
    assert found.agreement.pooled["f1"].value > 0.7
    assert all(coding.evidence.get("held_out") for coding in found.proposals)


def test_only_what_people_read_is_measured() -> None:
    """Two of eight interviews are not coded: their turns count neither for nor against."""
    found = evaluate(learning_study(settings=FEW_DRAWS), "cues", ("ann",))
    assert (found.against, found.agreement.units) == ("ann", 18)
    assert {one.transcript for one in found.mistakes} <= set(NAMES[:6])


def with_machine(proposals: list[Coding]) -> Study:
    """Return the example with what a machine proposed earlier."""
    study = learning_study(settings=FEW_DRAWS)
    coders = (*study.coders, Coder("robot", "machine"))
    return replace(study, coders=coders).with_codings((*study.codings, *proposals))


def test_mistakes_are_told_apart() -> None:
    """Each kind of mistake once: missed, wrong code, wrong assertion, too much, span."""
    study = learning_study()
    turns = study.transcript_by_name["ada"].participant_turns()
    own = {coding.code: coding for coding in study.codings if (coding.transcript, coding.coder) == ("ada", "ann")}
    others = [c for c in study.codings if c.coder == "ann" and c.transcript not in ("ada", "bo")]
    right = [replace(c, coder="robot", id=f"r-{c.id}", status="proposed") for c in others]
    proposals = [
        *right,
        # In ada: soil elsewhere in the turn, water negated, company taken for soil. In bo: nothing.
        Coding("robot", "ada", turns[0].start, turns[0].start + 6, "soil", status="proposed"),
        replace(own["water"], coder="robot", id="r-water", status="proposed", assertion="negated"),
        Coding("robot", "ada", own["company"].start, own["company"].end, "soil", status="proposed"),
    ]
    found = evaluate(with_machine(proposals), "robot", ("ann",))
    told = [(one.kind, one.transcript, one.code) for one in found.mistakes]
    assert told == [
        ("wrong code", "ada", "company"),
        ("missed", "bo", "company"),
        ("span", "ada", "soil"),
        ("too much", "ada", "soil"),
        ("missed", "bo", "soil"),
        ("wrong assertion", "ada", "water"),
        ("missed", "bo", "water"),
    ]
    assert {one.kind for one in found.mistakes} == set(KINDS)
    quoted = next(one for one in found.mistakes if one.kind == "wrong code")
    assert (quoted.quote, quoted.other) == (study.quote(own["company"]), "soil")
    assert ("company", "soil") in {(one.first, one.second) for one in found.confused} | {
        (one.second, one.first) for one in found.confused
    }


@pytest.mark.parametrize(
    ("coder", "against", "message"),
    [
        ("nobody", (), "no machine coder called 'nobody'"),
        ("cues", ("zoe",), "no coder called 'zoe'"),
        ("ann", ("ann",), "against itself"),
    ],
)
def test_what_cannot_be_measured(coder: str, against: tuple[str, ...], message: str) -> None:
    """Unknown names and a coder against itself are the user's mistakes."""
    with pytest.raises(UserError, match=message):
        evaluate(learning_study(settings=FEW_DRAWS), coder, against)


def test_a_learning_curve_has_more_and_more_cases() -> None:
    """Each case has three examples; the last point learned from all other cases; every code is found somewhere."""
    curve = evaluate(learning_study(NAMES, FEW_DRAWS), "learned", (), curve=True).curve
    assert [(round(one.cases, 1), round(one.examples)) for one in curve] == [(2.0, 6), (5.3, 16)]
    assert all(0.5 < one.f1 <= 1 and one.recall > 0.5 for one in curve)


def test_suggestions_are_uncoded_and_unlike() -> None:
    """Only turns of uncoded interviews, none twice, the most instructive first."""
    study = learning_study()
    found = suggest_next(study, "learned", 4)
    assert {one.transcript for one in found} <= {"gus", "hal"}
    assert len({(one.transcript, one.turn) for one in found}) == 4
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(one.text == study.transcript_by_name[one.transcript].text[one.start : one.end] for one in found)
    assert all(one.codes and one.why.startswith("unsure of") for one in found)


def test_suggestions_before_anything_is_coded() -> None:
    """Without codings long turns that are unlike each other come first, and two alike do not follow each other."""
    found = suggest_next(learning_study(()), number=3)
    assert len(found) == 3 and all("nothing to learn from yet" in one.why for one in found)
    assert len({one.text for one in found}) == 3


def test_nothing_left_to_suggest() -> None:
    """Where all is coded the message says so."""
    with pytest.raises(UserError, match="Every transcript is coded"):
        suggest_next(learning_study(NAMES))
