"""The matcher: what patterns find, as marked text, and that it agrees with a plain search."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.coders import check_cue, cue_language
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


# A plain matcher to compare with: every way of matching is tried, word by word, from the parsed pattern.


def answers(word: cue_language.Word, form: str) -> bool:
    """Return whether a form is one that a written word of one token stands for."""
    language = get_language("en")
    if word.kind == "prefix":
        return form.startswith(word.text)
    if word.kind == "form":
        return form == word.text
    return language.lemma(word.text) in (language.lemma(form), language.second_reading(form))


def longest(item: object) -> int:
    """Return the most words that something of a pattern can take."""
    match item:
        case cue_language.Gap(words):
            return words
        case cue_language.Maybe(inner):
            return longest(inner)
        case cue_language.Group(alternatives):
            return max(map(longest, alternatives))
        case cue_language.Sequence(items):
            return sum(map(longest, items))
    return 1


def one_word(item: object) -> bool:
    """Return whether something of a pattern is a single word, or words to choose from."""
    match item:
        case cue_language.Sequence((only,)):
            return one_word(only)
        case cue_language.Group(alternatives):
            return all(map(one_word, alternatives))
    return isinstance(item, cue_language.Word)


def preferred(alternatives: tuple[object, ...]) -> list[object]:
    """Return alternatives in the order in which they are tried: the longest first, single words last."""
    phrases = [alternative for alternative in alternatives if not one_word(alternative)]
    words = [alternative for alternative in alternatives if one_word(alternative)]
    return sorted(phrases, key=lambda phrase: -longest(phrase)) + words


def ways(item: object, forms: list[str], place: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield (word after it, words) of all ways in which something of a pattern matches at a place."""
    match item:
        case cue_language.Word():
            if place < len(forms) and answers(item, forms[place]):
                yield place + 1, (place,)
        case cue_language.Gap(words):
            for skipped in range(min(words, len(forms) - place) + 1):
                yield place + skipped, ()
        case cue_language.Maybe(inner):
            yield from ways(inner, forms, place)
            yield place, ()
        case cue_language.Group(alternatives):
            for alternative in preferred(alternatives):
                yield from ways(alternative, forms, place)
        case cue_language.Sequence((first, *rest)):
            for after, words in ways(first, forms, place):
                if not rest:
                    yield after, words
                    continue
                for end, more in ways(cue_language.Sequence(tuple(rest)), forms, after):
                    yield end, words + more


def count_phrases(item: object) -> int:
    """Return how many phrases something of a pattern without gaps is written out as."""
    match item:
        case cue_language.Maybe(inner):
            return count_phrases(inner) + 1
        case cue_language.Group(alternatives):
            several = [alternative for alternative in alternatives if not one_word(alternative)]
            return sum(map(count_phrases, several)) + (len(several) < len(alternatives))
        case cue_language.Sequence(items):
            return math.prod(map(count_phrases, items))
    return 1


def plainly_found(pattern: str, forms: list[str]) -> list[tuple[int, ...]]:
    """Return the matches of a pattern in a sentence."""
    root = cue_language.parse(pattern).root
    found = [[words for _, words in ways(root, forms, start)] for start in range(len(forms))]
    if "..." in pattern or count_phrases(root) > matcher_module.MOST_PHRASES:
        # Of the ways to match from one word the one that is tried first counts.
        found = [some[:1] for some in found]
    kept: list[tuple[int, ...]] = []
    for words in sorted(chain(*found), key=lambda w: (w[-1] - w[0] + 1 - len(w), -len(w), w[0])):
        if all(words[-1] < other[0] or other[-1] < words[0] for other in kept):
            kept.append(words)
    return sorted(kept)


# Few words, so that most patterns match somewhere.
WRITTEN = ["we", "pay", "=paid", "report", "pa*", "meet", "=met", "meeting"]
SAID = ["we", "pay", "paid", "reports", "meeting", "met", "um", "the", "pay,"]


