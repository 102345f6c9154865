"""Which codes occur together more often than chance would have it.

Units are counted (a unit holds a code or does not), so two codes never share more units than either has.
Sources: c-coefficient, ATLAS.ti 22 manual, "Code Co-occurrence Coefficient"; inclusion index and association strength
(here as observed over expected, the lift), van Eck & Waltman 2009, JASIST 60(8), pp. 1635-1651.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from qualcode.axial.findings import Edge
from qualcode.model import Code, Codebook, Coding, Study
from qualcode.tables import Unit, code_order, units

if TYPE_CHECKING:
    import networkx as nx

NETWORK_STAGES = ("open", "axial")


def associations(first: int, second: int, together: int, total: int) -> tuple[float, float, float]:
    """Return Jaccard (c-coefficient), inclusion and lift of two codes.

    Args:
        first: Units with the first code.
        second: Units with the second code.
        together: Units with both; 1 or more.
        total: All units.

    >>> [round(value, 3) for value in associations(100, 10, 5, 1000)]
    [0.048, 0.5, 5.0]
    """
    return (
        together / (first + second - together),
        together / min(first, second),
        together * total / (first * second),
    )


def cooccurrence(
    study: Study,
    codings: Iterable[Coding],
    unit: str = "turn",
    codes: Sequence[str] | None = None,
    fewest: int | None = None,
) -> tuple[Edge, ...]:
    """Return the pairs of codes that share enough units (lift above 1), most together first.

    A code and its parent (or the parent's parent, …) are left out: they occur together by definition.

    Args:
        study: The study.
        codings: Those that count.
        unit: "passage" (overlapping passages), "sentence", "turn" or "case".
        codes: Identifiers of the codes to look at; None for open and axial ones.
        fewest: Fewest units to share; None for the setting `thresholds.cooccurrence`.
    """
    looked_at = frozenset(code_order(study, codings, NETWORK_STAGES) if codes is None else codes)
    rows = units(study, [coding for coding in codings if coding.code in looked_at], unit)
    return edges_of(study, rows, study.settings.thresholds.cooccurrence if fewest is None else fewest)


def edges_of(study: Study, rows: Sequence[Unit], fewest: int) -> tuple[Edge, ...]:
    """Return the edges that some units make; see `cooccurrence`."""
    singles: dict[str, int] = defaultdict(int)
    pairs: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for row in rows:
        held = sorted(row.codes)
        for code in held:
            singles[code] += 1
        for pair in combinations(held, 2):
            pairs[pair].append(row)
    result = []
    for (first, second), shared in pairs.items():
        if len(shared) < fewest or _is_kin(study.codebook, first, second):
            continue
        values = associations(singles[first], singles[second], len(shared), len(rows))
        if values[2] > 1:
            result.append(_edge(first, second, (singles[first], singles[second]), values, shared))
    return tuple(sorted(result, key=lambda edge: (-edge.together, -edge.jaccard, edge.first, edge.second)))


def graph_of(study: Study, edges: Iterable[Edge]) -> nx.Graph:
    """Return the co-occurrence network.

    Nodes are identifiers of codes with `name` (as shown), `category` (its main category, or empty) and `units` (how
    many hold it). Edges have `together`, `jaccard`, `inclusion`, `lift` (as in `Edge`) and `cases` (how many cases).
    Nodes are added sorted by identifier, edges by their codes.
    """
    import networkx as nx

    ordered = sorted(edges, key=lambda edge: (edge.first, edge.second))
    held = {edge.first: edge.first_units for edge in ordered}
    held.update({edge.second: edge.second_units for edge in ordered})
    graph = nx.Graph()
    for identifier in sorted(held):
        code = study.codebook.by_id.get(identifier) or Code(identifier, identifier)
        graph.add_node(identifier, name=code.name, category=code.category, units=held[identifier])
    for edge in ordered:
        graph.add_edge(
            edge.first,
            edge.second,
            together=edge.together,
            jaccard=edge.jaccard,
            inclusion=edge.inclusion,
            lift=edge.lift,
            cases=len(edge.cases),
        )
    return graph


def passages_of(shared: Iterable[Unit], codes: Sequence[str]) -> tuple[Coding, ...]:
    """Return the codings of some codes in some units, each once, sorted by place."""
    found = {coding.place: coding for row in shared for coding in row.codings if coding.code in codes}
    return tuple(found[place] for place in sorted(found))


def _edge(
    first: str, second: str, held: tuple[int, int], values: tuple[float, float, float], shared: Sequence[Unit]
) -> Edge:
    return Edge(
        first=first,
        second=second,
        together=len(shared),
        first_units=held[0],
        second_units=held[1],
        jaccard=values[0],
        inclusion=values[1],
        lift=values[2],
        cases=tuple(sorted({row.case for row in shared})),
        passages=passages_of(shared, (first, second)),
    )


def _is_kin(codebook: Codebook, first: str, second: str) -> bool:
    return second in _ancestors(codebook, first) or first in _ancestors(codebook, second)


def _ancestors(codebook: Codebook, identifier: str) -> set[str]:
    found: set[str] = set()
    code = codebook.by_id.get(identifier)
    while code is not None and code.parent and code.parent not in found:
        found.add(code.parent)
        code = codebook.by_id.get(code.parent)
    return found
