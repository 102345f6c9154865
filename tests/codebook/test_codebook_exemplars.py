"""Exemplars: read exactly, and with an error for each mistake."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qualcode.codebook import load_codebook
from qualcode.codebook.exemplars import load_exemplars, names_of_codes, shipped_exemplars
from qualcode.errors import ManyErrors, UserError
from qualcode.model import Code, Codebook

BOOK = Codebook("garden", "Garden", (Code("soil", "Soil", "Earth."), Code("water", "Water", "Wet.", stage="focused")))
FILE = """\
# Case: Anna's patch
# Kind: hobby
# Note: Made up.

Q: What do you grow?

A: Beans. The earth is heavy, so I dug in sand. Then it rained.
- soil: The earth is heavy, so I dug in sand.
- water: Then it rained.

A: And carrots.

Q: Anything else?

A: The earth, mostly.
- soil: The earth, mostly.
"""


def folder_with(path: Path, **files: str) -> Path:
    """Return a folder of exemplars with these files."""
    for name, text in files.items():
        (path / f"{name}.txt").write_text(text, "utf-8")
    return path


def test_read_as_a_study(tmp_path: Path) -> None:
    """Questions, answers and codings stand where the file has them; an answer without codes bears none."""
    study = load_exemplars(folder_with(tmp_path, anna=FILE), BOOK)
    (transcript,) = study.transcripts
    assert [(turn.role, transcript.speech(turn)) for turn in transcript.turns] == [
        ("interviewer", "What do you grow?"),
        ("participant", "Beans. The earth is heavy, so I dug in sand. Then it rained."),
        ("participant", "And carrots."),
        ("interviewer", "Anything else?"),
        ("participant", "The earth, mostly."),
    ]
    assert [(coding.code, coding.stage, study.quote(coding)) for coding in study.codings] == [
        ("soil", "open", "The earth is heavy, so I dug in sand."),
        ("water", "focused", "Then it rained."),
        ("soil", "open", "The earth, mostly."),
    ]
    (case,) = study.cases
    assert (case.name, case.cohort, dict(case.attributes)) == ("Anna's patch", "hobby", {"Note": "Made up."})
    assert study.coder_by_name["exemplars"].kind == "reference"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("- soils: Then it rained.", "line 7: the codebook has no code 'soils', did you mean 'soil'?"),
        ("- soil: Then it poured.", "line 7: not in the answer above: 'Then it poured.'"),
        ("- soil", "line 7: expected '- CODE: passage'"),
        ("# Cases: two", "line 7: unknown line '# Cases', did you mean 'Case'?"),
        ("Rain.", "line 7: unexpected: 'Rain.'"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    """Nothing is read, and the message says file, line and what was expected."""
    text = f"# Case: Anna\n\nQ: Why?\n\nA: Then it rained.\n- water: Then it rained.\n{line}\n"
    with pytest.raises(ManyErrors) as caught:
        load_exemplars(folder_with(tmp_path, anna=text), BOOK)
    assert [f"{tmp_path / 'anna.txt'}, {told}"] == caught.value.problems


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    """A file without case or answers, two of one case, and an empty folder are mistakes."""
    with pytest.raises(UserError, match="no exemplars"):
        load_exemplars(tmp_path, BOOK)
    folder_with(tmp_path, a="Q: Why?\n- soil: x\n", b=FILE, c=FILE)
    with pytest.raises(ManyErrors) as caught:
        load_exemplars(tmp_path, BOOK)
    told = "\n".join(caught.value.problems)
    for words in ("a.txt, line 2: a code before", "no line '# Case: …'", "no answer", "c.txt, line 1: the case"):
        assert words in told


def test_codes_renamed_keep_them_codes_redefined_do_not() -> None:
    """A code is the same while its definition and rules are, whatever its name and identifier."""
    ours = Codebook(
        "garden", "Garden", (replace(BOOK.codes[0], id="earth", name="Earth"), Code("water", "Water", "Dry."))
    )
    assert names_of_codes(BOOK, ours) == {"soil": "earth"}
    assert names_of_codes(BOOK, BOOK) == {"soil": "soil", "water": "water"}


def test_codings_of_other_codes_are_left_out(tmp_path: Path) -> None:
    """With a table of names only the codes in it are coded, under their names in the study."""
    ours = Codebook("garden", "Garden", (Code("earth", "Earth"),))
    study = load_exemplars(folder_with(tmp_path, anna=FILE), ours, {"soil": "earth"})
    assert [coding.code for coding in study.codings] == ["earth", "earth"]
    assert len(study.transcripts) == 1


def test_shipped_ones_are_whole() -> None:
    """Every shipped exemplar says that it is made up; every code of its codebook has several, from several cases."""
    book = load_codebook("b2b-influencer-marketing")
    study = shipped_exemplars(book)
    assert study is not None
    assert all("ictional" in case.attributes["Note"] for case in study.cases)
    cases: dict[str, set[str]] = {}
    for coding in study.codings:
        cases.setdefault(coding.code, set()).add(study.case_of(coding))
    assert set(cases) == set(book.by_id)
    assert min(map(len, cases.values())) >= 4


def test_a_codebook_of_ones_own_has_none() -> None:
    """Only a codebook with the name of a shipped one has shipped exemplars."""
    assert shipped_exemplars(BOOK) is None
