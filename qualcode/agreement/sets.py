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

import numpy as np

from qualcode.agreement.ratings import Array
from qualcode.agreement.units import Units

DISTANCES = ("masi", "jaccard")
BLOCK = 2048
# Larger sets have too many subsets: they are compared one by one.
LARGEST = 8


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
    largest = min(LARGEST, int(62 / np.log2(sets.flags.shape[1] + 1)))
    small, large = sets.where(sets.sizes <= largest), sets.where(sets.sizes > largest)
    found = _by_subsets(small, groups, largest)
    for name, table in _one_by_one(large, large, groups).items():
        found[name] = found[name] + table
    for name, table in _one_by_one(large, small, groups).items():
        found[name] = found[name] + table + table.T
    return found


def _one_by_one(sets: _Sets, others: _Sets, groups: int) -> dict[str, Array]:
    found = {name: np.zeros((groups, groups)) for name in DISTANCES}
    for start in range(0, len(sets.sizes), BLOCK):
        rows = sets.where(np.arange(start, min(start + BLOCK, len(sets.sizes))))
        for begin in range(0, len(others.sizes), BLOCK):
            columns = others.where(np.arange(begin, min(begin + BLOCK, len(others.sizes))))
            common = (rows.flags.astype(np.float32) @ columns.flags.T.astype(np.float32)).astype(float)
            for name in DISTANCES:
                apart = set_distances(name, common, rows.sizes[:, None], columns.sizes[None, :])
                found[name] += _spread(rows, groups) @ apart @ _spread(columns, groups).T
    return found


def _spread(sets: _Sets, groups: int) -> Array:
    """Return groups × rows: the weight of each row in its group."""
    table = np.zeros((groups, len(sets.sizes)))
    table[sets.group, np.arange(len(sets.sizes))] = sets.weight
    return table


def _by_subsets(sets: _Sets, groups: int, largest: int) -> dict[str, Array]:
    totals = np.bincount(sets.group, sets.weight, minlength=groups)
    similar = {name: np.zeros((groups, groups)) for name in DISTANCES}
    empty = np.bincount(sets.group, sets.weight * (sets.sizes == 0), minlength=groups)
    for name in DISTANCES:
        similar[name] += np.outer(empty, empty)
    steps = {name: _differences(name, largest) for name in DISTANCES}
    present = [size for size in range(1, largest + 1) if (sets.sizes == size).any()]
    for subset in range(1, largest + 1):
        tables = _subset_counts(sets, groups, [size for size in present if size >= subset], subset)
        for name in DISTANCES:
            for one, counts in tables.items():
                mixed = sum(steps[name][one, other, subset] * table for other, table in tables.items())
                similar[name] += (counts @ mixed.T).toarray()
    return {name: np.outer(totals, totals) - table for name, table in similar.items()}


def _subset_counts(sets: _Sets, groups: int, sizes: list[int], subset: int) -> dict[int, Array]:
    """Return, by size of the sets, groups × subsets (sparse): how many ratings hold each subset of codes."""
    from scipy.sparse import csr_array

    base = sets.flags.shape[1] + 1
    keys, owners, weights = {}, {}, {}
    for size in sizes:
        rows = np.flatnonzero(sets.sizes == size)
        members = np.nonzero(sets.flags[rows])[1].reshape(len(rows), size) + 1
        choices = np.array(list(combinations(range(size), subset)))
        powers = base ** np.arange(subset, dtype=np.int64)
        keys[size] = (members[:, choices] * powers).sum(axis=2).ravel()
        owners[size] = np.repeat(sets.group[rows], len(choices))
        weights[size] = np.repeat(sets.weight[rows], len(choices))
    if not keys:
        return {}
    known, places = np.unique(np.concatenate(list(keys.values())), return_inverse=True)
    found, start = {}, 0
    for size, own in keys.items():
        columns = places[start : start + len(own)]
        start += len(own)
        found[size] = csr_array((weights[size], (owners[size], columns)), shape=(groups, len(known)))
    return found


def _differences(distance: str, largest: int) -> Array:
    """Return the weights of C(i, j) in the similarity of sets of two sizes: sizes × sizes × j (Newton's series)."""
    found = np.zeros((largest + 1, largest + 1, largest + 1))
    for one in range(1, largest + 1):
        for other in range(1, largest + 1):
            common = np.arange(min(one, other) + 1)
            similar = 1 - set_distances(distance, common, np.array(one), np.array(other))
            for j in range(1, len(common)):
                found[one, other, j] = sum((-1) ** (j - i) * comb(j, i) * similar[i] for i in range(j + 1))
    return found
