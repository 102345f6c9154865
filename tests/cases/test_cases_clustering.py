"""Clusters of cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_study import codebook, focused, study_of, with_thresholds

from qualcode.cases import Clustering, cluster, clustering, silhouette, stability

BOOK = codebook(*focused("goal/red", "goal/blue", "tactic/red", "tactic/blue"), "open")
RED, BLUE = "A: [goal/red|x] [tactic/red|y]", "A: [goal/blue|x] [tactic/blue|y]"


@pytest.fixture(scope="module")
def animals() -> Mapping[str, Any]:
    """Kaufman & Rousseeuw's animals with what R makes of them (source in the file)."""
    return json.loads((Path(__file__).parent.parent / "data/cases/animals.json").read_text("utf-8"))[0]


def groups_of(found: Clustering) -> list[tuple[str, ...]]:
    """Return the clusters' cases."""
    return [tuple(sorted(item.cases)) for item in found.clusters]


def test_animals_are_clustered_as_r_does(animals: Mapping[str, Any]) -> None:
    """Distances, heights, partitions and silhouettes of dist(binary), hclust(average), cutree and silhouette."""
    names, expected = animals["inputs"]["cases"], animals["expected"]
    tree = cluster(np.array(animals["inputs"]["data"], dtype=bool))
    assert tree.distances[np.triu_indices(len(names), 1)] == pytest.approx(expected["jaccard_condensed"], abs=1e-9)
    assert sorted(row[2] for row in tree.merges) == pytest.approx(expected["merge_heights_sorted"], abs=1e-9)
    for number, partition in expected["partitions"].items():
        found = [sorted(names[item] for item in group) for group in tree.cut(int(number))]
        assert sorted(found) == sorted(sorted(group) for group in partition)
    for number, value in expected["mean_silhouette"].items():
        assert silhouette(tree.distances, tree.cut(int(number))) == pytest.approx(value, abs=1e-5)


def test_animals_cophenetic_correlation(animals: Mapping[str, Any]) -> None:
    """The same number through a study whose cases are the animals."""
    names, properties = animals["inputs"]["cases"], animals["inputs"]["properties"]
    book = codebook(*focused(*(f"{name}/x" for name in properties)))
    marked = {
        case: "A: " + " ".join(f"[{name}/x|y]" for name, has in zip(properties, row, strict=True) if has)
        for case, row in zip(names, animals["inputs"]["data"], strict=True)
    }
    study = with_thresholds(study_of({"anna": marked}, book), draws=5)
    found = clustering(study, study.codings)
    assert found is not None
    assert found.cophenetic == pytest.approx(animals["expected"]["cophenetic_correlation"], abs=1e-9)
    assert dict(found.silhouettes)[3] == pytest.approx(animals["expected"]["mean_silhouette"]["3"], abs=1e-9)


def test_silhouette_by_hand() -> None:
    """Points 0, 1 and 5 on a line: widths (5-1)/5, (4-1)/4 and 0 for the one alone."""
    distances = np.array([[0.0, 1, 5], [1, 0, 4], [5, 4, 0]])
    assert silhouette(distances, [[0, 1], [2]]) == pytest.approx((0.8 + 0.75 + 0) / 3)


def test_two_kinds_of_cases_are_two_clusters() -> None:
    """Each cluster with the codes that all of its cases have."""
    study = study_of({"anna": {"A": RED, "B": BLUE, "C": RED, "D": BLUE}}, BOOK)
    found = clustering(study, study.codings)
    assert found is not None
    assert sorted(groups_of(found)) == [("A", "C"), ("B", "D")]
    assert found.silhouettes == ((2, 1.0),)
    by_cases = {item.cases: item.properties for item in found.clusters}
    assert by_cases["A", "C"] == (("goal/red", 1.0), ("tactic/red", 1.0))
    assert [item.number for item in found.clusters] == [1, 2]


def test_properties_are_those_of_at_least_half_of_a_cluster() -> None:
    """A code that one of three has is not the cluster's."""
    marked = {"A": RED, "B": RED, "C": f"{RED} [goal/blue|z]", "D": "A: [tactic/blue|x]", "E": "A: [tactic/blue|x]"}
    study = study_of({"anna": marked}, BOOK)
    found = clustering(study, study.codings)
    assert found is not None
    by_cases = {tuple(sorted(item.cases)): item.properties for item in found.clusters}
    assert by_cases["A", "B", "C"] == (("goal/red", 1.0), ("tactic/red", 1.0))


def test_stability_of_groups_that_are_always_found_again() -> None:
    """Two pairs of equal things: a pair is not found again when nothing of it is drawn, or nothing of the other."""
    tree = cluster(np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=bool))
    found = stability(tree, tree.cut(2), 4000, seed=1)
    # All four draws fall into the other pair with probability (1/2)⁴; one of a pair is parted from its twin when
    # the other pair is absent and two groups are asked of two things: 1/16 · 14/16 of the draws at similarity 1/2.
    assert found == pytest.approx([1 - 1 / 16 - 14 / 256 / 2] * 2, abs=0.01)


def test_equal_cases_are_one_cluster() -> None:
    """Nothing sets them apart: no number of clusters is tried, and no correlation is defined."""
    study = study_of({"anna": {"A": RED, "B": RED, "C": RED}}, BOOK)
    found = clustering(study, study.codings)
    assert found is not None
    assert groups_of(found) == [("A", "B", "C")]
    assert (found.silhouettes, found.cophenetic, found.clusters[0].stability) == ((), None, 1.0)


def test_cases_without_focused_codes_are_left_out_by_name() -> None:
    """A case with open codes only has nothing to be compared by."""
    study = study_of({"anna": {"A": RED, "B": BLUE, "C": RED, "D": "A: [open|x]"}}, BOOK)
    found = clustering(study, study.codings)
    assert found is not None
    assert (sorted(found.cases), found.left_out, found.codes) == (["A", "B", "C"], ("D",), "focused")


def test_two_cases_are_not_clustered() -> None:
    """There is nothing to choose between."""
    study = study_of({"anna": {"A": RED, "B": BLUE}}, BOOK)
    assert clustering(study, study.codings) is None


def test_all_codes_are_used_where_none_is_focused() -> None:
    """A small codebook without strategies is clustered too."""
    study = study_of({"anna": {"A": "A: [a|x]", "B": "A: [a|x] [b|y]", "C": "A: [c|x]"}}, codebook("a", "b", "c"))
    found = clustering(study, study.codings)
    assert found is not None
    assert (found.codes, sorted(groups_of(found))) == ("all", [("A", "B"), ("C",)])


def test_clusters_do_not_depend_on_the_order_of_cases() -> None:
    """The study read the other way round gives the same record."""
    marked = {
        "A": RED,
        "B": BLUE,
        "C": "A: [goal/red|x]",
        "D": "A: [goal/blue|x]",
        "E": "A: [goal/red|x] [tactic/blue|y]",
    }
    one = study_of({"anna": marked}, BOOK)
    other = study_of({"anna": dict(reversed(marked.items()))}, BOOK)
    assert clustering(one, one.codings) == clustering(other, other.codings)
