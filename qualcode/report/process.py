"""Process findings: categories and codes with quotations, and the literature's framework beside them."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode.axial.findings import Consideration
from qualcode.report.material import CodeView, Count, Material, Passage
from qualcode.report.quotations import representative
from qualcode.report.records import Page

STAGES = ("open", "axial")
# More than this are read more easily on the code's own page.
MOST_LISTED, MOST_PLACES = 150, 400


@dataclass(frozen=True, slots=True)
class CodeFinding:
    """One code of a category.

    Attributes:
        view: The code.
        counts: Cases by cohort.
        quotations: Passages that stand for the others.
        passages: All passages, by case and place; at most `MOST_LISTED`.
        number: How many passages there are.
    """

    view: CodeView
    counts: list[Count]
    quotations: list[Passage]
    passages: list[Passage]
    number: int


@dataclass(frozen=True, slots=True)
class CategoryView:
    """One category.

    Attributes:
        id: Identifier.
        anchor: Its anchor on the page.
        name: As shown, with the categories above it.
        definition: What its codes share.
        colour: "#rrggbb".
        counts: Cases by cohort with at least one of its codes.
        number: Passages.
        codes: Its codes that were found, in order of the codebook.
        unused: Its codes that were not.
    """

    id: str
    anchor: str
    name: str
    definition: str
    colour: str
    counts: list[Count]
    number: int
    codes: list[CodeFinding]
    unused: list[CodeView]


@dataclass(frozen=True, slots=True)
class ConsiderationView:
    """One consideration of the literature's framework.

    Attributes:
        item: As found.
        anchor: Its anchor on the page.
        stage: Name of its stage.
        counts: Cases by cohort.
        codes: (code, its passages that count, goes beyond the literature).
        passages: Its passages, at most `MOST_PLACES`.
        number: How many there are.
        sources: Literature that supports it, as cited.
    """

    item: Consideration
    anchor: str
    stage: str
    counts: list[Count]
    codes: list[tuple[CodeView, int, bool]]
    passages: list[Passage]
    number: int
    sources: list[str]


def process(material: Material) -> Page:
    """Collect the page of process findings."""
    axial = material.findings.axial
    return Page(
        "process.html",
        "process.html",
        "Process findings",
        "process",
        {
            "categories": categories(material),
            "considerations": [_consideration(material, item) for item in axial.considerations] if axial else [],
            "verdicts": VERDICTS,
            "proposed": [
                (
                    item,
                    [material.codes[code] for code in item.codes if code in material.codes],
                    [(material.groups.get(group, group), number) for group, number in item.overlaps],
                )
                for item in (axial.proposed if axial else ())
            ],
            "modularity": axial.modularity if axial else None,
            "category_agreement": axial.category_agreement if axial else None,
        },
    )


VERDICTS = {
    "confirmed": "its codes are found in enough cases",
    "extended": "confirmed, and codes that go beyond the literature are found too",
    "weak": "its codes are found in too few cases",
    "not found": "none of its codes is found",
}


def categories(material: Material) -> list[CategoryView]:
    """Return the categories of open and axial codes with what was found in them."""
    known = {category.id: category for category in material.codebook.categories}
    result = []
    for group, name, views in material.codes_by_group(STAGES):
        found = [view for view in views if material.by_code[view.id]]
        passages = [passage for view in found for passage in material.by_code[view.id]]
        parent = known[group].parent if group in known else ""
        result.append(
            CategoryView(
                group,
                material.links.other_anchor("category", group),
                f"{known[parent].name} › {name}" if parent in known else name,
                known[group].definition if group in known else "",
                material.group_colours[group],
                material.counts(passage.case for passage in passages),
                len(passages),
                [_code(material, view) for view in found],
                [view for view in views if not material.by_code[view.id]],
            )
        )
    return result


def _code(material: Material, view: CodeView) -> CodeFinding:
    passages = material.by_code[view.id]
    return CodeFinding(
        view,
        material.counts(passage.case for passage in passages),
        representative(passages),
        passages[:MOST_LISTED],
        len(passages),
    )


def _consideration(material: Material, item: Consideration) -> ConsiderationView:
    passages = material.merged(item.passages)
    numbers: dict[str, int] = {}
    for passage in passages:
        numbers[passage.code] = numbers.get(passage.code, 0) + 1
    return ConsiderationView(
        item,
        material.links.other_anchor("consideration", item.id),
        material.groups.get(item.stage, item.stage),
        material.counts(item.cases),
        [
            (material.codes[code], numbers.get(code, 0), code in item.beyond)
            for code in dict.fromkeys((*item.codes, *item.beyond))
            if code in material.codes
        ],
        passages[:MOST_PLACES],
        len(passages),
        [material.citations.get(key, key) for key in item.sources],
    )
