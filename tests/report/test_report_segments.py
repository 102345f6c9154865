"""Texts cut where passages begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import ALPHA, small_study, transcript

from qualcode.model import Transcript, Turn
from qualcode.report.segments import blocks, segments


def marked(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with each segment in brackets, followed by the letters of the spans that cover it."""
    result = ""
    for item in segments(0, len(text), spans):
        letters = "".join("abcdef"[mark] for mark in item.marks)
        result += f"[{text[item.start : item.end]}]{letters}"
    return result


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], "[one two three]"),
        ([(0, 13)], "[one two three]a"),
        ([(0, 7), (4, 13)], "[one ]a[two]ab[ three]b"),
        ([(0, 13), (4, 7)], "[one ]a[two]ab[ three]a"),
        ([(0, 3), (3, 7)], "[one]a[ two]b[ three]"),
        ([(4, 7), (4, 7)], "[one ][two]ab[ three]"),
        ([(-5, 3), (8, 99)], "[one]a[ two ][three]b"),
        ([(20, 30)], "[one two three]"),
    ],
    ids=["none", "whole", "overlap", "nested", "adjacent", "same place", "reaching out", "elsewhere"],
)
def test_segments_of_awkward_spans(spans: list[tuple[int, int]], expected: str) -> None:
    """Overlapping, nested, touching and reaching passages are cut as marked here."""
    assert marked("one two three", spans) == expected


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-3, 45), st.integers(-3, 45)), max_size=6))
def test_segments_are_the_whole_text(text: str, spans: list[tuple[int, int]]) -> None:
    """The segments are the text, and each character carries just the marks of the spans that hold it."""
    spans = [(left, right) for left, right in spans if left < right]
    found = segments(0, len(text), spans)
    assert "".join(text[item.start : item.end] for item in found) == text
    for item in found:
        for at in range(item.start, item.end):
            assert item.marks == tuple(number for number, (left, right) in enumerate(spans) if left <= at < right)
    begins = sorted(mark for item in found for mark in item.begins)
    assert begins == [n for n, (left, right) in enumerate(spans) if max(left, 0) < min(right, len(text))]


@given(st.text(alphabet="ab:\n *[0", max_size=60), st.lists(st.integers(0, 60), max_size=8))
def test_blocks_are_the_whole_text(text: str, cuts: list[int]) -> None:
    """Whatever stands between turns, the blocks one after the other are the text."""
    edges = sorted({cut for cut in cuts if cut <= len(text)})
    turns = tuple(
        Turn(number, "a", "participant", start, end, 0.0)
        for number, (start, end) in enumerate(zip(edges[::2], edges[1::2], strict=False), start=1)
    )
    found = blocks(Transcript("t", "c", text, turns))
    assert "".join(text[item.start : item.end] for item in found) == text
    assert [item.turn for item in found if item.kind == "turn"] == list(turns)


def test_text_outside_turns_is_shown() -> None:
    """Header, editor's remark, asterisks and an end note are remarks; labels and blank lines are not."""
    alpha = transcript("alpha", "A", ALPHA, ("BO",))
    remarks = [alpha.text[item.start : item.end] for item in blocks(alpha) if item.kind == "remark"]
    assert remarks == ["Title: Interview one\nCohort: firm", "[... abridged ...]", "* * *", "end of tape"]


def test_label_that_says_more_is_shown() -> None:
    """A label with more than speaker and time is kept as a remark."""
    text = "BO (whispering): yes"
    whisper = Transcript("t", "c", text, (Turn(1, "BO", "participant", 17, 20),))
    assert [(item.kind, text[item.start : item.end]) for item in blocks(whisper)] == [
        ("remark", "BO (whispering):"),
        ("space", " "),
        ("turn", "yes"),
    ]


def test_line_of_asterisks_above_a_label_is_shown() -> None:
    """Punctuation on a line of its own is a remark, although it says no word."""
    text = "* * *\nBO: yes"
    found = blocks(Transcript("t", "c", text, (Turn(1, "BO", "participant", 10, 13),)))
    assert [item.kind for item in found] == ["remark", "space", "label", "turn"]


def test_small_study_is_what_it_says() -> None:
    """The samples' turns are located as marked in the text."""
    alpha = small_study().transcript_by_name["alpha"]
    assert alpha.speech(alpha.turns[3]) == "Then people talk. They come back."
