"""Two people with a copy each, by file or by plain text, put together again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest


@pytest.fixture
def copies(music: Path, tmp_path: Path, run) -> tuple[Path, Path]:
    """Return two copies of a study that each did something since."""
    run("-C", music, "codebook", "record")
    other = tmp_path / "other"
    shutil.copytree(music, other)
    words = ("--case", "ben", "--turn", "8", "--quote", "no time at all", "--code", "obstacles/time")
    run("-C", music, "codings", "add", "--coder", "ann", *words)
    run("-C", music, "codebook", "rename", "obstacles/shame", "obstacles/heard")
    run("-C", music, "memo", "add", "Mine.")
    words = ("--case", "anna", "--turn", "4", "--quote", "a teacher once", "--code", "obstacles/shame")
    run("-C", other, "codings", "add", "--coder", "bo", *words)
    run("-C", other, "codings", "remove", "--code", "way/alone", "--coder", "coder-a")
    run("-C", other, "memo", "add", "Yours.")
    return music, other


def content(study: Path, run) -> tuple:
    """Return what a study says."""
    rows = [json.loads(line) for line in run("-C", study, "codings", "export").stdout.splitlines()]
    memos = json.loads(run("-C", study, "memo", "list", "--format", "json").stdout)
    book = run("-C", study, "codebook", "export").stdout
    return rows, sorted(memo["text"] for memo in memos), book


def test_both_ways_give_the_same_study(copies: tuple[Path, Path], run, tmp_path: Path) -> None:
    """Each merges the other's copy and they have the same codings, memos and codes; the other's stays as it was."""
    mine, other = copies
    before = tmp_path / "before"
    shutil.copytree(mine, before)
    untouched = (other / "qualcode.db").read_bytes()
    told = run("-C", mine, "merge", other).stderr
    assert "Merged" in told and "0 conflicts" in told
    assert (other / "qualcode.db").read_bytes() == untouched
    run("-C", other, "merge", before / "qualcode.db")
    assert content(mine, run) == content(other, run)
    rows, memos, _ = content(mine, run)
    assert memos == ["Mine.", "Yours."]
    assert [one["code"] for one in rows if one["quote"] == "a teacher once"] == ["obstacles/heard"]
    assert not [one for one in rows if one["code"] == "way/alone"]
    for study in (mine, other):
        run("-C", study, "check")
    assert "nothing new" in run("-C", mine, "merge", before).stderr
    assert "nothing new" in run("-C", mine, "merge", other, "--format", "json").stderr


def test_work_goes_on_after_a_merge(copies: tuple[Path, Path], run) -> None:
    """What one removes after a merge does not come back with the next one."""
    mine, other = copies
    run("-C", mine, "merge", other)
    run("-C", mine, "codings", "remove", "--coder", "bo")
    words = ("--case", "ben", "--turn", "8", "--quote", "no time", "--code", "obstacles/time")
    run("-C", other, "codings", "add", "--coder", "cy", *words)
    run("-C", mine, "merge", other)
    coders = {one["coder"] for one in content(mine, run)[0]}
    assert "cy" in coders and "bo" not in coders
    run("-C", other, "merge", mine)
    assert content(mine, run) == content(other, run)


def test_a_merge_is_one_change_and_can_be_undone(copies: tuple[Path, Path], run) -> None:
    """Undo brings back codings and codebook; a copy was kept before; a dry run writes nothing."""
    mine, other = copies
    before = content(mine, run), (mine / "codebook.yaml").read_text("utf-8")
    assert "Would merge" in run("-C", mine, "merge", other, "--dry-run").stderr
    assert (content(mine, run), (mine / "codebook.yaml").read_text("utf-8")) == before
    run("-C", mine, "merge", other)
    assert [one for one in (mine / "snapshots").iterdir() if one.name.endswith("-merge.db")]
    run("-C", mine, "undo")
    assert (content(mine, run), (mine / "codebook.yaml").read_text("utf-8")) == before
    run("-C", mine, "check")


def test_conflicts_are_listed_and_kept(copies: tuple[Path, Path], run) -> None:
    """The same code redefined on both sides: both definitions are in the merged codebook."""
    mine, other = copies
    for study, words in ((mine, "No hours left."), (other, "Too few hours.")):
        path = study / "codebook.yaml"
        text = path.read_text("utf-8")
        path.write_text(text.replace("Work, family or other duties leave no time.", words), "utf-8")
        run("-C", study, "codebook", "record")
    found = json.loads(run("-C", mine, "merge", other, "--format", "json").stdout)
    assert [(one["what"], one["key"], one["about"]) for one in found["conflicts"]] == [
        ("code", "obstacles/time", "definition")
    ]
    text = (mine / "codebook.yaml").read_text("utf-8")
    assert "No hours left." in text and "Too few hours." in text and "other definition of obstacles/time" in text


def test_what_cannot_be_merged(music: Path, run, tmp_path: Path) -> None:
    """No copy, a file that is none, and the study itself are told."""
    (tmp_path / "file.db").write_text("no store", "utf-8")
    for words in ("nowhere", tmp_path / "file.db", music, tmp_path):
        assert run("-C", music, "merge", words, status=1).stderr.startswith("Error: ")


def test_two_studies_that_were_never_one(music: Path, empty: Path, run, tmp_path: Path) -> None:
    """Without a common history everything of both is there."""
    run("init", tmp_path / "second", "--codebook", music / "codebook.yaml")
    turns = (
        "INTERVIEWER: And you?\nDORA: I always wanted to drum.\nINTERVIEWER: Why?\nDORA: It is loud and it is fun.\n"
    )
    (tmp_path / "dora.txt").write_text(turns, "utf-8")
    run("-C", tmp_path / "second", "ingest", tmp_path / "dora.txt")
    run(
        "-C", tmp_path / "second", "codings", "add", "--from-search", "drum", "--code", "start/old-wish", "--coder", "d"
    )
    run("-C", music, "merge", tmp_path / "second")
    rows, _, _ = content(music, run)
    assert {one["case"].casefold() for one in rows} == {"anna", "ben", "chris", "dora"}
    run("-C", music, "check")


def test_plain_text_goes_round(copies: tuple[Path, Path], run, tmp_path: Path) -> None:
    """Exported by one and imported by the other by ids: new codings come, changed ones change, the same stay."""
    mine, other = copies
    folder = tmp_path / "shared"
    run("-C", other, "codings", "export", "--folder", folder)
    lines = (folder / "bo" / "anna.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 1 and json.loads(lines[0])["quote"] == "a teacher once"
    text = lines[0].replace("obstacles/shame", "obstacles/heard") + "\n"
    (folder / "bo" / "anna.jsonl").write_text(text, "utf-8")
    bad = run("-C", mine, "codings", "import", folder, "--by-id", status=1).stderr
    assert "unknown code" in bad and "jsonl, line" in bad
    run("-C", mine, "codebook", "rename", "obstacles/heard", "obstacles/shame")
    (folder / "bo" / "anna.jsonl").write_text(lines[0] + "\n", "utf-8")
    run("-C", mine, "codings", "import", folder, "--by-id", "--coder", "somebody", status=2)
    assert "Imported 1 new coding" in run("-C", mine, "codings", "import", folder, "--by-id").stderr
    assert "Imported 0 new codings, 0 changed" in run("-C", mine, "codings", "import", folder, "--by-id").stderr
    path = folder / "bo" / "anna.jsonl"
    path.write_text(path.read_text("utf-8").replace('"accepted"', '"rejected"'), "utf-8")
    assert "0 new codings, 1 changed" in run("-C", mine, "codings", "import", folder, "--by-id").stderr
    run("-C", mine, "codings", "export", "--folder", folder)
    assert json.loads(path.read_text("utf-8"))["status"] == "rejected"


def test_a_blind_coder_merges_without_being_shown_others_work(copies: tuple[Path, Path], run) -> None:
    """Conflicts about codings of others are counted, and neither listed nor left out of what is merged."""
    mine, other = copies
    run("-C", mine, "coders", "add", "bo", "--blind", "--by", "lead")
    words = ("--case", "ben", "--turn", "8", "--quote", "no time", "--code", "obstacles/time")
    run("-C", mine, "codings", "reject", "--coder", "coder-a", "--code", "way/alone", "--by", "lead")
    run("-C", mine, "codings", "add", "--coder", "bo", *words)
    told = run("-C", mine, "merge", other, "--dry-run", "--by", "lead")
    assert "kept: the other copy changed it" in told.stdout and "2 conflicts" in told.stderr
    told = run("-C", mine, "merge", other, "--by", "bo")
    assert "kept" not in told.stdout and "2 conflicts in others' work hidden" in told.stderr
    assert "Merged" in told.stderr and "2 conflicts." in told.stderr
