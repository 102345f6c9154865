"""Codebooks written and read again."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.codebook import codebook_hash, dump_codebook, load_codebook, parse_codebook, shipped_codebooks
from qualcode.model import STAGES, Category, Code, Codebook, Cue


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


CHARACTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), include_characters="\n\t")
TEXT = st.one_of(
    st.sampled_from(
        ["no", "1", "~", "2022-10-17", "#x", "a: b", "- a", "'", '"', "=", "<<", "åäö 网红 🎉", "a\n\n b", "*a"]
    ),
    st.text(CHARACTERS, max_size=30).map(_clean),
)
WORD = TEXT.filter(bool)
ID = (
    st.text(st.characters(categories=("L", "N"), include_characters="-/ '\":#"), min_size=1, max_size=8)
    .map(_clean)
    .filter(bool)
)
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
CUE = st.builds(
    Cue,
    pattern=WORD,
    requires=TEXTS,
    excludes=TEXTS,
    question=TEXTS,
    within=st.sampled_from(["sentence", "turn"]),
    confidence=st.floats(0, 1),
)


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    """Return any codebook whose references hold."""
    categories = draw(st.lists(ID, max_size=2, unique=True))
    ids = draw(st.lists(ID, min_size=1, max_size=3, unique=True))
    sections = [draw(st.dictionaries(ID, WORD, max_size=2)) for _ in range(2)]
    codes = tuple(
        Code(
            id=id,
            name=draw(WORD),
            definition=draw(TEXT),
            include=draw(TEXTS),
            exclude=draw(TEXTS),
            examples=draw(TEXTS),
            categories=tuple(draw(st.lists(st.sampled_from(categories), unique=True))) if categories else (),
            parent=ids[number - 1] if number and draw(st.booleans()) else "",
            stage=draw(st.sampled_from(STAGES)),
            strategy=draw(st.sampled_from(["", *sections[0]])),
            dimension=draw(st.sampled_from(["", *sections[1]])),
            cues=draw(
                st.dictionaries(st.sampled_from(["en", "no", "zh"]), st.lists(CUE, min_size=1, max_size=2).map(tuple))
            ),
            colour=draw(st.sampled_from(["", "#4477aa"])),
            origin=draw(TEXT),
        )
        for number, id in enumerate(ids)
    )
    return Codebook(
        name=draw(WORD),
        title=draw(WORD),
        codes=codes,
        categories=tuple(Category(id, draw(WORD), draw(TEXT)) for id in categories),
        strategies=sections[0],
        dimensions=sections[1],
        source=draw(TEXT),
    )


def without_lines(book: Codebook) -> Codebook:
    """Return a codebook as if it came from no file."""
    codes = tuple(
        replace(
            code, cues={language: tuple(replace(cue, line=0) for cue in cues) for language, cues in code.cues.items()}
        )
        for code in book.codes
    )
    return replace(book, codes=codes, hash="")


@settings(max_examples=120, deadline=None)
@given(codebooks())
def test_what_is_written_is_read_again(book: Codebook) -> None:
    """Loading a dumped codebook gives the same codebook and hash, whatever its texts hold."""
    back = parse_codebook(dump_codebook(book))
    assert without_lines(back) == book
    assert back.hash == codebook_hash(book)
    assert list(back.strategies) == list(book.strategies)


def test_the_text_can_be_read_by_people() -> None:
    """Block style, order of the records, letters of all scripts as they are, defaults left out."""
    book = Codebook("b", "B", (Code("x", "Ä 网红", "One.\nTwo.", cues={"sv": (Cue("kaffe"),)}),))
    assert dump_codebook(book) == (
        "name: b\ntitle: B\nlanguage: en\ncodes:\n"
        "  - id: x\n    name: Ä 网红\n    definition: |-\n      One.\n      Two.\n"
        "    cues:\n      sv:\n        - kaffe\n"
    )


def test_shipped_codebooks_come_through() -> None:
    """Every shipped codebook is the same after writing and reading."""
    names = shipped_codebooks()
    assert names
    for name in names:
        book = load_codebook(name)
        assert parse_codebook(dump_codebook(book)).hash == book.hash
