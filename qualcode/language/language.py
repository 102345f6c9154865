"""One language: tokens, lemmas, sentences."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from qualcode.language.lemmas import Lemmatizer, table_lemmatizer
from qualcode.language.rules import language_rules
from qualcode.language.sentences import split_sentences
from qualcode.language.tokens import Cut, Tokenizer, Tokens, Vocabulary, cut_characters, fold, is_unspaced

ANY = "xx"
_AMOUNT_ENDS = re.compile(r"\d[KM]\.$")
# Written without spaces between words: cut into characters, which literal cues need and no word list can spoil.
CHARACTER_LANGUAGES = frozenset({"zh", "ja", "yue", "th", "lo", "km", "my", "bo"})


class Language:
    """Tokens, lemmas and sentences of one language; get it from `get_language`.

    Attributes:
        code: ISO 639-1 code ("en"), or "xx" for a language that spaCy has no tokenizer for.
        has_lemmas: Whether forms are traced to lemmas; if not, a form is its own lemma.
        notes: What a user should know about how this language is treated, one sentence each.
        vocabulary: The distinct forms met so far.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self._rules = language_rules(code)
        notes: list[str] = []
        cut, self._stop_words = _cutter(code, notes)
        if code in CHARACTER_LANGUAGES:
            self._lemmatizer, self.has_lemmas = Lemmatizer(self._rules), False
        else:
            self._lemmatizer, self.has_lemmas = table_lemmatizer(code, self._rules)
        if not self.has_lemmas and code not in CHARACTER_LANGUAGES:
            notes.append(f"No lemma table for language '{code}': cues match word forms; use * for endings.")
        self.notes = tuple(notes)
        self._tokenizer = Tokenizer(cut, self._lemmatizer, self._rules.fillers)

    @property
    def vocabulary(self) -> Vocabulary:
        """The distinct forms met so far, by number."""
        return self._tokenizer.vocabulary

    @property
    def stop_words(self) -> frozenset[str]:
        """Frequent words that say little by themselves ("the"), folded."""
        return self._stop_words

    def tokens(self, text: str) -> Tokens:
        """Return the tokens of a text."""
        return self._tokenizer.tokens(text)

    def words(self, text: str) -> list[int]:
        """Return the words of a text that cues see, as numbers in `vocabulary`; much faster than `tokens`."""
        return self._tokenizer.words(text)

    def word_spans(self, text: str) -> list[tuple[int, int]]:
        """Return where the words that `words` returns stand: first character, one past the last."""
        return self._tokenizer.word_spans(text)

    def sentences(self, text: str) -> list[tuple[int, int]]:
        """Return the spans of the sentences of a text: in order, trimmed, covering all words."""
        return split_sentences(text, self._rules)

    def lemma(self, word: str) -> str:
        """Return the lemma of a single word, in lower case."""
        return self._lemmatizer.lemma(fold(word))

    def second_reading(self, word: str) -> str | None:
        """Return the other lemma of a word of two readings ("meeting": "meet"), or None."""
        return self._lemmatizer.second_reading(fold(word))


def get_language(code: str) -> Language:
    """Return a language by its code, loaded once per process.

    Args:
        code: ISO 639-1 ("en") or with a region ("en-GB", "zh_CN"), in any case. Empty or unknown codes give a
            language that knows words in any script, but no lemmas.
    """
    base = code.replace("_", "-").split("-")[0].strip().lower()
    return _load(base if base.isalpha() and base.isascii() else ANY)


@lru_cache(maxsize=16)
def _load(code: str) -> Language:
    return Language(code)


def _cutter(code: str, notes: list[str]) -> tuple[Cut, frozenset[str]]:
    """Return how text is cut in a language, and its stop words; add to the notes what is not as one may expect."""
    if code in CHARACTER_LANGUAGES:
        notes.append(
            f"Language '{code}' is written without spaces: text is cut into characters (Latin words and numbers stay "
            "whole), and cues are literal strings over them; no word segmentation."
        )
        return cut_characters, frozenset()
    pipeline = _blank(code, notes)
    tokenizer = pipeline.tokenizer

    def cut(run: str) -> list[tuple[int, int]]:
        # Foreign words in a script without spaces are cut as they would be in their own language.
        if is_unspaced(run):
            return cut_characters(run)
        # spaCy takes "10K." for one word, like an initial, and so parts it otherwise than "10K".
        end = len(run) - 1 if _AMOUNT_ENDS.search(run) else len(run)
        spans = [(token.idx, token.idx + len(token)) for token in tokenizer(run[:end])]
        return spans if end == len(run) else [*spans, (end, end + 1)]

    return cut, frozenset(fold(word) for word in pipeline.Defaults.stop_words)


def _blank(code: str, notes: list[str]) -> Any:
    import spacy

    pipeline: Any
    try:
        pipeline = spacy.blank(code)
    except ImportError:
        notes.append(
            f"Language '{code}' has no tokenizer that works without further packages: cut at spaces and marks."
        )
        pipeline = spacy.blank(ANY)
    # Only where tokens stand is asked for: what spaCy works out about each new word (its shape, whether it is like a
    # URL) would take half of the time of cutting it.
    pipeline.vocab.lex_attr_getters = {}
    return pipeline
