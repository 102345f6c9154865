"""The page of saturation: plots to scale, tables with the same numbers, caveats."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html
from report_samples import measured_input

from qualcode.agreement.findings import CurvePoint, NewCodes
from qualcode.report import ReportInput, collect, render
from qualcode.report.curves import MOST_NAMES, coverage_curves, growth


def page(findings: ReportInput) -> str:
    """Return the page's text."""
    return str(render(collect(findings))["saturation.html"])


@pytest.fixture(scope="module")
def text() -> str:
    """The page of the small study."""
    return page(measured_input())


def rows(*new: int) -> list[NewCodes]:
    """Return rows of the new-code table with so many new codes each."""
    return [
        NewCodes(number, f"interview {number}", fresh, fresh, 0, sum(new[:number]))
        for number, fresh in enumerate(new, start=1)
    ]


def test_bars_and_line_share_one_scale() -> None:
    """A bar is as high as its new codes; the line begins on the first bar's top and ends at the top of the plot."""
    drawn = growth(rows(6, 3, 0, 1), ["a", "b", "c", "d"])
    heights = [bar.height for bar in drawn.bars]
    assert heights == pytest.approx([144, 72, 0, 24])
    assert drawn.bars[0].total == drawn.bars[0].y
    assert drawn.bars[-1].total == drawn.axes.top
    assert drawn.line.startswith(f"M{drawn.bars[0].middle} {drawn.bars[0].total}L")
    assert [label for _, label in drawn.axes.across] == ["a", "b", "c", "d"]


def test_many_interviews_are_numbered_and_fit_the_page() -> None:
    """Two hundred interviews keep the plot within the page, with numbers instead of names."""
    drawn = growth(rows(*[1] * 200), [str(number) for number in range(200)])
    assert drawn.axes.width < 900
    assert not drawn.slanted and len(drawn.axes.across) < MOST_NAMES
    assert all(
        first.x + first.width <= second.x + 0.2 for first, second in zip(drawn.bars, drawn.bars[1:], strict=False)
    )


def test_curve_parts_join_at_what_was_observed() -> None:
    """The dashed part begins where the solid one ends; points without coverage are left out."""
    points = [
        CurvePoint(1, 3, None, "rarefaction"),
        CurvePoint(2, 5, 0.5, "observed"),
        CurvePoint(4, 6, 0.75, "extrapolation"),
    ]
    (curve,) = coverage_curves([("all", "", points)], 0.95).curves
    x, y = curve.observed
    assert curve.known == f"M{x} {y}"
    assert curve.beyond.startswith(f"M{x} {y}L")
    assert curve.end[0] > x and curve.end[1] < y


def test_page_is_labelled_descriptive_with_caveats(text: str) -> None:
    """The page says that it describes, and repeats the caveats found."""
    words = html.fromstring(text).text_content()
    assert "Descriptive: how the codes came" in words
    found = measured_input().saturation
    assert found is not None
    assert all(" ".join(remark.split()) in " ".join(words.split()) for remark in found.remarks)


def test_tables_hold_what_was_found(text: str) -> None:
    """New codes, base-and-run rows and the grid have one row for each finding, with its numbers."""
    found = measured_input().saturation
    assert found is not None
    tree = html.fromstring(text)
    (new,) = tree.xpath("//*[@aria-label='New codes per interview']//table/tbody")
    assert [[cell.text_content() for cell in row.xpath("./td")[:5]] for row in new.xpath("./tr")] == [
        [str(row.number), str(row.codes), str(row.new), str(row.repeated), str(row.total)] for row in found.table
    ]
    (guest,) = tree.xpath("//h2[@id='guest']/following-sibling::div[1]//tbody")
    assert len(guest.xpath("./tr")) == len(found.base_runs)
    assert len(tree.xpath("//table[contains(@class, 'grid')]/tbody/tr")) == len(found.grid.rows)


def test_cohorts_stand_side_by_side() -> None:
    """Each cohort has a row beside all interviews, a curve of its own, and its new codes."""
    findings = measured_input()
    found = findings.saturation
    assert found is not None
    findings = replace(findings, saturation=replace(found, cohorts={"shops": found, "firms & co": found}))
    tree = html.fromstring(page(findings))
    (table,) = tree.xpath("//*[@aria-label='Cohorts side by side']//tbody")
    assert [node.text_content() for node in table.xpath("./tr/th")] == ["all", "shops", "firms & co"]
    assert len(tree.xpath("//svg[contains(@class, 'curves')]//g[@class='own']")) == 4


def test_without_saturation_the_page_says_so() -> None:
    """A study that was not looked at says so instead of showing empty plots."""
    assert "Saturation was not looked at" in page(replace(measured_input(), saturation=None))
