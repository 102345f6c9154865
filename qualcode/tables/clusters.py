"""Passages grouped by the words they share: TF-IDF and spherical k-means, without random draws."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDS = 100
MOST_GROUPS = 40
# A word in more passages than this share says little about what they are about ("know", "mean").
MOST_SPREAD = 0.05
ALWAYS_KEPT = 10


def tf_idf(passages: Sequence[Sequence[str]], least: int = 2) -> tuple[Any, list[str]]:
    """Return passages × words as a sparse matrix with rows of length 1, and the words.

    Weights are (1 + ln count) × (1 + ln((1 + passages) / (1 + passages with the word))).

    Args:
        passages: The words of each.
        least: In how many passages a word must be; one in more than a
            twentieth of them, and in more than ten, is left out too.
    """
    from scipy.sparse import csr_array

    spread = Counter(word for passage in passages for word in set(passage))
    most = max(ALWAYS_KEPT, MOST_SPREAD * len(passages))
    words = sorted(word for word, count in spread.items() if least <= count <= most)
    place = {word: number for number, word in enumerate(words)}
    values: list[float] = []
    columns: list[int] = []
    bounds = [0]
    for passage in passages:
        row = {
            place[word]: (1 + math.log(count)) * (1 + math.log((1 + len(passages)) / (1 + spread[word])))
            for word, count in Counter(passage).items()
            if word in place
        }
        length = math.sqrt(sum(value * value for value in row.values())) or 1.0
        columns += sorted(row)
        values += [row[column] / length for column in sorted(row)]
        bounds.append(len(columns))
    return csr_array((values, columns, bounds), shape=(len(passages), len(words))), words


def grouped(matrix: Any, groups: int) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Group rows by spherical k-means.

    Dhillon & Modha (2001), Concept decompositions for large sparse text data using clustering, Machine Learning 42,
    143-175. It starts from rows that are far from one another (the first: the one nearest to the mean; then each
    time the one least like those taken), so that the result depends on the rows alone.

    Args:
        matrix: Sparse, rows of length 1.
        groups: How many groups at most.

    Returns:
        Group of each row; cosine of each row with the centre of its group; centres (groups × columns), of length 1.
    """
    centres = _first_centres(matrix, groups)
    group = np.full(matrix.shape[0], -1, dtype=np.int64)
    cosines = np.zeros(matrix.shape[0])
    for _ in range(ROUNDS):
        nearness = matrix @ centres.T
        # Rounded, so that a tie is one on every machine; the lowest number takes it.
        chosen = np.round(nearness, 9).argmax(axis=1)
        cosines = nearness[np.arange(len(chosen)), chosen]
        if (chosen == group).all():
            break
        group = chosen.astype(np.int64)
        for number in range(len(centres)):
            members = group == number
            if members.any():
                total = np.asarray(matrix[members].sum(axis=0)).ravel()
                centres[number] = total / (np.linalg.norm(total) or 1.0)
    return group, cosines, centres


def _first_centres(matrix: Any, groups: int) -> NDArray[np.float64]:
    mean = np.asarray(matrix.sum(axis=0)).ravel()
    nearest = np.round(matrix @ mean, 9)
    taken = [int(nearest.argmax())]
    most = np.round((matrix @ matrix[[taken[0]]].T).toarray().ravel(), 9)
    while len(taken) < min(groups, matrix.shape[0]):
        # Among the rows least like what is taken, the one nearest to the mean: no outlier of one odd word.
        apart = np.flatnonzero(most <= most.min() + 1e-9)
        following = int(apart[nearest[apart].argmax()])
        if most[following] >= 1 - 1e-9:
            break
        taken.append(following)
        most = np.maximum(most, np.round((matrix @ matrix[[following]].T).toarray().ravel(), 9))
    centres: NDArray[np.float64] = matrix[taken].toarray()
    return centres


def group_count(passages: int) -> int:
    """Return how many groups to make: the square root of half the passages, at most `MOST_GROUPS`.

    The rule of thumb of Mardia, Kent & Bibby (1979), Multivariate Analysis, p. 365.

    >>> group_count(200)
    10
    """
    return max(1, min(MOST_GROUPS, round(math.sqrt(passages / 2))))
