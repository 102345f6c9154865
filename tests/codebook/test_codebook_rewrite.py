"""A changed codebook keeps the remarks of what did not change, and always says what it should."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.codebook import dump_codebook, parse_codebook, shipped_codebooks
from qualcode.codebook.edit import add_code, delete_code, merge_codes, move_code, rename_code, split_code
from qualcode.codebook.find import find_codebook
from qualcode.codebook.rewrite import rewrite
from qualcode.model import Code

TEXT = """\
# Ours, begun in May.
name: small
title: Small
categories:
  - id: ends   # what for
    name: Ends
codes:

  # --- ends ---
  - id: goal
    name: Goal
    definition: "What they want."   # talked over in June
    category: ends

  # --- means ---
  - id: tool
    definition: What they use.
    parent: goal
  - {id: cost, definition: What it costs.}
# the end
"""


def test_a_rename_writes_only_its_entry() -> None:
    """An entry in braces is written anew, all others and the remarks around them stay, letter by letter."""
    done = rewrite(TEXT, rename_code(parse_codebook(TEXT), "cost", "price"))
    assert done.keeps_remarks
    kept = TEXT.replace("  - {id: cost, definition: What it costs.}\n", "")
    new = "  - id: price\n    name: Price\n    definition: What it costs.\n    origin: 'was: cost'\n"
    assert done.text == kept.replace("# the end\n", new + "# the end\n")


def test_a_rename_writes_only_the_fields_that_change() -> None:
    """Fields that stay keep their layout and remarks; fields that are new come last."""
    done = rewrite(TEXT, rename_code(parse_codebook(TEXT), "goal", "aim"))
    wanted = TEXT.replace("- id: goal\n    name: Goal", "- id: aim\n    name: Aim").replace(
        "parent: goal", "parent: aim"
    )
    wanted = wanted.replace("    category: ends\n", "    category: ends\n    origin: 'was: goal'\n")
    assert done.text == wanted


def test_a_renamed_parent_is_renamed_in_its_children() -> None:
    """A code under the renamed one is written anew too, and the file says what the record says."""
    book = rename_code(parse_codebook(TEXT), "goal", "aim")
    done = rewrite(TEXT, book)
    assert done.keeps_remarks and parse_codebook(done.text).hash == book.hash
    assert "# --- means ---" in done.text and "# what for" in done.text and "{id: cost" in done.text


def test_a_list_in_braces_is_written_whole() -> None:
    """Where entries have no lines of their own the file is written anew, with the remarks at its head."""
    text = "# Mine.\ncodes: [{id: a, definition: A.}, {id: b, definition: B.}]\n"
    book = rename_code(parse_codebook(text), "a", "c")
    done = rewrite(text, book)
    assert not done.keeps_remarks
    assert done.text.startswith("# Mine.\nname: codebook\n") and parse_codebook(done.text).hash == book.hash


def test_a_new_category_is_declared() -> None:
    """A code moved into a category that was not there makes one, in the file too."""
    book = move_code(parse_codebook(TEXT), "cost", categories=["means", "ends"])
    done = rewrite(TEXT, book)
    assert done.keeps_remarks and [one.id for one in parse_codebook(done.text).categories] == ["ends", "means"]
    assert parse_codebook(done.text).by_id["cost"].categories == ("means", "ends")


@pytest.mark.parametrize("name", shipped_codebooks())
def test_shipped_codebooks_are_edited_in_place(name: str) -> None:
    """A rename in a shipped codebook changes its identifier and adds its origin, and no other line."""
    text = find_codebook(name).read_text("utf-8")
    book = parse_codebook(text, path=name)
    done = rewrite(text, rename_code(book, book.codes[3].id, "another/name"))
    before, after = text.splitlines(), done.text.splitlines()
    assert done.keeps_remarks and len(after) == len(before) + 1
    assert len([1 for one in before if one not in after]) <= 2


IDS = st.sampled_from(["goal", "tool", "cost", "x", "y/z", "ünï: # code", "null", "12", "- a"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["rename", "merge", "split", "move", "delete", "add"]), IDS, IDS), max_size=6)
)
def test_the_file_always_says_what_the_record_says(steps: list[tuple[str, str, str]]) -> None:
    """After any row of edits the text read again has the hash of the record."""
    text = TEXT
    for what, one, other in steps:
        book = parse_codebook(text)
        try:
            book = {
                "rename": lambda b=book, o=one, n=other: rename_code(b, o, n),
                "merge": lambda b=book, o=one, n=other: merge_codes(b, [o], n),
                "split": lambda b=book, o=one, n=other: split_code(b, o, [n], keep=False),
                "move": lambda b=book, o=one, n=other: move_code(b, o, categories=[n], after=""),
                "delete": lambda b=book, o=one: delete_code(b, o),
                "add": lambda b=book, o=one, n=other: add_code(b, Code(o, o, "D: #x", categories=(n,))),
            }[what]()
        except Exception as error:
            from qualcode.errors import UserError

            assert isinstance(error, UserError)
            continue
        text = rewrite(text, book).text
        assert parse_codebook(text).hash == book.hash
        assert parse_codebook(dump_codebook(replace(book, hash=""))).hash == book.hash
