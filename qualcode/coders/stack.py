"""One model over all pairs of turn and code: from features to a calibrated probability.

The mean, in log odds, of a logistic regression and of gradient boosted trees; it is trained on scores that were made
without the case they are about (stacked generalisation, Wolpert 1992, Neural Networks 5, p. 241).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

# Pairs to learn from at most; of those without the code a random part stands for all.
MOST_PAIRS = 150_000
SEED = 20221017
# Fewer positives than this do not carry trees.
FEWEST_FOR_TREES = 60


class Stack:
    """Learns probabilities of pairs; use `fit` first."""

    def __init__(self) -> None:
        self._linear: Any = None
        self._trees: Any = None
        self._constant = 0.0

    def fit(self, features: Array, given: NDArray[np.bool_]) -> Stack:
        """Learn from pairs; return self.

        Args:
            features: Pairs × features.
            given: Whether each pair's turn has the code.
        """
        self.fit_linear(features, given)
        self.fit_trees(features, given)
        return self

    def fit_linear(self, features: Array, given: NDArray[np.bool_]) -> None:
        """Learn the first part; see `fit`."""
        positives = int(given.sum())
        self._constant = (positives + 0.5) / (len(given) + 1)
        self._linear = self._trees = None
        if positives < 2 or positives > len(given) - 2:
            return
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        chosen, weights = _sample(given)
        self._linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
        self._linear.fit(features[chosen], given[chosen], logisticregression__sample_weight=weights)

    def fit_trees(self, features: Array, given: NDArray[np.bool_]) -> None:
        """Learn the second part, after the first; see `fit`."""
        if self._linear is None or int(given.sum()) < FEWEST_FOR_TREES:
            return
        from sklearn.ensemble import HistGradientBoostingClassifier

        chosen, weights = _sample(given)
        self._trees = HistGradientBoostingClassifier(
            max_iter=60,
            learning_rate=0.12,
            max_leaf_nodes=8,
            min_samples_leaf=60,
            l2_regularization=5.0,
            early_stopping=False,
            random_state=SEED,
        )
        self._trees.fit(features[chosen], given[chosen], sample_weight=weights)

    def probabilities(self, features: Array) -> Array:
        """Return the probability of each pair: pairs."""
        if self._linear is None:
            return np.full(len(features), self._constant, dtype=np.float32)
        odds = [
            _log_odds(model.predict_proba(features)[:, 1]) for model in (self._linear, self._trees) if model is not None
        ]
        return np.asarray(1 / (1 + np.exp(-np.mean(odds, axis=0))), dtype=np.float32)

    def contributions(self, features: Array) -> Array:
        """Return what each feature adds to the log odds in the linear part: features.

        Args:
            features: Of one pair.
        """
        if self._linear is None:
            return np.zeros(len(features), dtype=np.float32)
        scaled = self._linear[0].transform(features[None])[0]
        return np.asarray(scaled * self._linear[1].coef_[0], dtype=np.float32)


def fit_all(tasks: Sequence[tuple[Array, NDArray[np.bool_]]]) -> list[Stack]:
    """Return a stack for each task (see `Stack.fit`), learned side by side.

    For so little data the threads of one fit wait for each other longer than they work: one thread to a fit, and
    several fits at a time, is many times faster. What is learned does not depend on it.
    """
    from concurrent.futures import ThreadPoolExecutor

    from threadpoolctl import threadpool_limits

    stacks = [Stack() for _ in tasks]

    def grow(number: int) -> None:
        # OpenMP's limit belongs to the thread that sets it; that of linear algebra, to the process.
        with threadpool_limits(1, user_api="openmp"):
            stacks[number].fit_trees(*tasks[number])

    with threadpool_limits(1):
        # Quick, and not made for threads: scikit-learn handles its warnings in one place for all of them.
        for stack, task in zip(stacks, tasks, strict=True):
            stack.fit_linear(*task)
        with ThreadPoolExecutor(min(len(tasks), os.cpu_count() or 1)) as pool:
            list(pool.map(grow, range(len(tasks))))
    return stacks


def _sample(given: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.float64] | None]:
    """Return which pairs to learn from, and their weights; None where all are (weights make trees slow)."""
    ones, others = np.flatnonzero(given), np.flatnonzero(~given)
    most = max(MOST_PAIRS - len(ones), len(ones))
    if len(others) <= most:
        return np.arange(len(given)), None
    drawn = np.random.default_rng(SEED).choice(others, size=most, replace=False)
    chosen = np.sort(np.concatenate([ones, drawn]))
    return chosen, np.where(given[chosen], 1.0, len(others) / most)


def _log_odds(shares: NDArray[np.floating]) -> NDArray[np.floating]:
    kept = np.clip(shares, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(kept / (1 - kept)))
