"""Agreement on categories without order: percent, Holsti, Cohen, Light, Conger, Scott, Fleiss, Brennan-Prediger, Gwet.

Every measure takes ratings units × coders (see `qualcode.agreement.ratings`) and returns a `Value`: a number, or why
there is none. `categories` is the number of categories there are, used or not (the size of the codebook); without it,
those that occur. Standard errors are Gwet's (Handbook of Inter-Rater Reliability, 4th ed. 2014, chs. 5-6), for an
infinite population of units, with divisor n - 1 (`ddof=1`) for raw ratings; Gwet's formulae for a cross table of two
coders divide by n (`ddof=0`). They take units as independent: for interviews use the intervals of `agree`.

With missing ratings, categories' shares are averaged over all units with at least one rating (Gwet 2014, p. 58).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qualcode.agreement.findings import Value
from qualcode.agreement.ratings import Array, count_matrix, encode, only_category, pair_table, pairs_of

NO_UNITS = "no unit was rated by at least two coders"
ONE_CATEGORY = "only one category was used: agreement cannot be told from there being no choice"
TWO_CODERS = "defined for two coders"


@dataclass(frozen=True)
class _Counted:
    """Ratings as counts, units without any rating left out."""

    codes: Array
    counts: Array
    rated: Array
    categories: int

    @property
    def units(self) -> int:
        return len(self.rated)

    @property
    def pairable(self) -> Array:
        return self.rated >= 2

    @property
    def by_unit(self) -> Array:
        """Share of agreeing pairs of coders by unit; 0 where there is no pair."""
        pairs = self.rated * (self.rated - 1)
        agreeing = (self.counts * (self.counts - 1)).sum(axis=1)
        return np.asarray(np.divide(agreeing, pairs, out=np.zeros(self.units), where=pairs > 0))

    @property
    def observed(self) -> float:
        return float(self.by_unit.sum() / self.pairable.sum())

    @property
    def shares(self) -> Array:
        return np.asarray((self.counts / self.rated[:, None]).mean(axis=0))


def _counted(ratings: ArrayLike, categories: int | None) -> _Counted:
    codes, values = encode(ratings)
    codes = codes[(codes >= 0).any(axis=1)]
    known = max(len(values), categories or 0)
    counts = count_matrix(codes, known)
    return _Counted(codes, counts, counts.sum(axis=1), known)


def _spread(parts: Array, value: float, ddof: int) -> float | None:
    """Standard error of a mean of linearised parts, one for each unit."""
    units = len(parts)
    if units <= ddof:
        return None
    return math.sqrt(float(((parts - value) ** 2).sum()) / (units * (units - ddof)))


def _corrected(counted: _Counted, chance: float, chance_by_unit: Array | None, ddof: int) -> Value:
    """Return (observed - chance) / (1 - chance) with Gwet's standard error."""
    if chance >= 1:
        return Value(None, ONE_CATEGORY)
    observed = counted.observed
    value = (observed - chance) / (1 - chance)
    scale = counted.units / counted.pairable.sum()
    parts = scale * (counted.by_unit - chance * counted.pairable) / (1 - chance)
    if chance_by_unit is not None:
        parts = parts - 2 * (1 - value) * (chance_by_unit - chance) / (1 - chance)
    return Value(value, error=_spread(parts, value, ddof))


def percent(ratings: ArrayLike, *, categories: int | None = None, ddof: int = 1) -> Value:
    """Return the mean share of agreeing pairs of coders, 0 to 1.

    Source: Krippendorff, Content Analysis (2nd ed. 2004), p. 224: ten articles, two coders, .60.

    >>> percent([[0, 1], [1, 1], [0, 1], [0, 0], [0, 0], [0, 1], [0, 0], [0, 0], [1, 0], [0, 0]]).value
    0.6
    """
    counted = _counted(ratings, categories)
    if not counted.pairable.any():
        return Value(None, NO_UNITS)
    scale = counted.units / counted.pairable.sum()
    return Value(counted.observed, error=_spread(scale * counted.by_unit, counted.observed, ddof))


def holsti_ratio(agreed: float, first: float, second: float) -> Value:
    """Return Holsti's coefficient of reliability 2M / (N1 + N2).

    Args:
        agreed: Decisions on which the two coders agree (M).
        first: All decisions of the first coder (N1).
        second: All decisions of the second (N2).

    Source: Holsti, Content Analysis for the Social Sciences and Humanities (1969), p. 140.

    >>> round(holsti_ratio(14, 20, 22).value, 4)
    0.6667
    """
    if first + second == 0:
        return Value(None, "neither coder decided anything")
    return Value(2 * agreed / (first + second))


