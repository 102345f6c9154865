"""Sentences of speech, as marked text: `|` stands where one ends."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.language import get_language


def marked(text: str, code: str = "en") -> str:
    """Return the sentences of a text, parted by bars."""
    return "|".join(text[start:end] for start, end in get_language(code).sentences(text))


@pytest.mark.parametrize(
    "wanted",
    [
        "We publish.|They read.",
        "What we sell... let me say it simply.",
        "Well... I think so.|Yes.",
        "Okay...|We go.",
        "It is… hard to say.",
        "We use e.g. LinkedIn, i.e. posts.|That is all.",
        "Dr. Smith and Prof. Jones came.|They spoke.",
        "J. Smith met John F. Kennedy.|So did I.|Then we left.",
        "We tried plan B.|We kept it.",
        "It grew 3.5 percent in 2017.|It was fine.",
        "No.|We never did.",
        "No. 5 is it.",
        "We have blogs, videos, etc.|We write them.",
        "We have blogs, videos, etc. and so on.",
        "It was 5 p.m. and late.",
        "i use it daily.|it helps.",
        "He asked, “Really?” and left.",
        'He said, "We pay."|Then he left.',
        "Why?|Because it works!|Really?!|Yes.",
        "That was great.|We did it again.",
        "See www.example.com for v2.0 of it.",
        "- one thing\n- another thing",
        "1. First this.\n2. Then that.",
    ],
)
def test_english_sentences(wanted: str) -> None:
    """Sentences end where a reader says they do."""
    text = wanted.replace("|", "" if "great.|We" in wanted else " ")
    expected = wanted.replace("\n", "|")
    assert marked(text) == expected


def test_line_ends() -> None:
    """Blank lines and short lines end a sentence; a wrapped line goes on."""
    assert marked("First line\nSecond line") == "First line|Second line"
    wrapped = "This is a line that was wrapped by the one who typed in New\nYork because it was long."
    assert marked(wrapped) == wrapped
    assert marked("it goes on\nhere") == "it goes on\nhere"
    assert marked("One\n\ntwo") == "One|two"


def test_chinese_and_japanese_sentences() -> None:
    """Full stops of Chinese and Japanese need no space after them, and keep their closing quotation marks."""
    assert marked("我们不做广告。真的吗？“是的！”他说。", "zh") == "我们不做广告。|真的吗？|“是的！”|他说。"
    assert marked("はい。そうです！", "ja") == "はい。|そうです！"


def test_swedish_abbreviations() -> None:
    """Swedish abbreviations end no sentence."""
    assert (
        marked("Vi gör t.ex. poddar m.m. och så. Det går bra.", "sv") == "Vi gör t.ex. poddar m.m. och så.|Det går bra."
    )


def test_pieces_without_words_join_their_neighbour() -> None:
    """Dots and dashes alone are no sentences."""
    assert marked("We go.\n...\nThey stay.") == "We go.\n...|They stay."
    assert get_language("en").sentences("... — !") == []
    assert get_language("en").sentences("") == []


ODD = st.text(alphabet=st.sampled_from('aB1 .!?…\n"”’()-,。！I\u00adé👍א\t'), max_size=60)


@settings(max_examples=200, deadline=None)
@given(text=ODD)
def test_sentences_are_trimmed_in_order_and_cover_all_words(text: str) -> None:
    """Spans lie in the text, in order, without white space at their ends, and leave out no letter or digit."""
    spans = get_language("en").sentences(text)
    before = 0
    for start, end in spans:
        assert before <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        before = end
    covered = {place for start, end in spans for place in range(start, end)}
    assert all(place in covered for place, letter in enumerate(text) if letter.isalnum())
