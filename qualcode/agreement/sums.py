"""What measures on one code are made of, as sums over groups of units, for all resamples at once.

A code's ratings are 1 (given), 0 (seen and not given) or missing. Every measure is a function of a few sums over units;
sums by group (interview) are taken once, and resamples are products with the groups' weights.
The formulae are those of `nominal`, `alpha` and `binary`, with a leading axis of resamples; undefined is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qualcode.agreement.ratings import Array, pairs_of
from qualcode.agreement.units import Units

CHUNK = 16


@dataclass(frozen=True)
class CodeSums:
    """Sums of one code, resamples × …; P pairs of coders, m coders.

    Attributes:
        both: Units that both coders of a pair gave it to: × P.
        first: Units that the first one gave it to, of those seen by both: × P.
        second: The same for the second one: × P.
        pair_units: Units seen by both: × P.
        per_pair: 1 / `pair_units`, NaN where there are none.
        decided: Units seen by the first plus units seen by the second: × P.
        agreeing: Sum over units of the share of agreeing pairs of coders.
        units: Units seen by at least two coders.
        share: Sum over these of the share of coders who gave it.
        discord: Sum over these of n1·n0/(r - 1), for alpha.
        ones: Ratings "given" in these.
        ratings: All ratings in these.
        coder_ones: Units each coder gave it to: × m.
        coder_units: Units each coder saw: × m.
        pairs: The pairs of coders.
    """

    both: Array
    first: Array
    second: Array
    pair_units: Array
    per_pair: Array
    decided: Array
    agreeing: Array
    units: Array
    share: Array
    discord: Array
    ones: Array
    ratings: Array
    coder_ones: Array
    coder_units: Array
    pairs: tuple[tuple[int, int], ...]

    @cached_property
    def given(self) -> Array:
        """Units given by the first plus units given by the second: resamples × P."""
        return np.asarray(self.first + self.second)

    @cached_property
    def po(self) -> Array:
        """Observed agreement of each pair: resamples × P."""
        return np.asarray(1 - (self.given - 2 * self.both) * self.per_pair)

    @cached_property
    def pe(self) -> Array:
        """Agreement of each pair by chance (Cohen): resamples × P."""
        one, other = self.first * self.per_pair, self.second * self.per_pair
        return np.asarray(1 - one - other + 2 * one * other)

    @cached_property
    def mean_po(self) -> Array:
        """Mean of `po` over pairs."""
        return mean_known(self.po)

    @cached_property
    def kappa(self) -> Array:
        """Cohen's kappa of each pair: resamples × P."""
        return corrected(self.po, self.pe)

    @cached_property
    def mean_kappa(self) -> Array:
        """Its mean over the pairs for which it is defined."""
        return mean_known(self.kappa)


def code_sums(units: Units, group: Array, weights: Array) -> Iterator[CodeSums]:
    """Yield the sums of each code of `units.codes`, in order.

    Args:
        units: Units seen by at least two coders.
        group: Group of each unit: integers.
        weights: Resamples × groups.
    """
    groups, codes = weights.shape[1], len(units.codes)
    if not codes:
        return
    order = np.argsort(group, kind="stable")
    edges = np.searchsorted(group[order], np.arange(groups + 1))
    blocks = [order[edges[one] : edges[one + 1]] for one in range(groups)]
    seen = units.seen.astype(float)
    rated = seen.sum(axis=1)
    pairs = tuple(pairs_of(len(units.coders)))
    left, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    scaled = seen * units.weights[:, None]

    def by_group(values: Array) -> Array:
        return np.array([values[block].sum(axis=0) for block in blocks])

    seen_together = np.array([seen[block].T @ scaled[block] for block in blocks])[:, left, right]
    pair_units, coder_units = weights @ seen_together, weights @ by_group(scaled)
    shared = {
        "pair_units": pair_units,
        "per_pair": _divide(np.ones_like(pair_units), pair_units),
        "decided": coder_units[:, left] + coder_units[:, right],
        "units": weights @ by_group(units.weights),
        "ratings": weights @ by_group(units.weights * rated),
        "coder_units": coder_units,
        "pairs": pairs,
    }
    for start in range(0, codes, CHUNK):
        given = units.given[:, :, start : start + CHUNK].astype(float)
        one = given.sum(axis=1)
        none = rated[:, None] - one
        weight = units.weights[:, None]
        many = rated[:, None] * (rated[:, None] - 1)
        agreeing = by_group(weight * (one * (one - 1) + none * (none - 1)) / many)
        share = by_group(weight * one / rated[:, None])
        discord = by_group(weight * one * none / (rated[:, None] - 1))
        ones = by_group(weight * one)
        coder_ones = by_group(given * units.weights[:, None, None])
        together, apart = _pair_sums(given, seen, units.weights, blocks)
        for place in range(given.shape[2]):
            yield CodeSums(
                both=weights @ together[:, place][:, left, right],
                first=weights @ apart[:, place][:, left, right],
                second=weights @ apart[:, place][:, right, left],
                agreeing=weights @ agreeing[:, place],
                share=weights @ share[:, place],
                discord=weights @ discord[:, place],
                ones=weights @ ones[:, place],
                coder_ones=weights @ coder_ones[:, :, place],
                **shared,
            )


