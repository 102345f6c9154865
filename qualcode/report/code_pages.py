"""One page per code: what it means, and all its passages by case. Counts elsewhere lead here."""

from __future__ import annotations

from qualcode.report.case_pages import MemoView
from qualcode.report.comparison import edge_views
from qualcode.report.material import Material
from qualcode.report.records import Page


def code_pages(material: Material) -> list[Page]:
    """Collect the pages of codes."""
    neighbours: dict[str, list[tuple[str, str, int, str]]] = {}
    for edge in edge_views(material):
        href = f"cooccurrence.html#{edge.anchor}"
        for one, other in ((edge.first, edge.second), (edge.second, edge.first)):
            neighbours.setdefault(one.id, []).append((other.name, other.page, edge.edge.together, href))
    order = list(material.codes)
    pages = []
    for number, (identifier, view) in enumerate(material.codes.items()):
        passages = material.by_code[identifier]
        cases = [case for case in material.cases if (identifier, case.name) in material.by_cell]
        found = {case.name for case in cases}
        pages.append(
            Page(
                view.page,
                "code.html",
                view.name,
                "codes",
                {
                    "view": view,
                    "dimension": material.codebook.dimensions.get(view.code.dimension, "") if view.code else "",
                    "strategy": material.codebook.strategies.get(view.code.strategy, "") if view.code else "",
                    "counts": material.counts(passage.case for passage in passages),
                    "number": len(passages),
                    "cases": [
                        (
                            case.name,
                            material.links.case_anchor(case.name),
                            material.links.case_page(case.name),
                            material.by_cell[identifier, case.name],
                        )
                        for case in cases
                    ],
                    "without": [
                        (case.name, material.links.case_page(case.name))
                        for case in material.cases
                        if case.name not in found
                    ],
                    "neighbours": neighbours.get(identifier, [])[:8],
                    "memos": [
                        MemoView(memo)
                        for memo in material.study.memos
                        if memo.target == "code" and memo.key == identifier
                    ],
                    "previous": _beside(material, order, number - 1),
                    "next": _beside(material, order, number + 1),
                },
            )
        )
    return pages


def _beside(material: Material, order: list[str], number: int) -> tuple[str, str] | None:
    if not 0 <= number < len(order):
        return None
    view = material.codes[order[number]]
    return view.name, view.page
