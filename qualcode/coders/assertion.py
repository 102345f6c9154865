"""What a passage does with the thing that a cue found: affirms it as the speaker's own practice, or not.

The rules of a language are a file that a person can read and extend, `data/assertion.<code>.yaml`; its keys are
explained at the top of `data/assertion.en.yaml`. A rule fires where one of its triggers *governs* what was found: in
the same clause (or sentence, or the sentence before or after), on the right side, and near enough. The first rule that
fires, in the order of the file, decides. Triggers that are part of what the cue itself matched never count, so a cue
may speak of negation ("never pay").

The approach is that of NegEx (Chapman, Bridewell, Hanbury, Cooper & Buchanan, 2001, Journal of Biomedical Informatics
34, 301-310) and ConText (Harkema, Dowling, Thornblade & Chapman, 2009, ibid. 42, 839-851): triggers, scopes,
terminators and pseudo-triggers, here with rules written for spoken interviews.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from qualcode.coders.matcher import Match, Matcher, Words
from qualcode.language import Language, get_language
from qualcode.model import ASSERTIONS

FOLDER = Path(__file__).resolve().parent / "data"
AFFIRMED = ("affirmed", "")
WHERE = ("before", "after", "either")
SCOPES = ("clause", "sentence", "previous", "next")
CONDITIONS = ("unless", "unless_between", "unless_before", "needs", "needs_first")
PATTERNS = ("triggers", *CONDITIONS)
# Scopes in another sentence, and how far away that is.
AROUND = {"previous": -1, "next": 1}
# `needs_first` looks among this many words at the beginning of the sentence.
FIRST_WORDS = 4

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; the keys of the file, explained in `data/assertion.en.yaml`."""

    id: str
    assertion: str
    triggers: tuple[str, ...]
    where: str = "before"
    scope: str = "clause"
    distance: int | None = None
    unless: tuple[str, ...] = ()
    unless_between: tuple[str, ...] = ()
    unless_before: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    needs_first: tuple[str, ...] = ()
    only: str = ""
    question: bool | None = None


@dataclass(frozen=True)
class Breaks:
    """Where clauses begin.

    Attributes:
        marks: Characters between two words that part clauses.
        words: Patterns that begin a clause wherever they stand.
        after_comma: Patterns that begin a clause after a comma.
        asides: Patterns that never begin one ("you know").
    """

    marks: str = ";:—–()"
    words: tuple[str, ...] = ()
    after_comma: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()


@dataclass(frozen=True)
class AssertionFile:
    """A file of rules: where clauses begin, and the rules in order of precedence."""

    breaks: Breaks = field(default_factory=Breaks)
    rules: tuple[Rule, ...] = ()


def load_rules(path: Path) -> AssertionFile:
    """Return the rules of a file.

    Raises:
        ValueError: A key is unknown or a value is not one of those it may have.
    """
    import yaml

    given = yaml.safe_load(path.read_text("utf-8"))
    breaks: dict[str, Any] = {
        key: value if key == "marks" else tuple(value) for key, value in given.get("breaks", {}).items()
    }
    rules = tuple(_rule(entry, path) for entry in given["rules"])
    doubled = {rule.id for rule in rules if sum(other.id == rule.id for other in rules) > 1}
    if doubled:
        raise ValueError(f"{path.name}: rules given twice: {sorted(doubled)}")
    return AssertionFile(Breaks(**breaks), rules)


def _rule(entry: Mapping[str, Any], path: Path) -> Rule:
    try:
        fields: dict[str, Any] = {key: tuple(value) if key in PATTERNS else value for key, value in entry.items()}
        rule = Rule(**fields)
    except TypeError as error:
        raise ValueError(f"{path.name}: rule {entry.get('id')!r}: {error}") from error
    if not isinstance(rule.id, str) or not rule.triggers:
        raise ValueError(f"{path.name}: rule {rule.id!r}: its id is text (put quotes round it) and it has triggers")
    for value, allowed in ((rule.assertion, ASSERTIONS), (rule.where, WHERE), (rule.scope, SCOPES)):
        if value not in allowed:
            raise ValueError(f"{path.name}: rule {rule.id!r}: {value!r} is none of {', '.join(allowed)}")
    return rule


@lru_cache(maxsize=16)
def assertion_rules(code: str) -> AssertionRules | None:
    """Return the rules of a language, compiled, or None where it has no file: everything is then affirmed."""
    path = FOLDER / f"assertion.{code}.yaml"
    return AssertionRules(load_rules(path), get_language(code)) if path.is_file() else None


