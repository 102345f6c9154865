"""Passages found again in a changed text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.ingest.align import align, carry

COMMON = settings(max_examples=80, deadline=None)
WORD = st.sampled_from(
    ["we", "plan", "the", "report", "white", "paper.", "No,", "café", "\n", "我", "们", "don't", "👩\u200d👧", "a"]
)
TEXT = st.lists(WORD, min_size=1, max_size=25).map(" ".join)


def carried(old: str, new: str) -> tuple[str, str]:
    """Return the status of the passage between [ and ] in `old`, and `new` with the passage marked in the same way."""
    start = old.index("[")
    end = old.index("]") - 1
    found = carry(align(old.replace("[", "").replace("]", ""), new), start, end)
    if found.status == "lost":
        return "lost", new
    return found.status, f"{new[: found.start]}[{new[found.start : found.end]}]{new[found.end :]}"


@pytest.mark.parametrize(
    ("old", "new", "status", "marked"),
    [
        (
            "We plan. [Then we write.] Done.",
            "We plan. Then we write. Done.",
            "unchanged",
            "We plan. [Then we write.] Done.",
        ),
        ("We plan. [Then we write.]", "So we plan. Then we write.", "moved", "So we plan. [Then we write.]"),
        ("[We wrote two reports.] Yes.", "We wrote two report. Yes.", "changed", "[We wrote two report.] Yes."),
        (
            "[We wrote two reports in May.] Yes.",
            "We wrote reports in May. Yes.",
            "changed",
            "[We wrote reports in May.] Yes.",
        ),
        ("One. [We wrote two reports in May.] Yes.", "One. Yes.", "lost", "One. Yes."),
        ("[Alpha beta gamma delta.] Rest stays here.", "Nothing else. Rest stays here.", "lost", ""),
        ("So [we plan the year] then.", "So we  plan the year then.", "changed", "So [we  plan the year] then."),
        ("[我们写报告]。好。", "是的，我们写报告。好。", "moved", "是的，[我们写报告]。好。"),
        ("[我们每年写报告]。好。", "我们写报告。好。", "changed", "[我们写报告]。好。"),
        ("So re[port]s then.", "And so reports then.", "moved", "And so re[port]s then."),
    ],
)
def test_carried(old: str, new: str, status: str, marked: str) -> None:
    """A passage is found where a reader would look for it."""
    assert carried(old, new) == (status, marked or new)


def test_a_passage_put_elsewhere_is_moved() -> None:
    """A sentence that changed places with a longer one is found by its words, although the order differs."""
    first, second = (
        "We wrote the white paper alone.",
        "Then the professor came and crossed out half of everything we had.",
    )
    assert carried(f"[{first}] {second}", f"{second} {first}") == ("moved", f"{second} [{first}]")


def test_common_words_in_another_text_do_not_count() -> None:
    """A replaced paragraph shares "the" and "and" with the new one, which is no survival."""
    old = "Start. [The visit to the plant and the talk with the engineers took a day.] End."
    new = "Start. Money is the thing, and for the most part nobody asks about the price before it is too late. End."
    assert carried(old, new)[0] == "lost"


@COMMON
@given(TEXT, st.data())
def test_the_same_text_leaves_everything_unchanged(text: str, data: st.DataObject) -> None:
    """Aligned with itself, every passage stays where it is."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = carry(align(text, text), start, end)
    assert (found.status, found.start, found.end) == ("unchanged", start, end)


@COMMON
@given(TEXT, TEXT, st.data())
def test_an_insertion_before_shifts_by_its_length(text: str, before: str, data: st.DataObject) -> None:
    """With something put before it, a passage moves by just so much."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    inserted = f"{before}\n"
    new = inserted + text
    # "we" in "we\nwe" is the first as well as the second.
    shift = 0 if new.startswith(text) else len(inserted)
    found = carry(align(text, new), start, end)
    assert (found.start, found.end) == (start + shift, end + shift)
    assert found.status == ("moved" if shift else "unchanged")


@COMMON
@given(TEXT, TEXT, st.data())
def test_spans_are_inside_and_statuses_are_true(old: str, new: str, data: st.DataObject) -> None:
    """For any two texts: unchanged and moved mean the same words, changed means others, and spans are inside."""
    start = data.draw(st.integers(0, len(old) - 1))
    end = data.draw(st.integers(start + 1, len(old)))
    alignment = align(old, new)
    for block in alignment.blocks:
        assert old[block.old : block.old + block.size] == new[block.new : block.new + block.size]
    for left, right in zip(alignment.blocks, alignment.blocks[1:], strict=False):
        assert left.old + left.size <= right.old and left.new + left.size <= right.new
    found = carry(alignment, start, end)
    if found.status == "lost":
        assert (found.start, found.end) == (-1, -1)
        return
    assert 0 <= found.start < found.end <= len(new)
    same = new[found.start : found.end] == old[start:end]
    assert same == (found.status in ("unchanged", "moved"))
    assert (found.status == "unchanged") == (same and found.start == start)


@COMMON
@given(TEXT, TEXT)
def test_a_deleted_passage_is_lost(before: str, after: str) -> None:
    """A passage whose words occur nowhere else is lost when it is taken out."""
    passage = "Completely different vocabulary"
    old = f"{before} {passage} {after}"
    start = old.index(passage)
    assert carry(align(old, f"{before} {after}"), start, start + len(passage)).status == "lost"


@COMMON
@given(TEXT, TEXT, st.data())
def test_within_keeps_a_passage_in_its_part(old: str, new: str, data: st.DataObject) -> None:
    """Restricted to a part of the new text, a passage never leaves it."""
    low = data.draw(st.integers(0, len(new) - 1))
    high = data.draw(st.integers(low + 1, len(new)))
    found = carry(align(old, new), 0, len(old), within=(low, high))
    assert found.status == "lost" or low <= found.start < found.end <= high


def test_an_empty_passage_is_refused() -> None:
    """A passage without characters is the caller's mistake."""
    with pytest.raises(ValueError, match="no passage"):
        carry(align("abc", "abc"), 1, 1)


@pytest.mark.parametrize("kind", ["words changed", "parts exchanged", "one word again and again"])
def test_a_text_of_100_kb_takes_no_time(kind: str) -> None:
    """Long texts are aligned in well under the two seconds that a person waits."""
    words = [f"word{number * number % 2503}" for number in range(14000)]
    old = " ".join(words)
    if kind == "words changed":
        new = " ".join("other" if number % 9 == 0 else word for number, word in enumerate(words))
    elif kind == "parts exchanged":
        new = " ".join(words[7000:] + words[:7000])
    else:
        old, new = "yes " * 25000, "yes " * 9000 + "no " + "yes " * 8000 + "hm " + "yes " * 7000
    begin = time.process_time()
    alignment = align(old, new)
    assert time.process_time() - begin < 2
    assert sum(block.size for block in alignment.blocks) > len(old) / 3
