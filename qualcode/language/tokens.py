"""Tokens of a text as flat lists, and how text is cut into them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from qualcode.language.lemmas import Lemmatizer

# Characters that are not seen and mean nothing for which word it is: soft hyphen, zero-width space and joiner of words,
# byte order mark, marks of writing direction. (Zero-width non-joiner and joiner do mean something in some scripts.)
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x200B, 0x2060, 0xFEFF, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ＇`´", "'"))
_SURROGATES = re.compile("[\ud800-\udfff]")
_CHUNK = re.compile(r"\S+")
# spaCy's tokenizer takes time in the square of a run of marks ("!!!!…"), so longer runs are cut; no word is as long.
LONGEST_RUN = 100
# Distinct chunks kept with their tokens; far more than the vocabulary of thousands of interviews.
CHUNKS_KEPT = 300_000

# Marks that are read aloud as words.
SPOKEN_MARKS = frozenset("%‰€$£¥")

# Scripts written without spaces: a character (with its marks) is a token.
_UNSPACED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff\u0e01-\u0eff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3"
)
_MARKS = (
    "\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd"
    "\u102b-\u103e\u17b6-\u17d3\u3099\u309a"
)
_UNSPACED_ONE = re.compile(f"[{_UNSPACED}]")
_CHARACTERS = re.compile(
    rf"[{_UNSPACED}][{_MARKS}]*|\d+(?:[.,]\d+)*|(?:(?![{_UNSPACED}])[\w{_MARKS}])+(?:['’](?:(?![{_UNSPACED}])\w)+)*|\S"
)

Cut = Callable[[str], list[tuple[int, int]]]
"""Cuts a run without white space into half-open spans of its tokens."""


def fold(form: str) -> str:
    """Return a form as cues and texts are compared: NFC, lower case, straight apostrophes, nothing invisible.

    >>> fold("Don’t")
    "don't"
    """
    if form.isascii():
        folded = form.lower().replace("`", "'")
    else:
        folded = unicodedata.normalize("NFC", form.translate(_INVISIBLE).translate(_APOSTROPHES).lower())
    return folded.rstrip(".") or folded


def cut_characters(chunk: str) -> list[tuple[int, int]]:
    """Return spans of single characters of unspaced scripts; words and numbers of other scripts stay whole.

    >>> cut_characters("做KOL的2.5倍")
    [(0, 1), (1, 4), (4, 5), (5, 8), (8, 9)]
    """
    return [found.span() for found in _CHARACTERS.finditer(chunk)]


def is_unspaced(run: str) -> bool:
    """Return whether a run holds a character of a script that is written without spaces."""
    return not run.isascii() and _UNSPACED_ONE.search(run) is not None


@dataclass(frozen=True)
class Vocabulary:
    """Every distinct form met so far, by number. It grows with the vocabulary of the texts, not with their length.

    Attributes:
        forms: As compared (see `fold`).
        lemmas: Lemma of each form.
        second_readings: The other lemma of each form of two readings ("meeting": "meet"), else None.
        is_word: Whether it holds a letter or digit.
        counts: Whether cues see it: a word that is no filler, or a mark that is spoken ("%").
    """

    forms: list[str] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    second_readings: list[str | None] = field(default_factory=list)
    is_word: list[bool] = field(default_factory=list)
    counts: list[bool] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, form: str, lemmatizer: Lemmatizer, fillers: frozenset[str]) -> int:
        """Return the number of a form; a new one is looked up once."""
        known = self.numbers.get(form)
        if known is not None:
            return known
        word = any(map(str.isalnum, form))
        self.numbers[form] = len(self.forms)
        self.forms.append(form)
        self.lemmas.append(lemmatizer.lemma(form) if word else form)
        self.second_readings.append(lemmatizer.second_reading(form) if word else None)
        self.is_word.append(word)
        self.counts.append((word and form not in fillers) or form in SPOKEN_MARKS)
        return len(self.forms) - 1


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text, in order.

    Attributes:
        starts: First character of each token, in characters of the text.
        ends: One past its last character.
        numbers: Its form, as number in `vocabulary`.
        vocabulary: Of the language.
    """

    starts: list[int]
    ends: list[int]
    numbers: list[int]
    vocabulary: Vocabulary

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def forms(self) -> list[str]:
        """Forms, folded (lower case, NFC)."""
        return [self.vocabulary.forms[number] for number in self.numbers]

    @property
    def lemmas(self) -> list[str]:
        """Lemmas, in lower case."""
        return [self.vocabulary.lemmas[number] for number in self.numbers]

    @property
    def is_word(self) -> list[bool]:
        """Whether each token holds a letter or digit."""
        return [self.vocabulary.is_word[number] for number in self.numbers]


