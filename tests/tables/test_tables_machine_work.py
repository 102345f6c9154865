"""Machines' work: what became of proposals, what is left to people, and whether confidences hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from small_study import codebook, study_of

from qualcode.model import Coding, Study
from qualcode.tables.machine_work import MachineWork, machine_work, reference_coders, wilson

BOOK = codebook("a", "b", "c")
KINDS = {"robot": "machine", "cues": "machine", "gold": "reference"}
MARKED = {
    "One": "Q: Why?\nA: [a|We like] [b|reports].\nA: Nothing here.\nA: [c|Never].",
    "Two": "Q: Why?\nA: [a|More].\nA: [b|Less].",
}
PEOPLE = {"One": "Q: Why?\nA: [a|We like reports].\nA: [b|Nothing] here.\nA: [c|Never]."}


def told(study: Study, coder: str = "robot", **by_code: Mapping[str, object]) -> Study:
    """Return the study with facts about a coder's codings by code."""
    return study.with_codings(
        replace(coding, **by_code[coding.code])  # type: ignore[arg-type]
        if coding.coder == coder and coding.code in by_code
        else coding
        for coding in study.codings
    )


def described(study: Study, coder: str = "robot", **attributes: str) -> Study:
    """Return the study with attributes of a coder; underscores of names stand for spaces."""
    facts = {name.replace("_", " "): text for name, text in attributes.items()}
    return replace(
        study,
        coders=tuple(replace(one, attributes=facts) if one.name == coder else one for one in study.coders),
    )


@pytest.fixture
def study() -> Study:
    """A machine in two interviews, a person in the first one."""
    return study_of({"robot": MARKED, "anna": PEOPLE}, BOOK, kinds=KINDS)


def work(study: Study, *coders: str) -> MachineWork:
    """Return the work of the only machine."""
    (found,) = machine_work(study, coders)
    return found


def test_only_machines_with_codings_are_told(study: Study) -> None:
    """A machine without codings and a person are not among them; without machines there is nothing."""
    more = study_of({"robot": MARKED, "cues": {}, "anna": PEOPLE}, BOOK, kinds=KINDS)
    assert [found.coder.name for found in machine_work(more)] == ["robot"]
    assert machine_work(study_of({"anna": PEOPLE}, BOOK)) == ()
    assert machine_work(replace(study, coders=(), codings=(), transcripts=())) == ()


def test_proposals_by_assertion_and_what_became_of_them(study: Study) -> None:
    """Affirmed first, then flagged ones; open, accepted and rejected add up."""
    study = told(
        study, a={"status": "accepted"}, b={"assertion": "negated", "status": "proposed"}, c={"status": "rejected"}
    )
    found = work(study)
    assert [(row.assertion, row.open, row.accepted, row.rejected) for row in found.decided] == [
        ("affirmed", 0, 2, 1),
        ("negated", 2, 0, 0),
    ]
    assert (found.proposals, found.affirmed) == (5, 3)


def test_turns_without_an_affirmed_proposal_are_left_to_people(study: Study) -> None:
    """A flagged proposal leaves its turn to people, a rejected one does not; interviewers' turns are not counted."""
    found = work(told(study, b={"assertion": "others"}, c={"status": "rejected"}))
    assert [
        (row.transcript, row.turns, row.proposed, [turn.number for turn in row.left]) for row in found.transcripts
    ] == [
        ("one", 3, 2, [3]),
        ("two", 2, 1, [3]),
    ]
    assert (found.turns, found.left, found.left_share) == (5, 2, 0.4)


def test_what_was_left_and_others_coded_is_told_where_they_read(study: Study) -> None:
    """The turn that the person coded and the machine left is named; an interview she did not read says nothing."""
    one, two = work(study).transcripts
    assert (one.is_read, one.coded_left, two.is_read, two.coded_left) == (True, {3}, False, None)
    assert work(study).coded_left == 1