def holsti(ratings: ArrayLike, *, categories: int | None = None) -> Value:
    """Return Holsti's coefficient, for three and more coders the mean over pairs.

    Equals percent agreement when all coders rated the same units; below it where one rated units that another
    never saw.

    Source: Holsti (1969), p. 140.

    >>> holsti([[0, 0], [1, 0], [1, 1], [1, -1]]).value == 2 * 2 / (4 + 3)
    True
    """
    codes, _ = encode(ratings)
    found = []
    for first, second in pairs_of(codes.shape[1]):
        one, other = codes[:, first], codes[:, second]
        agreed = int(((one == other) & (one >= 0)).sum())
        value = holsti_ratio(agreed, int((one >= 0).sum()), int((other >= 0).sum())).value
        if value is not None:
            found.append(value)
    return Value(float(np.mean(found))) if found else Value(None, NO_UNITS)


def _cohen_from(table: Array, ddof: int = 0) -> Value:
    total = table.sum()
    if total == 0:
        return Value(None, NO_UNITS)
    shares = table / total
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    chance = float(rows @ columns)
    if chance >= 1 - 1e-15:
        return Value(None, ONE_CATEGORY)
    observed = float(np.trace(shares))
    value = (observed - chance) / (1 - chance)
    # Row r, column c weighs on chance through how often the *other* coder used the category.
    weight = np.eye(len(table)) - (1 - value) * (columns[:, None] + rows[None, :])
    second = float((shares * weight**2).sum()) - (observed - 2 * (1 - value) * chance) ** 2
    divisor = (total - ddof) * (1 - chance) ** 2
    error = math.sqrt(max(second, 0.0) / divisor) if divisor > 0 else None
    return Value(value, error=error)


def cohen(ratings: ArrayLike, *, categories: int | None = None, ddof: int = 0) -> Value:
    """Return Cohen's kappa of two coders; units that one of them did not see are left out.

    The standard error is that of Fleiss, Cohen & Everitt 1969 (Psychological Bulletin 72, p. 325), which is
    also Gwet's.

    Source: Cohen 1960 (Educational and Psychological Measurement 20, p. 45): .492.

    >>> from qualcode.agreement.ratings import ratings_from_table
    >>> round(cohen(ratings_from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]])).value, 3)
    0.492
    """
    codes, values = encode(ratings)
    if codes.shape[1] != 2:
        return Value(None, f"{TWO_CODERS}; light and conger are for more")
    return _cohen_from(pair_table(codes, len(values)), ddof)


def light(ratings: ArrayLike, *, categories: int | None = None) -> Value:
    """Return Light's kappa: the mean of Cohen's kappas of all pairs of coders for whom it is defined.

    Source: Light 1971 (Psychological Bulletin 76, p. 367). With two coders it is Cohen's kappa.

    >>> from qualcode.agreement.ratings import ratings_from_table
    >>> round(light(ratings_from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]])).value, 3)
    0.492
    """
    codes, values = encode(ratings)
    pairs = pairs_of(codes.shape[1])
    results = [_cohen_from(pair_table(codes, len(values), *pair)) for pair in pairs]
    found = [result.value for result in results if result.value is not None]
    if not found:
        return Value(None, results[0].reason if results else NO_UNITS)
    return Value(float(np.mean(found)))


def conger(ratings: ArrayLike, *, categories: int | None = None, ddof: int = 1) -> Value:
    """Return Conger's kappa for any number of coders (with complete ratings also Hubert's: mean pairwise chance).

    Source: Conger 1980 (Psychological Bulletin 88, p. 323); with missing ratings and for the standard error Gwet 2014,
    ch. 2 and 6, whose four raters and twelve units give .76282.

    >>> rows = [[1, 1, -1, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    ...         [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [-1, 5, 5, 5], [-1, -1, 1, 1], [-1, -1, 3, -1]]
    >>> round(conger(rows).value, 5)
    0.76282
    """
    counted = _counted(ratings, categories)
    codes = counted.codes[:, (counted.codes >= 0).any(axis=0)]
    if not counted.pairable.any():
        return Value(None, NO_UNITS)
    coders, units = codes.shape[1], counted.units
    seen = codes >= 0
    given = codes[:, :, None] == np.arange(counted.categories)
    totals = seen.sum(axis=0)
    shares = given.sum(axis=0) / totals[:, None]
    mean = shares.mean(axis=0)
    variance = shares.var(axis=0, ddof=1)
    chance = float((mean**2 - variance / coders).sum())
    # Gwet's linearisation of the chance term, coder by coder.
    centred = given - (seen - totals / units)[:, :, None] * shares[None]
    weighted = centred * (units / totals)[None, :, None] * (coders * mean - shares)[None]
    by_unit = weighted.sum(axis=(1, 2)) / (coders * (coders - 1))
    return _corrected(counted, chance, by_unit, ddof)


def scott(ratings: ArrayLike, *, categories: int | None = None) -> Value:
    """Return Scott's pi of two coders; units that one of them did not see are left out.

    Source: Scott 1955 (Public Opinion Quarterly 19, p. 321). Artstein & Poesio 2008 (Computational Linguistics 34,
    p. 568) give .799 for their table.

    >>> from qualcode.agreement.ratings import ratings_from_table
    >>> round(scott(ratings_from_table([[46, 0, 0], [6, 32, 6], [0, 0, 10]])).value, 4)
    0.7995
    """
    codes, _ = encode(ratings)
    if codes.shape[1] != 2:
        return Value(None, f"{TWO_CODERS}; fleiss is for more")
    return fleiss(codes[(codes >= 0).all(axis=1)], categories=categories)


