"""Saturation: how the codes came, interview by interview. Descriptive."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode.agreement.findings import BaseRun, CodeHistory, CurvePoint, Lowe, NewCodes, Run, Saturation, Value
from qualcode.report.colours import palette
from qualcode.report.curves import CurvePlot, Growth, code_curves, coverage_curves, growth
from qualcode.report.material import CodeView, Material
from qualcode.report.records import Page

MODELS = {
    ("IW", "direct"): "IW: codes differ in how likely they are; through the first and the last point",
    ("IW", "fit"): "IW: codes differ in how likely they are; least squares",
    ("IS", "fit"): "IS: every code equally likely in every interview; least squares",
    ("SW", "fit"): "SW: growth by a gamma function; least squares",
}
MOST_CURVES = 8


@dataclass(frozen=True, slots=True)
class BaseRunRow:
    """One setting of Guest, Namey & Chen.

    Attributes:
        item: As found.
        deciding: The run that decides, or None where saturation is not reached.
    """

    item: BaseRun
    deciding: Run | None


@dataclass(frozen=True, slots=True)
class GridRow:
    """One code in Hennink & Kaiser's grid.

    Attributes:
        code: The code.
        item: As found.
        cells: Per block: (interviews with it, level from 0 to 5).
    """

    code: CodeView
    item: CodeHistory
    cells: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class SaturationView:
    """Saturation of all interviews or of a cohort.

    Attributes:
        item: As found.
        name: Of the cohort; empty for all interviews.
        anchor: Its anchor.
        facts: (name, value) of the estimates, as shown.
        growth: New codes per interview, drawn.
        table: (row, interview as shown, its page, new codes).
        base_runs: Guest, Namey & Chen.
    """

    item: Saturation
    name: str
    anchor: str
    facts: list[tuple[str, str, str]]
    growth: Growth
    table: list[tuple[NewCodes, str, str, list[CodeView]]]
    base_runs: list[BaseRunRow]


def saturation(material: Material) -> Page:
    """Collect the page of saturation."""
    found = material.findings.saturation
    data: dict[str, object] = {"found": None}
    if found and found.table:
        cohorts = list(found.cohorts.items())
        colours = palette(name for name, _ in cohorts)
        lines = [("all", "", found.curve)]
        lines += [(name, colours[name], item.curve) for name, item in cohorts[: MOST_CURVES - 1]]
        data = {
            "found": found,
            "whole": _view(material, found, "", "all"),
            "codes_plot": code_curves(lines[:1]),
            "coverage_plot": coverage_curves(lines[:1], found.target),
            "points": _points(found.curve),
            "cohorts": [
                _view(material, item, name, f"cohort-{number}") for number, (name, item) in enumerate(cohorts, start=1)
            ],
            "cohort_plots": _cohort_plots(lines, found.target) if cohorts else None,
            "colours": colours,
            "grid": _grid(material, found),
            "blocks": _blocks(found),
            "aspects": any(row.last_aspect is not None for row in found.grid.rows),
            "lowe": _lowe(found.lowe),
        }
    return Page("saturation.html", "saturation.html", "Saturation", "saturation", data)


def _view(material: Material, item: Saturation, name: str, anchor: str) -> SaturationView:
    names = [_shown_name(material, row.interview) for row in item.table]
    return SaturationView(
        item,
        name,
        anchor,
        facts(item),
        growth(item.table, names),
        [
            (
                row,
                shown,
                material.links.transcript_page(row.interview),
                [material.codes[code] for code in row.which if code in material.codes],
            )
            for row, shown in zip(item.table, names, strict=True)
        ],
        [
            BaseRunRow(one, next((run for run in one.runs if run.first - 1 == one.saturated_at), None))
            for one in item.base_runs
        ],
    )


def _shown_name(material: Material, transcript: str) -> str:
    """Return the case's name where the case has this transcript only, else the transcript's."""
    case = material.study.transcript_by_name[transcript].case
    return case if len(material.transcripts_of[case]) == 1 else transcript


def facts(item: Saturation) -> list[tuple[str, str, str]]:
    """Return estimates of how many codes there are: (what, number, interval or reason)."""
    richness = item.richness
    return [
        ("Interviews", str(richness.interviews), ""),
        ("Codes found", str(richness.codes), ""),
        ("Mentions (code in interview)", f"{richness.mentions:,}", ""),
        ("Codes in one interview only", str(richness.once), ""),
        ("Codes in two interviews", str(richness.twice), ""),
        ("Coverage of mentions", *_number(richness.coverage, percent=True)),
        ("Codes there may be, at least (Chao2)", *_number(richness.chao2)),
        ("Codes there may be (jackknife 1)", *_number(richness.jackknife1)),
        ("Codes there may be (jackknife 2)", *_number(richness.jackknife2)),
        (f"More interviews for {100 * item.target:g} % coverage", *_number(item.more, digits=0)),
    ]


def _number(value: Value, *, percent: bool = False, digits: int = 1) -> tuple[str, str]:
    if value.value is None:
        return "unknown", value.reason

    def shown(number: float) -> str:
        return f"{100 * number:.1f} %" if percent else f"{number:.{digits}f}"

    interval = f"{shown(value.low)} to {shown(value.high)}" if value.low is not None and value.high is not None else ""
    return shown(value.value), interval or value.reason


def _points(curve: tuple[CurvePoint, ...]) -> list[CurvePoint]:
    """Return the points that the table lists: all of a short curve, else about forty and what was observed."""
    step = max(1, len(curve) // 40)
    return [
        point
        for place, point in enumerate(curve)
        if place % step == 0 or point.kind == "observed" or place == len(curve) - 1
    ]


def _cohort_plots(lines: list[tuple[str, str, tuple[CurvePoint, ...]]], target: float) -> tuple[CurvePlot, CurvePlot]:
    return code_curves(lines), coverage_curves(lines, target)


def _blocks(found: Saturation) -> list[tuple[int, int]]:
    """Return first and last interview of each block."""
    block, number = found.grid.block, len(found.table)
    return [(start + 1, min(start + block, number)) for start in range(0, number, block)]


def _grid(material: Material, found: Saturation) -> list[GridRow]:
    lengths = [last - first + 1 for first, last in _blocks(found)]
    return [
        GridRow(
            material.codes[row.code],
            row,
            [(held, -(-5 * held // length)) for held, length in zip(row.blocks, lengths, strict=True)],
        )
        for row in found.grid.rows
        if row.code in material.codes
    ]


def _lowe(found: tuple[Lowe, ...]) -> list[tuple[str, Lowe]]:
    return [(MODELS.get((one.model, one.method), f"{one.model}, {one.method}"), one) for one in found]
