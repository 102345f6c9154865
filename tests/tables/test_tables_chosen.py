"""Which codings an analysis uses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import codebook, mark, study_of

from qualcode.errors import UserError
from qualcode.model import Coding, Settings, Study
from qualcode.tables import chosen, consensus

BOOK = codebook("a", "b", "c")
ANNA = {"One": "Q: Why?\nA: [a|We like reports] and [b|talks].\nA: [a|More reports]."}
BEN = {"One": "Q: Why?\nA: We [a|like reports and] [c|talks].\nA: More reports."}
CLEO = {"One": "Q: Why?\nA: We like reports and [b|talks].\nA: More [a|reports]."}


def status(study: Study, coder: str, value: str) -> Study:
    """Return the study with another status of one coder's codings."""
    return study.with_codings(
        replace(coding, status=value) if coding.coder == coder else coding for coding in study.codings
    )


def test_two_coders_must_both_give_a_code_to_a_turn() -> None:
    """Of two coders both are more than half; the passage is the union of theirs."""
    study = study_of({"anna": ANNA, "ben": BEN}, BOOK)
    names, codings = chosen(study)
    assert names == ("anna", "ben")
    assert mark(study, codings) == {"One": ["a: We like reports and"]}
    assert codings[0].coder == "consensus"
    assert codings[0].evidence == {"parents": ["anna-One-0", "ben-One-0"], "coders": ["anna", "ben"]}


def test_two_of_three_coders_are_enough() -> None:
    """Two of three are more than half, whichever two they are."""
    study = study_of({"anna": ANNA, "ben": BEN, "cleo": CLEO}, BOOK)
    assert mark(study, chosen(study)[1]) == {"One": ["a: We like reports and", "b: talks", "a: More reports"]}


def test_passages_apart_in_one_turn_stay_apart() -> None:
    """Two coders who mark different words of a turn agree on the turn, and both passages stand."""
    study = study_of({"anna": {"One": "A: [a|red] green blue"}, "ben": {"One": "A: red green [a|blue]"}}, BOOK)
    assert mark(study, chosen(study)[1]) == {"One": ["a: red", "a: blue"]}


def test_passages_that_only_touch_stay_apart() -> None:
    """Where one passage ends and the other begins they share no word."""
    study = study_of({"anna": {"One": "A: [a|red ]green blue"}, "ben": {"One": "A: red [a|green] blue"}}, BOOK)
    assert mark(study, chosen(study)[1]) == {"One": ["a: red ", "a: green"]}


def test_a_passage_over_two_turns_is_kept_where_it_is_agreed() -> None:
    """A passage that runs on into a turn where the other coder gave nothing ends with the agreed turn."""
    study = study_of({"anna": {"One": "A: red [a|green\nA: blue]"}, "ben": {"One": "A: red [a|green]\nA: blue"}}, BOOK)
    assert mark(study, chosen(study)[1]) == {"One": ["a: green"]}


def test_interviewers_turns_have_no_consensus() -> None:
    """What both mark in a question is not the participant's."""
    marked = {"One": "Q: [a|Reports?]\nA: Yes."}
    study = study_of({"anna": marked, "ben": marked}, BOOK)
    assert chosen(study)[1] == ()


def test_a_transcript_of_one_coder_keeps_that_coders_codings() -> None:
    """Where only one of two has coded a transcript nobody can disagree."""
    study = study_of({"anna": {**ANNA, "Two": "A: [c|Never]."}, "ben": BEN}, BOOK)
    assert mark(study, chosen(study)[1])["Two"] == ["c: Never"]


def test_one_coder_keeps_the_own_records() -> None:
    """The consensus of one coder is that coder's codings, unchanged."""
    study = study_of({"anna": ANNA}, BOOK)
    assert consensus(study, ["anna"]) == study.codings == chosen(study, ["anna"])[1]


def test_only_affirmed_and_accepted_codings_count() -> None:
    """Denied and rejected codings are left out, also of a coder who is named."""
    study = study_of({"anna": ANNA}, BOOK)
    first, second, third = study.codings
    study = study.with_codings([replace(first, assertion="negated"), replace(second, status="rejected"), third])
    assert chosen(study, ["anna"])[1] == (third,)


def test_proposals_of_a_machine_wait_for_people() -> None:
    """A machine's proposals count when it is named, or while nobody else has coded; not beside people."""
    study = status(study_of({"anna": ANNA, "cues": CLEO}, BOOK, kinds={"cues": "machine"}), "cues", "proposed")
    assert chosen(study)[0] == ("anna",)
    assert mark(study, chosen(study, ["cues"])[1]) == {"One": ["b: talks", "a: reports"]}
    alone = study.with_codings(coding for coding in study.codings if coding.coder == "cues")
    assert chosen(alone) == (("cues",), alone.codings)


def test_rejected_proposals_never_count() -> None:
    """A machine that is named brings nothing that a person rejected."""
    study = status(study_of({"cues": CLEO}, BOOK, kinds={"cues": "machine"}), "cues", "rejected")
    assert chosen(study, ["cues"])[1] == chosen(study)[1] == ()


def test_accepted_proposals_count_beside_a_persons_codings() -> None:
    """What a person accepted counts; where the person has coded the passage already it adds nothing."""
    study = study_of({"anna": ANNA, "cues": {"One": BEN["One"]}}, BOOK, kinds={"cues": "machine"})
    names, codings = chosen(study)
    assert names == ("anna", "cues")
    assert mark(study, codings) == {"One": ["a: We like reports", "b: talks", "c: talks", "a: More reports"]}


def test_once_one_proposal_is_accepted_only_accepted_ones_count() -> None:
    """With machines alone, a review that has begun decides."""
    study = study_of({"cues": CLEO}, BOOK, kinds={"cues": "machine"})
    first, second = study.codings
    study = study.with_codings([first, replace(second, status="proposed")])
    assert chosen(study)[1] == (first,)


def test_settings_name_coders_and_arguments_overrule_them() -> None:
    """Coders of the settings are used unless others, or the consensus, are asked for."""
    study = study_of({"anna": ANNA, "ben": BEN}, BOOK, settings=Settings(coders=("ben",)))
    assert chosen(study)[0] == ("ben",)
    assert chosen(study, ["anna"])[0] == ("anna",)
    assert chosen(study, ["consensus"])[0] == ("anna", "ben")


def test_an_unknown_coder_is_a_users_mistake() -> None:
    """The message names the unknown coder and those there are."""
    study = study_of({"anna": ANNA}, BOOK)
    with pytest.raises(UserError, match=r"(?s)'dora'.*anna"):
        chosen(study, ["dora"])


def test_nothing_coded_is_nothing_chosen() -> None:
    """A study without codings has neither coders nor codings to use."""
    assert chosen(study_of({"anna": {"One": "A: Yes."}}, BOOK)) == ((), ())


@given(st.permutations(range(6)))
def test_consensus_does_not_depend_on_order(order: list[int]) -> None:
    """Codings in any order and coders named in any order give equal records, identifiers included."""
    study = study_of({"anna": ANNA, "ben": BEN, "cleo": CLEO}, BOOK)
    expected = consensus(study, ["anna", "ben", "cleo"])
    codings: list[Coding] = [study.codings[index] for index in order if index < len(study.codings)]
    codings += study.codings[6:]
    assert consensus(replace(study, codings=tuple(codings)), ["cleo", "anna", "ben"]) == expected
