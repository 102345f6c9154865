"""Groups of codes in a network, and how far two groupings agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx

RUNS = 50


@dataclass(frozen=True, slots=True)
class Communities:
    """A partition of a network's nodes.

    Attributes:
        groups: Nodes of each community, heaviest first (sum of weights to the others of the community); largest
            community first.
        modularity: Of the partition.
        stability: Per group, the mean share of runs in which two of its nodes were together, 0 to 1.
        runs: How often the network was partitioned.
    """

    groups: tuple[tuple[str, ...], ...]
    modularity: float
    stability: tuple[float, ...]
    runs: int


def communities(graph: nx.Graph, weight: str | None = "jaccard", runs: int = RUNS, seed: int = 0) -> Communities | None:
    """Return the best of several partitions by the Louvain method.

    Blondel, Guillaume, Lambiotte & Lefebvre 2008, J. Stat. Mech. P10008, as networkx implements it, from seeds `seed`,
    `seed + 1`, …; the partition with the highest modularity is kept, the first one in alphabetical order among equals.

    Args:
        graph: Undirected network with text nodes.
        weight: Edge attribute that says how strongly two nodes belong together; None to count every edge as 1.
        runs: Number of partitions tried.
        seed: First seed.

    Returns:
        The partition, or None for a network without edges.
    """
    import networkx as nx

    if graph.number_of_edges() == 0:
        return None
    # Numbers for nodes: sets of them are walked in the same order in every run of the program, sets of texts are not.
    names = sorted(graph.nodes)
    numbered = nx.Graph()
    numbered.add_nodes_from(range(len(names)))
    place = {name: number for number, name in enumerate(names)}
    pairs = sorted((min(place[a], place[b]), max(place[a], place[b]), data) for a, b, data in graph.edges(data=True))
    numbered.add_edges_from(pairs)
    found = []
    for run in range(runs):
        partition = nx.community.louvain_communities(numbered, weight=weight, seed=seed + run)
        found.append(tuple(sorted(tuple(sorted(group)) for group in partition)))
    value = {partition: nx.community.modularity(numbered, partition, weight=weight) for partition in set(found)}
    best = min(value, key=lambda partition: (-round(value[partition], 12), partition))
    together = Counter(pair for partition in found for group in partition for pair in _pairs(group))
    ordered = sorted(best, key=lambda group: (-len(group), group))
    return Communities(
        groups=tuple(tuple(names[node] for node in _heaviest(numbered, group, weight)) for group in ordered),
        modularity=value[best],
        stability=tuple(_mean([together[pair] / runs for pair in _pairs(group)]) for group in ordered),
        runs=runs,
    )


def adjusted_rand(first: Mapping[str, object], second: Mapping[str, object]) -> float | None:
    """Return the adjusted Rand index of two groupings of the same things (Hubert & Arabie 1985, J. Classif. 2, p. 198).

    Args:
        first: Group of each thing; things that only one of the two knows are passed over.
        second: The other grouping.

    Returns:
        1 for equal groupings, about 0 for unrelated ones; None where it is undefined (fewer than two things, or both
        groupings put everything together or everything apart).

    >>> round(adjusted_rand({"a": 1, "b": 1, "c": 2, "d": 2}, {"a": 1, "b": 1, "c": 2, "d": 3}), 6)
    0.571429
    """
    common = sorted(first.keys() & second.keys())
    both = Counter((first[thing], second[thing]) for thing in common)
    together = sum(comb(size, 2) for size in both.values())
    in_first = sum(comb(size, 2) for size in Counter(first[thing] for thing in common).values())
    in_second = sum(comb(size, 2) for size in Counter(second[thing] for thing in common).values())
    everything = comb(len(common), 2)
    if everything == 0:
        return None
    expected = in_first * in_second / everything
    most = (in_first + in_second) / 2
    return None if most == expected else (together - expected) / (most - expected)


def _pairs(group: tuple[int, ...]) -> list[tuple[int, int]]:
    return [(first, second) for index, first in enumerate(group) for second in group[index + 1 :]]


def _heaviest(graph: nx.Graph, group: tuple[int, ...], weight: str | None) -> list[int]:
    inside = graph.subgraph(group)
    weights = dict(inside.degree(weight=weight))
    return sorted(group, key=lambda node: (-round(weights[node], 12), node))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 1.0