def _pair_sums(given: Array, seen: Array, weights: Array, blocks: list[Array]) -> tuple[Array, Array]:
    """Return groups × codes × m × m: units given by both, and units given by the first and seen by the second."""
    together, apart = [], []
    for block in blocks:
        flags = given[block].transpose(2, 1, 0)
        scaled = flags * weights[block]
        together.append(scaled @ flags.transpose(0, 2, 1))
        apart.append(scaled @ seen[block])
    return np.array(together), np.array(apart)


def _divide(top: Array, bottom: Array) -> Array:
    """Return top / bottom, NaN where the bottom is 0."""
    result = np.full(np.broadcast_shapes(top.shape, bottom.shape), np.nan)
    np.divide(top, bottom, out=result, where=bottom > 1e-12)
    return result


def mean_known(values: Array) -> Array:
    """Return means over the last axis, NaN left out (NaN where nothing is known)."""
    means = values.mean(axis=-1)
    if not np.isnan(means).any():
        return np.asarray(means)
    known = ~np.isnan(values)
    return _divide(np.where(known, values, 0).sum(axis=-1), known.sum(axis=-1).astype(float))


def corrected(observed: Array, chance: Array) -> Array:
    """Return (observed - chance) / (1 - chance), NaN where chance is 1."""
    return _divide(observed - chance, 1 - chance)


def percent(sums: CodeSums) -> Array:
    """See `nominal.percent`."""
    return _divide(sums.agreeing, sums.units)


def holsti(sums: CodeSums) -> Array:
    """See `nominal.holsti`."""
    agreed = sums.pair_units - sums.given + 2 * sums.both
    return mean_known(_divide(2 * agreed, sums.decided))


def cohen(sums: CodeSums) -> Array:
    """See `nominal.cohen`, and `nominal.light` for more than two coders."""
    return sums.mean_kappa


def conger(sums: CodeSums) -> Array:
    """See `nominal.conger`."""
    shares = _divide(sums.coder_ones, sums.coder_units)
    coders = (~np.isnan(shares)).sum(axis=-1).astype(float)
    mean = mean_known(shares)
    apart = np.where(np.isnan(shares), 0, shares - mean[:, None])
    variance = _divide((apart**2).sum(axis=-1), coders - 1)
    chance = mean**2 + (1 - mean) ** 2 - 2 * variance / coders
    return corrected(percent(sums), chance)


def fleiss(sums: CodeSums) -> Array:
    """See `nominal.fleiss`; with two coders this is Scott's pi."""
    share = _divide(sums.share, sums.units)
    return corrected(percent(sums), share**2 + (1 - share) ** 2)


def brennan_prediger(sums: CodeSums) -> Array:
    """See `nominal.brennan_prediger`; there are two categories: given or not."""
    return 2 * percent(sums) - 1


def ac1(sums: CodeSums) -> Array:
    """See `nominal.ac1`; there are two categories: given or not."""
    share = _divide(sums.share, sums.units)
    return corrected(percent(sums), 2 * share * (1 - share))


def alpha(sums: CodeSums) -> Array:
    """See `alpha.alpha`."""
    observed = _divide(2 * sums.discord, sums.ratings)
    expected = _divide(2 * sums.ones * (sums.ratings - sums.ones), sums.ratings * (sums.ratings - 1))
    return 1 - _divide(observed, expected)


