"""The machine coders that learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from learning_study import CODES, NAMES, learning_study

from qualcode.coders import CODERS
from qualcode.coders.combined import CombinedCoder
from qualcode.coders.learned import LearnedCoder
from qualcode.coders.learner import known_of, unseen_predictions
from qualcode.coders.passages import assertion_of, smallest_run
from qualcode.coders.targets import training_of
from qualcode.errors import UserError
from qualcode.model import Coding, Settings, Study


def told(codings: list[Coding], study: Study) -> dict[tuple[str, str], str]:
    """Return the passages by transcript and code."""
    return {(coding.transcript, coding.code): study.quote(coding) for coding in codings}


@pytest.mark.parametrize("name", ["learned", "combined"])
def test_codes_what_nobody_has_coded(name: str) -> None:
    """After six interviews the passages of the two others are found, and nothing is proposed for coded ones."""
    study = learning_study()
    found = told(CODERS[name](study).propose(study), study)
    assert {transcript for transcript, _ in found} == {"gus", "hal"}
    assert CODES["soil"][0] in found["gus", "soil"]
    assert CODES["water"][2] in found["hal", "water"]


def test_proposals_say_why() -> None:
    """Each has a probability above its limit, words of its passage, whose codings were learned from, and likenesses."""
    study = learning_study()
    for coding in CombinedCoder(study.codebook, study.settings).propose(study):
        evidence = coding.evidence
        assert coding.confidence == evidence["probability"] >= evidence["limit"] - 0.01
        assert evidence["learned_from"] == "ann, ben"
        assert evidence["words"] and evidence["expect"]
        assert "held_out" not in evidence
        for alike in evidence["alike"]:
            assert alike["transcript"] in NAMES[:6]


def test_coded_interviews_are_coded_held_out() -> None:
    """Where all are coded, each is coded by a model that had not seen its case, and says so."""
    study = learning_study(NAMES)
    found = LearnedCoder(study.codebook, study.settings).propose(study)
    assert {coding.transcript for coding in found} >= {"ada", "hal"}
    assert all("nothing of this case" in coding.evidence["held_out"] for coding in found)


def test_a_held_out_case_is_not_seen() -> None:
    """What people gave in a case changes nothing in what is said of it: not by learning, nor by limits."""
    study = learning_study(NAMES)
    turned = {"soil": "water", "water": "company", "company": "soil"}
    other = study.with_codings(
        replace(coding, code=turned[coding.code]) if coding.transcript == "cy" else coding for coding in study.codings
    )
    results = []
    for one in (study, other):
        known = known_of(one, training_of(one), None)
        for model, predicted in unseen_predictions(known, with_codebook=True, number=8):
            cases = {known.material.turns[int(row)].case for row in predicted.rows}
            if cases == {"Cy"}:
                results.append((predicted.probabilities, model.limits))
    assert len(results) == 2
    assert np.array_equal(results[0][0], results[1][0]) and np.array_equal(results[0][1], results[1][1])


def test_the_same_study_gives_the_same_proposals() -> None:
    """Nothing hangs on chance: only identifiers differ."""
    study = learning_study()
    first, second = (CombinedCoder(study.codebook, study.settings).propose(study) for _ in range(2))
    assert [replace(coding, id="") for coding in first] == [replace(coding, id="") for coding in second]


def test_attributes_say_what_was_learned_from() -> None:
    """Coders, numbers, embeddings, and for each code what can be expected."""
    study = learning_study()
    coder = CombinedCoder(study.codebook, study.settings)
    coder.propose(study)
    facts = coder.attributes
    assert (facts["learned from"], facts["codings"], facts["cases"], facts["embeddings"]) == (
        "ann, ben",
        "36",
        "6",
        "none",
    )
    assert all("examples" in facts[f"code {code}"] for code in CODES)


def test_too_little_to_learn_from() -> None:
    """`learned` says so; `combined` proposes what the cues do, under its own name."""
    study = learning_study(NAMES[:1])
    with pytest.raises(UserError, match="too little to learn from: 1 coded cases"):
        LearnedCoder(study.codebook, study.settings).propose(study)
    combined = CombinedCoder(study.codebook, study.settings)
    found = combined.propose(study)
    assert told(found, study) == told(CODERS["cues"](study).propose(study), study)
    assert {coding.coder for coding in found} == {"combined"}
    assert "cues alone" in combined.attributes["learned from"]


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"learned": {"form": "ann"}}, "extra.learned.form"),
        ({"learned": {"coded": "perhaps"}}, "yes, no or auto"),
        ({"learned": ["ann"]}, "is a mapping"),
    ],
)
def test_settings_with_a_mistake(extra: dict, message: str) -> None:
    """A misspelt setting is told, not passed over."""
    study = learning_study(settings=Settings(extra=extra))
    with pytest.raises(UserError, match=message):
        CODERS["learned"](study)


def test_settings_name_whose_codings() -> None:
    """`from` names one coder or several."""
    study = learning_study(settings=Settings(extra={"learned": {"from": "ann"}}))
    coder = LearnedCoder(study.codebook, study.settings)
    coder.propose(study)
    assert coder.attributes["learned from"] == "ann"


def test_the_smallest_run_of_sentences() -> None:
    """The best sentence, and neighbours that come near to it."""
    assert smallest_run(np.array([0.0, 0.5, 0.2, 0.7])) == (3, 4)
    assert smallest_run(np.array([0.0, 0.5, 0.6, 0.1])) == (1, 3)
    assert smallest_run(np.array([-0.2, -0.1])) == (1, 2)


def test_a_flag_of_the_cues_is_carried() -> None:
    """Where the code's cue in the passage is negated, so is the proposal; an affirmed cue beside it outweighs that."""
    study = learning_study()
    transcript = study.transcript_by_name["ada"]
    flagged = Coding("cues", "ada", 30, 60, "water", assertion="negated", evidence={"assertion_because": "“not”"})
    span = (40, 50)
    assert assertion_of(transcript, span, (), [flagged], clients_are_own=False) == ("negated", "“not”")
    affirmed = replace(flagged, assertion="affirmed")
    assert assertion_of(transcript, span, (), [flagged, affirmed], clients_are_own=False)[0] == "affirmed"
    assert assertion_of(transcript, (70, 80), (), [flagged], clients_are_own=False)[0] == "affirmed"
