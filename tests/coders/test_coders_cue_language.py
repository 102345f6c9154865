"""The cue language: what patterns mean, and what is wrong with them."""

from __future__ import annotations

import pytest

from qualcode.coders import CODERS, CueError, check_cue
from qualcode.coders.cue_language import Gap, Group, Maybe, Word, parse


def test_marks_of_words() -> None:
    """Plain words are lemmas; = asks for the form, * for a beginning, ? for nothing."""
    items = parse("report =reports report* our?").root.items
    assert [(item.text, item.kind) for item in items[:3] if isinstance(item, Word)] == [
        ("report", "lemma"),
        ("reports", "form"),
        ("report", "prefix"),
    ]
    assert isinstance(items[3], Maybe)


def test_bars_bind_single_words_outside_and_phrases_inside_parentheses() -> None:
    """`white paper|book` is white (paper|book); `(white paper|book)` are two phrases."""
    loose = parse("white paper|book").root.items
    assert isinstance(loose[0], Word) and isinstance(loose[1], Group)
    (group,) = parse("(white paper|book)").root.items
    assert isinstance(group, Group) and [len(sequence.items) for sequence in group.alternatives] == [2, 1]


def test_gaps() -> None:
    """Three dots, or the one character, are five words; a number says otherwise."""
    assert [item.words for item in parse("a ... b …3 c ...8 d").root.items if isinstance(item, Gap)] == [5, 3, 8]


def test_line_folding_of_yaml_leaves_groups_alone() -> None:
    """White space round a bar inside a group means nothing."""
    assert parse("(a | b\n|c)").root == parse("(a | b |c)").root


@pytest.mark.parametrize(
    ("pattern", "position", "message"),
    [
        ("", 0, "missing"),
        ("(a", 0, "never closed"),
        ("we (a|(b)", 3, "never closed"),
        ("a) b", 1, "without a '('"),
        ("a | b", 2, "parentheses"),
        ("(a|)", 3, "missing"),
        ("()", 1, "missing"),
        ("... a", 0, "gap"),
        ("a ...", 2, "gap"),
        ("a ... b?", 2, "gap"),
        ("a ... ... b", 2, "two gaps"),
        ("a ...99 b", 2, "1 to 50"),
        ("a? (b)?", 0, "optional"),
        ("=", 0, "missing"),
        ("*", 0, "missing"),
        ("=a*", 0, "exclude each other"),
        ("we re*port", 5, "only at the end"),
        ("a?|b", 3, "parentheses"),
        ("(" * 30 + "a" + ")" * 30, 21, "nested"),
    ],
)
def test_mistakes_say_what_and_where(pattern: str, position: int, message: str) -> None:
    """A pattern that means nothing is refused with the character where it goes wrong."""
    with pytest.raises(CueError) as caught:
        parse(pattern)
    assert message in caught.value.message
    assert caught.value.position == position


@pytest.mark.parametrize(
    ("pattern", "language", "why"),
    [
        ("white paper", "en", None),
        ("don't ... %", "en", None),
        ("付费推广", "zh", None),
        ("(a", "en", "never closed"),
        ("we !", "en", "no word"),
        ("um", "en", "thinking sound"),
    ],
)
def test_check_cue(pattern: str, language: str, why: str | None) -> None:
    """The codebook's checker is told why a cue can never match, or nothing."""
    found = check_cue(pattern, language)
    assert (found is None) if why is None else (found is not None and why in found)


def test_the_table_of_coders() -> None:
    """Coders are added on purpose: one line in the table, one here."""
    assert list(CODERS) == ["cues", "similar", "learned", "combined", "llm"]