def prevalence_index(sums: CodeSums) -> Array:
    """See `binary.prevalence_index`."""
    return mean_known(np.abs(sums.given * sums.per_pair - 1))


def bias_index(sums: CodeSums) -> Array:
    """See `binary.bias_index`."""
    return mean_known(np.abs((sums.first - sums.second) * sums.per_pair))


def pabak(sums: CodeSums) -> Array:
    """See `binary.pabak`."""
    return 2 * sums.mean_po - 1


def f1(sums: CodeSums) -> Array:
    """See `binary.f1` without a reference."""
    return mean_known(_divide(2 * sums.both, sums.given))


def against(sums: CodeSums, reference: int) -> tuple[Array, Array, Array]:
    """Return the sums (both gave it, the reference gave it, another gave it) over all other coders."""
    both, own, others = (np.zeros(len(sums.units)) for _ in range(3))
    for place, (left, right) in enumerate(sums.pairs):
        if reference in (left, right):
            both = both + sums.both[:, place]
            own = own + (sums.first if left == reference else sums.second)[:, place]
            others = others + (sums.second if left == reference else sums.first)[:, place]
    return both, own, others


def reference_measures(reference: int) -> dict[str, Callable[[CodeSums], Array]]:
    """Return precision, recall and F1 against the coder at a position."""

    def precision(sums: CodeSums) -> Array:
        both, _, others = against(sums, reference)
        return _divide(both, others)

    def recall(sums: CodeSums) -> Array:
        both, own, _ = against(sums, reference)
        return _divide(both, own)

    def f1_against(sums: CodeSums) -> Array:
        both, own, others = against(sums, reference)
        return _divide(2 * both, own + others)

    return {"precision": precision, "recall": recall, "f1": f1_against}


# One line for each measure that `agree` gives per code; names are those of `qualcode.agreement.measures.MEASURES`.
CODE_MEASURES: dict[str, Callable[[CodeSums], Array]] = {
    "percent": percent,
    "holsti": holsti,
    "cohen": cohen,
    "light": cohen,
    "conger": conger,
    "scott": fleiss,
    "fleiss": fleiss,
    "brennan_prediger": brennan_prediger,
    "ac1": ac1,
    "alpha": alpha,
    "f1": f1,
    "prevalence_index": prevalence_index,
    "bias_index": bias_index,
    "pabak": pabak,
}


class Pool:
    """Keeps, code by code, what measures over all codes need, without keeping the codes' sums.

    Args:
        reference: Position of the reference coder, or None.
    """

    def __init__(self, reference: int | None = None) -> None:
        self.reference = reference
        self.codes = 0
        self.sums: dict[str, Array] = {}
        self.counts: dict[str, Array] = {}

    def add(self, sums: CodeSums) -> None:
        """Take one more code."""
        self.codes += 1
        if self.reference is None:
            both = sums.both.sum(axis=-1)
            own, others = sums.first.sum(axis=-1), sums.second.sum(axis=-1)
        else:
            both, own, others = against(sums, self.reference)
        self._add("both", both)
        self._add("own", own)
        self._add("others", others)
        self._add("percent", percent(sums))
        self._add("po", sums.mean_po)
        self._add("pe", mean_known(sums.pe))
        self._add("mean_kappa", sums.mean_kappa)
        self._add("mean_alpha", alpha(sums))
        self._add("mean_ac1", ac1(sums))

    def _add(self, name: str, values: Array) -> None:
        known = ~np.isnan(values)
        self.sums[name] = self.sums.get(name, 0) + np.where(known, values, 0)
        self.counts[name] = self.counts.get(name, 0) + known

    def _mean(self, name: str) -> Array:
        return _divide(self.sums[name], self.counts[name].astype(float))

    def values(self) -> dict[str, Array]:
        """Return the pooled measures by name, one value for each resample."""
        if not self.codes:
            return {}
        both, own, others = self.sums["both"], self.sums["own"], self.sums["others"]
        found = {"percent": self._mean("percent")}
        if self.reference is not None:
            found |= {"precision": _divide(both, others), "recall": _divide(both, own)}
        found["f1"] = _divide(2 * both, own + others)
        found["pooled_kappa"] = corrected(self._mean("po"), self._mean("pe"))
        return found | {name: self._mean(name) for name in ("mean_kappa", "mean_alpha", "mean_ac1")}
