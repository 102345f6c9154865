"""`qualcode pseudonymise` from the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return a table for the three learners."""
    file = tmp_path / "names.csv"
    file.write_text("name,pseudonym,kind\nAnna,Bertha,name\nBen,Carl,name\nChris,,name\nZoe,Dora,name\n", "utf-8")
    return file


def test_suggestions_make_a_table_to_fill_in(music: Path, tmp_path: Path, run) -> None:
    """The CSV of suggestions, with a pseudonym filled in, is a table that can be used."""
    result = run("-C", music, "pseudonymise", "--suggest", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert {"Ben", "Chris"} <= {row["name"] for row in rows} and "rules only" in result.stderr
    filled = tmp_path / "filled.csv"
    filled.write_text(result.stdout.replace("Ben,,", "Ben,Carl,", 1), "utf-8")
    told = run("-C", music, "pseudonymise", filled)
    assert "rows without a pseudonym" in told.stderr and "Carl" in told.stdout and "Nothing was written" in told.stderr


def test_there_and_back(music: Path, tmp_path: Path, table: Path, run) -> None:
    """Names go and come back by the key; codings are the same at the end."""
    before = run("-C", music, "codings", "export").stdout
    key = tmp_path / "key.json"
    told = run("-C", music, "pseudonymise", table, "--accept", "--key", key, "--format", "json")
    assert "still in this study's history" in told.stderr and "transcripts/anna.txt" in told.stderr
    assert "Zoe" in told.stderr and all(row["found"] for row in json.loads(told.stdout))
    after = run("-C", music, "codings", "export").stdout
    assert '"case": "Bertha"' in after and '"Anna"' not in after
    for command in ("compare", "report", "check"):
        run("-C", music, command)
    assert "Bertha" in run("-C", music, "compare").stdout
    assert "Would restore" in run("-C", music, "pseudonymise", "--reverse", "--key", key).stderr
    run("-C", music, "pseudonymise", "--reverse", "--key", key, "--accept")
    assert run("-C", music, "codings", "export").stdout == before


def test_purge_after_replacing(music: Path, tmp_path: Path, table: Path, run) -> None:
    """With --purge the history is gone, the study works, and what was lost is said."""
    told = run("-C", music, "pseudonymise", table, "--accept", "--purge", "--key", tmp_path / "key.json")
    assert "Took out the history" in told.stderr and "still in this study's history" not in told.stderr
    assert "Bertha" in (music / "transcripts" / "anna.txt").read_text("utf-8")
    assert (music / "transcripts" / "ben.txt").exists() and not (music / "transcripts" / "ben.md").exists()
    assert [row["what"] for row in json.loads(run("-C", music, "log", "--format", "json").stdout)] == ["purge"]
    run("-C", music, "check")


def test_purge_alone_asks_for_accept(music: Path, run) -> None:
    """Without --accept purging only says what it would do."""
    before = (music / "qualcode.db").read_bytes()
    assert "cannot be undone" in run("-C", music, "pseudonymise", "--purge").stderr
    assert (music / "qualcode.db").read_bytes() == before


def test_wrong_usage(music: Path, table: Path, run) -> None:
    """Two things at once, nothing at all, a way back without key; accepting without a key is a mistake."""
    run("-C", music, "pseudonymise", status=2)
    run("-C", music, "pseudonymise", table, "--suggest", status=2)
    run("-C", music, "pseudonymise", "--reverse", status=2)
    run("-C", music, "pseudonymise", table, "--accept", "--dry-run", status=2)
    assert "Where should the key go?" in run("-C", music, "pseudonymise", table, "--accept", status=1).stderr
