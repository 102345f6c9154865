"""`qualcode evaluate` and `qualcode suggest-next`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path


def test_evaluate_in_three_formats(music: Path, run) -> None:
    """Table, CSV and JSON tell the same F1 of a code; stderr says how it was measured."""
    words = ("-C", music, "evaluate", "--coder", "cues", "--against", "coder-a")
    table = run(*words)
    assert "it learns from no codings" in table.stderr
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout))}
    data = json.loads(run(*words, "--format", "json").stdout)
    for one in data["agreement"]["codes"]:
        value = one["measures"]["f1"]
        assert rows[one["code"]]["f1"] == ("" if value is None else f"{value:.3f}")
        assert one["code"] in table.stdout
    assert data["against"] == "coder-a" and data["mistakes"]
    assert all(one["quote"] for one in data["mistakes"])


def test_evaluate_a_machine_that_learns(music: Path, run) -> None:
    """Three coded interviews are enough to be measured held out, and nothing of it is stored."""
    before = run("-C", music, "status").stdout
    data = json.loads(run("-C", music, "evaluate", "--coder", "combined", "--format", "json").stdout)
    assert data["how"] == "each case coded by a model that saw nothing of it"
    assert any(name.startswith("code ") for name in data["attributes"])
    assert run("-C", music, "status").stdout == before


def test_evaluate_needs_a_known_coder(music: Path, run) -> None:
    """A misspelt machine is the user's mistake."""
    assert "Machine coders: cues" in run("-C", music, "evaluate", "--coder", "qeues", status=1).stderr


def test_suggest_next_where_nothing_is_coded(empty: Path, run) -> None:
    """Suggestions lead to the text, and JSON carries positions."""
    music = Path(__file__).resolve().parent.parent / "data" / "music"
    run("-C", empty, "ingest", music / "transcripts", "--cases", music / "cases.csv", "--by", "tester")
    found = json.loads(run("-C", empty, "suggest-next", "--n", "2", "--format", "json").stdout)
    assert len(found) == 2 and all(one["end"] - one["start"] == len(one["text"]) for one in found)
    assert found[0]["transcript"] in run("-C", empty, "suggest-next", "--n", "2").stdout


def test_suggest_next_where_all_is_coded(music: Path, run) -> None:
    """There is nothing left to suggest, and the message says what to do."""
    assert "Every transcript is coded" in run("-C", music, "suggest-next", status=1).stderr


def test_code_by_a_machine_that_learns(music: Path, run) -> None:
    """Its proposals are stored under its name with what it learned from, and do not count by themselves."""
    before = run("-C", music, "compare", "--format", "json").stdout
    run("-C", music, "code", "--coder", "combined")
    assert run("-C", music, "compare", "--format", "json").stdout == before
    found = [
        json.loads(line) for line in run("-C", music, "codings", "export", "--coder", "combined").stdout.splitlines()
    ]
    assert found and all(one["status"] == "proposed" for one in found)


def test_code_learns_from_whom_it_is_told(music: Path, run) -> None:
    """`--from` names the coder, and its name stands in the machine's facts; an unknown name is told."""
    run("-C", music, "code", "--coder", "learned", "--from", "coder-a", "--by", "tester")
    told = run("-C", music, "codings", "export", "--coder", "learned").stdout
    assert told
    assert (
        "no coder called 'coder-z'"
        in run("-C", music, "code", "--coder", "learned", "--from", "coder-z", status=1).stderr
    )
