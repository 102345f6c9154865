"""The sample report in the repository is what `qualcode demo` writes, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from qualcode.cli.app import cli

ROOT = Path(__file__).resolve().parent.parent.parent
COMMITTED = ROOT / "reports" / "sample"
HINT = "the committed sample report differs: rewrite it with `make reports`, look at it, and commit it"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of reports of a fresh demo."""
    folder = tmp_path_factory.mktemp("demo")
    result = CliRunner().invoke(cli, ["demo", str(folder / "study")])
    assert result.exit_code == 0, result.output
    assert "12 of 12 cases placed as published" in result.output
    return folder / "study" / "reports"


def test_the_demo_writes_the_committed_report(written: Path) -> None:
    """Same files, same bytes."""
    names = sorted(path.name for path in COMMITTED.iterdir())
    assert sorted(path.name for path in written.iterdir()) == names, HINT
    different = [name for name in names if (written / name).read_bytes() != (COMMITTED / name).read_bytes()]
    assert not different, f"{HINT}: {different[:5]}"


def test_every_page_says_that_the_sample_is_fictional(written: Path) -> None:
    """No page can be taken for data of the published study."""
    for path in written.glob("*.html"):
        text = path.read_text("utf-8")
        assert "fictional" in text and "language-model reader" in text, path.name


def test_no_page_names_a_place_on_this_machine(written: Path) -> None:
    """No path or user of the machine that made the report is in it."""
    for path in written.iterdir():
        assert str(written.parent) not in path.read_text("utf-8"), path.name


def test_a_second_demo_finds_everything_in_place(written: Path) -> None:
    """Running the demo again on its own folder loses nothing and ends with the same report."""
    before = {path.name: path.read_bytes() for path in written.iterdir()}
    result = CliRunner().invoke(cli, ["demo", str(written.parent)])
    assert result.exit_code == 0, result.output
    assert {path.name: path.read_bytes() for path in written.iterdir()} == before


def test_pages_are_small_enough_to_send(written: Path) -> None:
    """No page of the sample is larger than half a megabyte."""
    assert {path.name: path.stat().st_size for path in written.iterdir() if path.stat().st_size > 500_000} == {}


def test_every_link_of_the_sample_leads_somewhere(written: Path) -> None:
    """The pages of agreement and saturation link to pages and anchors that are there."""
    from lxml import html

    trees = {path.name: html.fromstring(path.read_text("utf-8")) for path in written.glob("*.html")}
    anchors = {name: set(tree.xpath("//@id")) for name, tree in trees.items()}
    for name in ("agreement.html", "saturation.html", "disagreements.html", "disagreements-2.html"):
        for href in trees[name].xpath("//a/@href"):
            goal, _, anchor = str(href).partition("#")
            assert (goal or name) in anchors or goal in ("", "style.css"), (name, href)
            assert not anchor or anchor in anchors[goal or name], (name, href)
