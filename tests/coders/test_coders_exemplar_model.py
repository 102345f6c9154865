"""What is learned from exemplars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from learning_study import CODES, NAMES, learning_study

from qualcode.coders.combined import CombinedCoder
from qualcode.coders.exemplar_model import ExemplarModel
from qualcode.coders.learned import LearnedCoder
from qualcode.coders.material import material_of
from qualcode.coders.views import CueHits
from qualcode.model import Coding, Study


def exemplars() -> Study:
    """Return six coded interviews under other names, to stand for those that come with a codebook."""
    own = learning_study()
    kept = set(NAMES[:6])

    def name(transcript: str) -> str:
        return f"exemplars/{transcript}"

    return replace(
        own,
        transcripts=tuple(replace(one, name=name(one.name)) for one in own.transcripts if one.name in kept),
        codings=tuple(replace(one, transcript=name(one.transcript)) for one in own.codings),
    )


def uncoded() -> Study:
    """Return two interviews that nobody has coded, with exemplars."""
    study = learning_study(())
    return replace(
        study, transcripts=tuple(one for one in study.transcripts if one.name in ("gus", "hal")), exemplars=exemplars()
    )


def passages(codings: list[Coding], study: Study) -> set[tuple[str, str, str]]:
    """Return (transcript, code, words) of codings."""
    return {(coding.transcript, coding.code, study.quote(coding)) for coding in codings}


def test_scores_tell_codes_apart() -> None:
    """The passage of each code gets its highest score from what was learned from exemplars."""
    study = uncoded()
    material = material_of(study)
    nothing = np.zeros((len(material.turns), len(CODES)), dtype=np.float32)
    hits = CueHits(np.zeros((len(material.sentences), len(CODES)), dtype=np.float32), nothing, nothing, nothing, {})
    assert study.exemplars is not None
    scores = ExemplarModel(study.exemplars, None)(study, material, hits)
    assert scores.turns["all"].argmax(axis=1).tolist() == [0, 1, 2] * 2


def test_codes_a_study_that_nobody_has_coded() -> None:
    """Without a single coding, `combined` proposes what exemplars taught, quotes them, and says what from."""
    study = uncoded()
    coder = CombinedCoder(study.codebook, study.settings)
    found = coder.propose(study)
    assert ("hal", "water", "Rain fills the barrel, the hose does not.") in passages(found, study)
    assert {coding.transcript for coding in found} == {"gus", "hal"}
    for coding in found:
        assert coding.evidence["learned_from"] == "exemplars alone"
        assert "not on this study" in coding.evidence["expect"]
        assert all(set(alike) == {"exemplar", "quote", "like"} for alike in coding.evidence["alike"])
    assert "is not known" in coder.notes[0]
    assert coder.attributes["exemplars"] == "6 made-up interviews"


def test_only_combined_learns_from_exemplars() -> None:
    """`learned` learns from what the study's people coded, and from nothing else."""
    study = uncoded()
    assert LearnedCoder(study.codebook, study.settings).can_learn(study)
    assert not CombinedCoder(study.codebook, study.settings).can_learn(study)


def test_same_every_time() -> None:
    """Two runs propose the same with the same confidence."""
    study = uncoded()
    first, second = (CombinedCoder(study.codebook, study.settings).propose(study) for _ in range(2))
    assert [(one.place, one.confidence) for one in first] == [(one.place, one.confidence) for one in second]


def test_few_codings_are_learned_from_together_with_exemplars() -> None:
    """With few codings the coded interviews of the codebook are learned from as well, but only the study is coded."""
    study = replace(learning_study(NAMES[:3]), exemplars=exemplars())
    found = CombinedCoder(study.codebook, study.settings, coded="yes").propose(study)
    assert {coding.transcript for coding in found} == set(NAMES)
    for coding in found:
        assert coding.evidence["learned_from"] == "ann, ben, and interviews that come with the codebook"
        assert ("held_out" in coding.evidence) == (coding.transcript in NAMES[:3])
        assert "most of them not of this study" in coding.evidence["expect"]
    quoted = [alike for coding in found for alike in coding.evidence["alike"]]
    assert all(("exemplar" in alike) != ("transcript" in alike) for alike in quoted)
    assert all(alike.get("transcript", "ada") in NAMES for alike in quoted)


def test_many_codings_stand_for_themselves(monkeypatch) -> None:
    """With enough codings of its own a study is learned from alone; exemplars only say what they think of a passage."""
    monkeypatch.setattr("qualcode.coders.exemplar_model.ENOUGH_OF_ITS_OWN", 36)
    study = replace(learning_study(), exemplars=exemplars())
    coder = CombinedCoder(study.codebook, study.settings)
    assert all(coding.evidence["learned_from"] == "ann, ben" for coding in coder.propose(study))
    assert coder.attributes["turns"] == "18"
