"""Search in the texts and codings of a study; see `qualcode.tables.query` for what can be asked."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache

from qualcode.errors import UserError
from qualcode.model import Case, Coding, Study, Transcript, Turn
from qualcode.tables.query import All, Any, Not, Query, Term, terms

Span = tuple[int, int]
_APOSTROPHES = "['’‘ʼ]"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look; empty fields mean anywhere.

    Attributes:
        within: What AND, OR and NOT are about: "turn", "passage" or a number of sentences.
        cases: Names of cases, in any spelling of upper and lower case.
        attributes: What a case's attributes must be, by name; "cohort" is one. Compared without regard to case.
        roles: Roles of speakers.
        coders: Whose codings count for `code:` and passages.
        statuses: Statuses of codings that count.
    """

    within: str | int = "turn"
    cases: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ("accepted",)

    def counts(self, coding: Coding) -> bool:
        """Return whether a coding counts for `code:` and passages."""
        return (not self.coders or coding.coder in self.coders) and (
            not self.statuses or coding.status in self.statuses
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that was found.

    Attributes:
        transcript: Name of the transcript.
        case: Name of its case.
        turn: The turn it begins in, or None outside of all turns.
        start: First character.
        end: One past the last character.
        codes: Codes that the codings in scope give to it, sorted.
    """

    transcript: str
    case: str
    turn: Turn | None
    start: int
    end: int
    codes: tuple[str, ...]


def search(study: Study, query: Query, scope: Scope | None = None) -> tuple[Hit, ...]:
    """Return the places that a query finds, by transcript and position, each once.

    A place is what a text term matched; for a query about codes alone the coded passages; for one that only says
    what must not be there the whole turn, passage or sentences.

    Args:
        study: The study.
        query: From `parse_query`.
        scope: Where to look; None: everywhere, within a turn.

    Raises:
        UserError: A case or attribute is unknown.
    """
    scope = scope or Scope()
    by_transcript = _codings(study, scope)
    wanted = terms(query)
    shows_text = any(term.kind != "code" for term in wanted)
    found: list[Hit] = []
    for transcript in _transcripts(study, scope):
        place = _Place(transcript, by_transcript.get(transcript.name, ()))
        spans: set[Span] = set()
        for unit in _units(place, scope):
            if not _holds(query, place, unit):
                continue
            hits = [span for term in wanted if (term.kind != "code") == shows_text for span in place.spans(term, unit)]
            spans.update(hits or ([unit] if not wanted else []))
        found += [
            Hit(transcript.name, transcript.case, transcript.turn_at(start), start, end, place.codes_at(start, end))
            for start, end in sorted(spans)
        ]
    return tuple(found)


def in_context(transcript: Transcript, start: int, end: int, width: int = 40) -> tuple[str, str, str]:
    """Return (left, match, right): a place with up to `width` characters of its turn on either side, on one line."""
    turn = transcript.turn_at(start)
    low, high = (turn.start, turn.end) if turn else (0, len(transcript.text))
    left = transcript.text[max(low, start - width) : start]
    right = transcript.text[end : max(end, min(high, end + width))]
    return _flat(left).lstrip(), _flat(transcript.text[start:end]), _flat(right).rstrip()


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _transcripts(study: Study, scope: Scope) -> Iterator[Transcript]:
    cases = cases_in(study.cases, scope)
    return (transcript for transcript in study.transcripts if transcript.case in cases)


def cases_in(cases: Sequence[Case], scope: Scope) -> frozenset[str]:
    """Return the names of the cases in scope.

    Args:
        cases: Those of the study.
        scope: Where to look.

    Raises:
        UserError: A case or attribute is unknown.
    """
    names = [case.name for case in cases]
    known = {name.casefold(): name for name in names}
    for name in scope.cases:
        if name.casefold() not in known:
            raise UserError(f"The study has no case {name!r}.", hint=f"Cases: {', '.join(names)}.")
    chosen = [known[name.casefold()] for name in scope.cases] or names
    facts = {case.name: {"cohort": case.cohort, **case.attributes} for case in cases}
    for name, value in scope.attributes.items():
        attributes = {attribute.casefold(): attribute for told in facts.values() for attribute in told}
        if name.casefold() not in attributes:
            raise UserError(
                f"No case has an attribute {name!r}.", hint=f"Attributes: {', '.join(sorted(attributes.values()))}."
            )
        chosen = [
            case for case in chosen if facts[case].get(attributes[name.casefold()], "").casefold() == value.casefold()
        ]
    return frozenset(chosen)


def _codings(study: Study, scope: Scope) -> dict[str, list[Coding]]:
    found: dict[str, list[Coding]] = {}
    for coding in study.codings:
        if scope.counts(coding):
            found.setdefault(coding.transcript, []).append(coding)
    return found


def _units(place: _Place, scope: Scope) -> Iterable[Span]:
    """Return what is looked at as one: turns, coded passages, or windows of sentences within a turn."""
    transcript = place.transcript
    turns = [turn for turn in transcript.turns if not scope.roles or turn.role in scope.roles]
    if scope.within == "turn":
        return [(turn.start, turn.end) for turn in turns]
    if scope.within == "passage":
        passages = sorted({(coding.start, coding.end) for coding in place.codings})
        if not scope.roles:
            return passages
        return [span for span in passages if any(turn.start < span[1] and span[0] < turn.end for turn in turns)]
    return [window for turn in turns for window in _windows(transcript, turn, int(scope.within))]


def _windows(transcript: Transcript, turn: Turn, size: int) -> Iterator[Span]:
    spans = sentence_spans(transcript, turn)
    for first in range(max(1, len(spans) - size + 1)):
        if window := spans[first : first + size]:
            yield window[0][0], window[-1][1]


def sentence_spans(transcript: Transcript, turn: Turn) -> list[Span]:
    """Return the sentences of a turn as spans of the transcript."""
    from qualcode.language import get_language

    sentences = get_language(transcript.language).sentences(transcript.speech(turn))
    return [(turn.start + start, turn.start + end) for start, end in sentences]


def _holds(query: Query, place: _Place, unit: Span) -> bool:
    if isinstance(query, Term):
        return bool(place.spans(query, unit))
    if isinstance(query, Not):
        return not _holds(query.part, place, unit)
    if isinstance(query, All):
        return all(_holds(part, place, unit) for part in query.parts)
    assert isinstance(query, Any)
    return any(_holds(part, place, unit) for part in query.parts)


class _Place:
    """One transcript with what each term finds in it, looked for once.

    Args:
        transcript: The transcript.
        codings: Those in scope, sorted by start.
    """

    def __init__(self, transcript: Transcript, codings: Sequence[Coding]) -> None:
        self.transcript = transcript
        self.codings = codings
        self._spans: dict[Term, list[Span]] = {}
        self._passages: dict[Term, _Passages] = {}
        self._all = _Passages(codings)

    def spans(self, term: Term, unit: Span) -> list[Span]:
        """Return what a term finds in a unit: text inside of it, coded passages that overlap it."""
        start, end = unit
        if term.kind == "code":
            if term not in self._passages:
                self._passages[term] = _Passages([c for c in self.codings if fnmatchcase(c.code, term.wanted)])
            return sorted({(coding.start, coding.end) for coding in self._passages[term].overlapping(start, end)})
        if term not in self._spans:
            self._spans[term] = _find(self.transcript, term)
        spans = self._spans[term]
        first = bisect_left(spans, (start, start))
        found = []
        for span in spans[first:]:
            if span[0] >= end:
                break
            if span[1] <= end:
                found.append(span)
        return found

    def codes_at(self, start: int, end: int) -> tuple[str, ...]:
        """Return the codes that overlap a place, sorted."""
        return tuple(sorted({coding.code for coding in self._all.overlapping(start, end)}))


class _Passages:
    """Codings of one transcript, found by place.

    Args:
        codings: Sorted by start.
    """

    def __init__(self, codings: Sequence[Coding]) -> None:
        self._codings = codings
        self._starts = [coding.start for coding in codings]
        self._longest = max((coding.end - coding.start for coding in codings), default=0)

    def overlapping(self, start: int, end: int) -> Iterator[Coding]:
        """Return the codings that share a character with a place."""
        at = bisect_left(self._starts, start - self._longest)
        while at < len(self._codings) and self._starts[at] < end:
            if self._codings[at].end > start:
                yield self._codings[at]
            at += 1


def _find(transcript: Transcript, term: Term) -> list[Span]:
    """Return where a text term stands in the turns of a transcript, sorted; never across turns."""
    if term.kind == "lemma":
        return [span for turn in transcript.turns for span in _find_lemmas(transcript, turn, term.wanted)]
    pattern = _pattern(term.kind, term.wanted)
    found = []
    for turn in transcript.turns:
        matches = pattern.finditer(transcript.text, turn.start, turn.end)
        found += [match.span() for match in matches if match.end() > match.start()]
    return found


@lru_cache(maxsize=64)
def _pattern(kind: str, wanted: str) -> re.Pattern[str]:
    return re.compile(wanted if kind == "regex" else _words_pattern(wanted), re.IGNORECASE)


def _words_pattern(wanted: str) -> str:
    r"""Return a regular expression for words one after the other.

    >>> _words_pattern("white pap*")
    '(?<!\\w)white\\s+pap\\w*'
    """
    from qualcode.language.tokens import is_unspaced

    words = wanted.split()
    parts = []
    for word in words:
        part = re.escape(word).replace(r"\*", r"\w*")
        parts.append(re.sub(_APOSTROPHES, lambda _: _APOSTROPHES, part))
    # Where words are written without spaces, a word's end cannot be seen.
    first, last = words[0][0], words[-1][-1]
    before = r"(?<!\w)" if (first.isalnum() and not is_unspaced(first)) else ""
    after = r"(?!\w)" if (last.isalnum() and not is_unspaced(last)) else ""
    return before + r"\s+".join(parts) + after


def _find_lemmas(transcript: Transcript, turn: Turn, wanted: str) -> Iterator[Span]:
    from qualcode.language import get_language

    language = get_language(transcript.language)
    asked: list[Collection[str]] = [
        {word.lower(), language.lemma(word)} for word in wanted.replace("*", "").split() if word
    ]
    tokens = language.tokens(transcript.speech(turn))
    words = [at for at, is_word in enumerate(tokens.is_word) if is_word]
    lemmas, forms = tokens.lemmas, tokens.forms
    for first in range(len(words) - len(asked) + 1):
        here = words[first : first + len(asked)]
        if asked and all(
            lemmas[at] in forms_asked or forms[at] in forms_asked for at, forms_asked in zip(here, asked, strict=True)
        ):
            yield turn.start + tokens.starts[here[0]], turn.start + tokens.ends[here[-1]]