def test_a_transcript_without_proposals_is_untouched() -> None:
    """All its turns are left to people; a flagged proposal touches a transcript."""
    marked = {"One": "A: [a|Yes].\nA: No.", "Two": "A: [b|Maybe]."}
    people = {**marked, "Three": "A: [a|Yes]."}
    study = study_of({"anna": people, "robot": marked}, BOOK, kinds=KINDS)
    found = work(told(study, b={"assertion": "hypothetical"}))
    assert [(row.transcript, row.is_touched, len(row.left)) for row in found.transcripts] == [
        ("one", True, 1),
        ("three", False, 1),
        ("two", True, 1),
    ]


def test_no_participants_means_no_share() -> None:
    """Without participants' turns there is no share, rather than a division by nothing."""
    study = study_of({"robot": {"One": "Q: [a|Why]?"}}, BOOK, kinds=KINDS)
    assert (work(study).turns, work(study).left_share) == (0, None)


def test_what_a_machine_says_of_codes_is_apart_from_what_it_is(study: Study) -> None:
    """Lines on codes go to their codes in the order of the codebook; other attributes stay, alike names too."""
    said = {"code_a": "weak: 4 examples, F1 0.40", "code_c": "not automatable yet: 1 examples; about 9 more examples"}
    found = work(described(study, version="1", codes_per_turn="2", **said))
    assert found.facts == {"version": "1", "codes per turn": "2"}
    assert [(row.code, row.verdict) for row in found.codes] == [
        ("a", "weak"),
        ("b", ""),
        ("c", "not automatable yet"),
    ]
    assert found.codes[0].said == "weak: 4 examples, F1 0.40"


def test_codes_hold_their_proposals(study: Study) -> None:
    """Affirmed and flagged proposals are kept apart by code; one that the codebook lacks comes last."""
    extra = Coding("robot", "one", 11, 13, "lost", assertion="dropped")
    study = told(study, b={"assertion": "negated"})
    found = work(study.with_codings((*study.codings, extra)))
    assert [(row.code, [study.quote(one) for one in row.affirmed], len(row.flagged)) for row in found.codes] == [
        ("a", ["We like", "More"], 0),
        ("b", [], 2),
        ("c", ["Never"], 0),
        ("lost", [], 1),
    ]


def test_confidence_is_compared_by_turn_where_others_read(study: Study) -> None:
    """The same code elsewhere in the turn is given; in another turn, or unread, it is not."""
    study = told(study, a={"confidence": 0.9}, b={"confidence": 0.3}, c={"confidence": 0.7})
    found = work(study).calibration
    assert found is not None
    assert (found.coders, found.transcripts, found.compared) == (("anna",), ("one",), 3)
    assert [
        (one.low, one.high, [c.code for c in one.given], [c.code for c in one.not_given], one.stated)
        for one in found.bins
    ] == [
        (0.2, 0.4, [], ["b"], 0.3),
        (0.6, 0.8, ["c"], [], 0.7),
        (0.8, 1.0, ["a"], [], 0.9),
    ]
    assert found.whole is not None
    assert (found.whole.proposals, found.whole.share) == (3, 2 / 3)
    assert found.whole.stated == pytest.approx(1.9 / 3)


@pytest.mark.parametrize(
    ("confidence", "low"), [(0.0, 0.0), (0.19, 0.0), (0.2, 0.2), (0.4, 0.4), (0.6, 0.6), (0.8, 0.8), (1.0, 0.8)]
)
def test_a_bin_holds_its_lower_end(study: Study, confidence: float, low: float) -> None:
    """Limits belong to the bin above; 1 belongs to the last one."""
    study = told(study, a={"confidence": confidence}, b={"assertion": "negated"}, c={"assertion": "negated"})
    found = work(study).calibration
    assert found is not None
    assert [one.low for one in found.bins] == [low]


def test_proposals_without_confidence_are_in_no_bin(study: Study) -> None:
    """They are counted; where none states one there are no bins at all."""
    found = work(study).calibration
    assert found is not None
    assert (found.compared, found.unstated, found.bins, found.whole) == (3, 3, (), None)
    found = work(told(study, a={"confidence": 0.5})).calibration
    assert found is not None
    assert (found.unstated, [one.proposals for one in found.bins]) == (2, [1])


