"""`qualcode agree` and `qualcode saturation` from the command line: every view, as table, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest

MUSIC = Path(__file__).resolve().parent.parent / "data" / "music"


@pytest.fixture
def two(music: Path, run) -> Path:
    """Return the small example with the codings of two people."""
    run("-C", music, "codings", "import", MUSIC / "coder-b.jsonl", "--coder", "coder-b")
    return music


def test_measures_for_three_coders(two: Path, run) -> None:
    """Three coders get Light's, Fleiss' and Conger's kappa and alpha per code, Cohen's is for two."""
    run("-C", two, "code", "--coder", "cues")
    names = ("--coder", "coder-a", "--coder", "coder-b", "--coder", "cues")
    table = run("-C", two, "agree", *names).stdout
    for name in ("light", "fleiss", "conger", "alpha"):
        assert f" {name} " in table
    assert " cohen " not in table


def test_all_measures_on_request(two: Path, run) -> None:
    """Rarer measures are shown when asked for, and CSV always holds them."""
    usual = run("-C", two, "agree").stdout
    assert "pabak" not in usual
    assert "pabak" in run("-C", two, "agree", "--measures", "all").stdout
    (first, *_) = csv.DictReader(io.StringIO(run("-C", two, "agree", "--format", "csv").stdout))
    assert {"pabak", "holsti", "prevalence_index", "bias_index"} <= first.keys()


def test_json_holds_pairs_influence_and_intervals(two: Path, run) -> None:
    """Everything that the report draws is in the JSON."""
    found = json.loads(run("-C", two, "agree", "--format", "json").stdout)
    (pair,) = found["pairs"]
    assert (pair["first"], pair["second"]) == ("coder-a", "coder-b")
    assert set(pair["codes"]) == {one["code"] for one in found["codes"]}
    assert [one["without"] for one in found["influence"]] == ["Anna", "Ben", "Chris"]
    assert all(low <= high for one in found["codes"] for low, high in one["intervals"].values())


def test_disagreements_and_clinic_count_alike(two: Path, run) -> None:
    """The clinic's counts are the numbers of the disagreements listed."""
    listed = json.loads(run("-C", two, "agree", "--disagreements", "--format", "json").stdout)
    found = json.loads(run("-C", two, "agree", "--clinic", "--format", "json").stdout)
    assert listed
    counts = {one["code"]: one["disagreements"] for one in found["codes"]}
    assert counts == {code: sum(one["code"] == code for one in listed) for code in {one["code"] for one in listed}}
    (code, *_) = counts
    only = json.loads(run("-C", two, "agree", "--clinic", "--code", code, "--format", "json").stdout)
    assert [one["code"] for one in only["codes"]] == [code]


def test_rounds_by_attribute(two: Path, run) -> None:
    """An attribute of the cases makes rounds; whether agreement rises is said in words."""
    found = json.loads(run("-C", two, "agree", "--by-round", "Age", "--format", "json").stdout)
    assert [one["round"] for one in found["rounds"]] == ["38", "51", "66"]
    assert found["rounds"][0]["agreement"]["coders"] == ["coder-a", "coder-b"]
    result = run("-C", two, "agree", "--by-round", "Age")
    assert "Pooled kappa went from" in result.stderr
    assert "no round" not in result.stderr


def test_rounds_by_something_unknown(two: Path, run) -> None:
    """An attribute that nobody has is a mistake that is explained."""
    result = run("-C", two, "agree", "--by-round", "weather", status=1)
    assert "weather" in result.output and "month" in result.output


def test_span_measures_of_codes_and_domains(two: Path, run) -> None:
    """Each code alone is a domain; the codes of a category are one; an unknown category is refused with a list."""
    found = json.loads(run("-C", two, "agree", "--span-measures", "--format", "json").stdout)
    assert len(found["domains"]) == 10
    assert found["settings"]["unit"] == "character"
    for one in found["domains"]:
        assert one["codes"] == [one["domain"]]
        assert one["binary"] is None or one["binary"] <= 1
    domain = json.loads(
        run(
            "-C",
            two,
            "agree",
            "--span-measures",
            "--code",
            "way/alone",
            "--code",
            "way/with-others",
            "--format",
            "json",
        ).stdout
    )
    (one,) = domain["domains"]
    assert set(one["values"]) <= {"way/alone", "way/with-others"}
    result = run("-C", two, "agree", "--span-measures", "--domain", "nonsense", status=1)
    assert "nonsense" in result.output and "There are:" in result.output


def test_domain_belongs_to_span_measures(two: Path, run) -> None:
    """A domain without span measures is a mistake, not ignored."""
    assert "--span-measures" in run("-C", two, "agree", "--domain", "practice", status=2).output


def test_rho_prints_its_seed_and_threshold(two: Path, run) -> None:
    """Rho is a simulation: seed and threshold stand beside it, and another threshold gives another value."""
    result = run("-C", two, "agree", "--rho", "--threshold", "0.65")
    assert "threshold 0.65" in result.stderr and "seed 20221017" in result.stderr
    low, high = (
        json.loads(run("-C", two, "agree", "--rho", "--threshold", line, "--format", "json").stdout)["codes"]
        for line in ("0.65", "0.9")
    )
    pairs = [(one["rho"], other["rho"]) for one, other in zip(low, high, strict=True) if one["rho"] is not None]
    assert pairs and all(one <= other for one, other in pairs) and any(one < other for one, other in pairs)


def test_rho_is_for_two(two: Path, run) -> None:
    """Rho with a third coder is refused."""
    run("-C", two, "code", "--coder", "cues")
    names = ("--coder", "coder-a", "--coder", "coder-b", "--coder", "cues")
    assert "two coders" in run("-C", two, "agree", "--rho", *names, status=1).output


def test_gamma_names_its_extra(two: Path, run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package gamma says what to install."""
    monkeypatch.setitem(sys.modules, "pygamma_agreement", None)
    assert "qualcode[gamma]" in run("-C", two, "agree", "--gamma", status=1).output


def test_one_view_at_a_time(two: Path, run) -> None:
    """Two views at once would make two documents of one output."""
    assert "one at a time" in run("-C", two, "agree", "--clinic", "--rho", status=2).output


def test_saturation_in_all_forms(two: Path, run) -> None:
    """Table, CSV and JSON tell the same new codes; growth curves and grid are among them."""
    found = json.loads(run("-C", two, "saturation", "--format", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(run("-C", two, "saturation", "--format", "csv").stdout)))
    assert [int(row["new"]) for row in rows] == [row["new"] for row in found["table"]]
    table = run("-C", two, "saturation").stdout
    assert "Lowe et al. 2018" in table and "Hennink & Kaiser" in table
    assert found["grid"]["rows"]


def test_report_of_two_coders_has_the_new_pages(two: Path, run) -> None:
    """The report lists the disagreements and draws saturation."""
    first = Path(run("-C", two, "report").stdout.strip())
    folder = first if first.is_absolute() else Path.cwd() / first
    text = (folder.parent / "disagreements.html").read_text("utf-8")
    assert "coder-a" in text and "coder-b" in text
    assert "<svg" in (folder.parent / "saturation.html").read_text("utf-8")
