"""Which codes occur together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import codebook, study_of

from qualcode.axial import associations, cooccurrence, graph_of
from qualcode.model import Code, Coding, Study

VECTORS = {
    vector["id"]: vector
    for vector in json.loads((Path(__file__).parent.parent / "data/axial/cooccurrence.json").read_text("utf-8"))
}
BOOK = codebook("a", "b", "c")
MARKED = {
    "One": "Q: Why?\nA: [a|x] [b|y]\nA: [a|x] [b|y]\nA: [a|x]\nA: nothing",
    "Two": "A: [a|[b|x]]\nA: [c|z]\nA: nothing\nA: nothing",
}


@pytest.fixture
def study() -> Study:
    """Eight answers: a in four, b in three (each time with a), c in one."""
    return study_of({"anna": MARKED}, BOOK)


def test_c_coefficient_of_the_manual() -> None:
    """ATLAS.ti 22 manual, "Code Co-occurrence Coefficient": 100 and 10 with 5 shared: 0.048, half of the second."""
    vector = VECTORS["co-ccoef-atlas"]
    n1, n2, n12 = (vector["inputs"][name] for name in ("n1", "n2", "n12"))
    jaccard, inclusion, _ = associations(n1, n2, n12, 1000)
    assert jaccard == pytest.approx(vector["expected"]["c_coefficient"], abs=1e-9)
    assert inclusion == vector["expected"]["share_of_code2"]


def test_measures_of_van_eck_and_waltman() -> None:
    """Van Eck & Waltman 2009: Jaccard, inclusion and observed over expected of 40, 25, 15 of 200."""
    vector = VECTORS["co-measures"]
    jaccard, inclusion, lift = associations(*(vector["inputs"][name] for name in ("n1", "n2", "n12", "N")))
    assert jaccard == pytest.approx(vector["expected"]["jaccard"])
    assert inclusion == pytest.approx(vector["expected"]["inclusion"])
    assert lift == pytest.approx(vector["expected"]["association_strength_ratio_lift"])


def test_an_edge_counts_turns_and_keeps_their_passages(study: Study) -> None:
    """a in 4 turns, b in 3, both in 3 of 8: Jaccard 3/4, inclusion 1, lift 3·8/(4·3) = 2."""
    (edge,) = cooccurrence(study, study.codings)
    assert (edge.first, edge.second, edge.together, edge.first_units, edge.second_units) == ("a", "b", 3, 4, 3)
    assert (edge.jaccard, edge.inclusion, edge.lift) == (0.75, 1.0, 2.0)
    assert edge.cases == ("One", "Two")
    assert [(coding.transcript, study.quote(coding)) for coding in edge.passages] == [
        ("one", "x"), ("one", "y"), ("one", "x"), ("one", "y"), ("two", "x"), ("two", "x"),
    ]  # fmt: skip


def test_overlapping_passages_are_counted_apart_from_turns() -> None:
    """Both turns hold a and b, but only in the second do their passages overlap: 3 places, lift 1·3/(2·2) is below 1
    with the first, 1·2/(1·1) without.
    """
    apart = "A: [a|x] [b|y]"
    study = study_of({"anna": {"One": f"{apart}\nA: [a|[b|x]]", "Two": "A: [a|[b|x]]\nA: [c|z]"}}, BOOK)
    second = [coding for coding in study.codings if coding.transcript == "two"]
    assert cooccurrence(study, study.codings[:4], "passage", fewest=1) == ()
    (edge,) = cooccurrence(study, second, "passage", fewest=1)
    assert (edge.together, edge.lift, edge.cases) == (1, 2.0, ("Two",))


def test_fewer_shared_units_than_the_threshold_make_no_edge(study: Study) -> None:
    """Three shared turns are too few where four are asked for."""
    assert cooccurrence(study, study.codings, fewest=4) == ()


def test_codes_that_occur_together_by_chance_make_no_edge() -> None:
    """a in every turn: lift 1, however often it occurs with b."""
    study = study_of({"anna": {"One": "A: [a|x] [b|y]\nA: [a|x] [b|y]\nA: [a|x] [b|y]\nA: [a|x]"}}, BOOK)
    assert cooccurrence(study, study.codings, fewest=1) == ()


def test_a_code_and_its_parent_make_no_edge() -> None:
    """Neither the parent nor the parent's parent is linked to a code; two children of one parent are."""
    book = codebook(Code("a", "a"), Code("b", "b", parent="a"), Code("c", "c", parent="b"), Code("d", "d", parent="b"))
    study = study_of({"anna": {"One": "A: [a|[b|[c|[d|x]]]]\nA: nothing"}}, book)
    assert [(edge.first, edge.second) for edge in cooccurrence(study, study.codings, fewest=1)] == [("c", "d")]


def test_focused_codes_are_not_in_the_network_unless_asked_for() -> None:
    """A focused code on the same turn makes no edge by default."""
    book = codebook("a", Code("f", "f", stage="focused"))
    study = study_of({"anna": {"One": "A: [a|x] [f|y]\nA: nothing"}}, book)
    assert cooccurrence(study, study.codings, fewest=1) == ()
    assert len(cooccurrence(study, study.codings, codes=("a", "f"), fewest=1)) == 1


def test_the_graph_carries_what_edges_say(study: Study) -> None:
    """Node and edge attributes as documented."""
    graph = graph_of(study, cooccurrence(study, study.codings))
    assert graph.nodes["a"] == {"name": "a", "category": "", "units": 4}
    assert graph.edges["a", "b"] == {"together": 3, "jaccard": 0.75, "inclusion": 1.0, "lift": 2.0, "cases": 2}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40)), max_size=25), st.randoms())
def test_edges_do_not_depend_on_the_order_of_codings(made: list[tuple[str, int]], random: object) -> None:
    """Edges of shuffled codings are the same, and measures keep to their ranges."""
    study = study_of({"anna": {"One": "\n".join(["A: one two"] * 5)}}, BOOK)
    codings = [Coding("anna", "one", start, start + 4, code, id=str(n)) for n, (code, start) in enumerate(made)]
    for unit in ("turn", "passage", "case"):
        edges = cooccurrence(study, codings, unit, fewest=1)
        shuffled = list(codings)
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        again = cooccurrence(study, shuffled, unit, fewest=1)
        assert [(e.first, e.second, e.together, e.lift) for e in again] == [
            (e.first, e.second, e.together, e.lift) for e in edges
        ]
        for edge in edges:
            assert 0 < edge.jaccard <= edge.inclusion <= 1 < edge.lift
            assert edge.together <= min(edge.first_units, edge.second_units)
