"""Growth curves of codes over interviews after Lowe et al. 2018.

T_n codes are known after n interviews; A codes there would be in the end; b is the share of them that one
interview tells.

Source: Lowe, Norris, Farris & Babbage 2018, Quantifying thematic saturation in qualitative data analysis
(Field Methods 30, p. 191), formulae at second hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from qualcode.agreement.findings import Lowe
from qualcode.agreement.ratings import Array

NO_GROWTH = "no interview repeats a code of another: the curve has no end to be estimated"


def curve_is(n: ArrayLike, total: float, rate: float) -> Array:
    """Return A(1 - (1 - b)^n): every code is equally likely in every interview.

    >>> curve_is([1, 5, 10], 20, 0.2).round(4).tolist()
    [4.0, 13.4464, 17.8525]
    """
    return np.asarray(total * (1 - (1 - rate) ** np.asarray(n, dtype=float)))


def curve_iw(n: ArrayLike, total: float, rate: float) -> Array:
    """Return A b n / (1 + b(n - 1)): codes differ in how likely they are.

    >>> curve_iw([1, 5, 10], 20, 0.2).round(4).tolist()
    [4.0, 11.1111, 14.2857]
    """
    number = np.asarray(n, dtype=float)
    return np.asarray(total * rate * number / (1 + rate * (number - 1)))


def curve_sw(n: ArrayLike, total: float, rate: float) -> Array:
    """Return A(1 - G(1 - b + n) / (G(1 - b) G(1 + n))), G the gamma function.

    >>> curve_sw([1, 5, 10], 20, 0.2).round(4).tolist()
    [4.0, 7.7427, 9.2464]
    """
    number = np.atleast_1d(np.asarray(n, dtype=np.int64))
    steps = np.arange(1, int(number.max(initial=0)) + 1)
    left = np.concatenate([[1.0], np.cumprod((steps - rate) / steps)])
    return np.asarray(total * (1 - left[number]))


CURVES: dict[str, Callable[[ArrayLike, float, float], Array]] = {"IW": curve_iw, "IS": curve_is, "SW": curve_sw}


def lowe_direct(first: float, last: float, interviews: int, *, whole: bool = False) -> Lowe:
    """Return the IW curve through the mean codes of one interview and the codes of all.

    A = (N - 1) T1 TN / (N T1 - TN), b = T1 / A, index = TN / A.

    Args:
        first: Mean codes per interview (T1: independent of the interviews' order).
        last: Codes of all interviews (TN).
        interviews: How many (N).
        whole: Round A down for the index.

    >>> found = lowe_direct(4, 100 / 7, 10)
    >>> round(found.total, 6), round(found.rate, 6)
    (20.0, 0.2)
    """
    bottom = interviews * first - last
    if interviews < 2 or bottom <= 1e-12:
        return Lowe("IW", "direct", None, None, None, reason=NO_GROWTH)
    total = (interviews - 1) * first * last / bottom
    rounded = math.floor(total) if whole else total
    return Lowe("IW", "direct", total, first / total, last / rounded)


def lowe_fits(codes: Sequence[float]) -> tuple[Lowe, ...]:
    """Return the three curves fitted by least squares to the codes of 1, 2, … interviews.

    Args:
        codes: Best those of rarefaction, which do not depend on the interviews' order.
    """
    points = np.asarray(codes, dtype=float)
    if len(points) < 3 or points[-1] <= points[0]:
        reason = "needs at least three interviews, and codes that grow"
        return tuple(Lowe(name, "fit", None, None, None, reason=reason) for name in CURVES)
    return tuple(_fit(name, points) for name in CURVES)


def _fit(name: str, points: Array) -> Lowe:
    number = np.arange(1, len(points) + 1)

    def best(rate: float) -> tuple[float, float]:
        # For a given rate the curve is linear in A.
        shape = CURVES[name](number, 1.0, rate)
        total = float(shape @ points / (shape @ shape))
        return total, float(((total * shape - points) ** 2).sum())

    rates = np.concatenate([np.geomspace(1e-4, 0.05, 60), np.linspace(0.051, 0.999, 400)])
    place = int(np.argmin([best(rate)[1] for rate in rates]))
    low, high = float(rates[max(place - 1, 0)]), float(rates[min(place + 1, len(rates) - 1)])
    for _ in range(80):
        left, right = low + (high - low) * 0.382, low + (high - low) * 0.618
        if best(left)[1] < best(right)[1]:
            high = right
        else:
            low = left
    rate = (low + high) / 2
    total, misfit = best(rate)
    if rate < 2e-4:
        return Lowe(name, "fit", None, None, None, reason="the codes grow in a straight line: no end can be estimated")
    return Lowe(name, "fit", total, rate, min(1.0, float(points[-1]) / total), math.sqrt(misfit / len(points)))


def interviews_to(share: float, rate: float) -> float:
    """Return the interviews after which the IW curve has reached a share of all codes: S(1 - b) / (b(1 - S)).

    >>> round(interviews_to(0.9, 0.2), 6)
    36.0
    """
    return share * (1 - rate) / (rate * (1 - share))
