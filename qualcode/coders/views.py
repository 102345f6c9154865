"""Passages as vectors, seen in several ways: words, letters, the question asked, cues found, meaning.

Each view is a matrix with rows of length 1 (or 0); a sum of views' inner products is a kernel. What views are fitted on
is the text of the coded transcripts, never their codings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qualcode.coders.cues import CueCoder
from qualcode.coders.material import Material
from qualcode.language import get_language
from qualcode.model import Codebook, Coding, Study

if TYPE_CHECKING:
    from qualcode.coders.embeddings import Embedder
    from qualcode.coders.scores import Scores

    ScoresOf = Callable[["Study", "Material", "CueHits"], Scores]

Array = NDArray[np.float32]

WORDS_TOLD = 5


@dataclass(frozen=True)
class CueHits:
    """What the cue coder found.

    Attributes:
        sentences: Confidence of affirmed hits: sentences × codes.
        turns: The same for turns, doubts multiplied: turns × codes.
        number: Number of cues found, affirmed: turns × codes.
        flagged: Number of hits that are not affirmed: turns × codes.
        codings: By (position of turn, position of code).
    """

    sentences: Array
    turns: Array
    number: Array
    flagged: Array
    codings: Mapping[tuple[int, int], tuple[Coding, ...]]


@dataclass(frozen=True)
class Seen:
    """Material with its vectors.

    Attributes:
        material: The turns.
        cues: What cues were found.
        turns: Views of turns by name: turns × features, sparse or dense.
        sentences: Views of sentences by name: sentences × features.
        near: Similarity of sentences to each code's text by view: sentences × codes.
        asked: Similarity of questions to each code's definition: turns × codes, or None without embeddings.
        told: What exemplars say of them, or None without exemplars.
    """

    material: Material
    cues: CueHits
    turns: Mapping[str, Any]
    sentences: Mapping[str, Any]
    near: Mapping[str, Array]
    asked: Array | None
    told: Scores | None = None


class Views:
    """Turns material into vectors.

    Args:
        codebook: Its cues, definitions, rules and examples are used.
        cues: The cue coder.
        embedder: Gives meanings; None: words and cues only.
        exemplars: Scores material as exemplars tell; None: there are none.
    """

    def __init__(
        self, codebook: Codebook, cues: CueCoder, embedder: Embedder | None, exemplars: ScoresOf | None = None
    ) -> None:
        self.codebook = codebook
        self.codes = tuple(code.id for code in codebook.codes)
        self._cues = cues
        self._embedder = embedder
        self._exemplars = exemplars
        self._fitted: dict[str, Any] = {}
        self._means: dict[str, Array] = {}
        self._texts = [(number, text) for number, text in _told(codebook)]

    def fit(self, material: Material) -> Views:
        """Learn the vocabulary and its weights from the text of some material; return self."""
        turns, questions, sentences = _texts_of(material)
        words = [_lemmas(text, language) for text, language in turns]
        self._fitted = {
            "turn words": _words(2).fit(words),
            "turn letters": _letters(3).fit([text for text, _ in turns]),
            "question": _words(2).fit([_lemmas(text, language) for text, language in questions]),
            "words": _words(2).fit([_lemmas(text, language) for text, language in sentences]),
            "letters": _letters(3).fit([text for text, _ in sentences]),
        }
        if self._embedder:
            for name, texts in (("turn", turns), ("question", questions), ("sentence", sentences)):
                self._means[name] = self._embedder.vectors([text for text, _ in texts]).mean(axis=0)
        return self

    def of(self, study: Study, material: Material, *, hits: CueHits | None = None) -> Seen:
        """Return material with its vectors.

        Args:
            study: That it comes from.
            material: The turns.
            hits: Cues found there; None: they are looked for.
        """
        turns, questions, sentences = _texts_of(material)
        words = self._fitted["words"].transform([_lemmas(text, language) for text, language in sentences])
        asked = self._fitted["question"].transform([_lemmas(text, language) for text, language in questions])
        turn_words = self._fitted["turn words"].transform([_lemmas(text, language) for text, language in turns])
        hits = hits or cue_hits(study, material, self._cues, self.codes)
        of_turns: dict[str, Any] = {
            "words": turn_words,
            "letters": self._fitted["turn letters"].transform([text for text, _ in turns]),
            "question": asked,
            "cues": _unit(hits.turns),
        }
        of_sentences: dict[str, Any] = {
            "words": words,
            "letters": self._fitted["letters"].transform([text for text, _ in sentences]),
            "question": asked[material.turn_of],
            "cues": _unit(hits.sentences),
            "turn words": turn_words[material.turn_of],
        }
        near = {"words": self._near_words(words)}
        about = None
        if self._embedder:
            meaning = {
                name: self._meaning(name, [text for text, _ in texts])
                for name, texts in (("turn", turns), ("question", questions), ("sentence", sentences))
            }
            of_turns |= {"meaning": meaning["turn"], "question meaning": meaning["question"]}
            of_sentences |= {
                "meaning": meaning["sentence"],
                "question meaning": meaning["question"][material.turn_of],
                "turn meaning": meaning["turn"][material.turn_of],
            }
            near["meaning"] = _highest(
                meaning["sentence"] @ self._meaning("sentence", [text for _, text in self._texts]).T,
                [number for number, _ in self._texts],
                len(self.codes),
            )
            about = meaning["question"] @ self._meaning("question", self.definitions()).T
        told = self._exemplars(study, material, hits) if self._exemplars else None
        return Seen(material, hits, of_turns, of_sentences, near, about, told)

    def definitions(self) -> list[str]:
        """Return name and definition of each code."""
        return [f"{code.name}. {code.definition}" for code in self.codebook.codes]

    def _near_words(self, words: Any) -> Array:
        language = self.codebook.language
        texts = [" ".join((code.name, code.definition, *code.include, *code.examples)) for code in self.codebook.codes]
        known = self._fitted["words"].transform([_lemmas(text, language) for text in texts])
        return np.asarray((words @ known.T).toarray(), dtype=np.float32)

    def _meaning(self, name: str, texts: Sequence[str]) -> Array:
        assert self._embedder is not None
        return _unit(self._embedder.vectors(texts) - self._means[name])

    def word_weights(
        self, seen: Seen, known: Seen, weights: Array, sentence: int, learned_from: NDArray[np.int64]
    ) -> list[str]:
        """Return the words of a sentence that speak most for a code, at most five.

        Args:
            seen: Holds the sentence.
            known: Holds what was learned from.
            weights: Dual weights of the code, one for each of `learned_from`.
            sentence: Number of the sentence.
            learned_from: Numbers of the sentences learned from.
        """
        own = seen.sentences["words"][sentence]
        learned = known.sentences["words"][learned_from].T @ weights
        names = self._fitted["words"].get_feature_names_out()
        found = [
            (float(value * learned[column]), str(names[column]))
            for column, value in zip(own.indices, own.data, strict=True)
        ]
        return [name for value, name in sorted(found, key=lambda pair: (-pair[0], pair[1])) if value > 0][:WORDS_TOLD]


def inner(left: Any, right: Any) -> Array:
    """Return the inner products of n passages with m: n × m."""
    product = left @ right.T
    return np.asarray(product.toarray() if hasattr(product, "toarray") else product, dtype=np.float32)


def rows_of(views: Mapping[str, Any], rows: NDArray[np.int64]) -> dict[str, Any]:
    """Return some rows of all views."""
    return {name: view[rows] for name, view in views.items()}


def cue_hits(study: Study, material: Material, coder: CueCoder, codes: Sequence[str]) -> CueHits:
    """Return what cues were found in some material."""
    column = {code: position for position, code in enumerate(codes)}
    shape = (len(material.turns), len(codes))
    turns, number, flagged = (np.zeros(shape, dtype=np.float32) for _ in range(3))
    sentences = np.zeros((len(material.sentences), len(codes)), dtype=np.float32)
    found: dict[tuple[int, int], list[Coding]] = {}
    position = {(turn.transcript, turn.turn.number): row for row, turn in enumerate(material.turns)}
    for name in dict.fromkeys(turn.transcript for turn in material.turns):
        transcript = study.transcript_by_name[name]
        case = study.case_by_name.get(transcript.case)
        for coding in coder.propose_in(transcript, cohort=case.cohort if case else ""):
            turn = transcript.turn_at(coding.start)
            if turn is None or (name, turn.number) not in position:
                continue
            row, at = position[name, turn.number], column[coding.code]
            found.setdefault((row, at), []).append(coding)
            if coding.assertion != "affirmed":
                flagged[row, at] += 1
                continue
            sure = np.float32(coding.confidence or 0)
            turns[row, at] = 1 - (1 - turns[row, at]) * (1 - sure)
            number[row, at] += len(coding.evidence.get("cues", ()))
            for sentence in material.sentences_of(row):
                start, end = material.sentences[sentence]
                if start < coding.end and coding.start < end:
                    sentences[sentence, at] = max(sentences[sentence, at], sure)
    return CueHits(sentences, turns, number, flagged, {place: tuple(some) for place, some in found.items()})


def _told(codebook: Codebook) -> Iterator[tuple[int, str]]:
    """Yield what a codebook says of its codes: (position of the code, text)."""
    for number, code in enumerate(codebook.codes):
        yield number, f"{code.name}. {code.definition}"
        for text in (*code.include, *code.examples):
            yield number, text


def _texts_of(material: Material) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[tuple[str, str]]]:
    """Return (text, language) of turns, of their questions, of their sentences."""
    turns = [(turn.text, turn.language) for turn in material.turns]
    questions = [(turn.question, turn.language) for turn in material.turns]
    sentences = [
        (material.sentence(row), material.turns[turn].language) for row, turn in enumerate(material.turn_of.tolist())
    ]
    return turns, questions, sentences


@lru_cache(maxsize=30_000)
def _lemmas(text: str, language: str) -> tuple[str, ...]:
    # Asked for twice: for the vocabulary, and for the vectors.
    tokens = get_language(language).tokens(text)
    return tuple(lemma for lemma, word in zip(tokens.lemmas, tokens.is_word, strict=True) if word)


def _with_pairs(words: Sequence[str]) -> list[str]:
    return [*words, *(f"{first} {second}" for first, second in pairwise(words))]


def _words(fewest: int) -> Any:
    return _vectoriser(analyzer=_with_pairs, min_df=fewest)


def _letters(fewest: int) -> Any:
    return _vectoriser(analyzer="char_wb", ngram_range=(3, 5), min_df=fewest)


class _Nothing:
    """Stands for a view of texts without a single word known twice."""

    def fit(self, texts: Sequence[Any]) -> _Nothing:
        return self

    def transform(self, texts: Sequence[Any]) -> Any:
        from scipy.sparse import csr_matrix

        return csr_matrix((len(texts), 1), dtype=np.float32)

    def get_feature_names_out(self) -> list[str]:
        return [""]


class _Vectoriser:
    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def fit(self, texts: Sequence[Any]) -> Any:
        try:
            return self._make().fit(texts)
        except ValueError:
            # scikit-learn's word for an empty vocabulary.
            return _Nothing()


def _vectoriser(**settings: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return _Vectoriser(lambda: TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **settings))


def _unit(rows: Array) -> Array:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)


def _highest(scores: Array, owner: Sequence[int], number: int) -> Array:
    """Return, for each owner, the highest of the columns that are its own: rows × owners."""
    result = np.full((len(scores), number), -1, dtype=np.float32)
    for column, of in enumerate(owner):
        result[:, of] = np.maximum(result[:, of], scores[:, column])
    return result
