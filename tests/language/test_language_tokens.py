"""Tokens and lemmas."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.language import fold, get_language

ENGLISH = """
wrote:write written:write writes:write paid:pay bought:buy thought:thought made:make went:go
does:do has:have was:be are:be 're:be 's:be 'm:be n't:not 'll:will 've:have ca:can wo:will did:do
said:say told:tell people:people children:child women:woman companies:company agencies:agency
analyses:analysis crises:crisis reports:report reported:report paying:pay using:use
webinars:webinar podcasts:podcast podcasting:podcast blogged:blog influencers:influencer
vloggers:vlogger hashtags:hashtag businesses:business boxes:box news:news series:series
business:business us:us this:this data:data media:media always:always focus:focus meeting:meeting
meetings:meeting marketing:marketing branding:branding met:meet buildings:building matter:matter
matters:matter number:number numbers:number first:first bit:bit developed:develop feed:feed
better:better best:best more:more cheaper:cheap biggest:big stopped:stop tried:try
organising:organise bring:bring string:string thing:thing during:during need:need needed:need
hundred:hundred bed:bed
"""


@pytest.mark.parametrize(
    ("form", "lemma"),
    [pair.split(":") for pair in ENGLISH.split()],
)
def test_english_lemmas(form: str, lemma: str) -> None:
    """Common English forms have the lemma a reader expects, in spite of what the table says."""
    assert get_language("en").lemma(form) == lemma


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("end", ["", ".", ",", ")", "?"])
def test_amounts_are_cut_alike_at_the_end_of_a_sentence(language: str, end: str) -> None:
    """What a number and its K or M are cut into does not depend on what follows."""
    tokens = get_language(language).tokens(f"from 1M to 10K{end}")
    assert [form for form, word in zip(tokens.forms, tokens.is_word, strict=True) if word] == [
        *("from", "1", "m", "to", "10", "k")
    ]


def test_second_readings_keep_verbs_findable() -> None:
    """A noun that looks like a verb's form is a word of its own, and still leads to the verb."""
    english = get_language("en")
    assert english.second_reading("meeting") == "meet"
    assert english.second_reading("branding") == "brand"
    assert english.second_reading("thought") == "think"
    assert english.second_reading("report") is None


@pytest.mark.parametrize(
    ("form", "lemma"), [("skrev", "skriva"), ("kunderna", "kund"), ("har", "ha"), ("ville", "vilja"), ("våra", "vår")]
)
def test_swedish_lemmas(form: str, lemma: str) -> None:
    """Swedish forms come from the lookup table, its slips mended."""
    assert get_language("sv").lemma(form) == lemma


def test_contractions_curly_apostrophes_and_soft_hyphens() -> None:
    """Typed and typeset forms of a word are one form; positions are those of the text."""
    text = "We don’t do mar\u00adketing."
    tokens = get_language("en").tokens(text)
    assert tokens.forms == ["we", "do", "n't", "do", "marketing", "."]
    assert [text[s:e] for s, e in zip(tokens.starts, tokens.ends, strict=True)] == [
        "We", "do", "n’t", "do", "mar\u00adketing", "."
    ]  # fmt: skip


def test_chinese_is_cut_into_characters_and_latin_words_stay_whole() -> None:
    """Chinese needs no word list: characters are tokens, and a Latin word among them is one."""
    chinese = get_language("zh-CN")
    assert chinese.tokens("我们做KOL营销，2.5倍").forms == ["我", "们", "做", "kol", "营", "销", "，", "2.5", "倍"]
    assert not chinese.has_lemmas
    assert any("characters" in note for note in chinese.notes)


def test_foreign_script_in_an_english_transcript() -> None:
    """A Chinese word in English speech is cut as Chinese is."""
    assert get_language("en").tokens("they call it 网红.").forms == ["they", "call", "it", "网", "红", "."]


@pytest.mark.parametrize("code", ["fi", "qq", "ko", "vi", "", "???", "en-GB", "zh_TW"])
def test_any_language_code_gives_a_language(code: str) -> None:
    """Unknown languages have tokens, and say that they have no lemmas."""
    language = get_language(code)
    assert language.tokens("Hello there").forms == ["hello", "there"]
    assert language.has_lemmas or language.notes


def test_languages_are_loaded_once() -> None:
    """The same language is the same object, whatever its region."""
    assert get_language("en") is get_language("EN-gb")


def test_a_long_run_of_marks_takes_no_quadratic_time() -> None:
    """Twenty thousand exclamation marks are cut in well under a second (spaCy alone: over a minute)."""
    begun = time.process_time()
    assert len(get_language("en").tokens("!" * 20_000)) == 20_000
    assert time.process_time() - begun < 5


def test_the_vocabulary_grows_with_words_and_not_with_text() -> None:
    """A text met again adds nothing."""
    english = get_language("en")
    english.tokens("the same old song")
    size = len(english.vocabulary.forms)
    english.tokens("the same old song " * 1000)
    assert len(english.vocabulary.forms) == size


ODD = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab Z.,!?'’-…\n\t\u00ad\u200b\u0301👍🏽éשׁ我。\ud800\x00%"), st.characters(max_codepoint=0x2FFFF)
    ),
    max_size=60,
)


@pytest.mark.parametrize("code", ["en", "zh", "xx"])
@settings(max_examples=60, deadline=None)
@given(text=ODD)
def test_tokens_lie_in_order_and_hold_every_letter(code: str, text: str) -> None:
    """Whatever the text holds, tokens are in order, do not overlap, and leave out no letter or digit."""
    tokens = get_language(code).tokens(text)
    covered: set[int] = set()
    before = 0
    for start, end in zip(tokens.starts, tokens.ends, strict=True):
        assert before <= start < end <= len(text)
        covered.update(range(start, end))
        before = end
    assert all(place in covered for place, letter in enumerate(text) if letter.isalnum())
    assert all(form == fold(form) or not form for form in tokens.forms)
