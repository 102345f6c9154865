"""Names, colours, quotations, pictures: the parts that pages are put together from."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import CODEBOOK, small_input, small_study

from qualcode.axial.findings import Edge
from qualcode.cases.findings import Cluster, Clustering
from qualcode.model import Case, Coder, Study
from qualcode.report.colours import PALETTE, code_colours, luminance, readable, tint
from qualcode.report.dendrogram import dendrogram
from qualcode.report.links import slug, slugs
from qualcode.report.material import Material, Passage
from qualcode.report.network import LETTER, network
from qualcode.report.overview import attribute_columns, heat, minutes, sentences
from qualcode.report.quotations import representative


def test_slugs_of_awkward_names() -> None:
    """Slashes, accents, other scripts and dots give plain names."""
    assert slug("work/Bake it!") == "work-bake-it"
    assert slug("Söhne & Co.") == "sohne-co"
    assert slug("../..") == slug("../..") and slug("../..").isalnum()
    assert slug("销售") != slug("销")


@given(st.lists(st.text(max_size=12)))
def test_slugs_are_different_and_plain(names: list[str]) -> None:
    """Whatever the names, slugs are as many, all different, and fit for files."""
    found = slugs(names)
    assert list(found) == list(dict.fromkeys(names))
    assert len(set(found.values())) == len(found)
    assert all(value and set(value) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for value in found.values())


def contrast(colour: str) -> float:
    """Return a colour's contrast on white."""
    return 1.05 / (luminance([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) + 0.05)


def test_luminance_of_known_colours() -> None:
    """White, black and mid grey have the contrasts that WCAG's formula gives them (grey: 3.95)."""
    assert [round(contrast(colour), 2) for colour in ("#ffffff", "#000000", "#808080")] == [1.0, 21.0, 3.95]


@given(st.integers(0, 0xFFFFFF))
def test_colours_of_codebooks_are_darkened_until_they_can_be_seen(number: int) -> None:
    """Whatever a codebook chooses, the colour shown has a contrast of 3; a colour that has it is left as it is."""
    colour = f"#{number:06x}"
    assert contrast(readable(colour)) >= 3
    if contrast(colour) >= 3:
        assert readable(colour) == colour


@pytest.mark.parametrize("colour", PALETTE)
def test_palette_stands_out_on_paper(colour: str) -> None:
    """Colours have a contrast of 4.5 on white, and their lightest tint 3 (WCAG 2.1 for graphics)."""
    assert contrast(colour) >= 4.5
    assert contrast(tint(colour, 27)) >= 2.9


def test_codebooks_colours_come_first_and_nonsense_is_ignored() -> None:
    """A colour of the codebook is used; what is no colour is not."""
    found = code_colours(CODEBOOK, {}, {})
    assert found["销售"] == "#123456"
    assert found["none"].startswith("#") and len(found["none"]) == 7


def passage(case: str, quote: str, coders: tuple[str, ...] = ("a",), start: int = 0) -> Passage:
    """Return a passage."""
    return Passage(case, case, start, start + len(quote), "c", quote, 1, "", "", "participant", coders, "en", "")


def test_quotations_come_from_different_cases_and_most_coders_first() -> None:
    """Agreement of coders goes before length, and a case is quoted once."""
    medium = "m" * 140
    found = representative(
        [
            passage("one", medium),
            passage("one", medium, ("a", "b"), 200),
            passage("two", "short", ("a", "b")),
            passage("three", medium),
            passage("four", "x" * 900),
        ]
    )
    assert [(item.case, len(item.quote)) for item in found] == [("one", 140), ("two", 5), ("three", 140)]


def test_quotations_of_a_single_case() -> None:
    """Where only one case tells it, several of its passages are quoted."""
    found = representative([passage("one", "m" * 140, start=number * 200) for number in range(5)], 3)
    assert [item.start for item in found] == [0, 200, 400]


def edge(first: str, second: str, jaccard: float) -> Edge:
    """Return a co-occurrence."""
    return Edge(first, second, 5, 9, 9, jaccard, jaccard, 2.0, (), ())


def test_network_keeps_names_apart() -> None:
    """No circle or name lies on another in a network of forty codes, and two runs give the same picture."""
    codes = [f"c{number:02d}" for number in range(40)]
    edges = [
        edge(one, two, 0.1 + 0.02 * ((number * 7) % 40))
        for number, (one, two) in enumerate(itertools.combinations(codes, 2))
        if number % 9 == 0
    ]
    cases = {code: 1 + number % 12 for number, code in enumerate(codes)}
    names = {code: f"A name of code {code}" for code in codes}
    drawn = network(edges, cases, names)
    assert drawn is not None
    assert drawn == network(list(reversed(edges)), cases, names)
    boxes = [
        (node.x - node.radius, node.y - 7, node.x + node.radius + LETTER * len(names[node.code]), node.y + 7)
        for node in drawn.nodes
    ]
    for one, two in itertools.combinations(boxes, 2):
        assert one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1], (one, two)
    assert all(x >= 0 and right <= drawn.width and y >= 0 and low <= drawn.height for x, y, right, low in boxes)


