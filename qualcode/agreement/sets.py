"""Alpha over the sets of codes that units carry, for all resamples at once (see `alpha.alpha_of_sets`).

Expected disagreement compares every rating with every other: 200,000 ratings make 20 thousand million pairs.
Two things keep it exact and quick. For resamples it is a quadratic form in the groups' weights, so one table
groups × groups is all that is needed. And for sets of given sizes the similarity depends only on i, the number
of common codes: a polynomial in i, thus a sum of binomials C(i, j); C(i, j) counts the subsets of j codes that
both sets hold, and these are counted once for each group.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from qualcode.agreement.alpha import set_distances
from qualcode.agreement.ratings import Array
from qualcode.agreement.units import Units

DISTANCES = ("masi", "jaccard")
BLOCK = 2048
# Larger sets have too many subsets: they are compared one by one.
LARGEST = 11
# Largest size × groups that a table of all pairs of them is made for.
WIDEST = 4000


def set_alphas(units: Units, group: Array, weights: Array) -> dict[str, Array]:
    """Return alpha over sets of codes by name of the distance, one value for each resample (NaN where undefined).

    Args:
        units: Units seen by at least two coders.
        group: Group of each unit: integers.
        weights: Resamples × groups.
    """
    groups = weights.shape[1]
    rated = units.seen.sum(axis=1)
    observed = _observed(units, rated)
    expected = _expected(_distinct(units, group), groups)
    ratings = np.bincount(group, units.weights * rated, minlength=groups)
    found = {}
    pairable = weights @ ratings
    for name in DISTANCES:
        inside = weights @ np.bincount(group, units.weights * observed[name], minlength=groups)
        between = ((weights @ expected[name]) * weights).sum(axis=1)
        chance = between / np.maximum(pairable * (pairable - 1), 1)
        known = chance > 1e-12
        ratio = np.divide(inside / np.maximum(pairable, 1), chance, out=np.full(len(chance), np.nan), where=known)
        found[f"alpha_{name}"] = 1 - ratio
    return found


def _observed(units: Units, rated: Array) -> dict[str, Array]:
    """Return, by distance, the sum over ordered pairs of coders of a unit divided by (coders - 1): units."""
    found: dict[str, list[Array]] = {name: [] for name in DISTANCES}
    for start in range(0, len(rated), BLOCK):
        flags = units.given[start : start + BLOCK].astype(np.float32)
        common = (flags @ flags.transpose(0, 2, 1)).astype(float)
        sizes = flags.sum(axis=2).astype(float)
        seen = units.seen[start : start + BLOCK]
        paired = seen[:, :, None] & seen[:, None, :]
        for name in DISTANCES:
            apart = set_distances(name, common, sizes[:, :, None], sizes[:, None, :])
            found[name].append((apart * paired).sum(axis=(1, 2)))
    return {name: np.concatenate(parts) / (rated - 1) for name, parts in found.items()}


@dataclass(frozen=True)
class _Sets:
    """Distinct sets within each group: flags (rows × codes), sizes, group, and how often each occurs."""

    flags: Array
    sizes: Array
    group: Array
    weight: Array

    def where(self, chosen: Array) -> _Sets:
        return _Sets(self.flags[chosen], self.sizes[chosen], self.group[chosen], self.weight[chosen])


def _distinct(units: Units, group: Array) -> _Sets:
    flags = units.given[units.seen]
    owner = np.repeat(group, units.seen.sum(axis=1))
    weight = np.repeat(units.weights, units.seen.sum(axis=1))
    packed = np.packbits(flags, axis=1)
    words = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))).view(np.uint64)
    order = np.lexsort((*words.T, owner))
    keys = np.column_stack([owner[order].astype(np.uint64), words[order]])
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    starts = np.flatnonzero(fresh)
    first = order[starts]
    return _Sets(flags[first], flags[first].sum(axis=1), owner[first], np.add.reduceat(weight[order], starts))


def _expected(sets: _Sets, groups: int) -> dict[str, Array]:
    """Return, by distance, groups × groups sums of the distances of all ratings of two groups."""
    largest = max(1, min(LARGEST, WIDEST // max(groups, 1)))
    small, large = sets.where(sets.sizes <= largest), sets.where(sets.sizes > largest)
    found = _by_subsets(small, groups, largest)
    if len(large.sizes):
        within, between = _one_by_one(large, large, groups), _one_by_one(large, small, groups)
        for name in DISTANCES:
            found[name] = found[name] + within[name] + between[name] + between[name].T
    return found


def _one_by_one(sets: _Sets, others: _Sets, groups: int) -> dict[str, Array]:
    found = {name: np.zeros((groups, groups)) for name in DISTANCES}
    most = int(max(sets.sizes.max(initial=0), others.sizes.max(initial=0))) + 1
    tables = {name: _table(name, most).ravel() for name in DISTANCES}
    for start in range(0, len(sets.sizes), BLOCK):
        rows = sets.where(np.arange(start, min(start + BLOCK, len(sets.sizes))))
        for begin in range(0, len(others.sizes), BLOCK):
            columns = others.where(np.arange(begin, min(begin + BLOCK, len(others.sizes))))
            common = (rows.flags.astype(np.float32) @ columns.flags.T.astype(np.float32)).astype(np.int32)
            common += ((rows.sizes[:, None] * most + columns.sizes[None, :]) * most).astype(np.int32)
            for name in DISTANCES:
                found[name] += _spread(rows, groups) @ tables[name].take(common) @ _spread(columns, groups).T
    return found


def _table(distance: str, most: int) -> Array:
    """Return distances by the sizes of two sets and of their intersection: most × most × most."""
    one, other, common = np.ogrid[:most, :most, :most]
    return set_distances(distance, np.minimum(common, np.minimum(one, other)), one, other)


def _spread(sets: _Sets, groups: int) -> Array:
    """Return groups × rows: the weight of each row in its group."""
    table = np.zeros((groups, len(sets.sizes)))
    table[sets.group, np.arange(len(sets.sizes))] = sets.weight
    return table


def _by_subsets(sets: _Sets, groups: int, largest: int) -> dict[str, Array]:
    totals = np.bincount(sets.group, sets.weight, minlength=groups)
    empty = np.bincount(sets.group, sets.weight * (sets.sizes == 0), minlength=groups)
    similar = {name: np.outer(empty, empty) for name in DISTANCES}
    steps = {name: _differences(name, largest) for name in DISTANCES}
    for subset in range(1, largest + 1):
        counts = _subset_counts(sets, groups, largest, subset)
        shared = (counts @ counts.T).toarray().reshape(largest + 1, groups, largest + 1, groups)
        for name in DISTANCES:
            similar[name] += np.einsum("st,sgth->gh", steps[name][:, :, subset], shared, optimize=True)
    return {name: np.outer(totals, totals) - table for name, table in similar.items()}


def _subset_counts(sets: _Sets, groups: int, largest: int, subset: int) -> Any:
    """Return (size of the sets, group) × subsets, sparse: how many ratings hold each subset of codes."""
    from scipy.sparse import csr_array

    subsets, owners, weights = [np.zeros((0, subset), dtype=np.int64)], [], []
    for size in range(subset, largest + 1):
        rows = np.flatnonzero(sets.sizes == size)
        if len(rows):
            members = np.nonzero(sets.flags[rows])[1].reshape(len(rows), size)
            choices = np.array(list(combinations(range(size), subset)))
            subsets.append(members[:, choices].reshape(-1, subset))
            owners.append(np.repeat(size * groups + sets.group[rows], len(choices)))
            weights.append(np.repeat(sets.weight[rows], len(choices)))
    places = _numbered(np.concatenate(subsets), sets.flags.shape[1])
    row = np.concatenate(owners) if owners else np.zeros(0, dtype=np.int64)
    weight = np.concatenate(weights) if weights else np.zeros(0)
    shape = ((largest + 1) * groups, int(places.max(initial=-1)) + 1)
    return csr_array((weight, (row, places)), shape=shape)


def _numbered(subsets: Array, codes: int) -> Array:
    """Return a number from 0 for each row, the same for the same row."""
    width = subsets.shape[1]
    fitting = int(62 // np.log2(max(codes, 2)))
    if width > fitting:
        left, right = _numbered(subsets[:, :fitting], codes), _numbered(subsets[:, fitting:], codes)
        keys = left * (int(right.max(initial=0)) + 1) + right
    else:
        keys = subsets @ (np.int64(codes) ** np.arange(width, dtype=np.int64))
    return np.asarray(np.unique(keys, return_inverse=True)[1])


def _differences(distance: str, largest: int) -> Array:
    """Return the weights of C(i, j) in the similarity of sets of two sizes: sizes × sizes × j (Newton's series)."""
    found = np.zeros((largest + 1, largest + 1, largest + 1))
    similar = 1 - _table(distance, largest + 1)
    for one in range(1, largest + 1):
        for other in range(1, largest + 1):
            for j in range(1, min(one, other) + 1):
                found[one, other, j] = sum((-1) ** (j - i) * comb(j, i) * similar[one, other, i] for i in range(j + 1))
    return found