class AssertionRules:
    """Rules compiled for one language.

    Args:
        given: The rules.
        language: Of their patterns and of the texts.

    Raises:
        CueError: A pattern cannot be understood.
    """

    def __init__(self, given: AssertionFile, language: Language) -> None:
        self.given = given
        self.rules = given.rules
        # Triggers are looked for in every sentence judged; everything else only where one is found.
        triggers = {
            text: number for number, text in enumerate(dict.fromkeys(t for r in self.rules for t in r.triggers))
        }
        self.triggers = Matcher(list(triggers), language)
        self.triggered: dict[int, list[int]] = {}
        for place, rule in enumerate(self.rules):
            for text in dict.fromkeys(rule.triggers):
                self.triggered.setdefault(triggers[text], []).append(place)
        self.scopes = {
            scope: frozenset(place for place, rule in enumerate(self.rules) if AROUND.get(rule.scope, 0) == step)
            for scope, step in (("here", 0), *AROUND.items())
        }
        self.negations = frozenset(place for place, rule in enumerate(self.rules) if rule.assertion == "negated")
        conditions: dict[str, int] = {}

        def numbered(patterns: Iterable[str]) -> frozenset[int]:
            return frozenset(conditions.setdefault(pattern, len(conditions)) for pattern in patterns)

        self.break_words = numbered(given.breaks.words)
        self.after_comma = numbered(given.breaks.after_comma)
        self.asides = numbered(given.breaks.asides)
        self.numbers = [{kind: numbered(getattr(rule, kind)) for kind in CONDITIONS} for rule in self.rules]
        self.conditions = Matcher(list(conditions), language)

    def on(self, text: str, words: Words) -> TurnAssertions:
        """Return the judge of one turn.

        Args:
            text: The turn's speech.
            words: Its words.
        """
        return TurnAssertions(self, text, words)


class _Sentence:
    """What the rules' patterns found in one sentence; what most rules never ask for is looked for when it is.

    Attributes:
        low: First word.
        high: One past the last word.
        triggers: Matches that trigger a rule, as places of words, by place of the rule among the rules; sorted.
        negators: Those that trigger a rule of negation.
    """

    def __init__(self, rules: AssertionRules, text: str, words: Words, number: int) -> None:
        self._rules = rules
        self._text = text
        self._words = words
        self._number = number
        self.low, self.high = words.bounds[number]
        self.triggers: dict[int, list[tuple[int, ...]]] = {}
        for pattern, matches in rules.triggers.places(words.numbers, self.low, self.high).items():
            for place in rules.triggered[pattern]:
                self.triggers.setdefault(place, []).extend(matches)
        for matches in self.triggers.values():
            matches.sort()
        self.negators = [
            trigger for place in self.triggers.keys() & rules.negations for trigger in self.triggers[place]
        ]

    @cached_property
    def asks(self) -> bool:
        """Whether it ends in a question mark."""
        start, end = self._words.sentences[self._number]
        last = self._text[max(start, end - 4) : end]
        return "?" in last or "？" in last

    @cached_property
    def found(self) -> Mapping[int, list[tuple[int, ...]]]:
        """Matches of all other patterns, as places of words, by number of the pattern."""
        return self._rules.conditions.places(self._words.numbers, self.low, self.high)

    @cached_property
    def breaks(self) -> list[int]:
        """First words of clauses, in order, without the first clause's."""
        rules, low = self._rules, self.low
        breaks = {words[0] for words in self._matches(rules.break_words) if words[0] > low}
        comma = {words[0] for words in self._matches(rules.after_comma)}
        asides = {words[0] for words in self._matches(rules.asides)}
        marks = rules.given.breaks.marks
        for word, between in self._marks():
            parted = any(mark in between for mark in marks) or " - " in between
            if parted or ("," in between and word in comma and word not in asides):
                breaks.add(word)
        return sorted(breaks)

    def _matches(self, patterns: Iterable[int]) -> Iterator[tuple[int, ...]]:
        return (words for pattern in patterns for words in self.found.get(pattern, ()))

    def _marks(self) -> Iterator[tuple[int, str]]:
        """Yield words before which there is more than a space, with what there is."""
        spans = self._words.spans(self._number)
        for word, ((_, end), (start, _)) in enumerate(pairwise(spans), start=self.low + 1):
            between = self._text[end:start]
            if between not in ("", " "):
                yield word, between

    def clause(self, word: int) -> int:
        """Return the number of the clause that a word stands in."""
        return bisect_right(self.breaks, word)

    def clause_start(self, word: int) -> int:
        """Return the first word of the clause that a word stands in."""
        number = self.clause(word)
        return self.breaks[number - 1] if number else self.low

    def within(self, patterns: Iterable[int], low: int, high: int) -> bool:
        """Return whether one of some patterns is found wholly among the words `low` to `high`."""
        return any(low <= words[0] and words[-1] < high for words in self._matches(patterns))


