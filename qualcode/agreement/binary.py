"""Agreement on whether one thing is there: precision, recall, F1, prevalence and bias, PABAK, pooled kappa.

Ratings are units × coders: 1 given, 0 seen and not given, -1 never seen.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from qualcode.agreement.findings import Value
from qualcode.agreement.nominal import NO_UNITS
from qualcode.agreement.ratings import Array, encode, pairs_of


def _tables(ratings: ArrayLike, pairs: Iterable[tuple[int, int]]) -> Array:
    """Return, for each pair of coders, the counts (both, only the first, only the second, neither)."""
    given = np.asarray(ratings)
    seen = ~np.isnan(given) if given.dtype.kind == "f" else given >= 0
    yes = seen & (given == 1)
    rows = []
    for first, second in pairs:
        common = seen[:, first] & seen[:, second]
        one, other = yes[common, first], yes[common, second]
        both = int((one & other).sum())
        rows.append([both, int(one.sum()) - both, int(other.sum()) - both, int((~one & ~other).sum())])
    return np.array(rows, dtype=float).reshape(-1, 4)


def _against(ratings: ArrayLike, reference: int) -> Array:
    """Return counts (both, only the reference, only others, neither) summed over all other coders."""
    coders = np.asarray(ratings).shape[1]
    others = [(reference, other) for other in range(coders) if other != reference % coders]
    return np.asarray(_tables(ratings, others).sum(axis=0))


def precision(ratings: ArrayLike, *, reference: int = 0) -> Value:
    """Return the share of what the other coders gave that the reference coder gave too.

    Args:
        ratings: Units × coders.
        reference: Column of the coder taken as right.

    Source: van Rijsbergen, Information Retrieval (2nd ed. 1979), ch. 7.

    >>> precision([[1, 1], [0, 1], [1, 0], [0, 0]]).value
    0.5
    """
    both, _, others, _ = _against(ratings, reference)
    return Value(float(both / (both + others))) if both + others else Value(None, "the other coders gave it nowhere")


def recall(ratings: ArrayLike, *, reference: int = 0) -> Value:
    """Return the share of what the reference coder gave that the other coders gave too.

    Source: van Rijsbergen (1979), ch. 7.

    >>> recall([[1, 1], [0, 1], [1, 0], [1, 0]]).value == 1 / 3
    True
    """
    both, reference_only, _, _ = _against(ratings, reference)
    if both + reference_only == 0:
        return Value(None, "the reference coder gave it nowhere")
    return Value(float(both / (both + reference_only)))


def f1(ratings: ArrayLike, *, reference: int | None = None) -> Value:
    """Return F1, the harmonic mean of precision and recall (= Dice, positive specific agreement).

    Args:
        ratings: Units × coders.
        reference: Column of the coder taken as right; without one, the mean over pairs of coders, which for two coders
            is the same.

    Source: van Rijsbergen (1979), ch. 7; as agreement without a reference: Hripcsak & Rothschild 2005 (Journal of the
    American Medical Informatics Association 12, p. 296).

    >>> f1([[1, 1], [0, 1], [1, 0], [0, 0]]).value
    0.5
    """
    coders = np.asarray(ratings).shape[1]
    tables = _tables(ratings, pairs_of(coders)) if reference is None else _against(ratings, reference)[None]
    given = 2 * tables[:, 0] + tables[:, 1] + tables[:, 2]
    found = 2 * tables[given > 0, 0] / given[given > 0]
    return Value(float(found.mean())) if len(found) else Value(None, "no coder gave it")


def _mean_over_pairs(ratings: ArrayLike, top: Array) -> Value:
    """Return the mean over pairs of a weighted sum of the four cells over the units."""
    tables = _tables(ratings, pairs_of(np.asarray(ratings).shape[1]))
    units = tables.sum(axis=1)
    tables = tables[units > 0]
    if not len(tables):
        return Value(None, NO_UNITS)
    return Value(float(np.abs(tables @ top / tables.sum(axis=1)).mean()))


def prevalence_index(ratings: ArrayLike) -> Value:
    """Return |a - d| / n: how far "given" and "not given" are from equally frequent; the mean over pairs of coders.

    High values pull kappa down while percent agreement stays high.

    Source: Byrt, Bishop & Carlin 1993 (Journal of Clinical Epidemiology 46, p. 425).

    >>> prevalence_index([[1, 1], [0, 0], [0, 0], [0, 1]]).value
    0.25
    """
    return _mean_over_pairs(ratings, np.array([1, 0, 0, -1]))


def bias_index(ratings: ArrayLike) -> Value:
    """Return |b - c| / n: how far two coders differ in how often they give it; the mean over pairs of coders.

    Source: Byrt, Bishop & Carlin 1993, p. 425.

    >>> bias_index([[1, 1], [0, 0], [0, 0], [0, 1]]).value
    0.25
    """
    return _mean_over_pairs(ratings, np.array([0, 1, -1, 0]))


def pabak(ratings: ArrayLike) -> Value:
    """Return 2 po - 1, kappa adjusted for prevalence and bias; the mean over pairs of coders.

    Source: Byrt, Bishop & Carlin 1993, p. 427. For the table 118/5/2/0 of Gwet 2002: .888.

    >>> from qualcode.agreement.ratings import ratings_from_table
    >>> round(pabak(ratings_from_table([[118, 5], [2, 0]])).value, 3)
    0.888
    """
    tables = _tables(ratings, pairs_of(np.asarray(ratings).shape[1]))
    tables = tables[tables.sum(axis=1) > 0]
    if not len(tables):
        return Value(None, NO_UNITS)
    return Value(float(2 * ((tables[:, 0] + tables[:, 3]) / tables.sum(axis=1)).mean() - 1))


def pooled_kappa(codes: Iterable[ArrayLike]) -> Value:
    """Return kappa pooled over codes: (mean po - mean pe) / (1 - mean pe), over codes and pairs of coders.

    Args:
        codes: Ratings units × coders of each code.

    Source: de Vries, Elliott, Kanouse & Teleki 2008 (Field Methods 20, p. 272).

    >>> pooled_kappa([[[1, 1], [0, 0]], [[1, 0], [0, 0]]]).value
    0.5
    """
    observed, chance = [], []
    for ratings in codes:
        array = np.asarray(ratings)
        encode(array)
        for both, first, second, neither in _tables(array, pairs_of(array.shape[1])):
            units = both + first + second + neither
            if not units:
                continue
            one, other = (both + first) / units, (both + second) / units
            observed.append((both + neither) / units)
            chance.append(one * other + (1 - one) * (1 - other))
    if not observed:
        return Value(None, NO_UNITS)
    mean_chance = float(np.mean(chance))
    if mean_chance >= 1 - 1e-15:
        return Value(None, "no code varies: agreement cannot be told from there being no choice")
    return Value((float(np.mean(observed)) - mean_chance) / (1 - mean_chance))
