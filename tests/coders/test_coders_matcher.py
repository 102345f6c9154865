"""The matcher: what patterns find, as marked text, and that it agrees with a plain search."""

from __future__ import annotations

import random
import time

import pytest

from qualcode.coders import matcher as matcher_module
from qualcode.coders.matcher import Matcher, words_in
from qualcode.language import get_language


def marked(pattern: str, text: str, code: str = "en") -> str:
    """Return a text with the words of all matches of a pattern in brackets."""
    language = get_language(code)
    words = words_in(text, language)
    places = {place for _, match in Matcher([pattern], language).scan(words) for place in match.words}
    pieces, before = [], 0
    for place in sorted(places):
        start, end = words.starts[place], words.ends[place]
        pieces += [text[before:start], "[", text[start:end], "]"]
        before = end
    return "".join([*pieces, text[before:]])


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("report", "We [report] in [reports], we [reported] to reporters."),
        ("=reports", "We report in [reports], Reportsmen."),
        ("=reports", "[REPORTS] are out."),
        ("report*", "The [reporters] [report]."),
        ("white paper", "A [White], um, [papers] and a paper, white."),
        ("white paper", "It was white. Paper came later."),
        ("podcast|webinar", "One [webinar] and two [podcasts]."),
        ("(podcast|white paper) series", "A [white] [paper] [series], a [podcast] [series]."),
        ("(our)? podcast", "[Our] [podcast] and the [podcast]."),
        ("we ... pay", "[We] do not really ever [pay]. We one two three four five six pay."),
        ("we ...8 pay", "[We] one two three four five six [pay]."),
        ("we ... pay", "So we said [we] [pay]."),
        ("don't pay", "We [do][n’t] [pay]; they [did] [not] [pay]."),
        ("co-creation", "[Co]-[creation] and [co] [creation]."),
        ("meet customer", "[Meeting] [customers], we [met] [customers] at a meeting."),
        ("meeting", "Two [meetings] where we met."),
        ("percent|%", "Ten [percent], 5 [%]."),
        ("(our|one (old|new)?)? shop", "[One] [new] [shop]; [our] [shop]; [one] [shop]; [shop]."),
        ("name ... out there", "Get the [name], you know, [out] [there]."),
    ],
)
def test_english_patterns(pattern: str, wanted: str) -> None:
    """Each notation finds what its documentation says."""
    assert marked(pattern, wanted.replace("[", "").replace("]", "")) == wanted


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("付费推广", "我们做[付][费][推][广]。"),
        ("(网红|KOL) ... 合作", "[KOL]长期[合][作]，不付费。"),
        ("=网红", "一个[网][红]。"),
    ],
)
def test_chinese_patterns(pattern: str, wanted: str) -> None:
    """A Chinese cue is a literal string over characters, with every notation."""
    assert marked(pattern, wanted.replace("[", "").replace("]", ""), "zh") == wanted


def test_patterns_do_not_get_in_each_others_way() -> None:
    """A thousand patterns together find what each finds alone, whichever anchors they have."""
    language = get_language("en")
    draw = random.Random(7)
    vocabulary = "we they pay paid report reports the our not never expert writing".split()  # noqa: SIM905

    def pattern() -> str:
        a, b, c = (draw.choice(vocabulary) for _ in range(3))
        return draw.choice([a, f"={a}", f"{a[:2]}*", f"{a} {b}", f"{a} ... {b}", f"({a}|{b} {c})", f"{a} ({b})? {c}",
                            f"({a}|{b}) ...2 ({c}|{a} {b})", f"{a}? {b}"])  # fmt: skip

    patterns = [pattern() for _ in range(1000)]
    texts = [" ".join(draw.choice(vocabulary) for _ in range(12)) + "." for _ in range(40)]
    together = Matcher(patterns, language)
    for text in texts:
        words = words_in(text, language)
        found = list(together.scan(words))
        for number in draw.sample(range(1000), 40):
            alone = [match.words for _, match in Matcher([patterns[number]], language).scan(words)]
            assert alone == [match.words for _, match in found if match.pattern == number]


def test_learning_anchors_changes_no_match(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anchors chosen anew from the text's own words find the same."""
    language = get_language("en")
    patterns = [f"the ... w{number}" for number in range(150)] + ["(we|the) pay", "pay ... the"]
    words = words_in("The w3 and we pay, the w7. They pay for the w9.", language)
    before = [list(Matcher(patterns, language).scan(words)) for _ in range(2)]
    monkeypatch.setattr(matcher_module, "WORDS_TO_LEARN", 5)
    learning = Matcher(patterns, language)
    assert [list(learning.scan(words)) for _ in range(2)] == before


def test_no_pattern_runs_wild() -> None:
    """A pattern of many gaps on a text of one word over and over takes no exponential time."""
    language = get_language("en")
    pattern = " ... ".join(["a"] * 12) + " ... b"
    words = words_in("a " * 400, language)
    begun = time.process_time()
    assert list(Matcher([pattern], language).scan(words)) == []
    assert time.process_time() - begun < 20
