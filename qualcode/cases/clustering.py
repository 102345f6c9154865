"""Groups of cases that share properties, found without looking at the strategies' names.

Jaccard distance (what two cases both lack says nothing) and average linkage; the number of clusters by the mean
silhouette (Rousseeuw 1987, J. Comput. Appl. Math. 20, pp. 53-65); the stability of each by resampling cases (Hennig
2007, Comput. Stat. Data Anal. 52(1), pp. 258-271). A cluster tree puts every case in one place; that a case belongs to
two strategies is seen in its memberships, not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcode.cases.findings import Cluster, Clustering
from qualcode.model import Coding, Study
from qualcode.tables import case_by_code, code_order

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_CLUSTERS = 8
MOST_DRAWS = 500
WORK = 100_000
"""Cases × draws that resampling is held to: hundreds of cases are resampled less often, 50 times at least."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A dendrogram over numbered things.

    Attributes:
        merges: Linkage rows (left, right, height, size) as of scipy.
        leaves: Numbers of the things in dendrogram order.
        distances: Square matrix of distances.
    """

    merges: tuple[tuple[int, int, float, int], ...]
    leaves: tuple[int, ...]
    distances: NDArray[np.float64]

    def cut(self, number: int) -> tuple[tuple[int, ...], ...]:
        """Return the groups left when the last `number` - 1 merges are undone, in dendrogram order."""
        return _cut(self.merges, len(self.leaves), number, self.leaves)

    def is_cut(self, number: int) -> bool:
        """Return whether `number` clusters can be had without parting merges of one and the same height."""
        kept = len(self.leaves) - number
        return kept == 0 or self.merges[kept][2] - self.merges[kept - 1][2] > 1e-12


def cluster(presence: NDArray[np.bool_]) -> Tree:
    """Return the dendrogram of the rows of a table.

    Args:
        presence: Shape (things, properties), at least two rows, none of them without any property.
    """
    import numpy as np
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import pdist, squareform

    condensed = pdist(np.asarray(presence, dtype=bool), "jaccard")
    linked = linkage(condensed, "average")
    return Tree(_merges(linked), tuple(int(leaf) for leaf in leaves_list(linked)), squareform(condensed))


def silhouette(distances: NDArray[np.float64], groups: Sequence[Sequence[int]]) -> float:
    """Return the mean silhouette width of a partition into two or more groups.

    A thing on its own in a group has width 0 (Rousseeuw 1987).

    Args:
        distances: Square matrix.
        groups: Numbers of the things in each group.
    """
    import numpy as np

    mean = np.stack([distances[:, list(group)].mean(axis=1) for group in groups], axis=1)
    widths = np.zeros(len(distances))
    for column, group in enumerate(groups):
        if len(group) < 2:
            continue
        members = list(group)
        within = mean[members, column] * len(group) / (len(group) - 1)
        nearest = np.delete(mean[members], column, axis=1).min(axis=1)
        larger = np.maximum(within, nearest)
        widths[members] = np.divide(nearest - within, larger, out=np.zeros(len(members)), where=larger > 0)
    return float(widths.mean())


def stability(tree: Tree, groups: Sequence[Sequence[int]], draws: int, seed: int) -> tuple[float, ...]:
    """Return how well each group is found again when things are resampled.

    Each draw takes as many things as there are, with replacement; things drawn several times count once; the rest is
    clustered anew into as many groups. A group's similarity in a draw is the highest Jaccard similarity of its
    drawn members with a new group. A group of which nothing was drawn counts as 0 in that draw (the
    convention of the R package fpc), so a group of one thing cannot come above about 0.65.

    Args:
        tree: The dendrogram.
        groups: Numbers of the things in each group.
        draws: Number of draws.
        seed: Seed of the draws.

    Returns:
        Means over the draws, 0 to 1. The help page of fpc::clusterboot calls groups below 0.6 not to be
        trusted, and those from 0.75 on valid.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    number = len(tree.leaves)
    total = np.zeros(len(groups))
    for _ in range(draws):
        drawn = np.unique(random.integers(number, size=number))
        again = [frozenset(int(drawn[item]) for item in group) for group in _again(tree, drawn, len(groups))]
        present = frozenset(int(item) for item in drawn)
        for index, group in enumerate(groups):
            left = present.intersection(group)
            if left:
                total[index] += max(len(left & other) / len(left | other) for other in again)
    return tuple(float(value) for value in total / draws)


