"""Assertion: what a sentence does with the thing that a cue found."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from qualcode.coders.assertion import AssertionFile, AssertionRules, Rule, assertion_rules, load_rules
from qualcode.coders.matcher import Match, words_in
from qualcode.language import get_language


def _sentences() -> ModuleType:
    path = Path(__file__).with_name("assertion_sentences.py")
    spec = importlib.util.spec_from_file_location("assertion_sentences", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SENTENCES = _sentences()


def judge(
    marked: str, code: str = "en", *, rules: AssertionRules | None = None, clients_are_own: bool = False
) -> tuple[str, str]:
    """Return what a text does with the words in brackets (several brackets: a match with gaps)."""
    language, spans, text = get_language(code), [], ""
    for number, piece in enumerate(marked.replace("]", "[").split("[")):
        if number % 2:
            spans.append((len(text), len(text) + len(piece)))
        text += piece
    words = words_in(text, language)
    places = tuple(
        place
        for place, (start, end) in enumerate(zip(words.starts, words.ends, strict=True))
        if any(begin <= start and end <= stop for begin, stop in spans)
    )
    sentence = next(number for number, (low, high) in enumerate(words.bounds) if low <= places[0] < high)
    rules = rules or assertion_rules(code)
    assert rules
    return rules.on(text, words).judge(sentence, Match(0, places), clients_are_own=clients_are_own)


@pytest.mark.parametrize(("wanted", "text"), SENTENCES.ENGLISH)
def test_english(wanted: str, text: str) -> None:
    """Invented sentences of each kind, with their look-alikes."""
    assert judge(text)[0] == wanted


@pytest.mark.parametrize(("wanted", "text"), SENTENCES.SWEDISH)
def test_swedish(wanted: str, text: str) -> None:
    """The same in Swedish, where the negation follows the verb."""
    assert judge(text, "sv")[0] == wanted


@pytest.mark.parametrize(("wanted", "text"), SENTENCES.CHINESE)
def test_chinese(wanted: str, text: str) -> None:
    """The same in Chinese, over characters."""
    assert judge(text, "zh")[0] == wanted


@pytest.mark.parametrize("text", SENTENCES.PLAIN)
def test_plain_speech_is_affirmed_at_every_word(text: str) -> None:
    """Flagged codings do not count, so plain speech must never be flagged."""
    words = text.split(" ")
    for number, word in enumerate(words):
        marked = " ".join([*words[:number], f"[{word.rstrip('.,')}]", *words[number + 1 :]])
        assert judge(marked)[0] == "affirmed", marked


def test_the_reason_is_told() -> None:
    """The trigger's words and the rule's name are given."""
    assert judge("We don’t [pay] anybody.") == ("negated", "“don’t” (rule not)")


def test_negation_inside_the_cue_does_not_count() -> None:
    """A cue may speak of negation; what stands in its gap governs what follows."""
    assert judge("We [never pay] anybody.")[0] == "affirmed"
    assert judge("We do[n't pay] anybody.")[0] == "affirmed"
    assert judge("[We] do not [pay] anybody.")[0] == "negated"


def test_clients_practice_is_an_agencys_own_topic() -> None:
    """What clients do is others' practice for a firm, and the topic itself for those who advise them."""
    text = "Our clients use [influencers] for their launches."
    assert judge(text)[0] == "others"
    assert judge(text, clients_are_own=True)[0] == "affirmed"


def test_first_rule_decides_and_scopes_hold() -> None:
    """Order is precedence; distance, side and clause limit what a trigger governs."""
    rules = AssertionRules(
        AssertionFile(
            rules=(
                Rule("one", "others", ("rival",), scope="sentence"),
                Rule("two", "negated", ("not",), distance=1),
                Rule("three", "dropped", ("ended",), where="after"),
            )
        ),
        get_language("en"),
    )
    assert judge("A rival does not [pay].", rules=rules)[0] == "others"
    assert judge("Does not ever [pay].", rules=rules)[0] == "negated"
    assert judge("Does not ever want to [pay].", rules=rules)[0] == "affirmed"
    assert judge("The [pay] ended.", rules=rules)[0] == "dropped"
    assert judge("It ended, the [pay].", rules=rules)[0] == "affirmed"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{id: a, assertion: maybe, triggers: [x]}", "'maybe' is none of"),
        ("{id: a, assertion: negated, triggers: [x], scop: clause}", "scop"),
        ("{id: no, assertion: negated, triggers: [x]}", "quotes"),
    ],
)
def test_mistakes_in_a_rule_file(tmp_path: Path, entry: str, message: str) -> None:
    """A rule that means nothing is refused with its file and name."""
    path = tmp_path / "assertion.en.yaml"
    path.write_text(f"rules:\n  - {entry}\n", "utf-8")
    with pytest.raises(ValueError, match=message):
        load_rules(path)


def test_a_language_without_rules() -> None:
    """Without a file everything is affirmed, and the coder says so."""
    assert assertion_rules("fi") is None
