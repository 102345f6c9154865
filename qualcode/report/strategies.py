"""The table of strategies: dimension × strategy, with counts of cases and a quotation in each cell."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode.report.material import CodeView, Material, Passage
from qualcode.report.quotations import representative
from qualcode.report.records import Page


@dataclass(frozen=True, slots=True)
class StrategyValue:
    """What a strategy looks like on one dimension.

    Attributes:
        view: The code.
        cases: (case, passages, address of them) for the classified cases that show it.
        number: Passages.
        quotation: One that stands for the others, or None.
    """

    view: CodeView
    cases: tuple[tuple[str, int, str], ...]
    number: int
    quotation: Passage | None


def strategies(material: Material) -> Page:
    """Collect the page of strategies."""
    names = dict(material.codebook.strategies)
    focus = material.findings.focus
    found = _found(material)
    columns = list(names)
    if any(not strategy for _, strategy in found) or (found and not columns):
        columns.append("")
    dimensions = list(focus.dimensions) if focus else list(material.codebook.dimensions)
    return Page(
        "strategies.html",
        "strategies.html",
        "Strategies",
        "strategies",
        {
            "columns": [
                (strategy, names.get(strategy, "Values"), material.strategy_colours.get(strategy, ""))
                for strategy in columns
            ],
            "rows": [
                (
                    material.codebook.dimensions.get(dimension, dimension),
                    material.links.other_anchor("dimension", dimension),
                    [found.get((dimension, strategy), []) for strategy in columns],
                )
                for dimension in dimensions
                if dimension in material.groups
            ],
            "classified": len(focus.cases) if focus else 0,
            "assigned": [_assigned(material, strategy) for strategy in columns],
            "comparison": material.findings.comparison,
        },
    )


def _found(material: Material) -> dict[tuple[str, str], list[StrategyValue]]:
    """Return values by (dimension, strategy); codes that no classified case shows are included, empty."""
    focus = material.findings.focus
    cases = focus.cases if focus else ()
    result: dict[tuple[str, str], list[StrategyValue]] = {}
    for view in material.codes.values():
        if not view.code or view.code.stage != "focused":
            continue
        cells = [(case, material.by_cell.get((view.id, case), [])) for case in cases]
        passages = [passage for _, found in cells for passage in found]
        best = representative(passages, 1)
        result.setdefault((view.code.dimension, view.code.strategy), []).append(
            StrategyValue(
                view,
                tuple((case, len(found), material.links.code_in_case(view.id, case)) for case, found in cells if found),
                len(passages),
                best[0] if best else None,
            )
        )
    return result


def _assigned(material: Material, strategy: str) -> list[tuple[str, str, bool]]:
    """Return (case, its page, whether it is a hybrid) for the cases that are given a strategy."""
    comparison = material.findings.comparison
    return [
        (case.case, material.links.case_page(case.case), len(case.assigned) > 1)
        for case in (comparison.cases if comparison else ())
        if strategy in case.assigned
    ]
