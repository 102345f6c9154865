"""Searching, and coding what was found or what a file says."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest


def found(music: Path, run, *words: str) -> list[dict]:
    """Return the places found."""
    return json.loads(run("-C", music, "search", *words, "--format", "json").stdout)


def exported(music: Path, run, *words: str) -> list[dict]:
    """Return codings of the study."""
    return [json.loads(line) for line in run("-C", music, "codings", "export", *words).stdout.splitlines()]


def test_words_in_context(music: Path, run) -> None:
    """A match is shown with the words beside it and the codes on it, in all three forms."""
    rows = found(music, run, "always", "wanted")
    assert [(one["case"], one["turn"], one["left"], one["match"]) for one in rows] == [
        ("Anna", 2, "I ", "always wanted")
    ]
    assert rows[0]["codes"] == ["start/old-wish"] and rows[0]["right"].startswith(" one, since")
    lines = list(csv.DictReader(io.StringIO(run("-C", music, "search", "always wanted", "--format", "csv").stdout)))
    assert [line["match"] for line in lines] == ["always wanted"]
    assert "always wanted" in run("-C", music, "search", "always wanted").stdout


def test_filters_and_operators(music: Path, run) -> None:
    """By lemma, role, attribute, code, within sentences."""
    assert {one["match"] for one in found(music, run, "lemma:lesson")} == {"lessons"}
    assert len(found(music, run, "lesson*", "--where", "cohort=winds")) < len(found(music, run, "lesson*"))
    assert found(music, run, "practising", "--role", "participant") == []
    assert {one["case"] for one in found(music, run, "code:obstacles/shame", "--case", "anna")} == {"Anna"}
    assert found(music, run, "lessons AND band", "--within", "1") != []
    assert found(music, run, "teacher AND band", "--within", "1") == []
    assert found(music, run, "code:obstacles/*", "--coder", "nobody") == []


@pytest.mark.parametrize(
    "words", [("(",), ("(", "--regex"), ("x", "--case", "nobody"), ("x", "--where", "Size=3"), ("a AND",)]
)
def test_mistakes_in_a_search(music: Path, run, words: tuple[str, ...]) -> None:
    """A query or filter that cannot be used is told in one message."""
    assert run("-C", music, "search", *words, status=1).stderr.startswith("Error: ")


@pytest.mark.parametrize("words", [("--within", "none", "x"), ("--where", "x", "y"), ()])
def test_wrong_usage_of_search(music: Path, run, words: tuple[str, ...]) -> None:
    """Wrong words get the usage."""
    run("-C", music, "search", *words, status=2)


def test_a_code_that_is_misspelt(music: Path, run) -> None:
    """Nothing is found, and the nearest code is named; a code that nobody gave is no mistake."""
    told = run("-C", music, "search", "code:obstacles/tmie OR code:nothing/*").stderr
    assert "no code 'obstacles/tmie', did you mean 'obstacles/time'?" in told and "nothing/" not in told
    assert "no code" not in run("-C", music, "search", "code:obstacles/time AND zzz").stderr


def test_code_what_a_search_finds(music: Path, run) -> None:
    """Whole sentences, turns or matches get the codes, once, in one change."""
    words = (
        "-C",
        music,
        "codings",
        "add",
        "--from-search",
        "lesson* OR teacher",
        "--coder",
        "bo",
        "--code",
        "way/alone",
    )
    before = run("-C", music, "log", "--format", "csv").stdout
    assert "Would add" in run(*words, "--dry-run").stderr
    assert run("-C", music, "log", "--format", "csv").stdout == before
    run(*words, "--code", "obstacles/time")
    added = exported(music, run, "--coder", "bo")
    assert {one["quote"] for one in added if one["case"] == "Anna"} == {
        "I don't take lessons, I tried a teacher once and gave it up."
    }
    assert {one["code"] for one in added} == {"way/alone", "obstacles/time"}
    assert added[0]["evidence"] == {"query": "lesson* OR teacher"}
    assert "Added 0 codings" in run(*words).stderr
    run("-C", music, "undo")
    assert {one["coder"] for one in exported(music, run)} == {"coder-a"}
    run(*words, "--span", "match", "--case", "anna")
    assert [one["quote"] for one in exported(music, run, "--coder", "bo")] == ["lessons", "teacher"]
    run(*words, "--span", "turn", "--case", "anna")
    assert max(len(one["quote"]) for one in exported(music, run, "--coder", "bo")) > 80


def test_code_from_a_file(music: Path, run, tmp_path: Path) -> None:
    """A file is added whole or not at all."""
    rows = [
        {"case": "Anna", "turn": 2, "code": "start/old-wish", "quote": "I always wanted one"},
        {"case": "Ben", "turn": 8, "code": "obstacles/time", "quote": "no time"},
    ]
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert "Would add 2" in run("-C", music, "codings", "add", path, "--coder", "bo", "--dry-run").stderr
    assert {one["coder"] for one in exported(music, run)} == {"coder-a"}
    run("-C", music, "codings", "add", path, "--coder", "bo")
    assert [one["quote"] for one in exported(music, run, "--coder", "bo")] == ["I always wanted one", "no time"]
    path.write_text(path.read_text("utf-8") + "nonsense\n", "utf-8")
    run("-C", music, "codings", "add", path, "--coder", "cy", status=1)
    assert "cy" not in run("-C", music, "coders", "list").stdout


def test_several_codes_on_one_passage(music: Path, run) -> None:
    """One passage can be given several codes at once."""
    where = ("--case", "ben", "--turn", "8", "--quote", "no time at all")
    run("-C", music, "codings", "add", "--coder", "bo", "--code", "obstacles/time", "--code", "way/alone", *where)
    assert [one["code"] for one in exported(music, run, "--coder", "bo")] == ["obstacles/time", "way/alone"]


@pytest.mark.parametrize(
    "words",
    [
        ("--coder", "bo"),
        ("x.jsonl", "--coder", "bo", "--code", "way/alone"),
        ("--coder", "bo", "--code", "way/alone", "--from-search", "x", "--turn", "2"),
    ],
)
def test_wrong_usage_of_add(music: Path, run, words: tuple[str, ...]) -> None:
    """What contradicts itself is wrong usage."""
    run("-C", music, "codings", "add", *words, status=2)


def test_a_copy_is_kept_before_bulk_changes_only(music: Path, run) -> None:
    """Two codings are no bulk operation, twenty are."""
    run("-C", music, "codings", "add", "--from-search", "band", "--coder", "bo", "--code", "way/alone")
    assert not (music / "snapshots").exists()
    run(
        "-C",
        music,
        "codings",
        "add",
        "--from-search",
        "/[a-z]+/",
        "--span",
        "match",
        "--coder",
        "bo",
        "--code",
        "way/alone",
    )
    assert len(list((music / "snapshots").iterdir())) == 1
