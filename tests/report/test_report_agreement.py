"""Pages of agreement: plots, what lies behind the numbers, limits of what is listed."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from report_samples import measured_input, small_input, small_study

from qualcode.agreement.findings import CodeAgreement, Disagreement, PairAgreement, Value
from qualcode.report import ReportInput, collect, render
from qualcode.report.agreement_page import MOST_PAIRS, notes
from qualcode.report.axes import Scale, ticks
from qualcode.report.disagreement_pages import FEWEST, MOST_BY_MACHINES, fair, spread
from qualcode.report.forest import forest


def built(findings: ReportInput) -> dict[str, str]:
    """Return the site's files as text."""
    return {name: str(content) for name, content in render(collect(findings)).items()}


@pytest.fixture(scope="module")
def site() -> dict[str, str]:
    """The site of the small study with everything measured."""
    return built(measured_input())


def test_forest_is_sorted_and_drawn_to_scale() -> None:
    """Highest value on top, undefined last; points lie between their ends and on the axis where they belong."""
    drawn = forest(
        [
            ("low", "#", "#000000", Value(0.2, low=-0.05, high=0.4)),
            ("none", "#", "#000000", Value(None, "no variation")),
            ("high", "#", "#000000", Value(0.8, low=0.7, high=1.0)),
            ("bare", "#", "#000000", Value(0.5, "no interval: undefined in 60% of the draws")),
        ],
        Value(0.8),
        "pooled κ",
    )
    assert [row.name for row in drawn.rows] == ["high", "bare", "low", "none"]
    assert [row.shown for row in drawn.rows] == [
        "0.80 [0.70, 1.00]",
        "0.50 (no interval)",
        "0.20 [−0.05, 0.40]",
        "undefined",
    ]
    high, bare, low, none = drawn.rows
    assert high.left < high.x < high.right == drawn.right
    assert low.left > drawn.left
    assert bare.left is None and none.x is None
    assert drawn.reference == (high.x, "pooled κ 0.80")
    assert {x for _, _, lines in drawn.limits for x, word in lines if word in ("almost perfect", "reliable")} == {
        high.x
    }


def test_forest_names_who_set_the_limits(site: dict[str, str]) -> None:
    """Lines of what is called good stand beside the names of those who called it so."""
    words = html.fromstring(site["agreement.html"]).xpath("//*[contains(@class, 'forest')]")[0].text_content()
    for said in ("Landis & Koch 1977", "Krippendorff 2004", "substantial", "tentative"):
        assert said in words


@given(st.floats(-5, 5), st.floats(0.001, 10), st.integers(2, 12))
def test_ticks_are_round_and_inside(low: float, span: float, most: int) -> None:
    """Ticks lie within the range, evenly, and are not too many."""
    found = ticks(low, low + span, most)
    assert len(found) <= most + 1
    assert all(low - 1e-6 <= value <= low + span + 1e-6 for value in found)
    steps = {round(second - first, 6) for first, second in pairwise(found)}
    assert len(steps) <= 1


@given(st.floats(-10, 10))
def test_scale_never_leaves_the_plot(value: float) -> None:
    """What lies off the scale is drawn at its end, not outside of the drawing."""
    assert 100 <= Scale(0, 1, 100, 300).at(value) <= 300


@pytest.mark.parametrize("file", ["agreement.html", "saturation.html"])
def test_plots_can_be_read_without_seeing_them(site: dict[str, str], file: str) -> None:
    """Each plot is an image with a title that its label leads to, and the page holds tables with the numbers."""
    tree = html.fromstring(site[file])
    plots = tree.xpath("//svg[contains(@class, 'plot')]")
    assert plots
    for plot in plots:
        assert plot.get("role") == "img"
        names = plot.get("aria-labelledby").split()
        assert all(plot.xpath(f".//*[@id='{name}']")[0].text_content().strip() for name in names)
        assert plot.getparent().get("tabindex") == "0"
    assert len(tree.xpath("//main//table")) >= len(plots)


def test_number_of_disagreements_leads_to_as_many_units(site: dict[str, str]) -> None:
    """Each number under "differ" is the length of the list that it leads to."""
    links = html.fromstring(site["agreement.html"]).xpath("//table[contains(@class, 'percode')]//a[@aria-label]")
    assert links
    for link in links:
        file, _, anchor = link.get("href").partition("#")
        section = html.fromstring(site[file]).xpath(f"//*[@id='{anchor}']//ul[@class='disputes']/li")
        assert len(section) == int(link.text_content())
    assert {link.get("href").partition("#")[0] for link in links} == {"disagreements.html", "disagreements-2.html"}


def test_disagreement_shows_what_each_side_gave(site: dict[str, str]) -> None:
    """Where reader-3 gave selling and the others did not, its passage stands beside what they gave instead."""
    tree = html.fromstring(site["disagreements.html"])
    (section,) = (node for node in tree.xpath("//section") if "Selling" in node.xpath(".//h2")[0].text_content())
    (unit,) = (
        node
        for node in section.xpath(".//ul[@class='disputes']/li")
        if "They come back." in node.xpath("./div[1]")[0].text_content()
    )
    assert "reader-3" in unit.xpath("./div[1]")[0].text_content()
    other = unit.xpath("./div[2]")[0].text_content()
    assert "reader-1" in other and "Talk" in other and "Then people talk." in other


