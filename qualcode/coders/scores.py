"""First step of learning: scores of every code on every turn, from several models that each see something else.

The models are kernel ridge regressions (`qualcode.coders.ridge`) on turns and on sentences; a turn's score from
sentences is that of its best ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.coders.material import Material
from qualcode.coders.ridge import Ridge
from qualcode.coders.targets import Targets
from qualcode.coders.views import Seen, inner, rows_of

Array = NDArray[np.float32]
Rows = NDArray[np.int64]

Models = Mapping[str, tuple[Mapping[str, float], float]]
# What each model sees, with the weight of each view, and its penalty. Weights were set by hand, once, and are coarse.
TURN_MODELS: Models = {
    "words": ({"words": 1.0, "letters": 0.5}, 1.0),
    "question": ({"question": 1.0, "question meaning": 1.0}, 1.0),
    "cues": ({"cues": 1.0}, 1.0),
    "meaning": ({"meaning": 1.0, "question meaning": 0.5}, 2.0),
    "all": (
        {"words": 1.0, "letters": 0.5, "question": 0.5, "cues": 0.5, "meaning": 1.0, "question meaning": 1.0},
        2.0,
    ),
}
SENTENCE_MODELS: Models = {
    "sentence words": ({"words": 1.0, "letters": 0.5}, 2.0),
    "sentence": (
        {
            "words": 1.0,
            "letters": 0.5,
            "question": 0.5,
            "cues": 1.0,
            "turn words": 0.6,
            "meaning": 1.0,
            "question meaning": 0.5,
            "turn meaning": 0.3,
        },
        4.0,
    ),
}
# Sentences learned from at most: all that bear a code, and others drawn at random.
MOST_SENTENCES = 8000
SEED = 20221017


@dataclass(frozen=True)
class Kernels:
    """Inner products between passages learned from and passages to score, by model.

    Attributes:
        turns: By model: turns to score × turns learned from.
        sentences: By model: sentences to score × sentences learned from.
    """

    turns: Mapping[str, Array]
    sentences: Mapping[str, Array]


@dataclass(frozen=True)
class Duals:
    """What the models have learned.

    Attributes:
        turns: Dual weights by model: turns learned from × codes.
        sentences: The same for models of sentences: sentences learned from × codes.
        learned: Positions of the turns learned from.
        columns: Columns of the kernels of sentences that stand for the sentences learned from.
    """

    turns: Mapping[str, Array]
    sentences: Mapping[str, Array]
    learned: Rows
    columns: Rows


@dataclass(frozen=True)
class Scores:
    """What the models say.

    Attributes:
        turns: By model (those of sentences as "… best" and "… two best"): turns × codes.
        sentences: The model "sentence" on sentences: sentences × codes.
    """

    turns: Mapping[str, Array]
    sentences: Array


def kernels(scored: Seen, known: Seen, sentences: Rows, models: Collection[str] | None = None) -> Kernels:
    """Return inner products for the models.

    Args:
        scored: Passages to score.
        known: Passages learned from.
        sentences: Numbers of the sentences of `known` that are learned from.
        models: Names of those that are wanted; None: all.
    """

    def wanted(all_: Models) -> Models:
        return {name: model for name, model in all_.items() if models is None or name in models}

    return Kernels(
        weighted(scored.turns, known.turns, wanted(TURN_MODELS)),
        weighted(scored.sentences, rows_of(known.sentences, sentences), wanted(SENTENCE_MODELS)),
    )


def weighted(left: Mapping[str, Any], right: Mapping[str, Any], models: Models) -> dict[str, Array]:
    """Return, for each model, the weighted sum of the inner products of what it sees.

    Args:
        left: Views of n passages.
        right: Views of m passages.
        models: Weights by view, and a penalty, by model; views that are not there are passed over, and models of none.

    Returns:
        n × m by model.
    """
    sums: dict[str, Array] = {}
    # Each product is made once, however many models see the view: it costs more than all the rest.
    for view in left:
        product: Array | None = None
        for name, (weights, _) in models.items():
            if view not in weights:
                continue
            if product is None:
                product = inner(left[view], right[view])
            part = product * np.float32(weights[view])
            sums[name] = part if name not in sums else sums[name] + part
    return sums


def sentences_to_learn(targets: Targets) -> Rows:
    """Return the numbers of the sentences to learn from: those that bear a code, then others at random."""
    bearing: NDArray[np.bool_] = np.asarray(targets.sentences.max(axis=1) > 0)
    if len(bearing) <= MOST_SENTENCES:
        return np.arange(len(bearing))
    draw = np.random.default_rng(SEED).permutation(len(bearing))
    ordered = draw[np.argsort(~bearing[draw], kind="stable")]
    return np.sort(ordered[:MOST_SENTENCES])


class Learned:
    """All models, learned from some turns; what they would be without some of these is at hand too.

    Args:
        within: Inner products of the known passages with each other.
        targets: Of the known turns and sentences.
        known: The known turns.
        sentences: Numbers of the sentences that the columns of `within.sentences` stand for.
        learn: Positions of the turns to learn from.
    """

    def __init__(self, within: Kernels, targets: Targets, known: Material, sentences: Rows, learn: Rows) -> None:
        self._learn = learn
        self._columns = np.flatnonzero(np.isin(known.turn_of[sentences], learn))
        rows = sentences[self._columns]
        self._turn_of = known.turn_of[rows]
        self._turns = {
            name: Ridge(_part(values, learn, learn), targets.turns[learn], TURN_MODELS[name][1])
            for name, values in within.turns.items()
        }
        self._sentences = {
            name: Ridge(_part(values, rows, self._columns), targets.sentences[rows], SENTENCE_MODELS[name][1])
            for name, values in within.sentences.items()
        }

    @property
    def duals(self) -> Duals:
        """What was learned."""
        return Duals(
            {name: model.weights for name, model in self._turns.items()},
            {name: model.weights for name, model in self._sentences.items()},
            self._learn,
            self._columns,
        )

    def without(self, turns: Rows) -> Duals:
        """Return what is learned without some turns.

        Args:
            turns: Their positions among the known turns.
        """
        out, sentences_out = np.isin(self._learn, turns), np.isin(self._turn_of, turns)
        at, sentences_at = np.flatnonzero(out), np.flatnonzero(sentences_out)
        return Duals(
            {name: model.weights_without(at)[~out] for name, model in self._turns.items()},
            {name: model.weights_without(sentences_at)[~sentences_out] for name, model in self._sentences.items()},
            self._learn[~out],
            self._columns[~sentences_out],
        )


def _part(values: Array, rows: Rows, columns: Rows) -> Array:
    """Return some rows and columns; the matrix itself where these are all."""
    if len(rows) == len(columns) == len(values) == values.shape[1]:
        return values
    return values[np.ix_(rows, columns)]


def score(duals: Duals, between: Kernels, material: Material, rows: Rows) -> Scores:
    """Return the models' scores of some turns.

    Args:
        duals: What was learned.
        between: Inner products of the material's passages with all known ones.
        material: The turns come from it.
        rows: Positions of the turns.
    """
    turns = {name: between.turns[name][np.ix_(rows, duals.learned)] @ weights for name, weights in duals.turns.items()}
    sentences = material.rows_of_sentences(rows)
    last = np.zeros((0, 0), dtype=np.float32)
    for name, weights in duals.sentences.items():
        last = between.sentences[name][np.ix_(sentences, duals.columns)] @ weights
        turns[f"{name} best"], turns[f"{name} two best"] = best_of_turns(last, material, rows)
    return Scores(turns, last)


def best_of_turns(scores: Array, material: Material, turns: Rows) -> tuple[Array, Array]:
    """Return the highest score of each turn's sentences, and the mean of the two highest: turns × codes each."""
    best, two = [], []
    for rows in _runs(material, turns):
        ordered = np.sort(scores[rows.start : rows.stop], axis=0)
        best.append(ordered[-1])
        two.append(ordered[-2:].mean(axis=0))
    return np.array(best, dtype=np.float32), np.array(two, dtype=np.float32)


def _runs(material: Material, turns: Rows) -> Iterator[range]:
    start = 0
    for turn in turns:
        length = len(material.sentences_of(int(turn)))
        yield range(start, start + length)
        start += length
