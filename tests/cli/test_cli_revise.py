"""`qualcode ingest --revise` from the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path


def changed(music: Path, folder: Path) -> Path:
    """Return a copy of Anna's interview with a word changed and a sentence gone."""
    text = (music / "transcripts" / "anna.txt").read_text("utf-8")
    assert "every two seconds" in text and "Every morning before breakfast. " in text
    text = text.replace("every two seconds", "every three seconds").replace("Every morning before breakfast. ", "")
    (folder / "anna.txt").write_text(text, "utf-8")
    return folder / "anna.txt"


def test_a_refused_file_comes_with_the_way_to_revise(music: Path, tmp_path: Path, run) -> None:
    """The message that refuses a changed file names the command that shows what it means."""
    file = changed(music, tmp_path)
    assert f"qualcode ingest --revise {file}" in run("-C", music, "ingest", file, status=1).stderr


def test_listing_and_accepting(music: Path, tmp_path: Path, run) -> None:
    """The listing writes nothing; accepting carries the codings; undo brings them back."""
    file = changed(music, tmp_path)
    before = run("-C", music, "codings", "export").stdout
    rows = json.loads(run("-C", music, "ingest", "--revise", file, "--format", "json").stdout)
    assert sorted(row["status"] for row in rows) == [
        "changed",
        "lost",
        "moved",
        "moved",
        "moved",
        "unchanged",
        "unchanged",
    ]
    assert run("-C", music, "codings", "export").stdout == before
    lines = csv.DictReader(io.StringIO(run("-C", music, "ingest", "--revise", file, "--format", "csv").stdout))
    assert [line["before"] for line in lines] == [row["before"] for row in rows]
    told = run("-C", music, "ingest", "--revise", file, "--accept", "--by", "me")
    assert "2 unchanged, 3 moved, 1 changed, 1 lost" in told.stderr and "three" in told.stdout
    assert "every three seconds" in run("-C", music, "codings", "export").stdout
    run("-C", music, "check")
    run("-C", music, "undo")
    assert run("-C", music, "codings", "export").stdout == before


def test_one_bad_file_does_not_stop_the_others(music: Path, tmp_path: Path, run) -> None:
    """A file of no transcript is named with exit status 1; the other one is shown."""
    file = changed(music, tmp_path)
    (tmp_path / "dora.txt").write_text(file.read_text("utf-8"), "utf-8")
    result = run("-C", music, "ingest", "--revise", tmp_path / "dora.txt", file, "--format", "json", status=1)
    assert "no transcript called 'dora'" in result.stderr and len(json.loads(result.stdout)) == 7


def test_options_that_do_not_go_together(music: Path, tmp_path: Path, run) -> None:
    """Accepting without revising, or revising nothing, is wrong usage."""
    file = changed(music, tmp_path)
    run("-C", music, "ingest", file, "--accept", status=2)
    run("-C", music, "ingest", "--revise", status=2)
    run("-C", music, "ingest", file, "--revise", "--accept", "--dry-run", status=2)