def test_passages_lead_to_themselves_or_to_their_turn(site: dict[str, str]) -> None:
    """A passage that counts leads to its mark, one that does not to its turn."""
    tree = html.fromstring(site["disagreements.html"])
    hrefs = {link.text_content(): link.get("href") for link in tree.xpath("//a[q]")}
    assert hrefs["They come back."] == "transcript-alpha-2.html#t4"
    assert hrefs["Then people talk. They come back."].startswith("transcript-alpha-2.html#t4-")


def test_three_coders_have_a_heat_map_of_pairs(site: dict[str, str]) -> None:
    """Code by pair of coders is shown for three coders, and not for two."""
    tables = html.fromstring(site["agreement.html"]).xpath("//table[contains(@class, 'pairs')]")
    assert len(tables) == 1
    assert [node.text_content() for node in tables[0].xpath(".//th[@class='up']")] == [
        "reader-1 – reader-2",
        "reader-1 – reader-3",
        "reader-2 – reader-3",
    ]


def test_with_many_coders_each_stands_against_the_others() -> None:
    """More pairs than a page has room for become one column for each coder, the mean of its kappas."""
    names = tuple(f"coder-{number:02}" for number in range(11))
    pairs = tuple(
        PairAgreement(one, other, 3, {}, {"work/bake": Value(1.0 if "coder-00" in (one, other) else 0.5)})
        for one, other in combinations(names, 2)
    )
    assert len(pairs) > MOST_PAIRS
    row = CodeAgreement("work/bake", dict.fromkeys(names, 1), 1, 0.5, {"light": Value(0.6)})
    item = replace(small_input().agreements[0], coders=names, pairs=pairs, codes=(row,))
    text = built(ReportInput(small_study(), agreements=(item,)))["agreement.html"]
    (table,) = html.fromstring(text).xpath("//table[contains(@class, 'pairs')]")
    assert [cell.text_content() for cell in table.xpath(".//tbody//td")] == ["1.00", *["0.55"] * 10]


def test_machines_disagreements_are_capped_with_a_count() -> None:
    """Of many disagreements with a machine some are listed, from all over, and the page says how many there are."""
    findings = measured_input()
    (one,) = (item for item in findings.disagreements[1] if item.code == "none")
    many = (one,) * 200
    files = built(replace(findings, disagreements=(findings.disagreements[0], many)))
    (section,) = html.fromstring(files["disagreements-2.html"]).xpath("//section")
    assert len(section.xpath(".//ul[@class='disputes']/li")) == MOST_BY_MACHINES
    assert "200 disagreements" in section.text_content() and "15 listed" in section.text_content()
    assert "qualcode agree --disagreements --coder reader-1 --coder robot" in files["disagreements-2.html"]


@given(st.lists(st.integers(0, 300), max_size=40), st.integers(FEWEST, 80), st.integers(0, 600))
def test_limit_is_the_greatest_that_fits(numbers: list[int], each: int, together: int) -> None:
    """The limit per code keeps the page within its size where any does, and one more would not."""
    limit = fair(numbers, each, together)
    assert FEWEST <= limit <= each
    assert limit == FEWEST or sum(min(number, limit) for number in numbers) <= together
    assert limit == each or sum(min(number, limit + 1) for number in numbers) > together


@given(st.integers(0, 60), st.integers(1, 20))
def test_listed_units_are_spread_over_all(number: int, most: int) -> None:
    """No unit is listed twice, order is kept, and no gap is wider than needed."""
    found = [Disagreement("c", "", "", place, 0, 1, "", (), (), (), (), ()) for place in range(number)]
    places = [one.turn for one in spread(found, most)]
    assert len(places) == min(number, most)
    assert places == sorted(set(places))
    if number > most:
        gaps = [second - first for first, second in pairwise(places)]
        assert all(gap <= -(-number // most) for gap in gaps)


def test_numbers_that_mislead_are_explained_beside_them() -> None:
    """Rare codes, codes of one coder alone, and missing intervals are said in a few words."""
    rare = CodeAgreement(
        "c", {"a": 2, "b": 1}, 0, 0.01, {"percent": Value(0.98), "cohen": Value(0.1, low=0.0, high=1.0)}
    )
    assert notes(rare, ("a", "b")) == ["low although they agree on 98%: rarely given, so a few units weigh heavily"]
    never = CodeAgreement(
        "c", {"a": 9, "b": 0}, 0, 0.1, {"percent": Value(0.8), "cohen": Value(0.0, low=0.0, high=0.0)}
    )
    assert notes(never, ("a", "b")) == ["never given by b"]
    often = CodeAgreement("c", {"a": 4, "b": 10}, 4, 0.1, {"cohen": Value(0.6, "no interval: undefined in 50%")})
    assert notes(often, ("a", "b")) == ["b gives it 2.5 times as often as a", "no interval: undefined in 50%"]
    assert notes(CodeAgreement("c", {"a": 1, "b": 1}, 1, 0.1, {"cohen": Value(None, "why")}), ("a", "b")) == ["why"]


def test_shared_remarks_are_said_once(site: dict[str, str]) -> None:
    """What is true of all comparisons stands at the top, and nowhere again."""
    assert site["agreement.html"].count("Reflexive thematic analysis") == 1


def test_findings_without_lists_have_no_links_to_them() -> None:
    """Old callers that pass agreement alone get a page without disagreements, clinic and plots of them."""
    files = built(small_input())
    assert not any(name.startswith("disagreements") for name in files)
    assert "differ</th>" not in files["agreement.html"]


def test_measured_pages_are_the_same_again(site: dict[str, str]) -> None:
    """Measuring and building again gives the same bytes."""
    assert built(measured_input()) == site
