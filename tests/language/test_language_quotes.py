"""Quotations found in texts whose marks and spaces have changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.language.quotes import find_quote, nearest_text, simplify


@pytest.mark.parametrize(
    ("marked", "quote"),
    [
        ("He said [we grow] twice", "we grow"),
        ("He said [“we  grow”] twice", '"we grow"'),
        ("It’s [don’t – never] again", "don't - never"),
        ("a [b\u00a0c\nd] e", "b c d"),
        ("so[… and] then", "... and"),
        ("soft [hy\u00adphen] here", "hyphen"),
        ("it is [网红 很好]。", "网红  很好"),
        ("[ends here]", " ends here "),
    ],
)
def test_a_quotation_is_found_where_it_stands(marked: str, quote: str) -> None:
    """The span covers exactly the marked words of the text."""
    speech = marked.replace("[", "").replace("]", "")
    assert find_quote(speech, quote) == (marked.index("["), marked.index("]") - 1)


def test_a_later_occurrence_can_be_asked_for() -> None:
    """Occurrences count from one; one too many is not found."""
    assert [find_quote("yes yes yes", "yes", n) for n in (1, 3, 4)] == [(0, 3), (8, 11), None]
    assert find_quote("“a” “a”", '"a"', 2) == (4, 7)


@pytest.mark.parametrize("quote", ["absent", "  ", "\u200b", "Yes"])
def test_what_is_not_there_is_not_found(quote: str) -> None:
    """Other words, other case, and nothing at all are not found."""
    assert find_quote("yes we can", quote) is None


@given(st.text(max_size=60), st.data())
def test_any_slice_is_found_exactly(text: str, data: st.DataObject) -> None:
    """A slice of a text is found, and what is found reads like it."""
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = find_quote(text, text[start:end])
    assert found is not None and text[found[0] : found[1]] == text[start:end]


@given(st.text(alphabet="ab “”\"'’…-–\u00a0\u200b\n.", max_size=40), st.data())
def test_what_a_spreadsheet_changes_is_found(text: str, data: st.DataObject) -> None:
    """A slice whose marks and spaces were made plain is found, and what is found simplifies to it."""
    plain, offsets = simplify(text)
    assert len(plain) == len(offsets)
    if not plain.strip():
        return
    start = data.draw(st.integers(0, len(plain) - 1))
    end = data.draw(st.integers(start + 1, len(plain)))
    wanted = plain[start:end]
    found = find_quote(text, wanted)
    if wanted.strip():
        assert found is not None
        assert wanted.strip() in simplify(text[found[0] : found[1]])[0]


def test_the_nearest_text_is_named() -> None:
    """A quotation that was changed is answered with what stands there."""
    assert nearest_text("First we met the board. Then we wrote a long paper.", "we wrote a short paper") == (
        "we wrote a long paper."
    )
