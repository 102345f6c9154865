"""Units: where codings count, who saw what, and what is out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qualcode.agreement.units import Units, units_of
from qualcode.errors import UserError
from qualcode.model import Study


def marked(study: Study, units: Units, coder: str, code: str) -> list[str]:
    """Return the text of the units that a coder gave a code to."""
    column, place = units.codes.index(code), units.coders.index(coder)
    return [
        study.transcript_by_name[where.transcript].text[where.start : where.end]
        for where, given in zip(units.places, units.given[:, place, column], strict=True)
        if given
    ]


def test_turns_of_participants_only(make_study) -> None:  # type: ignore[no-untyped-def]
    """Interviewers' turns are no units, and a coding of an interviewer's words counts nowhere."""
    study = make_study({"ann": {"one": [("What did you do", "a"), ("talks", "b")]}})
    units = units_of(study, ["ann"])
    assert [place.turn for place in units.places] == [2, 4, 5]
    assert marked(study, units, "ann", "a") == []
    assert marked(study, units, "ann", "b") == ["We gave talks."]


def test_a_coding_over_two_turns_counts_for_both(make_study) -> None:  # type: ignore[no-untyped-def]
    """A passage that runs from one participant's turn into the next touches both."""
    study = make_study({"ann": {"one": [("talks.\nP: That", "a")]}})
    assert marked(study, units_of(study, ["ann"]), "ann", "a") == ["We gave talks.", "That's all."]


def test_one_shared_character_counts_touching_does_not(make_study) -> None:  # type: ignore[no-untyped-def]
    """Half-open spans: the passage that ends where the turn starts does not touch it."""
    study = make_study({"ann": {"one": [("P: W", "a"), ("P: ", "b")]}})
    units = units_of(study, ["ann"])
    assert marked(study, units, "ann", "a") == ["We wrote reports. They were long."]
    assert marked(study, units, "ann", "b") == []


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("We wrote reports. They", ["We wrote reports."]),
        ("reports. They were long", ["They were long."]),
        ("wrote reports. They were", ["We wrote reports.", "They were long."]),
        ("reports", ["We wrote reports."]),
        ("long", ["They were long."]),
    ],
)
def test_sentences_need_half(make_study, sentences, passage: str, expected: list[str]) -> None:  # type: ignore[no-untyped-def]
    """A coding counts for a sentence of which it covers half, or that holds half of it."""
    study = make_study({"ann": {"one": [(passage, "a")]}})
    units = units_of(study, ["ann"], unit="sentence", sentences=sentences)
    assert marked(study, units, "ann", "a") == expected


def test_passages_are_what_any_coder_marked(make_study) -> None:  # type: ignore[no-untyped-def]
    """Overlapping passages of different coders and codes make one unit; text that nobody marked makes none."""
    study = make_study(
        {"ann": {"one": [("wrote reports", "a"), ("talks", "b")]}, "ben": {"one": [("reports. They", "b")]}}
    )
    units = units_of(study, ["ann", "ben"], unit="passage")
    text = study.transcripts[0].text
    assert [text[place.start : place.end] for place in units.places] == ["wrote reports. They", "talks"]
    assert marked(study, units, "ben", "b") == ["wrote reports. They"]


def test_characters_are_weighed_stretches(make_study) -> None:  # type: ignore[no-untyped-def]
    """The character continuum holds every character of participants' turns once."""
    study = make_study({"ann": {"one": [("wrote reports", "a")]}, "ben": {"one": [("reports. They", "a")]}})
    units = units_of(study, ["ann", "ben"], unit="character")
    speech = sum(turn.end - turn.start for turn in study.transcripts[0].participant_turns())
    assert units.weights.sum() == speech
    assert "".join(marked(study, units, "ann", "a")) == "wrote reports"
    assert "".join(marked(study, units, "ben", "a")) == "reports. They"


def test_coverage_by_default(make_study) -> None:  # type: ignore[no-untyped-def]
    """A coder saw the transcripts in which they have any coding, rejected ones too; a machine saw all."""
    study = make_study(
        {"ann": {"one": [("talks", "a")], "two": [("talks", "a")]}, "bot": {"one": [("talks", "a")]}},
        kinds={"bot": "machine"},
    )
    turned_down = [replace(c, status="rejected") if c.transcript == "two" else c for c in study.codings]
    units = units_of(study.with_codings(turned_down), ["ann", "bot"])
    assert units.seen.all()
    units = units_of(study.with_codings(c for c in study.codings if c.transcript == "one"), ["ann", "bot"])
    assert {place.transcript for place, saw in zip(units.places, units.seen[:, 0], strict=True) if saw} == {"one"}
    assert units.seen[:, 1].all()


def test_coverage_by_hand(make_study) -> None:  # type: ignore[no-untyped-def]
    """Coverage can be told by transcript or by turn; what was not seen does not count even where it was coded."""
    study = make_study({"ann": {"one": [("talks", "a")]}, "ben": {"one": [("talks", "a"), ("reports", "a")]}})
    units = units_of(study, ["ann", "ben"], coverage={"ann": ["one"], "ben": {("one", 4)}})
    assert units.seen.tolist() == [[True, False], [True, True], [True, False]]
    assert marked(study, units, "ben", "a") == ["We gave talks."]
    assert units.ratings("a").tolist() == [[0, -1], [1, 1], [0, -1]]


def test_a_machines_affirmed_proposals_count(make_study) -> None:  # type: ignore[no-untyped-def]
    """Of a machine, proposed codings count if affirmed; a person's proposed ones do not."""
    study = make_study(
        {"ann": {"one": [("talks", "a")]}, "bot": {"one": [("talks", "a"), ("reports", "b")]}}, kinds={"bot": "machine"}
    )
    denied = [replace(c, assertion="negated") if c.code == "b" else c for c in study.codings]
    drafts = [replace(c, status="proposed") for c in denied]
    units = units_of(study.with_codings(drafts), ["ann", "bot"])
    assert units.codes == ("a",)
    assert units.given[:, :, 0].tolist() == [[False, False], [False, True], [False, False]]


def test_unused_codes_are_named(make_study) -> None:  # type: ignore[no-untyped-def]
    """Codes of the codebook that nobody used are told apart from those used, in codebook order."""
    study = make_study({"ann": {"one": [("talks", "c"), ("reports", "a")]}})
    units = units_of(study, ["ann"])
    assert (units.codes, units.unused) == (("a", "c"), ("b",))
    assert units_of(study, ["ann"], codes=["b", "c"]).codes == ("c",)


@pytest.mark.parametrize(
    "wrong", [{"coders": ["nobody"]}, {"unit": "word"}, {"codes": ["z"]}, {"transcripts": ["nowhere"]}]
)
def test_what_does_not_exist_is_refused(make_study, wrong) -> None:  # type: ignore[no-untyped-def]
    """An unknown coder, unit, code or transcript is a user's mistake, named in the message."""
    study = make_study({"ann": {"one": [("talks", "a")]}})
    settings = {"coders": ["ann"], **wrong}
    with pytest.raises(UserError) as raised:
        units_of(study, settings.pop("coders"), **settings)
    (name,) = wrong.values()
    assert (name if isinstance(name, str) else name[0]) in str(raised.value)
