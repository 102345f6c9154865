"""What participants say, sentence by sentence, and which sentences no counted code covers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from qualcode.language import Language, Tokens, get_language
from qualcode.model import Coding, Study, Transcript
from qualcode.tables.search import sentence_spans

Span = tuple[int, int]
# Written between the parts of one word: a phrase runs over them where nothing else stands between.
_JOINING = frozenset("-‐‑/'’&")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a participant, as words.

    Attributes:
        transcript: Name of its transcript.
        case: Name of its case.
        language: ISO 639-1 code.
        turn: Number of its turn.
        start: First character in the transcript.
        end: One past its last character.
        is_covered: Whether a counted coding overlaps it.
        lemmas: Of its words; fillers ("um") are left out.
        starts: First character of each word in the transcript.
        ends: One past the last character of each word.
        follows: Whether a word comes straight after the one before it: no comma or other mark between.
        says: Whether a word says something by itself: no stop word, no number.
    """

    transcript: str
    case: str
    language: str
    turn: int
    start: int
    end: int
    is_covered: bool
    lemmas: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    follows: tuple[bool, ...]
    says: tuple[bool, ...]


def participant_sentences(
    study: Study, codings: Iterable[Coding], cases: Collection[str] | None = None
) -> tuple[Sentence, ...]:
    """Return the sentences of all participants' turns, by transcript and position.

    Args:
        study: The study.
        codings: Those that count; a sentence that one of them overlaps is covered.
        cases: Names of cases to take; None: all.
    """
    by_transcript: dict[str, list[Span]] = {}
    for coding in codings:
        by_transcript.setdefault(coding.transcript, []).append((coding.start, coding.end))
    return tuple(
        sentence
        for transcript in study.transcripts
        if cases is None or transcript.case in cases
        for sentence in _sentences(transcript, sorted(by_transcript.get(transcript.name, ())))
    )


def _sentences(transcript: Transcript, coded: list[Span]) -> Iterator[Sentence]:
    language = get_language(transcript.language)
    # `coded` is sorted by start; what ends before a sentence cannot overlap a later one.
    open_: list[Span] = []
    at = 0
    for turn in transcript.participant_turns():
        for start, end in sentence_spans(transcript, turn):
            while at < len(coded) and coded[at][0] < end:
                open_.append(coded[at])
                at += 1
            open_ = [span for span in open_ if span[1] > start]
            covered = any(low < end for low, _ in open_)
            tokens = language.tokens(transcript.text[start:end])
            yield Sentence(
                transcript.name,
                transcript.case,
                language.code,
                turn.number,
                start,
                end,
                covered,
                *_words(tokens, language, start),
            )


def _words(
    tokens: Tokens, language: Language, offset: int
) -> tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...], tuple[bool, ...], tuple[bool, ...]]:
    vocabulary, stop = tokens.vocabulary, stop_lemmas(language.code)
    kept: list[int] = []
    follows: list[bool] = []
    straight, end = False, -1
    for at, number in enumerate(tokens.numbers):
        if vocabulary.is_word[number]:
            if vocabulary.counts[number]:
                kept.append(at)
                follows.append(straight)
                straight = True
        elif not (vocabulary.forms[number] in _JOINING and tokens.starts[at] == end):
            straight = False
        end = tokens.ends[at]
    numbers = [tokens.numbers[at] for at in kept]
    return (
        tuple(vocabulary.lemmas[number] for number in numbers),
        tuple(offset + tokens.starts[at] for at in kept),
        tuple(offset + tokens.ends[at] for at in kept),
        tuple(follows),
        tuple(
            _says(vocabulary.lemmas[number], stop) and vocabulary.forms[number] not in language.stop_words
            for number in numbers
        ),
    )


def _says(lemma: str, stop: frozenset[str]) -> bool:
    if lemma in stop or not any(map(str.isalpha, lemma)):
        return False
    # A single letter is a leftover ("b" of "b2b"); a single character of an unspaced script is a word.
    return len(lemma) > 1 or not lemma.isascii()


@lru_cache(maxsize=16)
def stop_lemmas(code: str) -> frozenset[str]:
    """Return a language's stop words and their lemmas."""
    language = get_language(code)
    return language.stop_words | {language.lemma(word) for word in language.stop_words}


def lemmas_of(text: str, code: str) -> tuple[str, ...]:
    """Return the lemmas of a text's words, as `Sentence.lemmas` has them."""
    language = get_language(code)
    return _words(language.tokens(text), language, 0)[0]


def occurrences(
    sentences: Iterable[Sentence], wanted: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[Sentence, Span]]:
    """Yield where a phrase stands, in any of its forms, with its span in the transcript.

    Args:
        sentences: Where to look.
        wanted: Its lemmas by language.
    """
    for sentence in sentences:
        lemmas = wanted.get(sentence.language, ())
        size = len(lemmas)
        for at in range(len(sentence.lemmas) - size + 1 if size else 0):
            if sentence.lemmas[at : at + size] == lemmas and all(sentence.follows[at + 1 : at + size]):
                yield sentence, (sentence.starts[at], sentence.ends[at + size - 1])