def clustering(study: Study, codings: Iterable[Coding]) -> Clustering | None:
    """Return the clusters of classified cases by presence of focused codes (of all codes where there are none).

    The number of clusters, 2 to 8, is the one with the highest mean silhouette, the smaller one among equals; numbers
    that would part cases merged at one and the same height are not tried.

    Args:
        study: The study.
        codings: Those that count.

    Returns:
        The clusters, or None with fewer than three cases that have any of the codes.
    """
    codings = tuple(codings)
    focused = tuple(code.id for code in study.codebook.codes if code.stage == "focused" or code.dimension)
    codes = focused or code_order(study, codings)
    table = case_by_code(study, codings, "presence", codes)
    classified = sorted(case.name for case in study.classified_cases())
    table = table.loc[classified].astype(bool)
    has_any = table.any(axis=1)
    rows = tuple(case for case in classified if has_any[case])
    if len(rows) < 3:
        return None
    presence = table.loc[list(rows)].to_numpy()
    tree = cluster(presence)
    silhouettes = tuple(
        (number, silhouette(tree.distances, tree.cut(number)))
        for number in range(2, min(len(rows) - 1, MOST_CLUSTERS) + 1)
        if tree.is_cut(number)
    )
    best = max(silhouettes, key=lambda item: (round(item[1], 12), -item[0]))[0] if silhouettes else 1
    groups = tree.cut(best)
    draws = min(MOST_DRAWS, study.settings.thresholds.draws, max(50, WORK // len(rows)))
    stabilities = stability(tree, groups, draws, study.settings.thresholds.seed)
    return Clustering(
        cases=tuple(rows[leaf] for leaf in tree.leaves),
        merges=tree.merges,
        order_of_rows=rows,
        clusters=tuple(
            Cluster(
                number,
                tuple(rows[item] for item in group),
                stabilities[number - 1],
                _properties(presence, group, codes),
            )
            for number, group in enumerate(groups, 1)
        ),
        silhouettes=silhouettes,
        cophenetic=_cophenetic(tree),
        left_out=tuple(case.name for case in study.classified_cases() if not has_any[case.name]),
        draws=draws,
        codes="focused" if focused else "all",
    )


def _merges(linked: NDArray[np.float64]) -> tuple[tuple[int, int, float, int], ...]:
    return tuple((int(left), int(right), float(height), int(size)) for left, right, height, size in linked)


def _cut(
    merges: Sequence[tuple[int, int, float, int]], things: int, number: int, leaves: Sequence[int]
) -> tuple[tuple[int, ...], ...]:
    members: dict[int, list[int]] = {thing: [thing] for thing in range(things)}
    for row, (left, right, _, _) in enumerate(merges[: things - number]):
        members[things + row] = members.pop(left) + members.pop(right)
    place = {leaf: index for index, leaf in enumerate(leaves)}
    ordered = (tuple(sorted(group, key=place.__getitem__)) for group in members.values())
    return tuple(sorted(ordered, key=lambda group: place[group[0]]))


def _again(tree: Tree, drawn: NDArray[np.int_], number: int) -> tuple[tuple[int, ...], ...]:
    """Cluster some of the things anew; things are numbered by their place in `drawn`."""
    from scipy.cluster.hierarchy import linkage

    things = len(drawn)
    if things <= number:
        return tuple((thing,) for thing in range(things))
    rows, columns = _upper(things)
    condensed = tree.distances[drawn[rows], drawn[columns]]
    return _cut(_merges(linkage(condensed, "average")), things, number, range(things))


def _upper(things: int) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    import numpy as np

    rows, columns = np.triu_indices(things, 1)
    return rows, columns


def _cophenetic(tree: Tree) -> float | None:
    """Return the correlation of distances and the heights at which things meet; None where one does not vary."""
    import numpy as np
    from scipy.cluster.hierarchy import cophenet
    from scipy.spatial.distance import squareform

    condensed = squareform(tree.distances)
    heights = cophenet(np.array(tree.merges, dtype=float))
    if np.ptp(condensed) < 1e-12 or np.ptp(heights) < 1e-12:
        return None
    return float(np.corrcoef(condensed, heights)[0, 1])


def _properties(
    presence: NDArray[np.bool_], group: Sequence[int], codes: Sequence[str]
) -> tuple[tuple[str, float], ...]:
    shares = presence[list(group)].mean(axis=0)
    shared = [(code, float(share)) for code, share in zip(codes, shares, strict=True) if share >= 0.5]
    return tuple(sorted(shared, key=lambda item: -item[1]))
