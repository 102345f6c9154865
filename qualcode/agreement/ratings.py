"""Ratings as arrays, and the forms that measures need them in.

Ratings are an array units × coders. Integers: a rating is any number from 0, `MISSING` (-1) says that the coder
never saw the unit. Floats: NaN says so. "Saw it and gave nothing" is a rating of its own, never missing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

MISSING = -1

Array = NDArray[Any]


def encode(ratings: ArrayLike) -> tuple[Array, Array]:
    """Return ratings as positions in the sorted values that occur, and these values.

    Args:
        ratings: Units × coders; -1 (integers) or NaN (floats) for missing.

    Returns:
        Integers units × coders (-1 for missing), and the values, ascending.

    Raises:
        ValueError: It is not a table of two dimensions.

    >>> encode([[2, 5], [5, -1]])
    (array([[ 0,  1],
           [ 1, -1]]), array([2, 5]))
    """
    array = np.asarray(ratings)
    if array.ndim != 2:
        raise ValueError(f"ratings are a table units × coders, not an array of {array.ndim} dimensions")
    if array.dtype.kind in "iub" and array.size and array.max() < 4 * array.size + 1024:
        return _encode_small(array.astype(np.int64, copy=False))
    missing = np.isnan(array) if array.dtype.kind == "f" else array < 0
    values, positions = np.unique(array[~missing], return_inverse=True)
    codes = np.full(array.shape, MISSING, dtype=np.int64)
    codes[~missing] = positions
    return codes, values


def _encode_small(array: Array) -> tuple[Array, Array]:
    """Encode numbers of a small range by looking them up: many times faster than sorting them."""
    shifted = np.maximum(array, MISSING).ravel() + 1
    present = np.bincount(shifted) > 0
    present[0] = False
    values = np.flatnonzero(present)
    place = np.full(len(present), MISSING, dtype=np.int64)
    place[values] = np.arange(len(values))
    return place[shifted].reshape(array.shape), values - 1


def ratings_from(rows: Iterable[Sequence[Hashable | None]]) -> tuple[Array, tuple[Any, ...]]:
    """Return ratings for rows of labels, and the labels that their numbers stand for.

    Args:
        rows: One row for each unit, one label for each coder; None for missing.

    Returns:
        Integers units × coders; labels sorted, as numbers when all of them read as numbers.

    >>> ratings_from([["b", None], ["a", "b"]])
    (array([[ 1, -1],
           [ 0,  1]]), ('a', 'b'))
    """
    table = [list(row) for row in rows]
    labels: list[Any] = sorted({label for row in table for label in row if label is not None}, key=_label_order)
    place = {label: position for position, label in enumerate(labels)}
    width = max((len(row) for row in table), default=0)
    ratings = np.full((len(table), width), MISSING, dtype=np.int64)
    for unit, row in enumerate(table):
        for coder, label in enumerate(row):
            if label is not None:
                ratings[unit, coder] = place[label]
    return ratings, tuple(labels)


def _label_order(label: Any) -> tuple[int, float, str]:
    try:
        return (0, float(label), str(label))
    except (TypeError, ValueError):
        return (1, 0.0, str(label))


def ratings_from_table(table: ArrayLike) -> Array:
    """Return the ratings of two coders behind a table of counts (first coder's categories × second's).

    >>> ratings_from_table([[1, 1], [0, 1]])
    array([[0, 0],
           [0, 1],
           [1, 1]])
    """
    counts = np.asarray(table, dtype=np.int64)
    first, second = np.indices(counts.shape)
    repeats = counts.ravel()
    return np.column_stack([np.repeat(first.ravel(), repeats), np.repeat(second.ravel(), repeats)])


def ratings_from_counts(counts: ArrayLike) -> Array:
    """Return ratings for counts (units × categories: how many coders chose it); who rated what is not known.

    >>> ratings_from_counts([[2, 0], [1, 1]])
    array([[0, 0],
           [0, 1]])
    """
    table = np.asarray(counts, dtype=np.int64)
    totals = table.sum(axis=1)
    ratings = np.full((len(table), int(totals.max(initial=0))), MISSING, dtype=np.int64)
    for unit, row in enumerate(table):
        ratings[unit, : totals[unit]] = np.repeat(np.arange(len(row)), row)
    return ratings


def count_matrix(codes: Array, categories: int) -> Array:
    """Return units × categories: how many coders gave each category (floats).

    Args:
        codes: Positions of categories, units × coders, -1 for missing.
        categories: How many categories there are.
    """
    units = len(codes)
    flat = (codes + np.arange(units)[:, None] * categories)[codes >= 0]
    return np.bincount(flat, minlength=units * categories).reshape(units, categories).astype(float)


def pair_table(codes: Array, categories: int, first: int = 0, second: int = 1) -> Array:
    """Return categories × categories counts of the units that two coders both rated (floats)."""
    both = (codes[:, first] >= 0) & (codes[:, second] >= 0)
    flat = codes[both, first] * categories + codes[both, second]
    return np.bincount(flat, minlength=categories * categories).reshape(categories, categories).astype(float)


def pairs_of(coders: int) -> list[tuple[int, int]]:
    """Return all pairs of coders, in order."""
    return list(combinations(range(coders), 2))


def only_category(ratings: ArrayLike, category: float) -> Array:
    """Return ratings with 1 for one category, 0 for all others, -1 for missing: for measures of one category.

    >>> only_category([[2, 5], [5, -1]], 5)
    array([[ 0,  1],
           [ 1, -1]])
    """
    codes, values = encode(ratings)
    wanted = np.flatnonzero(values == category)
    place = int(wanted[0]) if len(wanted) else -2
    return np.where(codes < 0, MISSING, (codes == place).astype(np.int64))