def test_flagged_proposals_are_not_compared(study: Study) -> None:
    """A negated proposal claims nothing that could be borne out."""
    found = work(told(study, a={"assertion": "negated", "confidence": 0.9})).calibration
    assert found is not None
    assert (found.compared, found.bins) == (2, ())


def test_a_machine_is_never_compared_with_itself(study: Study) -> None:
    """Accepted proposals, counted or named, are no reference; without people there is none."""
    alone = study_of({"robot": MARKED}, BOOK, kinds=KINDS)
    assert work(alone, "robot").calibration is None
    accepted = told(study, b={"status": "accepted", "confidence": 0.5})
    found = work(accepted, "anna", "robot").calibration
    assert found is not None
    assert (found.coders, [one.share for one in found.bins]) == (("anna",), [0.0])
    assert reference_coders(accepted, ("robot",)) == ("anna",)


def test_several_counted_coders_are_a_consensus(study: Study) -> None:
    """What only one of two gave is not given; of coders that do not count nothing is taken."""
    both = study_of(
        {
            "robot": MARKED,
            "anna": PEOPLE,
            "gold": {"One": "Q: Why?\nA: [b|We like reports].\nA: Nothing here.\nA: [c|Never]."},
        },
        BOOK,
        kinds=KINDS,
    )
    both = told(both, **{code: {"confidence": 0.5} for code in "abc"})

    def given(*coders: str) -> list[str]:
        found = work(both, *coders).calibration
        assert found is not None and found.whole is not None
        return [coding.code for coding in found.whole.given]

    assert given() == given("anna", "gold") == ["c"]
    assert given("gold") == ["b", "c"]


def test_learning_without_being_held_out_is_counted(study: Study) -> None:
    """Proposals learned from the study's codings and not held out are counted; learning elsewhere is no matter."""

    def found(study: Study) -> tuple[tuple[str, ...], int]:
        calibration = work(study).calibration
        assert calibration is not None
        return calibration.taught, calibration.not_held_out

    taught = described(study, learned_from="anna, others")
    assert found(taught) == (("anna",), 3)
    assert found(described(study, learned_from="exemplars alone")) == ((), 0)
    assert found(study) == ((), 0)
    apart = {"evidence": {"held_out": "yes"}}
    assert found(told(taught, a=apart, b=apart)) == (("anna",), 1)
    assert found(told(study, a={"evidence": {"learned_from": "accepted proposals"}})) == (("accepted proposals",), 1)


def test_verdict_is_by_interval() -> None:
    """All right at 0.3 is stated too low, all wrong at 0.9 too high, half right at 0.5 within."""
    marked = {"One": "\n".join(["A: [a|x]"] * 20 + ["A: [b|x]"] * 20 + ["A: [c|x]"] * 20)}
    people = {"One": "\n".join(["A: [a|x]"] * 20 + ["A: x"] * 20 + ["A: [c|x]"] * 10 + ["A: x"] * 10)}
    study = study_of({"robot": marked, "anna": people}, BOOK, kinds=KINDS)
    found = work(told(study, a={"confidence": 0.3}, b={"confidence": 0.9}, c={"confidence": 0.5})).calibration
    assert found is not None
    assert [one.verdict for one in found.bins] == ["too low", "within", "too high"]


@pytest.mark.parametrize(
    ("hits", "number", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(hits: int, number: int, low: float, high: float) -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3."""
    assert wilson(hits, number) == pytest.approx((low, high), abs=5e-5)


def test_wilson_holds_the_share_and_refuses_nothing() -> None:
    """The share is within; all and none reach the ends; there is no share of nothing."""
    for number in (1, 2, 7, 1000):
        for hits in {0, 1, number // 2, number}:
            low, high = wilson(hits, number)
            assert 0 <= low <= hits / number <= high <= 1
    with pytest.raises(ValueError, match="0 of 0"):
        wilson(0, 0)
