"""Cross-case analysis: memberships, the case × dimension matrix, clusters, contrasts, co-occurrence."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode.axial.findings import Edge
from qualcode.cases.findings import CaseResult, Cluster, Contrast, Membership
from qualcode.model.times import clock
from qualcode.report.dendrogram import dendrogram
from qualcode.report.links import anchor
from qualcode.report.material import CodeView, Material
from qualcode.report.network import network
from qualcode.report.records import Page

MOST_EDGES, MOST_PLACES = 400, 120
TOP_EDGES = 20
MOST_CONTRASTS = 6


@dataclass(frozen=True, slots=True)
class MembershipView:
    """A membership with the ends of its bar in hundredths.

    Attributes:
        item: As found.
        href: Where its evidence is.
        number: Passages for it.
    """

    item: Membership
    href: str
    number: int


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case among the strategies.

    Attributes:
        result: As found.
        href: The case's page.
        memberships: One per strategy.
        assigned: Names of assigned strategies.
        published: Names in the published result, or None.
    """

    result: CaseResult
    href: str
    memberships: list[MembershipView]
    assigned: list[str]
    published: list[str] | None


@dataclass(frozen=True, slots=True)
class EdgeView:
    """Two codes that occur together.

    Attributes:
        edge: As found.
        anchor: Its anchor on the page of co-occurrences.
        first: One code.
        second: The other.
        places: (case and time, address) of each shared turn, at most `MOST_PLACES`.
        number: How many there are.
    """

    edge: Edge
    anchor: str
    first: CodeView
    second: CodeView
    places: list[tuple[str, str]]
    number: int


def comparison(material: Material) -> Page:
    """Collect the page of cross-case analysis."""
    found = material.findings.comparison
    clustering = found.clustering if found else None
    edges = edge_views(material)
    return Page(
        "comparison.html",
        "comparison.html",
        "Comparison of cases",
        "comparison",
        {
            "comparison": found,
            "threshold": material.study.settings.thresholds.membership,
            "strategies": [
                (key, name, material.strategy_colours[key]) for key, name in material.codebook.strategies.items()
            ],
            "rows": case_rows(material),
            "compared": bool(found and any(case.agrees is not None for case in found.cases)),
            "agreeing": sum(bool(case.agrees) for case in found.cases) if found else 0,
            "comparable": sum(case.agrees is not None for case in found.cases) if found else 0,
            "counts": [
                (material.codebook.strategies.get(key, key), here, published)
                for key, here, published in (found.counts if found else ())
            ],
            "matrix": matrix(material),
            "tree": dendrogram(clustering) if clustering and clustering.merges else None,
            "clusters": [_cluster(material, item) for item in clustering.clusters] if clustering else [],
            "assigned": {case.case: case.assigned for case in found.cases} if found else {},
            "contrasts": contrasts(material),
            "network": _picture(material),
            "edges": edges[:TOP_EDGES],
            "edge_count": len(material.findings.axial.edges) if material.findings.axial else 0,
            "unit": material.findings.axial.unit if material.findings.axial else "turn",
        },
    )


def case_rows(material: Material) -> list[CaseRow]:
    """Return the classified cases with their memberships."""
    names = material.codebook.strategies
    found = material.findings.comparison
    result = []
    for case in found.cases if found else ():
        page = material.links.case_page(case.case)
        result.append(
            CaseRow(
                case,
                page,
                [
                    MembershipView(
                        item,
                        f"{page}#{material.links.other_anchor('strategy', item.strategy)}",
                        len(material.merged(item.passages)),
                    )
                    for item in case.memberships
                    if item.strategy in names
                ],
                [names.get(key, key) for key in case.assigned],
                None if case.published is None else [names.get(key, key) for key in case.published],
            )
        )
    return result


Matrix = tuple[list[tuple[str, str]], list[tuple[str, str, list[list[tuple[CodeView, int, str, str]]]]]]