def made_up(draw: random.Random, depth: int = 0) -> str:
    """Return a pattern, which may break the grammar; deep ones are groups in groups."""
    pieces = []
    for _ in range(draw.choice([1, 1, 2, 2, 3])):
        kind = draw.random()
        if kind < 0.45 or depth == 2:
            piece = draw.choice(WRITTEN)
        else:
            piece = f"({'|'.join(made_up(draw, depth + 1) for _ in range(draw.choice([1, 2, 3])))})"
        pieces.append(piece + draw.choice(["", "", "", "?"]))
    return "".join(piece + draw.choice([" ", " ", " ...1 ", " ...2 "]) for piece in pieces[:-1]) + pieces[-1]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 60))
def test_finds_what_a_plain_search_finds(seed: int, to_learn: int) -> None:
    """Rarest words, steps, bits and tables lose no match and add none, before and after the tables are filled anew."""
    draw, language = random.Random(seed), get_language("en")
    patterns = [pattern for pattern in (made_up(draw) for _ in range(20)) if check_cue(pattern, "en") is None]
    matcher = Matcher(patterns, language)
    matcher._words_to_learn = to_learn
    for _ in range(3):
        words = words_in(" ".join(draw.choices(SAID, k=draw.randint(0, 14))), language)
        numbers, high = words.numbers, len(words.numbers)
        forms = [language.vocabulary.forms[number] for number in numbers]
        wanted = [(number, match) for number, one in enumerate(patterns) for match in plainly_found(one, forms)]
        assert [tuple(match) for match in matcher.matches(numbers, 0, high)] == wanted, patterns
        assert matcher.present(numbers, 0, high) == {number for number, _ in wanted}, patterns


def test_patterns_left_out() -> None:
    """Patterns that are not wanted are not found, singles, phrases and programs alike."""
    language = get_language("en")
    words = words_in("We pay for the reports.", language)
    matcher = Matcher(["pay", "we pay", "we ... report", "the", "report"], language)
    assert [match.pattern for _, match in matcher.scan(words)] == [0, 1, 2, 3, 4]
    assert [match.pattern for _, match in matcher.scan(words, without={0, 1, 2})] == [3, 4]


def test_long_lists_of_phrases() -> None:
    """A pattern of more alternatives than are written out finds each of them."""
    alternatives = [f"w{number} x{number}" for number in range(60)]
    text = "So w7 x7 and w8 x9, w59 x59 too."
    assert marked(f"({'|'.join(alternatives)})", text) == "So [w7] [x7] and w8 x9, [w59] [x59] too."


def test_an_alternative_that_may_be_missing_between_gaps() -> None:
    """What can be missing is never counted on to be there."""
    assert marked("we ... (pay now|never?) the report", "We had the report.") == "[We] had [the] [report]."


@given(
    st.lists(
        st.sampled_from(["We pay", " ", ".", "\n", "great.We did", "10K.", "。", "付", "um", "...", "(%)", "e.g."])
    )
)
def test_words_are_those_of_the_whole_text(pieces: list[str]) -> None:
    """Cutting sentence by sentence gives the words, places and sentences of cutting the whole text."""
    text, language = "".join(pieces), get_language("en")
    words, tokens, sentences = words_in(text, language), language.tokens(text), language.sentences(text)
    kept = [place for place, number in enumerate(tokens.numbers) if language.vocabulary.counts[number]]
    kept = [place for place in kept if sentences and tokens.starts[place] < sentences[-1][1]]
    assert words.numbers[: len(kept)] == [tokens.numbers[place] for place in kept]
    assert words.starts[: len(kept)] == [tokens.starts[place] for place in kept]
    assert words.sentences == sentences
    for number, (low, high) in enumerate(words.bounds):
        assert words.spans(number) == list(zip(words.starts[low:high], words.ends[low:high], strict=True))
        before = sentences[number - 1][1] if number else 0
        assert all(before <= start < sentences[number][1] for start in words.starts[low:high])
    assert sum(high - low for low, high in words.bounds) == len(kept)
