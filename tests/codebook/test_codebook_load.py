"""Codebook files into records, and what is said about files that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.codebook import code_lines, load_codebook, parse_codebook
from qualcode.errors import InputError, ManyErrors, UserError

FULL = """\
name: coffee
title: Coffee at work
language: en
source: Made up
strategies: {quick: Quick, slow: Slow}
dimensions: {place: Place}
categories:
  - {id: habits, name: Habits, definition: What is done daily}
  - {id: mornings, name: Mornings, parent: habits}
codes:
  - id: habits/black
    name: Black
    definition: Without milk
    include: [espresso, filter]
    exclude: [tea]
    examples: ["Black, please."]
    category: [mornings, habits]
    colour: "#aabbcc"
    origin: "in vivo: alpha 00:01:48"
    cues:
      en:
        - black coffee
        - match: no milk
          requires: [coffee|cup]
          excludes: [tea]
          question: [drink]
          within: turn
          confidence: 0.8
      sv: [svart kaffe]
  - id: place/desk
    parent: habits/black
    stage: focused
    dimension: place
    strategy: quick
"""


def problems_of(text: str) -> str:
    """Return what is said about a codebook that cannot be loaded."""
    with pytest.raises(UserError) as caught:
        parse_codebook(text, path="book.yaml")
    return str(caught.value)


def test_every_field_arrives() -> None:
    """A full codebook arrives field by field, cues with their lines."""
    book = parse_codebook(FULL)
    code = book.by_id["habits/black"]
    assert (book.name, book.title, book.source) == ("coffee", "Coffee at work", "Made up")
    assert list(book.strategies) == ["quick", "slow"] and book.dimensions == {"place": "Place"}
    assert [(category.id, category.parent) for category in book.categories] == [("habits", ""), ("mornings", "habits")]
    assert code.categories == ("mornings", "habits") and code.category == "mornings"
    assert (code.include, code.exclude, code.examples) == (("espresso", "filter"), ("tea",), ("Black, please.",))
    first, second = code.cues["en"]
    assert (first.pattern, first.confidence, first.line) == ("black coffee", 0.6, 22)
    assert (second.requires, second.excludes, second.question) == (("coffee|cup",), ("tea",), ("drink",))
    assert (second.within, second.confidence, second.line) == ("turn", 0.8, 23)
    desk = book.by_id["place/desk"]
    assert (desk.name, desk.stage, desk.dimension, desk.strategy, desk.parent) == (
        "Desk", "focused", "place", "quick", "habits/black",
    )  # fmt: skip


def test_a_minimal_codebook_needs_only_id_and_definition(tmp_path: Path) -> None:
    """Names, categories, strategies and dimensions that are left out are filled in."""
    path = tmp_path / "my-codes.yaml"
    path.write_text(
        "codes:\n  - id: trust\n    definition: Someone is believed.\n  - {id: a/b, category: a, cues: [x]}\n"
    )
    book = load_codebook(path)
    assert (book.name, book.title, book.language) == ("my-codes", "my-codes", "en")
    assert [code.name for code in book.codes] == ["Trust", "B"]
    assert [(category.id, category.name) for category in book.categories] == [("a", "A")]
    assert [cue.pattern for cue in book.codes[1].cues["en"]] == ["x"]


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("definition: Without milk", "definitoin: Without milk"), 13, "did you mean 'definition'?"),
        (("definition: Without milk", "definition: [Without, milk]"), 13, "text is expected, found a list"),
        (("definition: Without milk", "definition: {Without: milk}"), 13, "text is expected"),
        (("definition: Without milk", "definition: 12"), 13, 'quote it: "12"'),
        (("name: Black", "name: no"), 12, 'YAML reads no as true or false; to mean the text, quote it: "no"'),
        (("name: Black", "name: 2022-10-17"), 12, "a date"),
        (("      sv: [svart", "      no: [svart"), 29, 'quote it: "no"'),
        (("include: [espresso, filter]", "include: {a: b}"), 14, "a list"),
        (("  - id: habits/black\n", "  - {}\n  - id: habits/black\n"), 11, "'id' is missing"),
        (("id: place/desk", "id: habits/black"), 30, "the id 'habits/black' is given twice"),
        (("category: [mornings, habits]", "category: [mornigns]"), 17, "not declared, did you mean 'mornings'?"),
        (("parent: habits/black", "parent: habits/blak"), 31, "'habits/blak' is not declared"),
        (("parent: habits/black", "parent: place/desk"), 31, "lead back to itself"),
        (("name: Mornings, parent: habits", "parent: evenings"), 9, "'evenings' is not declared"),
        (("dimension: place", "dimension: palce"), 33, "did you mean 'place'?"),
        (("strategy: quick", "strategy: fast"), 34, "'fast' is not declared"),
        (("stage: focused", "stage: focussed"), 32, "one of open, axial, focused"),
        (('"#aabbcc"', '"blue"'), 18, '"#rrggbb" is expected'),
        (('"#aabbcc"', "#aabbcc"), 18, "# begins a comment"),
        (("confidence: 0.8", "confidence: 80"), 28, "a number from 0 to 1"),
        (("confidence: 0.8", "confidence: .nan"), 28, "a number from 0 to 1"),
        (("within: turn", "within: paragraph"), 27, "sentence or turn"),
        (("- black coffee", "- ''"), 22, "the cue is empty"),
        (("match: no milk", "macth: no milk"), 23, "did you mean 'match'?"),
        (("language: en", "language: English"), 3, "a language code"),
        (("title: Coffee at work", "title: Coffee: at work"), 2, "not valid YAML"),
        (("    name: Black", "\tname: Black"), 12, "replace the tab"),
        (("    name: Black", "    name: Black\n    name: White"), 13, "key 'name' is given twice (first on line 12)"),
        (("name: coffee", "name: coffee\nnmae: tea"), 2, "did you mean 'name'?"),
    ],
)  # fmt: skip
def test_one_mistake_is_told_with_its_line(change: tuple[str, str], line: int, said: str) -> None:
    """Each kind of mistake is told with the line it is on and what was expected."""
    assert change[0] in FULL
    message = problems_of(FULL.replace(change[0], change[1], 1))
    assert f"book.yaml, line {line}: " in message
    assert said in message


def test_all_mistakes_are_told_at_once() -> None:
    """Several mistakes are raised together in the order of lines."""
    text = "codes:\n  - {id: a, stage: shut}\n  - {id: a}\n  - {name: b}\n  - just text\n"
    with pytest.raises(ManyErrors) as caught:
        parse_codebook(text, path="book.yaml")
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        f"book.yaml, line {n}" for n in (2, 3, 4, 5)
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"# only a remark\n", "nothing but comments"),
        ("codes:\n  - id: caf\xe9\n".encode("latin-1"), "line 2: is not UTF-8"),
        (b"\x00\x01\x02", "does not allow"),
        (b"codes: []\n", "has no codes"),
        (b"codes: hello\n", "a list ('- item' lines) is expected"),
        (b"title: x\n", "the section 'codes' is missing"),
        (b"- a\n- b\n", "'key: value' lines are expected, found a list"),
        (b"codes: " + b"[" * 5000, "book.yaml"),
        (b"codes: *nowhere\n", "undefined alias"),
        (b"codes: [{id: !!python/object:os.system x}]\n", "something else than text"),
        (b"a: 1\n---\nb: 2\n", "single document"),
    ],
    ids=[
        *("empty", "comments", "latin-1", "binary", "no-codes", "codes-text"),
        *("no-section", "list", "deep", "alias", "tag", "two"),
    ],
)
def test_files_that_are_no_codebooks(tmp_path: Path, data: bytes, said: str) -> None:
    """Files of the wrong kind are refused with a message that names them."""
    path = tmp_path / "book.yaml"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        load_codebook(path)
    assert said in str(caught.value) and "book.yaml" in str(caught.value)


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    """A file saved by Windows Notepad loads."""
    path = tmp_path / "book.yaml"
    path.write_bytes(b"\xef\xbb\xbfcodes:\r\n  - id: a\r\n    definition: b\r\n")
    assert load_codebook(path).codes[0].definition == "b"


def test_texts_are_composed() -> None:
    """Identifiers typed with combining accents are the same as those typed with composed ones."""
    assert parse_codebook("codes: [{id: 'cafe\u0301'}]").codes[0].id == "caf\xe9"


def test_the_hash_names_the_content_and_not_the_layout() -> None:
    """Comments, blank lines and layout leave the hash; any word changes it."""
    book = parse_codebook(FULL)
    assert len(book.hash) == 64
    assert parse_codebook("# remark\n\n" + FULL).hash == book.hash
    assert parse_codebook(FULL.replace("Without milk", "Without sugar")).hash != book.hash


def test_lines_of_codes(tmp_path: Path) -> None:
    """Each code's first line is known by its identifier."""
    path = tmp_path / "book.yaml"
    path.write_text(FULL)
    assert code_lines(path) == {"habits/black": 11, "place/desk": 30}