def matrix(material: Material) -> Matrix | None:
    """Return the case × dimension matrix.

    Returns:
        Columns as (identifier, name), and rows as (case, its page, cells); a cell lists
        (code, passages, address of them, colour of its strategy). None where there are no dimensions.
    """
    focus = material.findings.focus
    if not focus or not focus.dimensions or not focus.cases:
        return None
    columns = [(key, material.codebook.dimensions.get(key, key)) for key in focus.dimensions]
    cells = {(cell.case, cell.dimension): cell for cell in focus.cells}
    rows = []
    for case in focus.cases:
        row = []
        for dimension in focus.dimensions:
            cell = cells.get((case, dimension))
            row.append(
                [
                    (
                        material.codes[code],
                        len(material.merged(codings)),
                        material.links.code_in_case(code, case),
                        material.strategy_colours.get(strategy, material.codes[code].colour),
                    )
                    for code, strategy, codings in (cell.values if cell else ())
                    if code in material.codes
                ]
            )
        rows.append((case, material.links.case_page(case), row))
    return columns, rows


def contrasts(material: Material) -> list[tuple[str, list[tuple[Contrast, CodeView]]]]:
    """Return, by group, the codes that set it apart most on either side."""
    found = material.findings.comparison
    names = material.codebook.strategies
    groups: dict[str, list[tuple[Contrast, CodeView]]] = {}
    for item in found.contrasts if found else ():
        if item.code in material.codes:
            groups.setdefault(names.get(item.group, item.group), []).append((item, material.codes[item.code]))
    result = []
    for name, items in groups.items():
        ranked = sorted(items, key=lambda pair: -pair[0].difference)
        above = [pair for pair in ranked if pair[0].difference > 0][:MOST_CONTRASTS]
        below = [pair for pair in ranked if pair[0].difference < 0][-3:]
        if above or below:
            result.append((name, [*above, *below]))
    return result


def _cluster(material: Material, item: Cluster) -> tuple[Cluster, list[tuple[str, str]], list[tuple[CodeView, float]]]:
    return (
        item,
        [(case, material.links.case_page(case)) for case in item.cases],
        [(material.codes[code], share) for code, share in item.properties if code in material.codes],
    )


def _picture(material: Material) -> dict[str, object] | None:
    axial = material.findings.axial
    edges = [edge for edge in axial.edges if {edge.first, edge.second} <= material.codes.keys()] if axial else []
    cases = {code: len({item.case for item in passages}) for code, passages in material.by_code.items()}
    names = {code: view.name for code, view in material.codes.items()}
    drawn = network(edges, cases, names)
    if not drawn:
        return None
    groups = dict.fromkeys(material.codes[node.code].group for node in drawn.nodes)
    return {
        "drawn": drawn,
        "views": [material.codes[node.code] for node in drawn.nodes],
        "colours": [material.group_colours[material.codes[node.code].group] for node in drawn.nodes],
        "legend": [(material.groups[group], material.group_colours[group]) for group in groups],
    }


def edge_views(material: Material) -> list[EdgeView]:
    """Return the strongest co-occurrences with the places where they are."""
    axial = material.findings.axial
    result: list[EdgeView] = []
    for edge in axial.edges if axial else ():
        if edge.first not in material.codes or edge.second not in material.codes:
            continue
        number = len(result) + 1
        places = _places(material, edge)
        result.append(
            EdgeView(
                edge,
                f"pair-{number}",
                material.codes[edge.first],
                material.codes[edge.second],
                places[:MOST_PLACES],
                len(places),
            )
        )
        if number == MOST_EDGES:
            break
    return result


def _places(material: Material, edge: Edge) -> list[tuple[str, str]]:
    """Return one (case and time, address) per turn that holds passages of the pair, by the first one in it."""
    seen: dict[tuple[str, int], tuple[str, str]] = {}
    for coding in edge.passages:
        transcript = material.study.transcript_by_name.get(coding.transcript)
        if transcript is None:
            continue
        turn = transcript.turn_at(coding.start)
        number = turn.number if turn else 0
        time = clock(turn.time) if turn else None
        label = f"{transcript.case} {time}" if time else f"{transcript.case}, turn {number}"
        page = material.links.transcript_page(transcript.name)
        seen.setdefault((transcript.name, number), (label, f"{page}#{anchor(number, coding.start, coding.end)}"))
    return list(seen.values())


def cooccurrence(material: Material) -> Page | None:
    """Collect the page that lists co-occurrences with their places, or None without any."""
    edges = edge_views(material)
    axial = material.findings.axial
    if not edges or axial is None:
        return None
    return Page(
        "cooccurrence.html",
        "cooccurrence.html",
        "Codes that occur together",
        "comparison",
        {"edges": edges, "edge_count": len(axial.edges), "unit": axial.unit, "units": axial.units},
    )
