"""Plots of saturation as coordinates: new codes per interview, and curves of codes over interviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualcode.agreement.findings import CurvePoint, NewCodes
from qualcode.report.axes import Axes, Scale, ticks, whole_ticks

# Interviews up to this number are named under their bars; with more only numbers have room.
MOST_NAMES = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """New codes of one interview.

    Attributes:
        row: Of the table.
        x: Left side.
        middle: Middle.
        y: Top.
        width: In pixels.
        height: In pixels.
        total: Height of the cumulative line here.
    """

    row: NewCodes
    x: float
    middle: float
    y: float
    width: float
    height: float
    total: float


@dataclass(frozen=True, slots=True)
class Growth:
    """Bars of new codes with the line of all codes so far.

    Attributes:
        axes: Its frame; names or numbers of interviews as ticks below.
        bars: One for each interview.
        line: The cumulative line, as an SVG path.
        slanted: Whether the ticks below are names, to be set slanted.
    """

    axes: Axes
    bars: tuple[Bar, ...]
    line: str
    slanted: bool


def growth(table: Sequence[NewCodes], names: Sequence[str]) -> Growth:
    """Place bars of new codes and the cumulative line, on one scale.

    Args:
        table: New codes per interview.
        names: Of the interviews as shown.
    """
    slanted = len(table) <= MOST_NAMES
    # More than fits the page is squeezed: bars of less than two pixels are still seen.
    step = max(2.0, min(30.0, 700 / max(len(table), 1)))
    left, top, bottom = 46.0, 22.0, 262.0
    right = round(left + max(step * len(table), 220.0), 1)
    up = Scale(0, max((row.total for row in table), default=1) or 1, bottom, top)
    bars = []
    for place, row in enumerate(table):
        x = left + step * place
        y = up.at(row.new)
        width = round(step * (0.72 if step > 6 else 0.9), 1)
        middle = round(x + step / 2, 1)
        start = round(middle - width / 2, 1)
        bars.append(Bar(row, start, middle, y, width, round(bottom - y, 1), up.at(row.total)))
    line = "".join(f"{'L' if place else 'M'}{bar.middle} {bar.total}" for place, bar in enumerate(bars))
    every = [(bar.middle, _short(name)) for bar, name in zip(bars, names, strict=True)]
    some = [(bars[number - 1].middle, str(number)) for number in whole_ticks(1, len(bars), 12)] if bars else []
    axes = Axes(
        right + 66,
        bottom + (76 if slanted else 40),
        left,
        right,
        top,
        bottom,
        tuple(every if slanted else some),
        tuple((up.at(value), str(value)) for value in whole_ticks(0, int(up.high), 6)),
    )
    return Growth(axes, tuple(bars), line, slanted)


@dataclass(frozen=True, slots=True)
class Curve:
    """Expected codes or coverage over interviews, for all of them or a cohort.

    Attributes:
        name: As shown.
        colour: "#rrggbb", or empty for the page's own.
        known: Up to what was observed, as an SVG path.
        beyond: Extrapolated, as an SVG path; empty for none.
        observed: (x, y) of what was observed, or None.
        end: (x, y) of its last point.
    """

    name: str
    colour: str
    known: str
    beyond: str
    observed: tuple[float, float] | None
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class CurvePlot:
    """Curves in one frame.

    Attributes:
        axes: Its frame.
        curves: In the order given.
        rule: (y, label) of a line to be reached, or None.
    """

    axes: Axes
    curves: tuple[Curve, ...]
    rule: tuple[float, str] | None


def code_curves(lines: Sequence[tuple[str, str, Sequence[CurvePoint]]]) -> CurvePlot:
    """Place curves of expected distinct codes over interviews.

    Args:
        lines: (name, colour, points) of each curve.
    """
    high = max((point.codes for _, _, points in lines for point in points), default=1.0)
    return _plot(lines, Scale(0, high or 1.0, 262.0, 22.0), False)


def coverage_curves(lines: Sequence[tuple[str, str, Sequence[CurvePoint]]], target: float) -> CurvePlot:
    """Place curves of expected coverage over interviews, with the coverage aimed at.

    Args:
        lines: (name, colour, points) of each curve.
        target: Coverage aimed at, 0 to 1.
    """
    return _plot(lines, Scale(0.0, 1.0, 262.0, 22.0), True, target)


def _plot(
    lines: Sequence[tuple[str, str, Sequence[CurvePoint]]], up: Scale, coverage: bool, target: float | None = None
) -> CurvePlot:
    most = max((point.interviews for _, _, points in lines for point in points), default=1)
    across = Scale(0, most, 46.0, 506.0)
    shown = [f"{100 * value:.0f} %" if coverage else f"{value:g}" for value in ticks(up.low, up.high, 5)]
    axes = Axes(
        524.0,
        306.0,
        across.start,
        across.end,
        up.end,
        up.start,
        tuple((across.at(value), str(value)) for value in whole_ticks(0, most, 10)),
        tuple(zip((up.at(value) for value in ticks(up.low, up.high, 5)), shown, strict=True)),
    )
    curves = []
    for name, colour, points in lines:
        found = _curve(name, colour, points, across, up, coverage)
        if found:
            curves.append(found)
    return CurvePlot(axes, tuple(curves), None if target is None else (up.at(target), f"{100 * target:g} %"))


def _curve(
    name: str, colour: str, points: Sequence[CurvePoint], across: Scale, up: Scale, coverage: bool
) -> Curve | None:
    placed = []
    for point in points:
        value = point.coverage if coverage else point.codes
        if value is not None:
            placed.append((across.at(point.interviews), up.at(value), point.kind))
    if not placed:
        return None
    known = [(x, y) for x, y, kind in placed if kind != "extrapolation"]
    beyond = [(x, y) for x, y, kind in placed if kind == "extrapolation"]
    observed = next(((x, y) for x, y, kind in placed if kind == "observed"), None)
    return Curve(
        name,
        colour,
        _path(known),
        _path([*known[-1:], *beyond]) if beyond else "",
        observed,
        placed[-1][:2],
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "".join(f"{'L' if place else 'M'}{x} {y}" for place, (x, y) in enumerate(points))


def _short(name: str, most: int = 11) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
