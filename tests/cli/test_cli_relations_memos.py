"""Relations between codes and memos at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def listed(music: Path, run, what: str) -> list[dict]:
    """Return a listing as rows."""
    return json.loads(run("-C", music, what, "list", "--format", "json").stdout)


def test_a_relation_is_drawn_once_and_reaches_axial(music: Path, run) -> None:
    """Drawn twice it is there once, with its definition, and `axial` finds it."""
    words = ("relations", "add", "obstacles/shame", "condition", "way/alone", "--by", "ann")
    run("-C", music, *words)
    assert "already" in run("-C", music, *words).stderr
    rows = listed(music, run, "relations")
    assert [(one["source"], one["kind"], one["target"], one["coder"]) for one in rows] == [
        ("obstacles/shame", "condition", "way/alone", "ann")
    ]
    assert rows[0]["says"] == "obstacles/shame brings way/alone about, or must be there for it to happen."
    found = json.loads(run("-C", music, "axial", "--format", "json").stdout)
    assert "condition" in json.dumps(found["relations"])
    run("-C", music, "relations", "remove", rows[0]["id"][:6])
    assert listed(music, run, "relations") == []
    run("-C", music, "undo")
    assert listed(music, run, "relations") == rows


def test_help_defines_each_kind(run) -> None:
    """Every kind of relation is defined in the help."""
    text = run("relations", "add", "--help").stdout
    for kind in ("condition", "context", "strategy", "consequence", "part-of", "contradicts"):
        assert f"{kind}: SOURCE" in text


@pytest.mark.parametrize(
    "words",
    [("nothing", "condition", "way/alone"), ("way/alone", "condition", "way/alone"), ("way/alone", "context", "x")],
)
def test_a_relation_needs_two_known_codes(music: Path, run, words: tuple[str, ...]) -> None:
    """Unknown codes, and a code with itself, are refused."""
    run("-C", music, "relations", "add", *words, status=1)


def test_relations_and_memos_follow_a_merge(music: Path, run) -> None:
    """After a merge they point to the code that stands, and one that would lead to itself goes; undo brings it back."""
    run("-C", music, "relations", "add", "obstacles/shame", "condition", "obstacles/time")
    run("-C", music, "relations", "add", "obstacles/shame", "context", "way/alone")
    run("-C", music, "memo", "add", "Shame of what?", "--code", "obstacles/shame", "--kind", "theory")
    before = listed(music, run, "relations"), listed(music, run, "memo")
    run("-C", music, "codebook", "merge", "obstacles/shame", "--into", "obstacles/time")
    assert [(one["source"], one["target"]) for one in listed(music, run, "relations")] == [
        ("obstacles/time", "way/alone")
    ]
    assert [(one["key"], one["text"]) for one in listed(music, run, "memo")] == [("obstacles/time", "Shame of what?")]
    run("-C", music, "undo")
    assert (listed(music, run, "relations"), listed(music, run, "memo")) == before


def test_memos_on_everything(music: Path, run) -> None:
    """A memo can be on the study, a case, a transcript, a code, a coding and a passage."""
    coding = json.loads(run("-C", music, "codings", "list", "--format", "json").stdout)[0]["id"]
    for words in (
        (),
        ("--case", "anna"),
        ("--transcript", "ben"),
        ("--code", "way/alone"),
        ("--coding", coding[:8]),
        ("--case", "anna", "--turn", "4", "--quote", "a teacher once"),
    ):
        run("-C", music, "memo", "add", "Look at this ünïcode.", *words, "--by", "ann")
    rows = listed(music, run, "memo")
    assert [(one["on"], one["key"]) for one in rows[:5]] == [
        ("study", ""),
        ("case", "Anna"),
        ("transcript", "ben"),
        ("code", "way/alone"),
        ("coding", coding),
    ]
    name, span = rows[5]["key"].split(":")
    start, end = map(int, span.split("-"))
    from qualcode.project.folder import find_study

    assert find_study(music).study().transcript_by_name[name].text[start:end] == "a teacher once"
    run("-C", music, "memo", "remove", rows[0]["id"][:10])
    assert len(listed(music, run, "memo")) == 5
    run("-C", music, "check")


@pytest.mark.parametrize(
    "words",
    [(" ",), ("x", "--code", "nothing"), ("x", "--case", "nobody"), ("x", "--case", "anna", "--quote", "not there")],
)
def test_a_memo_on_nothing_is_refused(music: Path, run, words: tuple[str, ...]) -> None:
    """An empty text or an unknown target is a mistake that is told."""
    assert run("-C", music, "memo", "add", *words, status=1).stderr.startswith("Error: ")


def test_a_memo_is_about_one_thing(music: Path, run) -> None:
    """Two targets at once are wrong usage."""
    run("-C", music, "memo", "add", "x", "--code", "way/alone", "--case", "anna", status=2)
