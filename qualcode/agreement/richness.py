"""How many codes there are, seen as species: interviews are sampling units, codes species (incidence data).

Everything takes frequencies: for each code, in how many of the T interviews it occurs.

Sources: Chao 1987 (Biometrics 43, p. 783) and Chao & Colwell 2017 for Chao2; Burnham & Overton 1978 for the
jackknives; Colwell et al. 2012 (Journal of Plant Ecology 5, p. 3) for rarefaction and extrapolation; Chao &
Jost 2012 (Ecology 93, p. 2533) for coverage.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from qualcode.agreement.findings import CurvePoint, Richness, Value
from qualcode.agreement.ratings import Array

TOO_FEW = "needs at least two interviews"


def richness(frequencies: ArrayLike, interviews: int, *, coverage: float = 0.95) -> Richness:
    """Return estimates of the number of codes.

    Args:
        frequencies: In how many interviews each code occurs; codes with 0 do not count.
        interviews: How many interviews there are (T).
        coverage: Of Chao2's interval, 0 to 1.

    Six interviews with ten codes, of which five occur once and one twice (R vegan: Chao2 20.41667 with
    standard error 14.34326, jackknives 14.16667 and 16.96667; R iNEXT: coverage .79871):

    >>> found = richness([6, 4, 2, 1, 3, 1, 1, 3, 1, 1], 6)
    >>> round(found.chao2.value, 5), round(found.chao2.error, 5), round(found.jackknife1.value, 5)
    (20.41667, 14.34326, 14.16667)
    """
    counts = _counts(frequencies)
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    codes, mentions = len(counts), int(counts.sum())
    if interviews < 2:
        nothing = Value(None, TOO_FEW)
        return Richness(interviews, codes, mentions, once, twice, nothing, nothing, nothing, nothing)
    share = (interviews - 1) / interviews
    first = codes + once * share
    second = codes + once * (2 * interviews - 3) / interviews
    second -= twice * (interviews - 2) ** 2 / (interviews * (interviews - 1))
    return Richness(
        interviews=interviews,
        codes=codes,
        mentions=mentions,
        once=once,
        twice=twice,
        chao2=_chao2(codes, once, twice, share, coverage),
        jackknife1=Value(first),
        jackknife2=Value(second),
        coverage=_as_value(sample_coverage(counts, interviews, interviews), "no code was mentioned"),
    )


def _counts(frequencies: ArrayLike) -> Array:
    counts = np.asarray(frequencies, dtype=np.int64).ravel()
    return counts[counts > 0]


def _as_value(number: float | None, reason: str) -> Value:
    return Value(None, reason) if number is None else Value(number)


def unseen(once: int, twice: int, share: float, *, classic: bool = False) -> float:
    """Return how many codes there are beyond those found, at least (Chao2's second term).

    Args:
        once: Codes in exactly one interview.
        twice: Codes in exactly two.
        share: (T - 1) / T.
        classic: Leave that factor out, as Chao 1987 first had it.
    """
    factor = 1.0 if classic else share
    return factor * (once**2 / (2 * twice) if twice else once * (once - 1) / 2)


def chao2_classic(frequencies: ArrayLike) -> float:
    """Return Chao2 without the factor (T - 1) / T, for comparison with older programs.

    >>> chao2_classic([6, 4, 2, 1, 3, 1, 1, 3, 1, 1])
    22.5
    """
    counts = _counts(frequencies)
    return len(counts) + unseen(int((counts == 1).sum()), int((counts == 2).sum()), 1.0)


def _chao2(codes: int, once: int, twice: int, share: float, coverage: float) -> Value:
    more = unseen(once, twice, share)
    value = codes + more
    if twice:
        ratio = once / twice
        variance = twice * (share / 2 * ratio**2 + share**2 * ratio**3 + share**2 / 4 * ratio**4)
    else:
        variance = share * once * (once - 1) / 2 + share**2 * once * (2 * once - 1) ** 2 / 4
        variance -= share**2 * once**4 / (4 * value) if value else 0.0
    error = math.sqrt(max(variance, 0.0))
    if more <= 0:
        return Value(value, low=value, high=value, error=error)
    # Log-normal interval of what is unseen (Chao 1987): never below what was found.
    z = _normal_quantile(0.5 + coverage / 2)
    spread = math.exp(z * math.sqrt(math.log(1 + error**2 / more**2)))
    return Value(value, low=codes + more / spread, high=codes + more * spread, error=error)


def _normal_quantile(share: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(share)


def sample_coverage(frequencies: ArrayLike, interviews: int, at: int) -> float | None:
    """Return the expected share of code mentions that belong to codes found in `at` interviews, 0 to 1.

    Args:
        frequencies: In how many interviews each code occurs.
        interviews: How many interviews there are.
        at: Number of interviews asked about: fewer, as many, or more.

    >>> round(sample_coverage([6, 4, 2, 1, 3, 1, 1, 3, 1, 1], 6, 8), 6)
    0.827428
    """
    counts = _counts(frequencies)
    mentions = counts.sum()
    if mentions == 0 or interviews < 2:
        return None
    if at < interviews:
        missed = sum(int(y) / mentions * _none_of(int(y), at, interviews) for y in counts)
        return float(1 - missed)
    once, factor = _decline(counts, interviews)
    return float(1 - once / mentions * factor ** (at - interviews + 1))


def _none_of(frequency: int, at: int, interviews: int) -> float:
    """Return C(T - y, t) / C(T - 1, t): see `sample_coverage`."""
    return math.comb(interviews - frequency, at) / math.comb(interviews - 1, at)


def _decline(counts: Array, interviews: int) -> tuple[int, float]:
    """Return Q1 and the factor by which one more interview reduces the share not covered."""
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    hidden = interviews * unseen(once, twice, (interviews - 1) / interviews)
    return once, hidden / (hidden + once) if once else 1.0


def rarefied(frequencies: ArrayLike, interviews: int, at: int) -> float:
    """Return the expected number of codes in `at` of the interviews, whatever their order.

    Source: Colwell et al. 2012, eq. 17 (Mao Tau).

    >>> round(rarefied([6, 4, 2, 1, 3, 1, 1, 3, 1, 1], 6, 3), 4)
    7.2
    """
    counts = _counts(frequencies)
    ways = math.comb(interviews, at)
    return float(sum(1 - math.comb(interviews - int(y), at) / ways for y in counts))


def extrapolated(frequencies: ArrayLike, interviews: int, more: int) -> float:
    """Return the expected number of codes after `more` further interviews.

    Source: Colwell et al. 2012, eq. 18.

    >>> round(extrapolated([6, 4, 2, 1, 3, 1, 1, 3, 1, 1], 6, 2), 6)
    11.486054
    """
    counts = _counts(frequencies)
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    hidden = unseen(once, twice, (interviews - 1) / interviews)
    if hidden <= 0:
        return float(len(counts))
    return len(counts) + hidden * (1 - (1 - once / (interviews * hidden + once)) ** more)


def curve(frequencies: ArrayLike, interviews: int, *, to: int | None = None) -> tuple[CurvePoint, ...]:
    """Return codes and coverage for 1, 2, … interviews, extrapolated to `to` (twice as many as there are).

    Beyond twice the number of interviews extrapolation is not to be trusted (Colwell et al. 2012, p. 12).
    """
    points = []
    for at in range(1, (2 * interviews if to is None else to) + 1):
        if at <= interviews:
            codes = rarefied(frequencies, interviews, at)
            kind = "observed" if at == interviews else "rarefaction"
        else:
            codes, kind = extrapolated(frequencies, interviews, at - interviews), "extrapolation"
        points.append(CurvePoint(at, codes, sample_coverage(frequencies, interviews, at), kind))
    return tuple(points)


def more_interviews(frequencies: ArrayLike, interviews: int, target: float = 0.95) -> Value:
    """Return how many more interviews would bring coverage to `target`, by extrapolation; 0 where it is reached.

    Args:
        frequencies: In how many interviews each code occurs.
        interviews: How many interviews there are.
        target: Coverage, 0 to 1.

    Source: from the extrapolated coverage of Chao & Jost 2012, eq. 12.

    >>> more_interviews([6, 4, 2, 1, 3, 1, 1, 3, 1, 1], 6, 0.82).value
    2.0
    """
    counts = _counts(frequencies)
    now = sample_coverage(counts, interviews, interviews)
    if now is None:
        return Value(None, TOO_FEW if interviews < 2 else "no code was mentioned")
    if now >= target:
        return Value(0.0)
    once, factor = _decline(counts, interviews)
    if factor <= 0:
        return Value(1.0)
    if factor >= 1:
        return Value(None, "every code occurs in one interview only: nothing can be extrapolated")
    steps = math.log((1 - target) * counts.sum() / once) / math.log(factor)
    needed = float(max(1, math.ceil(steps - 1 - 1e-9)))
    far = "more than there are by now: extrapolation is not to be trusted that far" if needed > interviews else ""
    return Value(needed, far)


def interviews_for(prevalence: float, *, power: float = 0.8, times: int = 1) -> int:
    """Return how many interviews are needed for a theme to come up, when each interviewee has it with some chance.

    Args:
        prevalence: Share of people who have the theme, 0 to 1 (exclusive of 0).
        power: Probability wanted, 0 to 1.
        times: How often it is to come up at least.

    Source: Fugard & Potts 2015 (International Journal of Social Research Methodology 18, p. 669): 16 for 10 %
    and 80 %, 29 for coming up twice. Braun & Clarke 2016 (ibid. 19, p. 739) object that themes are made in
    analysis and have no prevalence to be known beforehand.

    >>> interviews_for(0.1), interviews_for(0.1, times=2)
    (16, 29)
    """
    if not 0 < prevalence <= 1 or not 0 < power < 1 or times < 1:
        raise ValueError("prevalence and power lie between 0 and 1, times is at least 1")
    number = times
    while True:
        misses = sum(math.comb(number, k) * prevalence**k * (1 - prevalence) ** (number - k) for k in range(times))
        if 1 - misses >= power:
            return number
        number += 1