class TurnAssertions:
    """Judges what cues found in one turn; looks at a sentence's triggers once, and only where it is asked."""

    def __init__(self, rules: AssertionRules, text: str, words: Words) -> None:
        self._rules = rules
        self._text = text
        self._words = words
        self._sentences: dict[int, _Sentence] = {}

    def judge(self, sentence: int, match: Match, *, clients_are_own: bool = False) -> tuple[str, str]:
        """Return the assertion of what a cue found, and because of what.

        Args:
            sentence: Number of the sentence in the turn.
            match: What was found; its words are those of the turn.
            clients_are_own: Rules "only: clients" do not apply (the case advises clients: their practice is its own).

        Returns:
            One of `ASSERTIONS` and the words of the trigger with the rule's id; `("affirmed", "")` where no rule fires.
        """
        here = self._sentence(sentence)
        matched = frozenset(match.words)
        negated_by_cue = any(map(matched.issuperset, here.negators))
        for place, there in self._triggered(sentence, here):
            rule = self._rules.rules[place]
            if rule.only == "clients" and clients_are_own:
                continue
            if rule.assertion == "negated" and negated_by_cue:
                continue
            trigger = self._fires(place, here, there, match)
            if trigger is not None:
                return rule.assertion, f"“{self._quote(trigger)}” (rule {rule.id})"
        return AFFIRMED

    def _triggered(self, sentence: int, here: _Sentence) -> list[tuple[int, _Sentence]]:
        """Return the rules whose triggers are found where they look for them, in order, and where that is."""
        scopes = self._rules.scopes
        triggered = [(place, here) for place in here.triggers.keys() & scopes["here"]]
        for scope, step in AROUND.items():
            if 0 <= sentence + step < len(self._words.bounds):
                there = self._sentence(sentence + step)
                triggered += [(place, there) for place in there.triggers.keys() & scopes[scope]]
        return sorted(triggered, key=itemgetter(0))

    def _fires(self, place: int, here: _Sentence, there: _Sentence, match: Match) -> tuple[int, ...] | None:
        rule, patterns = self._rules.rules[place], self._rules.numbers[place]
        if rule.question is not None and rule.question != here.asks:
            return None
        if rule.needs and not here.within(patterns["needs"], here.low, here.high):
            return None
        if rule.needs_first and not here.within(patterns["needs_first"], here.low, here.low + FIRST_WORDS):
            return None
        for trigger in there.triggers[place]:
            between = _governed(rule, trigger, here, there, match)
            if between is not None and not _excused(patterns, trigger, between, there, here):
                return trigger
        return None

    def _sentence(self, number: int) -> _Sentence:
        if number not in self._sentences:
            self._sentences[number] = _Sentence(self._rules, self._text, self._words, number)
        return self._sentences[number]

    def _quote(self, trigger: tuple[int, ...]) -> str:
        quote = self._text[self._words.starts[trigger[0]] : self._words.ends[trigger[-1]]]
        return " ".join(quote.split())


def _governed(rule: Rule, trigger: tuple[int, ...], here: _Sentence, there: _Sentence, match: Match) -> Span | None:
    """Return the words between a trigger and what it governs, or None where it does not govern the match."""
    if rule.scope == "previous":
        return (trigger[-1] + 1, there.high) if _near(rule, there.high - trigger[-1] - 1) else None
    if rule.scope == "next":
        return (there.low, trigger[0]) if _near(rule, trigger[0] - there.low) else None
    # What the cue itself says never counts; the word that does the work stands last ("we used to", "do not").
    if trigger[-1] in match.words:
        return None
    if rule.where in ("before", "either"):
        governed = next((word for word in match.words if word > trigger[-1]), None)
        if governed is not None and _reaches(rule, here, trigger[-1], governed):
            return trigger[-1] + 1, governed
    if rule.where in ("after", "either") and match.words[-1] < trigger[0]:
        last = match.words[-1]
        if _reaches(rule, here, last, trigger[0]):
            return last + 1, trigger[0]
    return None


def _reaches(rule: Rule, sentence: _Sentence, first: int, second: int) -> bool:
    if rule.scope == "clause" and sentence.clause(first) != sentence.clause(second):
        return False
    return _near(rule, second - first - 1)


def _near(rule: Rule, words_between: int) -> bool:
    return rule.distance is None or words_between <= rule.distance


def _excused(
    patterns: Mapping[str, frozenset[int]], trigger: tuple[int, ...], between: Span, there: _Sentence, here: _Sentence
) -> bool:
    """Return whether an exception of the rule holds."""
    for pattern in patterns["unless"]:
        for words in there.found.get(pattern, ()):
            if words[0] <= trigger[-1] and trigger[0] <= words[-1]:
                return True
    if there.within(patterns["unless_between"], *between):
        return True
    if there is not here and here.within(patterns["unless_between"], here.low, here.high):
        return True
    return there.within(patterns["unless_before"], there.clause_start(trigger[0]), trigger[0])
