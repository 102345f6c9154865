"""Krippendorff's alpha: any number of coders, missing ratings, any distance, sets of codes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from qualcode.agreement.findings import Value
from qualcode.agreement.nominal import NO_UNITS, ONE_CATEGORY
from qualcode.agreement.ratings import Array, count_matrix, encode

Distance = str | Callable[[Any, Any], float] | Array


@dataclass(frozen=True)
class AlphaParts:
    """What alpha is made of.

    Attributes:
        alpha: The coefficient.
        observed: Observed disagreement Do.
        expected: Expected disagreement De.
        pairable: Number of ratings that have another one to be compared with.
    """

    alpha: Value
    observed: float | None
    expected: float | None
    pairable: int


def alpha(ratings: ArrayLike, *, distance: Distance = "nominal", values: Sequence[Any] | None = None) -> Value:
    """Return Krippendorff's alpha. Units with one rating are left out.

    Args:
        ratings: Units × coders, -1 or NaN for missing.
        distance: "nominal", "ordinal", "interval", "ratio", a function of two values (0 for equal ones), or the table
            of the distances of all values, ascending.
        values: What the ratings 0, 1, … stand for, where the ratings are not themselves the values.

    Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, example C (= Content Analysis, 2nd
    ed. 2004, p. 230): nominal .743, ordinal .815, interval .849, ratio .797. The standard error (nominal only)
    is Gwet's (2014, ch. 6).

    >>> rows = [[1, 1, -1, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    ...         [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [-1, 5, 5, 5], [-1, -1, 1, 1], [-1, 3, -1, -1]]
    >>> [round(alpha(rows, distance=name).value, 3) for name in ("nominal", "ordinal", "interval", "ratio")]
    [0.743, 0.815, 0.849, 0.797]
    """
    return alpha_parts(ratings, distance=distance, values=values).alpha


def alpha_parts(
    ratings: ArrayLike, *, distance: Distance = "nominal", values: Sequence[Any] | None = None
) -> AlphaParts:
    """Return Krippendorff's alpha with the disagreements that it is made of; see `alpha`."""
    codes, found = encode(ratings)
    counts = count_matrix(codes, len(found))
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts):
        return AlphaParts(Value(None, NO_UNITS), None, None, 0)
    rated = counts.sum(axis=1)
    shown = found if values is None else [values[int(place)] for place in found]
    totals = counts.sum(axis=0)
    table = distance_table(shown, distance, totals)
    pairable = float(rated.sum())
    coincidences = coincidence_matrix(counts)
    observed = float((coincidences * table).sum()) / pairable
    expected = float(totals @ table @ totals) / (pairable * (pairable - 1))
    if expected == 0:
        return AlphaParts(Value(None, ONE_CATEGORY), observed, expected, int(pairable))
    value = 1 - observed / expected
    error = _nominal_error(counts, rated) if isinstance(distance, str) and distance == "nominal" else None
    return AlphaParts(Value(value, error=error), observed, expected, int(pairable))


def coincidence_matrix(counts: Array) -> Array:
    """Return the coincidences of values within units (values × values) for counts (units × values)."""
    weights = 1 / (counts.sum(axis=1) - 1)
    table = (counts * weights[:, None]).T @ counts
    table -= np.diag(weights @ counts)
    return np.asarray(table)


def distance_table(values: Sequence[Any] | Array, distance: Distance, totals: Array) -> Array:
    """Return the squared distances of all pairs of values.

    Args:
        values: The values, ascending.
        distance: See `alpha`.
        totals: How often each value occurs: ordinal distances depend on it.

    Raises:
        ValueError: The distance has no such name.
    """
    if isinstance(distance, np.ndarray):
        return distance
    if callable(distance):
        listed = list(values)
        return np.array([[distance(one, other) for other in listed] for one in listed], dtype=float)
    if distance == "nominal":
        return 1 - np.eye(len(values))
    if distance == "ordinal":
        ranks = np.cumsum(totals) - totals / 2
        return np.asarray((ranks[:, None] - ranks[None, :]) ** 2)
    numbers = np.asarray(values, dtype=float)
    apart = numbers[:, None] - numbers[None, :]
    if distance == "interval":
        return np.asarray(apart**2)
    if distance == "ratio":
        sums = numbers[:, None] + numbers[None, :]
        return np.asarray(np.divide(apart, sums, out=np.zeros_like(apart), where=sums != 0) ** 2)
    raise ValueError(f"no such distance: {distance!r} (nominal, ordinal, interval, ratio, or a function)")


def _nominal_error(counts: Array, rated: Array) -> float | None:
    """Gwet's linearised standard error of nominal alpha, over the units with at least two ratings."""
    units, mean = len(rated), rated.mean()
    if units < 2:
        return None
    own = (counts * (counts - 1)).sum(axis=1) / (mean * (rated - 1))
    observed = own.mean()
    shares = counts.mean(axis=0) / mean
    chance = float(shares @ shares)
    plain = (observed - chance) / (1 - chance)
    excess = (rated - mean) / mean
    parts = (own - observed * excess - chance) / (1 - chance)
    chances = counts @ shares / mean - chance * excess
    parts = parts - 2 * (1 - plain) * (chances - chance) / (1 - chance)
    return math.sqrt(float(((parts - plain) ** 2).sum()) / (units * (units - 1)))


def jaccard_distance(one: AbstractSet[Any], other: AbstractSet[Any]) -> float:
    """Return 1 minus the share of common members; 0 for two empty sets.

    >>> jaccard_distance({1, 2}, {1, 2, 3, 4})
    0.5
    """
    union = len(one | other)
    return 1 - len(one & other) / union if union else 0.0


def masi_distance(one: AbstractSet[Any], other: AbstractSet[Any]) -> float:
    """Return 1 - J·M: J is Jaccard's similarity; M is 1 for equal sets, 2/3 for a subset, 1/3 for an overlap, 0 else.

    Two empty sets have distance 0.

    Source: Passonneau 2006 (LREC), p. 832; exact thirds, not .67 and .33.

    >>> round(masi_distance({1, 2}, {1, 2, 3, 4}), 4)
    0.6667
    """
    if not one and not other:
        return 0.0
    common = len(one & other)
    if one == other:
        monotone = 1.0
    elif common == min(len(one), len(other)):
        monotone = 2 / 3
    else:
        monotone = 1 / 3
    return 1 - common / len(one | other) * monotone


def set_distances(distance: str, common: Array, one: Array, other: Array) -> Array:
    """Return distances of sets from the sizes of their intersections and their own sizes (arrays that broadcast).

    >>> import numpy as np
    >>> set_distances("masi", np.array([2, 0]), np.array([2, 0]), np.array([4, 0])).round(4).tolist()
    [0.6667, 0.0]
    """
    union = one + other - common
    similar = np.divide(common, union, out=np.ones(np.shape(union)), where=union > 0)
    if distance == "masi":
        least, most = np.minimum(one, other), np.maximum(one, other)
        similar = similar * np.where(common == most, 1.0, np.where(common == least, 2 / 3, 1 / 3))
    return np.asarray(1 - similar)


def alpha_of_sets(rows: Iterable[Sequence[AbstractSet[Any] | None]], *, distance: Distance = "masi") -> Value:
    """Return alpha over sets of codes: one set for each unit and coder, None where the coder never saw the unit.

    An empty set is a value: seen, and nothing given.

    Args:
        rows: One row for each unit, one set for each coder.
        distance: "masi", "jaccard", "nominal" (equal sets only), or a function of two sets.

    Source: Passonneau 2006 (LREC), p. 832; Krippendorff 2004, ch. 11 for alpha.

    >>> alpha_of_sets([[{"a"}, {"a"}], [{"b"}, {"b"}], [set(), set()]]).value
    1.0
    """
    table = [[None if item is None else frozenset(item) for item in row] for row in rows]
    known: dict[frozenset[Any], int] = {}
    for row in table:
        for item in row:
            if item is not None:
                known.setdefault(item, len(known))
    width = max((len(row) for row in table), default=0)
    ratings = np.full((len(table), width), -1, dtype=np.int64)
    for unit, row in enumerate(table):
        for coder, item in enumerate(row):
            if item is not None:
                ratings[unit, coder] = known[item]
    if isinstance(distance, str) and distance in ("masi", "jaccard"):
        return alpha(ratings, distance=_set_table(list(known), distance))
    return alpha(ratings, distance=distance, values=list(known))


def _set_table(sets: Sequence[frozenset[Any]], distance: str) -> Array:
    """Return the distances of all pairs of sets: sets × sets."""
    labels = {label: place for place, label in enumerate({label: None for item in sets for label in item})}
    flags = np.zeros((len(sets), len(labels)))
    for place, item in enumerate(sets):
        flags[place, [labels[label] for label in item]] = 1
    sizes = flags.sum(axis=1)
    return set_distances(distance, flags @ flags.T, sizes[:, None], sizes[None, :])
