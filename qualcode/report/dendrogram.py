"""A dendrogram as lines and labels with coordinates, to be drawn by a template."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode.cases.findings import Clustering

ROW, TREE, MARGIN = 26, 420, 14


@dataclass(frozen=True, slots=True)
class Leaf:
    """A case at the tip of the tree.

    Attributes:
        case: Name.
        y: Height of its row, in pixels.
        cluster: Number of its cluster, 0 for none.
    """

    case: str
    y: float
    cluster: int


@dataclass(frozen=True, slots=True)
class Dendrogram:
    """A tree drawn from the root on the left to the cases on the right.

    Attributes:
        width: Of the tree without labels, in pixels.
        height: In pixels.
        leaves: From top to bottom.
        brackets: One per merge: (x, top y, x of the top child, bottom y, x of the bottom child, number of the
            cluster that it lies in, or 0 above them).
        ticks: (x, distance as shown) of the scale.
    """

    width: float
    height: float
    leaves: tuple[Leaf, ...]
    brackets: tuple[tuple[float, float, float, float, float, int], ...]
    ticks: tuple[tuple[float, str], ...]


def dendrogram(clustering: Clustering) -> Dendrogram:
    """Place the tree of a clustering; pure arithmetic, rounded, so that it is the same everywhere."""
    cluster_of = {case: cluster.number for cluster in clustering.clusters for case in cluster.cases}
    row = {case: MARGIN + ROW * number + ROW / 2 for number, case in enumerate(clustering.cases)}
    top = max((height for _, _, height, _ in clustering.merges), default=0.0) or 1.0

    def across(height: float) -> float:
        return round(TREE - (TREE - MARGIN) * height / top, 1)

    # Node by linkage index: (x, y, cluster or 0 where several are joined).
    nodes: dict[int, tuple[float, float, int]] = {
        index: (across(0), row[case], cluster_of.get(case, 0)) for index, case in enumerate(clustering.order_of_rows)
    }
    brackets = []
    for number, (left, right, height, _) in enumerate(clustering.merges):
        upper, lower = sorted((nodes[left], nodes[right]), key=lambda node: node[1])
        cluster = upper[2] if upper[2] == lower[2] else 0
        nodes[len(clustering.order_of_rows) + number] = (across(height), (upper[1] + lower[1]) / 2, cluster)
        brackets.append((across(height), round(upper[1], 1), upper[0], round(lower[1], 1), lower[0], cluster))
    leaves = tuple(Leaf(case, round(row[case], 1), cluster_of.get(case, 0)) for case in clustering.cases)
    ticks = tuple((across(top * part / 4), f"{top * part / 4:.2f}") for part in range(5))
    return Dendrogram(TREE, 2 * MARGIN + ROW * len(leaves), leaves, tuple(brackets), ticks)
