"""Communities of a network, and the agreement of two groupings."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.axial import adjusted_rand, communities


def test_the_karate_club() -> None:
    """Zachary 1977, unweighted: best modularity is 0.420 (Agarwal & Kempe 2008, EPJ B 66), in four communities."""
    club = nx.relabel_nodes(nx.karate_club_graph(), str)
    found = communities(club, weight=None)
    assert found is not None
    assert found.modularity == pytest.approx(0.4198, abs=5e-5)
    assert [len(group) for group in found.groups] == [12, 11, 6, 5]


def test_two_cliques_with_a_bridge() -> None:
    """Each clique is a community in every run; its heaviest nodes come first, without counting the bridge."""
    graph = nx.Graph()
    for names in ("abc", "xyz"):
        for first, second in (names[:2], names[1:], names[::2]):
            graph.add_edge(first, second, jaccard=0.5)
    graph.add_edge("b", "c", jaccard=0.6)
    graph.add_edge("a", "x", jaccard=0.2)
    found = communities(graph)
    assert found is not None
    assert found.groups == (("b", "c", "a"), ("x", "y", "z"))
    assert found.stability == (1.0, 1.0)


def test_stability_tells_that_a_ring_can_be_parted_anywhere() -> None:
    """On a ring of ten equal nodes runs part at different places, so that pairs are together in some runs only."""
    ring = nx.relabel_nodes(nx.cycle_graph(10), str)
    found = communities(ring, weight=None)
    assert found is not None
    assert all(0 < stability < 1 for stability in found.stability)


def test_a_network_without_edges_has_no_communities() -> None:
    """Nothing is proposed from nothing."""
    assert communities(nx.empty_graph(3)) is None


def test_communities_do_not_depend_on_the_order_of_nodes() -> None:
    """The same network built the other way round gives the same communities."""
    club = nx.relabel_nodes(nx.karate_club_graph(), str)
    turned = nx.Graph()
    turned.add_edges_from((second, first, data) for first, second, data in reversed(list(club.edges(data=True))))
    assert communities(turned, "weight", runs=5) == communities(club, "weight", runs=5)


def test_adjusted_rand_by_hand() -> None:
    """ab|cd against ab|c|d: one pair together in both, expected 2·1/6, at most 1.5: (1 - 1/3)/(3/2 - 1/3) = 4/7."""
    first = {"a": 1, "b": 1, "c": 2, "d": 2}
    assert adjusted_rand(first, {"a": "x", "b": "x", "c": "y", "d": "z"}) == pytest.approx(4 / 7)


def test_adjusted_rand_of_equal_groupings_under_other_names_is_one() -> None:
    """Names of groups do not matter, nor things that only one grouping has."""
    assert adjusted_rand({"a": 1, "b": 1, "c": 2}, {"a": 9, "b": 9, "c": 8, "d": 8}) == 1.0


@pytest.mark.parametrize("groups", [{}, {"a": 1}, {"a": 1, "b": 1}, {"a": 1, "b": 2}])
def test_adjusted_rand_is_undefined_without_pairs_to_tell_apart(groups: dict[str, int]) -> None:
    """None, and not a number that looks like agreement."""
    assert adjusted_rand(groups, groups) is None


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=12))
def test_adjusted_rand_is_symmetric_and_at_most_one(labels: list[tuple[int, int]]) -> None:
    """Either grouping may come first."""
    first = {str(number): pair[0] for number, pair in enumerate(labels)}
    second = {str(number): pair[1] for number, pair in enumerate(labels)}
    value = adjusted_rand(first, second)
    assert value == adjusted_rand(second, first)
    assert value is None or value <= 1 + 1e-12
