"""Alpha over the sets of codes that units carry, for all resamples at once (see `alpha.alpha_of_sets`)."""

from __future__ import annotations

import numpy as np

from qualcode.agreement.ratings import Array
from qualcode.agreement.units import Units

DISTANCES = ("masi", "jaccard")
BLOCK = 2048


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

    Observed disagreement is a sum over units. Expected disagreement is a quadratic form in the groups' weights: the
    distance of any two ratings, summed over the groups that they come from.

    Args:
        units: Units seen by at least two coders.
        group: Group of each unit: integers.
        weights: Resamples × groups.
    """
    groups = weights.shape[1]
    rated = units.seen.sum(axis=1)
    observed = _observed(units, rated)
    expected = _expected(units, group, groups)
    ratings = np.bincount(group, units.weights * rated, minlength=groups)
    found = {}
    pairable = weights @ ratings
    for name in DISTANCES:
        inside = weights @ np.bincount(group, units.weights * observed[name], minlength=groups)
        between = np.einsum("rg,gh,rh->r", weights, expected[name], weights, optimize=True)
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
        common = flags @ flags.transpose(0, 2, 1)
        sizes = flags.sum(axis=2)
        seen = units.seen[start : start + BLOCK]
        paired = seen[:, :, None] & seen[:, None, :]
        for name in DISTANCES:
            apart = set_distances(name, common, sizes[:, :, None], sizes[:, None, :])
            found[name].append((apart * paired).sum(axis=(1, 2)))
    return {name: np.concatenate(parts) / (rated - 1) for name, parts in found.items()}


def _expected(units: Units, group: Array, groups: int) -> dict[str, Array]:
    """Return, by distance, groups × groups sums of the distances of all their ratings."""
    flags = units.given[units.seen]
    owner = np.repeat(group, units.seen.sum(axis=1))
    weight = np.repeat(units.weights, units.seen.sum(axis=1))
    packed = np.packbits(flags, axis=1)
    kinds, first, kind = np.unique(
        packed.view([("", packed.dtype)] * packed.shape[1]).ravel() if packed.shape[1] else np.zeros(len(flags)),
        return_index=True,
        return_inverse=True,
    )
    members = flags[first].astype(np.float32)
    sizes = members.sum(axis=1)
    counts = np.bincount(owner * len(kinds) + kind.ravel(), weight, minlength=groups * len(kinds))
    counts = counts.reshape(groups, len(kinds))
    found = {name: np.zeros((groups, groups)) for name in DISTANCES}
    for start in range(0, len(kinds), BLOCK):
        rows = slice(start, start + BLOCK)
        # Distances are symmetric: blocks right of the diagonal count twice.
        for other in range(start, len(kinds), BLOCK):
            columns = slice(other, other + BLOCK)
            common = members[rows] @ members[columns].T
            for name in DISTANCES:
                apart = set_distances(name, common, sizes[rows, None], sizes[None, columns])
                block = counts[:, rows] @ apart @ counts[:, columns].T
                found[name] += block if other == start else block + block.T
    return found
