"""The published results as data."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from qualcode.codebook import load_codebook, load_framework, load_published
from qualcode.errors import InputError, ManyErrors, UserError
from qualcode.resources import shipped

FOLDER = shipped("codebooks") / "published"
STAGES = ["planning", "selection", "preparation", "content", "evaluation"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_file_cites_its_source(path: Path) -> None:
    """Each shipped file names the paper by its DOI."""
    assert "10.1016/j.indmarman.2022.10.017" in yaml.safe_load(path.read_text("utf-8"))["source"]


def test_published_classification() -> None:
    """Counts and hybrids are those of Mero, Vanninen & Keränen (2023), Table 4."""
    published = load_published("classification")
    assert published.counts == {"reference-based": 4, "content-based": 7, "interaction-based": 3, "purpose-based": 3}
    assert published.hybrids == ("Alpha", "Eta", "Iota", "Kappa", "Lambda")
    assert published.cases["Kappa"] == ("content-based", "interaction-based") and len(published.cases) == 12
    assert set(published.table) == set(published.dimensions)
    assert all(set(row) == set(published.strategies) for row in published.table.values())


def test_framework() -> None:
    """Five stages and thirteen considerations with the support of Table 2."""
    framework = load_framework("framework")
    ids = [consideration.id for consideration in framework.considerations]
    assert ids == ["1a", "1b", "1c", "2a", "2b", "2c", "3a", "3b", "3c", "4a", "4b", "5a", "5b"]
    assert list(framework.stages) == STAGES
    assert [STAGES.index(consideration.stage) + 1 for consideration in framework.considerations] == [
        int(id[0]) for id in ids
    ]
    support = {consideration.id: len(consideration.sources) for consideration in framework.considerations}
    assert support == {
        "1a": 4, "1b": 3, "1c": 4, "2a": 5, "2b": 6, "2c": 6, "3a": 3, "3b": 3, "3c": 3, "4a": 4, "4b": 3,
        "5a": 3, "5b": 4,
    }  # fmt: skip
    for consideration in framework.considerations:
        assert consideration.codes and consideration.note
        assert set(consideration.beyond) <= set(consideration.codes)


def test_framework_names_codes_of_the_studys_codebook() -> None:
    """Every code that speaks for a consideration is there, and every process code is accounted for."""
    book = load_codebook("b2b-influencer-marketing")
    framework = load_framework("framework")
    named = {code for consideration in framework.considerations for code in consideration.codes} | set(
        framework.outside
    )
    assert named <= set(book.by_id)
    assert {code.id for code in book.in_stage("open")} <= named
    published = load_published("classification")
    assert list(published.strategies) == list(book.strategies)
    assert set(book.dimensions) <= set(published.dimensions)


def test_contrast_table_is_the_contrast_codebook() -> None:
    """The table's dimensions and poles are those of the codebook."""
    table = yaml.safe_load((FOLDER / "b2b-versus-b2c-table.yaml").read_text("utf-8"))
    book = load_codebook("b2b-versus-b2c")
    assert table["dimensions"] == book.dimensions and table["poles"] == book.strategies
    assert [f"{row}/{pole}" for row, cells in table["table"].items() for pole in cells] == list(book.by_id)


def test_sample_table() -> None:
    """Twelve firms and ten agencies, 37 to 58 minutes, and the firms are those classified."""
    sample = yaml.safe_load((FOLDER / "sample.yaml").read_text("utf-8"))["cases"]
    assert [row["case"] for row in sample if row["cohort"] == "firm"] == list(load_published("classification").cases)
    assert sum(row["cohort"] == "agency" for row in sample) == 10
    assert (min(row["minutes"] for row in sample), max(row["minutes"] for row in sample)) == (37, 58)


def test_a_published_file_of_ones_own(tmp_path: Path) -> None:
    """A study can bring its own classification."""
    path = tmp_path / "mine.yaml"
    path.write_text("source: Me\nstrategies: {a: A, b: B}\ncases:\n  One: [b, a]\n  Two: a\n  Three: []\n")
    published = load_published(path)
    assert published.cases == {"One": ("a", "b"), "Two": ("a",), "Three": ()}
    assert (published.name, published.counts, published.hybrids) == ("mine", {"a": 2, "b": 1}, ("One",))


def test_counts_that_do_not_fit_the_cases_are_refused(tmp_path: Path) -> None:
    """Stated counts and hybrids are compared with the cases."""
    path = tmp_path / "mine.yaml"
    path.write_text("source: Me\nstrategies: {a: A}\ncases: {One: a, Two: c}\ncounts: {a: 2}\nhybrids: [One]\n")
    with pytest.raises(ManyErrors) as caught:
        load_published(path)
    said = str(caught.value)
    assert "line 3: case 'Two': 'c' is not declared" in said
    assert "line 4: counts.a: 2 is stated, the cases give 1" in said and "line 5: hybrids" in said


def test_a_framework_with_a_mistake(tmp_path: Path) -> None:
    """A code beyond the literature must be among the codes."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "source: Me\nstages: {s: S}\nconsiderations:\n  - {id: 1a, stage: s, name: N, codes: [a], beyond: [b]}\n"
    )
    with pytest.raises(InputError, match="line 4: consideration '1a', beyond: 'b' is not declared"):
        load_framework(path)


def test_an_unknown_published_file_lists_the_shipped_ones() -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(UserError, match="classification"):
        load_published("klassification")
