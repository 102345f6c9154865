"""Shaffer's rho: may a kappa found on a test set be taken to hold for all the text that was not double-coded?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from qualcode.agreement.findings import Value
from qualcode.agreement.nominal import cohen
from qualcode.agreement.ratings import Array, ratings_from_table


def rho(
    kappa: float,
    base_rate: float,
    units: int,
    *,
    threshold: float = 0.9,
    lowest_kappa: float = 0.4,
    precision: tuple[float, float] = (0.6, 1.0),
    inflation: float = 0.0,
    length: int = 10_000,
    replicates: int = 800,
    seed: int = 20221017,
) -> Value:
    """Return the share of simulated test sets, of coders below the threshold, whose kappa is at least the observed one.

    Sets of `length` units are simulated whose kappa lies between `lowest_kappa` and `threshold` and whose
    first coder has the base rate; from each a test set of `units` is drawn, and its kappa taken. Below .05 it
    is unlikely that coders whose kappa over everything is under the threshold reach the kappa that was
    observed. An observed kappa below the mean of the simulated ones gives 1. A test set on which both coders
    agree on every unit counts as kappa 1.

    Args:
        kappa: Cohen's kappa observed on the test set, 0 to 1.
        base_rate: Share of units with the code, 0 to 1, by the first coder.
        units: Units in the test set.
        threshold: Highest kappa simulated: the kappa to be shown to hold.
        lowest_kappa: Lowest kappa simulated.
        precision: Range of the simulated precision, 0 to 1.
        inflation: Least share of the test set that the first coder coded, where it was picked so; 0: drawn at random.
        length: Units in a simulated set.
        replicates: Simulated sets.
        seed: Of the generator: the value is a Monte-Carlo estimate (standard deviation up to .015 with 800 replicates).

    Raises:
        ValueError: A number lies outside its range.

    Source: Shaffer, Quantitative Ethnography (2017), ch. 6; Eagan, Rogers, Pozen, Marquart & Shaffer 2016;
    conventions as in the rhoR package.

    >>> rho(1.0, 20 / 70, 70).value < 0.05
    True
    """
    _check(kappa, base_rate, units, threshold, lowest_kappa, precision)
    generator = np.random.default_rng(seed)
    kappas, precisions = _simulated(generator, replicates, base_rate, lowest_kappa, threshold, precision)
    sets = _sets(kappas, precisions, base_rate, length)
    drawn = _test_sets(generator, sets, units, inflation)
    found = _kappas(drawn)
    if kappa < found.mean():
        return Value(1.0)
    return Value(float((found >= kappa - 1e-12).mean()))


def rho_of_table(table: ArrayLike, *, base_rate: float | None = None, **settings: float) -> Value:
    """Return rho for a cross table of two coders' test set (first coder's yes and no × second's).

    Args:
        table: 2 × 2 counts, "given" first.
        base_rate: Of the whole data; None: the first coder's on the test set.
        settings: As for `rho`.

    Source: as for `rho`. The rhoR package's example table has kappa .625:

    >>> from qualcode.agreement.ratings import ratings_from_table
    >>> round(cohen(ratings_from_table([[3, 1], [2, 34]])).value, 6)
    0.625
    """
    counts = np.asarray(table)
    found = cohen(ratings_from_table(counts))
    if found.value is None:
        return found
    rate = float(counts[0].sum() / counts.sum()) if base_rate is None else base_rate
    return rho(found.value, rate, int(counts.sum()), **settings)  # type: ignore[arg-type]


def recall_for(kappa: float | Array, base_rate: float, precision: float | Array) -> float | Array:
    """Return the recall that goes with a kappa, a base rate and a precision: kP / (2P - 2B - k + 2Bk).

    >>> round(recall_for(0.625, 0.1, 0.6), 4)
    0.75
    """
    return kappa * precision / (2 * precision - 2 * base_rate - kappa + 2 * base_rate * kappa)


def base_rates(table: ArrayLike) -> tuple[float, float]:
    """Return the share of units with the code by the first and by the second coder.

    >>> base_rates([[3, 1], [2, 34]])
    (0.1, 0.125)
    """
    counts = np.asarray(table, dtype=float)
    return float(counts[0].sum() / counts.sum()), float(counts[:, 0].sum() / counts.sum())


def _check(
    kappa: float, base_rate: float, units: int, threshold: float, lowest: float, precision: tuple[float, float]
) -> None:
    if not 0 <= kappa <= 1:
        raise ValueError(f"rho is for kappas from 0 to 1, not {kappa}")
    if not 0 <= base_rate < 1:
        raise ValueError(f"a base rate lies between 0 and 1, not at {base_rate}")
    if units < 1:
        raise ValueError("the test set holds no units")
    if not 0 < lowest <= threshold <= 1:
        raise ValueError(f"the lowest kappa {lowest} must be above 0 and not above the threshold {threshold}")
    if not 0 < precision[0] <= precision[1] <= 1:
        raise ValueError(f"precisions lie between 0 and 1 in ascending order, not {precision}")


def _simulated(
    generator: np.random.Generator,
    replicates: int,
    base_rate: float,
    lowest: float,
    threshold: float,
    precision: tuple[float, float],
) -> tuple[Array, Array]:
    """Draw kappas and precisions; a precision that needs a recall above 1 is drawn anew above the least possible."""
    kappas = generator.uniform(lowest, threshold, replicates)
    least = (2 * base_rate + kappas - 2 * base_rate * kappas) / (2 - kappas)
    for _ in range(1000):
        impossible = least >= precision[1]
        if not impossible.any():
            break
        kappas[impossible] = generator.uniform(lowest, threshold, int(impossible.sum()))
        least = (2 * base_rate + kappas - 2 * base_rate * kappas) / (2 - kappas)
    precisions = generator.uniform(*precision, replicates)
    low = precisions <= least
    # A draw from the part of the range that is possible.
    again = generator.uniform(0, 1, replicates)
    return kappas, np.where(low, least + (precision[1] - least) * again, precisions)


def _sets(kappas: Array, precisions: Array, base_rate: float, length: int) -> Array:
    """Return simulated sets as counts (both, only first, only second, neither): replicates × 4."""
    positive = max(round(base_rate * length), 1)
    recall = np.asarray(recall_for(kappas, base_rate, precisions))
    both = np.clip(np.rint(positive * recall), 1, positive)
    wrong = np.clip(np.rint(both * (1 - precisions) / precisions), 1, length - positive)
    return np.column_stack([both, positive - both, wrong, length - positive - wrong]).astype(np.int64)


def _test_sets(generator: np.random.Generator, sets: Array, units: int, inflation: float) -> Array:
    drawn = np.zeros_like(sets)
    picked = min(int(np.ceil(units * inflation)), int(sets[0, :2].sum()))
    for row, counts in enumerate(sets):
        first = np.zeros(4, dtype=np.int64)
        if picked:
            first[:2] = generator.multivariate_hypergeometric(counts[:2], picked)
        rest = min(units, int(counts.sum())) - picked
        drawn[row] = first + generator.multivariate_hypergeometric(counts - first, rest)
    return drawn


def _kappas(tables: Array) -> Array:
    both, first, second, neither = tables.T.astype(float)
    total = tables.sum(axis=1)
    observed = (both + neither) / total
    one, other = (both + first) / total, (both + second) / total
    chance = one * other + (1 - one) * (1 - other)
    return np.where(observed == 1, 1.0, (observed - chance) / np.where(chance < 1, 1 - chance, 1.0))
