"""Words counted without their places."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qualcode.tables import words
from qualcode.tables.word_count import count_words

LETTERS = st.sampled_from("aZ9_ .-'’–\n\täß²\xa0\x81€œЖ采の\u0301")


@given(st.lists(st.text(LETTERS, max_size=12) | st.text(max_size=6), max_size=4))
@example(["a-b-c", "-a", "--a", "a--b", "a'-b", "'", "a-", "b"])
@example(["don’t", "œuvre–naïve", "a²-1"])
def test_as_many_as_there_are_places(texts: list[str]) -> None:
    """Whatever is written: as many as `words` finds in each of the texts."""
    assert count_words(texts) == sum(len(words(text)) for text in texts)


@pytest.mark.parametrize(
    ("text", "count"),
    [("don't follow-up", 2), ("Ärger – über’s", 2), ("我们成长 fast", 5), ("", 0)],
)
def test_words(text: str, count: int) -> None:
    """English, German with a dash, Chinese by the character."""
    assert count_words([text]) == count
