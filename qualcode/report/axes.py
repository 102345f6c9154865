"""Scales and ticks of plots: pure arithmetic, rounded, so that drawings are the same everywhere."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight scale from values to pixels.

    Attributes:
        low: Value at `start`.
        high: Value at `end`.
        start: In pixels.
        end: In pixels; smaller than `start` on a scale that runs upwards.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value lies, in pixels with one decimal; values off the scale lie on its ends.

        >>> Scale(0, 1, 100, 300).at(0.25), Scale(0, 10, 200, 0).at(99)
        (150.0, 0.0)
        """
        span = self.high - self.low or 1.0
        share = min(max((value - self.low) / span, 0.0), 1.0)
        return round(self.start + (self.end - self.start) * share, 1)


@dataclass(frozen=True, slots=True)
class Axes:
    """The frame of a plot, in pixels, with what its axes say.

    Attributes:
        width: Of the whole drawing.
        height: Of the whole drawing.
        left: Of the plot.
        right: Of the plot.
        top: Of the plot.
        bottom: Of the plot.
        across: (x, label) of ticks below the plot.
        up: (y, label) of ticks beside the plot.
    """

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]


def ticks(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Return round values from `low` to `high`, at most `most` + 1 of them.

    Args:
        low: Least value.
        high: Greatest value.
        most: Most steps.

    >>> ticks(0, 53), ticks(0, 1, 5)
    ((0.0, 10.0, 20.0, 30.0, 40.0, 50.0), (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    """
    span = high - low
    if span <= 0:
        return (low,)
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * part for part in (1, 2, 5, 10, 20) if span / (power * part) <= most + 1e-9)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(round(number * step, 10) for number in range(first, last + 1))


def whole_ticks(low: int, high: int, most: int = 8) -> tuple[int, ...]:
    """Return round whole numbers from `low` to `high`.

    >>> whole_ticks(1, 22), whole_ticks(0, 3)
    ((5, 10, 15, 20), (0, 1, 2, 3))
    """
    return tuple(dict.fromkeys(int(value) for value in ticks(low, high, most) if value == int(value)))
