"""A forest plot: one row per code with its value and interval, as coordinates to be drawn by a template."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from qualcode.agreement.findings import Value
from qualcode.report.axes import Scale, ticks

ROW, NAMES, PLOT, NUMBERS, HEAD, FOOT = 20, 216, 456, 124, 52, 38
# What others said is good, and who said so: lowest value of each name.
LIMITS = (
    ("Landis & Koch 1977 (κ)", ((0.4, "moderate"), (0.6, "substantial"), (0.8, "almost perfect"))),
    ("Krippendorff 2004 (α)", ((0.667, "tentative"), (0.8, "reliable"))),
)


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One code in the plot.

    Attributes:
        name: As shown.
        href: Where it leads to.
        colour: "#rrggbb".
        y: Height of the row's middle, in pixels.
        x: Of the value, or None where it is undefined.
        left: Lower end of the interval, or None.
        right: Upper end, or None.
        shown: The value and its interval in words.
    """

    name: str
    href: str
    colour: str
    y: float
    x: float | None
    left: float | None
    right: float | None
    shown: str


@dataclass(frozen=True, slots=True)
class Forest:
    """A forest plot, highest value on top, undefined ones last.

    Attributes:
        width: In pixels.
        height: In pixels.
        left: Where the plot begins.
        right: Where it ends, and numbers begin.
        top: Of the plot.
        bottom: Of the plot.
        rows: From top to bottom.
        ticks: (x, label).
        limits: By who set them, and where their words stand: (who, y, ((x, word), …)).
        reference: (x, label) of the value over all codes, or None.
    """

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    rows: tuple[ForestRow, ...]
    ticks: tuple[tuple[float, str], ...]
    limits: tuple[tuple[str, float, tuple[tuple[float, str], ...]], ...]
    reference: tuple[float, str] | None


def forest(rows: Iterable[tuple[str, str, str, Value]], reference: Value | None = None, name: str = "") -> Forest:
    """Place a forest plot.

    Args:
        rows: (name, address, colour, value) of each code.
        reference: The value over all codes.
        name: What the reference is called.
    """
    ranked = sorted(rows, key=lambda row: -math.inf if row[3].value is None else row[3].value, reverse=True)
    lows = [number for *_, value in ranked for number in (value.value, value.low) if number is not None]
    low = min(0.0, math.floor(10 * min(lows, default=0.0)) / 10)
    across = Scale(low, 1.0, NAMES, NAMES + PLOT)
    bottom = HEAD + ROW * len(ranked)
    return Forest(
        NAMES + PLOT + NUMBERS,
        bottom + FOOT,
        NAMES,
        NAMES + PLOT,
        HEAD,
        bottom,
        tuple(_row(across, HEAD + ROW * number + ROW / 2, *row) for number, row in enumerate(ranked)),
        tuple((across.at(value), _shown(value, 1)) for value in ticks(low, 1.0, 8)),
        tuple(
            (who, 14.0 + 18 * number, tuple((across.at(line), word) for line, word in lines))
            for number, (who, lines) in enumerate(LIMITS)
        ),
        (across.at(reference.value), f"{name} {_shown(reference.value)}")
        if reference and reference.value is not None
        else None,
    )


def _row(across: Scale, y: float, name: str, href: str, colour: str, value: Value) -> ForestRow:
    if value.value is None:
        return ForestRow(name, href, colour, y, None, None, None, "undefined")
    known = value.low is not None and value.high is not None
    shown = _shown(value.value)
    if known:
        shown += f" [{_shown(value.low or 0.0)}, {_shown(value.high or 0.0)}]"
    return ForestRow(
        name,
        href,
        colour,
        y,
        across.at(value.value),
        across.at(value.low or 0.0) if known else None,
        across.at(value.high or 0.0) if known else None,
        shown if known else f"{shown} (no interval)",
    )


def _shown(value: float, digits: int = 2) -> str:
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")
