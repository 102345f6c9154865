"""The codebooks that come with qualcode, and where they are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.codebook import check_codebook, find_codebook, load_codebook, shipped_codebooks
from qualcode.coders import check_cue
from qualcode.errors import UserError

LANGUAGES = ("en", "sv", "zh")


@pytest.mark.parametrize("name", shipped_codebooks())
def test_shipped_codebooks_are_sound(name: str) -> None:
    """Each loads under its own name, cites its source, and has nothing that would stop coders or machines."""
    book = load_codebook(name)
    assert book.name == name and book.source
    unwelcome = ("no definition", "definition as", "no example", "is empty", "given twice", "without", "has no code")
    found = [finding for finding in check_codebook(book) if finding.severity != "note"]
    assert [finding for finding in found if any(words in finding.message for words in unwelcome)] == []
    assert [finding for finding in found if finding.severity == "error"] == []


def test_cues_of_shipped_codebooks_can_match() -> None:
    """The cue language accepts every cue and condition."""
    for name in shipped_codebooks():
        found = check_codebook(load_codebook(name), check_cue)
        assert [finding for finding in found if finding.severity == "error"] == []


def test_ten_dimensions_with_two_poles() -> None:
    """The contrast of B2B and B2C has one focused code for each pole of ten dimensions."""
    book = load_codebook("b2b-versus-b2c")
    assert len(book.dimensions) == 10 and list(book.strategies) == ["b2c", "b2b"]
    expected = [f"{dimension}/{pole}" for dimension in book.dimensions for pole in book.strategies]
    assert [code.id for code in book.codes] == expected
    for code in book.codes:
        assert (code.stage, f"{code.dimension}/{code.strategy}") == ("focused", code.id)
        assert code.definition and code.include and code.exclude and code.examples
        assert {language: len(cues) >= 8 for language, cues in code.cues.items()} == dict.fromkeys(LANGUAGES, True)


def test_practitioner_guides_speak_three_languages() -> None:
    """Each code of the guides' codebook has rules, an example, and cues in three languages."""
    book = load_codebook("practitioner-guides")
    assert len(book.codes) >= 35
    for code in book.codes:
        assert code.stage == "open" and code.include and code.exclude and code.examples
        assert {language: len(cues) >= 5 for language, cues in code.cues.items()} == dict.fromkeys(LANGUAGES, True)


def test_a_codebook_is_found_by_name_or_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file wins over a shipped name; a folder of that name does not stand in the way."""
    monkeypatch.chdir(tmp_path)
    shipped = find_codebook("b2b-versus-b2c")
    assert shipped == find_codebook("b2b-versus-b2c.yaml") and shipped.is_file()
    (tmp_path / "b2b-versus-b2c").mkdir()
    assert find_codebook("b2b-versus-b2c") == shipped
    (tmp_path / "b2b-versus-b2c.yaml").write_text("codes: [{id: a}]")
    assert find_codebook("b2b-versus-b2c.yaml") == Path("b2b-versus-b2c.yaml")


@pytest.mark.parametrize("name", ["b2b-verses", "../b2b-versus-b2c", "", "."])
def test_an_unknown_codebook_lists_the_shipped_ones(name: str) -> None:
    """What is neither file nor shipped name is refused with the names that can be used."""
    with pytest.raises(UserError) as caught:
        find_codebook(name)
    assert all(shipped in str(caught.value) for shipped in shipped_codebooks())