def fleiss(ratings: ArrayLike, *, categories: int | None = None, ddof: int = 1) -> Value:
    """Return Fleiss' kappa for any number of coders, missing ratings included.

    Source: Fleiss 1971 (Psychological Bulletin 76, p. 378); Gwet 2014, ch. 2 for missing ratings: .76117 for the data
    below.

    >>> rows = [[1, 1, -1, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    ...         [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [-1, 5, 5, 5], [-1, -1, 1, 1], [-1, -1, 3, -1]]
    >>> round(fleiss(rows).value, 5)
    0.76117
    """
    counted = _counted(ratings, categories)
    if not counted.pairable.any():
        return Value(None, NO_UNITS)
    shares = counted.shares
    return _corrected(counted, float(shares @ shares), counted.counts @ shares / counted.rated, ddof)


def brennan_prediger(ratings: ArrayLike, *, categories: int | None = None, ddof: int = 1) -> Value:
    """Return Brennan & Prediger's kappa_n: chance is one over the number of categories.

    Also known as Bennett's S, Randolph's free-marginal kappa and the kappa of MAXQDA (there the categories are
    the codes of the result table). Declare `categories`: categories nobody used count.

    Source: Brennan & Prediger 1981 (Educational and Psychological Measurement 41, p. 691). Krippendorff 2004,
    p. 246 gives S = .190 for an agreement of .460 with three categories.

    >>> from qualcode.agreement.ratings import ratings_from_table
    >>> round(brennan_prediger(ratings_from_table([[118, 5], [2, 0]])).value, 3)
    0.888
    """
    counted = _counted(ratings, categories)
    if not counted.pairable.any():
        return Value(None, NO_UNITS)
    return _corrected(counted, 1 / counted.categories, None, ddof)


def ac1(ratings: ArrayLike, *, categories: int | None = None, ddof: int = 1) -> Value:
    """Return Gwet's AC1, which stays near the percentage where one category is rare.

    Source: Gwet 2008 (British Journal of Mathematical and Statistical Psychology 61, p. 29); Gwet 2002 (Kappa
    statistic is not satisfactory) prints .941 for the table below, where Cohen's kappa is -.023.

    >>> from qualcode.agreement.ratings import ratings_from_table
    >>> round(ac1(ratings_from_table([[118, 5], [2, 0]])).value, 3)
    0.941
    """
    counted = _counted(ratings, categories)
    if not counted.pairable.any():
        return Value(None, NO_UNITS)
    if counted.categories < 2:
        return Value(None, ONE_CATEGORY)
    shares, others = counted.shares, counted.categories - 1
    by_unit = counted.counts @ (1 - shares) / counted.rated / others
    return _corrected(counted, float(shares @ (1 - shares)) / others, by_unit, ddof)


def by_category(measure: Callable[..., Value], ratings: ArrayLike) -> dict[float, Value]:
    """Return a measure for each category against all others together, by category.

    With `fleiss` or `scott`: the per-category kappa of Fleiss 1971, p. 381; with `cohen` the one of Cohen's type;
    with `alpha` that of Krippendorff.
    """
    _, values = encode(ratings)
    return {value: measure(only_category(ratings, value)) for value in values.tolist()}


def fleiss_test(ratings: ArrayLike) -> Value:
    """Return z of the hypothesis that Fleiss' kappa is 0; its `error` is the standard error under it.

    Source: Fleiss, Nee & Landis 1979 (Psychological Bulletin 86, p. 974). For the data of Fleiss 1971: 17.65.

    >>> round(fleiss_test([[0, 0, 0], [1, 1, 1], [0, 0, 1], [1, 1, 0]]).value, 3)
    1.155
    """
    counted = _counted(ratings, None)
    kappa = fleiss(ratings).value
    if kappa is None:
        return fleiss(ratings)
    coders = counted.rated[0]
    if (counted.rated != coders).any():
        return Value(None, "defined for complete ratings")
    shares = counted.shares
    spread = shares * (1 - shares)
    total = float(spread.sum())
    inner = total**2 - float((spread * (1 - 2 * shares)).sum())
    error = math.sqrt(2 * inner / (counted.units * coders * (coders - 1))) / total
    return Value(kappa / error, error=error)


def error_interval(value: Value, units: int, *, coverage: float = 0.95) -> Value:
    """Return the value with the interval that its standard error gives (Student's t, n - 1), cut at 1.

    Source: Gwet 2014, ch. 5. Takes units as independent.

    Args:
        value: With its `error`.
        units: Number of units with at least one rating.
        coverage: 0 to 1.
    """
    from scipy.special import stdtrit

    if value.value is None or value.error is None:
        return value
    reach = float(stdtrit(units - 1, 0.5 + coverage / 2)) * value.error
    return Value(value.value, value.reason, value.value - reach, min(1.0, value.value + reach), value.error)
