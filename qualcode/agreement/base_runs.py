"""Saturation by base size, run length and threshold of new information (Guest, Namey & Chen 2020)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from qualcode.agreement.findings import BaseRun, Run
from qualcode.agreement.ratings import Array


def base_run(new: Sequence[int], *, base: int = 4, run: int = 2, threshold: float = 0.05) -> BaseRun:
    """Return when the share of new codes in a run falls to the threshold.

    Runs overlap and slide by one interview; the first whose ratio of new codes to the base's codes is at most
    the threshold decides. Saturation is at the last interview before that run, written "6+2".

    Args:
        new: New codes in interview 1, 2, …
        base: Base size in interviews.
        run: Run length in interviews.
        threshold: Greatest ratio that counts as saturated, 0 to 1.

    Source: Guest, Namey & Chen 2020, A simple method to assess and report thematic saturation (PLoS ONE 15(5),
    e0232076): 37 codes in four interviews, then 4, 3, 1 and 0 new ones: saturated at 6+2.

    >>> base_run([37, 0, 0, 0, 4, 3, 1, 0]).notation
    '6+2'
    """
    counts = np.asarray(new, dtype=np.int64)
    base_codes = int(counts[:base].sum())
    runs = []
    if len(counts) > base and base_codes:
        for first in range(base + 1, len(counts) - run + 2):
            fresh = int(counts[first - 1 : first - 1 + run].sum())
            runs.append(Run(first, first + run - 1, fresh, fresh / base_codes))
    at = next((one.first - 1 for one in runs if one.ratio <= threshold + 1e-12), None)
    notation = "" if at is None else f"{at}+{run}"
    return BaseRun(base, run, threshold, base_codes, tuple(runs), at, notation)


def base_run_permuted(
    incidence: Array, *, base: int, run: int, threshold: float, permutations: int, seed: int
) -> BaseRun:
    """Return the same for the given order, with how it comes out for permuted orders of the interviews.

    Args:
        incidence: Interviews × codes, bool, in order.
        base: Base size in interviews.
        run: Run length in interviews.
        threshold: Greatest ratio that counts as saturated.
        permutations: How many orders to draw; 0 for none.
        seed: Of the generator.
    """
    found = base_run(new_codes(incidence), base=base, run=run, threshold=threshold)
    if not permutations or len(incidence) < base + run:
        return found
    generator = np.random.default_rng(seed)
    points = []
    for start in range(0, permutations, 256):
        orders = generator.permuted(np.tile(np.arange(len(incidence)), (min(256, permutations - start), 1)), axis=1)
        points.append(_saturated(_new_by_order(incidence, orders), base, run, threshold))
    at = np.concatenate(points)
    reached = at[at > 0]
    if not len(reached):
        return replace(found, reached=0.0)
    low, median, high = np.quantile(reached, [0.05, 0.5, 0.95])
    return replace(
        found, reached=float(len(reached) / permutations), median=float(median), low=float(low), high=float(high)
    )


def new_codes(incidence: Array) -> list[int]:
    """Return how many codes each interview brings that none before it had.

    Args:
        incidence: Interviews × codes, bool, in order.
    """
    order = np.arange(len(incidence))[None, :]
    return [int(number) for number in _new_by_order(np.asarray(incidence, dtype=bool), order)[0]]


def _new_by_order(incidence: Array, orders: Array) -> Array:
    """Return orders × interviews: new codes at each place of each order."""
    interviews = len(incidence)
    place = np.empty_like(orders)
    np.put_along_axis(place, orders, np.broadcast_to(np.arange(interviews), orders.shape), axis=1)
    first = np.where(incidence[None], place[:, :, None], interviews).min(axis=1, initial=interviews)
    counts = np.zeros((len(orders), interviews + 1), dtype=np.int64)
    np.add.at(counts, (np.arange(len(orders))[:, None], first), 1)
    return counts[:, :interviews]


def _saturated(new: Array, base: int, run: int, threshold: float) -> Array:
    """Return by order the interviews needed, 0 where it is not reached."""
    totals = np.concatenate([np.zeros((len(new), 1), dtype=np.int64), np.cumsum(new, axis=1)], axis=1)
    base_codes = totals[:, base]
    starts = np.arange(base, new.shape[1] - run + 1)
    fresh = totals[:, starts + run] - totals[:, starts]
    fits = (fresh <= (threshold + 1e-12) * base_codes[:, None]) & (base_codes[:, None] > 0)
    return np.where(fits.any(axis=1), starts[fits.argmax(axis=1)], 0)