class Tokenizer:
    """Cuts texts into tokens; each distinct run without white space is cut once.

    spaCy's tokenizers treat every such run by itself, so what was cut once can be kept.

    Args:
        cut: Cuts one run.
        lemmatizer: Of the language.
        fillers: Forms that cues pass over.
    """

    def __init__(self, cut: Cut, lemmatizer: Lemmatizer, fillers: frozenset[str]) -> None:
        self._cut = cut
        self._lemmatizer = lemmatizer
        self._fillers = fillers
        self._chunks: dict[str, tuple[tuple[int, int, int], ...]] = {}
        self._words = _Words(self._cut_words)
        self.vocabulary = Vocabulary()

    def tokens(self, text: str) -> Tokens:
        """Return the tokens of a text; white space belongs to none."""
        starts: list[int] = []
        ends: list[int] = []
        numbers: list[int] = []
        chunks = self._chunks
        for found in _CHUNK.finditer(text):
            at = found.start()
            chunk = found.group()
            for start, end, number in chunks.get(chunk) or self._parts(chunk):
                starts.append(at + start)
                ends.append(at + end)
                numbers.append(number)
        return Tokens(starts, ends, numbers, self.vocabulary)

    def words(self, text: str) -> list[int]:
        """Return the forms that cues see (see `Vocabulary.counts`) as numbers; much faster than `tokens`."""
        # `str.split` parts at the same characters as `_CHUNK`. All of this is one loop within the interpreter.
        return list(chain.from_iterable(map(self._words.__getitem__, text.split())))

    def word_spans(self, text: str) -> list[tuple[int, int]]:
        """Return where the words that `words` returns stand: first character, one past the last."""
        chunks, counts = self._chunks, self.vocabulary.counts
        return [
            (at + start, at + end)
            for found in _CHUNK.finditer(text)
            for at in (found.start(),)
            for start, end, number in chunks.get(found.group()) or self._parts(found.group())
            if counts[number]
        ]

    def _cut_words(self, chunk: str) -> tuple[int, ...]:
        parts = self._chunks.get(chunk) or self._parts(chunk)
        counts = self.vocabulary.counts
        return tuple(number for _, _, number in parts if counts[number])

    def _parts(self, chunk: str) -> tuple[tuple[int, int, int], ...]:
        parts = tuple(
            (at + start, at + end, self.vocabulary.number(fold(run[start:end]), self._lemmatizer, self._fillers))
            for at, run in _runs(chunk)
            for start, end in self._cut(_SURROGATES.sub("\ufffd", run))
        )
        if len(self._chunks) >= CHUNKS_KEPT:
            self._chunks.clear()
        if len(chunk) <= LONGEST_RUN:
            self._chunks[chunk] = parts
        return parts


class _Words(dict[str, tuple[int, ...]]):
    """The words of each distinct chunk, cut when first asked for; emptied when it holds too many."""

    def __init__(self, cut: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._cut = cut

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        words = self._cut(chunk)
        if len(self) >= CHUNKS_KEPT:
            self.clear()
        if len(chunk) <= LONGEST_RUN:
            self[chunk] = words
        return words


def _runs(chunk: str) -> Iterator[tuple[int, str]]:
    for at in range(0, len(chunk), LONGEST_RUN):
        yield at, chunk[at : at + LONGEST_RUN]
