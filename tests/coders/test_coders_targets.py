"""What people have coded, as numbers to learn from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from learning_study import CODES, learning_study

from qualcode.coders.material import material_of
from qualcode.coders.targets import ACCEPTED, targets_of, training_of
from qualcode.errors import UserError
from qualcode.model import Coder, Coding, Study


def shares(study: Study, transcript: str, coders: tuple[str, ...] = ()) -> list[list[float]]:
    """Return the targets of one transcript's turns."""
    material = material_of(study, [transcript])
    return targets_of(material, training_of(study, coders), tuple(CODES)).turns.tolist()


def test_a_turn_has_the_codes_that_all_coders_gave() -> None:
    """Each answer of the example is about one code."""
    assert shares(learning_study(), "ada") == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_coders_who_differ_give_half() -> None:
    """A code that one of two coders gave counts half, and is not given."""
    study = learning_study()
    study = study.with_codings(c for c in study.codings if (c.coder, c.transcript, c.code) != ("ben", "ada", "soil"))
    assert shares(study, "ada")[0] == [0.5, 0, 0]
    material = material_of(study, ["ada"])
    assert not targets_of(material, training_of(study), tuple(CODES)).given[0].any()


def test_a_named_coder_is_learned_from_alone() -> None:
    """With `from`, others' codings do not count."""
    study = learning_study()
    study = study.with_codings(c for c in study.codings if (c.coder, c.transcript, c.code) != ("ben", "ada", "soil"))
    assert shares(study, "ada", ("ann",))[0] == [1, 0, 0]
    assert shares(study, "ada", ("ben",))[0] == [0, 0, 0]


def test_only_the_sentence_of_the_passage_bears_the_code() -> None:
    """Of three sentences of an answer the coded one is the target."""
    study = learning_study()
    material = material_of(study, ["ada"])
    targets = targets_of(material, training_of(study), tuple(CODES))
    bearing = [material.sentence(row) for row in range(9) if targets.sentences[row].any()]
    assert bearing == [CODES["soil"][0], CODES["water"][1], CODES["company"][2]]


def test_what_is_negated_is_no_example() -> None:
    """A coding of what is not done teaches no practice."""
    study = learning_study()
    study = study.with_codings(
        replace(c, assertion="negated") if (c.transcript, c.code) == ("ada", "soil") else c for c in study.codings
    )
    assert shares(study, "ada")[0] == [0, 0, 0]


def machine(study: Study, statuses: tuple[str, str]) -> Study:
    """Return the study with two proposals of a machine for an interview that nobody coded."""
    transcript = study.transcript_by_name["hal"]
    turns = transcript.participant_turns()
    proposals = [
        Coding("cues", "hal", turn.start, turn.end, code, status=status)
        for turn, code, status in zip(turns, CODES, statuses, strict=False)
    ]
    coders = (*study.coders, Coder("cues", "machine"))
    return replace(study, coders=coders).with_codings((*study.codings, *proposals))


def test_reviewed_proposals_are_examples() -> None:
    """Where all of a machine's proposals were accepted or rejected, the interview counts as coded."""
    study = machine(learning_study(), ("accepted", "rejected"))
    assert training_of(study).transcripts["hal"] == (ACCEPTED,)
    assert shares(study, "hal") == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_half_reviewed_proposals_are_not() -> None:
    """As long as some wait for review nobody knows what the others would have been."""
    assert "hal" not in training_of(machine(learning_study(), ("accepted", "proposed"))).transcripts


def test_an_unknown_coder_is_the_users_mistake() -> None:
    """The message names the coders that there are."""
    with pytest.raises(UserError, match="no coder called 'zoe'") as caught:
        training_of(learning_study(), ("zoe",))
    assert "ann, ben" in str(caught.value)