def test_network_of_nothing_and_of_one_pair() -> None:
    """Without edges there is no picture; with one there are two circles and a line."""
    assert network([], {}, {}) is None
    drawn = network([edge("a", "b", 0.5)], {"a": 1, "b": 2}, {})
    assert drawn is not None
    assert ([node.code for node in drawn.nodes], len(drawn.lines)) == (["a", "b"], 1)


def test_dendrogram_joins_what_the_merges_join() -> None:
    """Brackets meet halfway between what they join, at heights in proportion to distances."""
    tree = dendrogram(
        Clustering(
            ("c", "a", "b"),
            ((0, 1, 0.5, 2), (2, 3, 1.0, 3)),
            ("a", "b", "c"),
            (Cluster(1, ("c",), 1.0, ()), Cluster(2, ("a", "b"), 1.0, ())),
            (),
            None,
        )
    )
    rows = {leaf.case: leaf.y for leaf in tree.leaves}
    inner, outer = tree.brackets
    assert rows["c"] < rows["a"] < rows["b"]
    assert (inner[1], inner[3], inner[5]) == (rows["a"], rows["b"], 2)
    assert (outer[1], outer[3], outer[5]) == (rows["c"], (rows["a"] + rows["b"]) / 2, 0)
    assert outer[0] < inner[0] < tree.width


def test_minutes_are_taken_from_headers_first() -> None:
    """A transcript's stated length counts, then the case's attribute; with neither, nothing is made up."""
    study = small_study()
    material = Material(replace(small_input(), study=study))
    assert [minutes(material, case) for case in study.cases] == [40, 40, None]
    silent = replace(study, transcripts=(), codings=())
    assert minutes(Material(replace(small_input(), study=silent, codings=())), study.cases[0]) == 41


def test_attribute_columns_are_those_most_cases_have() -> None:
    """Rare attributes, lengths and notes get no column."""
    cases = [Case("a", "", {"Size": "1", "Duration": "5", "Rare": "x"}), Case("b", "", {"Size": "2"}), Case("c")]
    assert attribute_columns(cases) == ("Size",)


def test_heat_levels_grow_with_counts() -> None:
    """Cells without passages have level 0, the fullest cell the highest level."""
    rows = {row.code.id: row for _, rows in heat(Material(small_input())) for row in rows}
    assert [cell[0] for cell in rows["work/bake"].cells] == [1, 1, 0]
    assert [cell[2] for cell in rows["work/bake"].cells] == [1, 1, 0]
    assert rows["none"].cases == 0


def test_sentences_tell_the_numbers() -> None:
    """The three sentences are made from the findings."""
    told = ["".join(words for words, _ in sentence) for sentence in sentences(Material(small_input()), [])]
    assert told[1] == (
        "The most widespread process code is Baking, found in 2 of 3 cases; "
        "of the literature’s 2 considerations 1 confirmed, 1 not found."
    )
    assert told[2] == "Of 1 classified case, 1 is loud and 0 quiet; 0 hybrids; 0 of 1 as published."


def test_initials_are_different() -> None:
    """Coders whose names begin alike get different marks."""
    study = Study(
        small_study().settings, CODEBOOK, coders=tuple(Coder(name) for name in ("reader-1", "Rita 1", "Åsa", ""))
    )
    marks = Material(replace(small_input(), study=study, codings=())).initials
    assert marks == {"reader-1": "R1", "Rita 1": "R12", "Åsa": "Å", "": "?"}
