"""Bootstrap and jackknife over groups of units that hang together (interviews).

A resample is a row of weights, how many times each group is in it. Everything that measures are made of is a
sum over groups, so all resamples of a sum are one matrix product.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qualcode.agreement.findings import Value
from qualcode.agreement.ratings import Array

FEWEST_INTERVIEWS = 8
MOST_UNDEFINED = 0.2
MOST_STRETCHES = 500


@dataclass(frozen=True)
class Resamples:
    """Weights of groups.

    Attributes:
        group: Position of each unit's group: units, integers.
        weights: Resamples × groups: the data as they are, then the bootstrap draws, then each interview left out.
        draws: Number of bootstrap draws.
        left_out: Number of interviews that were left out one at a time; 0 where there is only one.
        by_units: Whether stretches of units were drawn for want of interviews.
    """

    group: Array
    weights: Array
    draws: int
    left_out: int
    by_units: bool


def resamples(interview: Array, interviews: int, draws: int, seed: int) -> Resamples:
    """Return the resamples of units that belong to interviews.

    With fewer than `FEWEST_INTERVIEWS` interviews, units are drawn in their place (stretches of consecutive units of
    one interview where there are more than `MOST_STRETCHES`).

    Args:
        interview: Position of each unit's interview: units, integers.
        interviews: How many there are.
        draws: Bootstrap draws; 0 for none.
        seed: Of the generator.
    """
    by_units = interviews < FEWEST_INTERVIEWS
    group = _stretches(interview) if by_units else interview
    groups = int(group.max(initial=-1)) + 1
    generator = np.random.default_rng(seed)
    rows = [np.ones((1, groups))]
    if draws and groups:
        rows.append(generator.multinomial(groups, np.full(groups, 1 / groups), size=draws).astype(float))
    left_out = interviews if interviews > 1 and draws else 0
    if left_out:
        owner = np.zeros(groups, dtype=np.int64)
        owner[group] = interview
        rows.append((owner[None, :] != np.arange(interviews)[:, None]).astype(float))
    return Resamples(group, np.concatenate(rows), draws if groups else 0, left_out, by_units)


def _stretches(interview: Array) -> Array:
    units = len(interview)
    length = max(1, math.ceil(units / MOST_STRETCHES))
    starts = np.flatnonzero(np.diff(interview, prepend=-1))
    inside = np.arange(units) - np.repeat(starts, np.diff(np.append(starts, units)))
    keys = interview * (units + 1) + inside // length
    return np.unique(keys, return_inverse=True)[1]


def quantiles(samples: Array, shares: tuple[float, ...]) -> Array:
    """Return quantiles of each column, NaN left out (linear interpolation; NaN for a column without numbers).

    Args:
        samples: Draws × columns.
        shares: 0 to 1.
    """
    ordered = np.sort(samples, axis=0)
    counts = (~np.isnan(samples)).sum(axis=0)
    found = []
    for share in shares:
        place = np.maximum(counts - 1, 0) * share
        low = np.floor(place).astype(np.int64)
        high = np.minimum(low + 1, np.maximum(counts - 1, 0))
        columns = np.arange(samples.shape[1])
        below, above = ordered[low, columns], ordered[high, columns]
        found.append(below + (above - below) * (place - low))
    return np.array(found)


def summary(
    replicates: Array, drawn: Resamples, coverage: float, reasons: Sequence[str], thresholds: tuple[float, ...] = ()
) -> list[Value]:
    """Return values with intervals for columns of replicates.

    Args:
        replicates: Resamples × measures, NaN for undefined; rows as in `Resamples.weights`.
        drawn: The resamples.
        coverage: Of the intervals, 0 to 1.
        reasons: For each measure, why it is undefined where it is.
        thresholds: For which the share of draws below is reported.
    """
    draws = replicates[1 : 1 + drawn.draws]
    points = replicates[0]
    bad = np.isnan(draws).mean(axis=0) if len(draws) else np.zeros(len(points))
    ends = quantiles(draws, (0.5 - coverage / 2, 0.5 + coverage / 2)) if len(draws) else None
    errors = _jackknife(replicates[1 + drawn.draws :], drawn.left_out)
    values = []
    for column, point in enumerate(points):
        if math.isnan(point):
            values.append(Value(None, reasons[column]))
            continue
        error = None if math.isnan(errors[column]) else float(errors[column])
        share = float(bad[column])
        if ends is None:
            values.append(Value(float(point), error=error))
        elif share > MOST_UNDEFINED:
            why = f"no interval: undefined in {share:.0%} of the draws"
            values.append(Value(float(point), why, error=error, undefined=share))
        else:
            known = draws[~np.isnan(draws[:, column]), column]
            below = tuple((line, float((known < line).mean())) for line in thresholds)
            low, high = float(ends[0, column]), float(ends[1, column])
            values.append(Value(float(point), "", low, high, error, share, below))
    return values


def _jackknife(rows: Array, groups: int) -> Array:
    """Standard errors from leaving out each group (Efron & Tibshirani 1993, p. 141); NaN where one is undefined."""
    if groups < 2 or not len(rows):
        return np.full(rows.shape[1], np.nan)
    apart = rows - rows.mean(axis=0)
    return np.asarray(np.sqrt((groups - 1) / groups * (apart**2).sum(axis=0)))


def bootstrap(
    measure: Callable[[Array], Value],
    ratings: Array,
    *,
    groups: Array | None = None,
    draws: int = 2000,
    seed: int = 20221017,
    coverage: float = 0.95,
) -> Value:
    """Return any measure of ratings with its percentile interval and its delete-one-group jackknife standard error.

    For whole tables `qualcode.agreement.agree` is many times faster; this one works for every measure.

    Args:
        measure: Function from ratings to a value.
        ratings: Units × coders.
        groups: Which group (interview) each unit belongs to: units, integers; None: each is its own.
        draws: Bootstrap draws.
        seed: Of the generator.
        coverage: Of the interval, 0 to 1.

    Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), ch. 13 and 11; whole clusters drawn:
    Davison & Hinkley, Bootstrap Methods and their Application (1997), p. 100.
    """
    ratings = np.asarray(ratings)
    group = np.arange(len(ratings)) if groups is None else np.unique(groups, return_inverse=True)[1]
    members = [np.flatnonzero(group == one) for one in range(int(group.max(initial=-1)) + 1)]
    point = measure(ratings)
    if point.value is None or not members:
        return point
    generator = np.random.default_rng(seed)

    def value(chosen: list[Array]) -> float:
        found = measure(ratings[np.concatenate(chosen)]).value if chosen else None
        return math.nan if found is None else found

    drawn = [[members[i] for i in generator.integers(len(members), size=len(members))] for _ in range(draws)]
    rows = [point.value, *(value(chosen) for chosen in drawn)]
    rows += [value(members[:i] + members[i + 1 :]) for i in range(len(members))]
    shape = Resamples(group, np.empty((0, 0)), draws, len(members), groups is None)
    return summary(np.array(rows)[:, None], shape, coverage, [point.reason])[0]
