"""Candidates on the command line: shown, named, merged, rejected; nothing becomes a code by itself."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest


@pytest.fixture
def fairs(empty: Path, run) -> Path:
    """Return a study in which two people speak of trade fairs, which no code is about."""
    texts = {
        "dora": "Q: How did it begin?\nA: At the trade fair. The trade fair in May was loud. I play alone.",
        "emil": "Q: And you?\nA: The trade fairs were fun. We went to the trade fair by bus.",
    }
    for name, text in texts.items():
        lines = [f"[00:00:0{number}] {line}" for number, line in enumerate(text.split("\n"))]
        (empty / "transcripts" / f"{name}.txt").parent.mkdir(exist_ok=True)
        (empty / "transcripts" / f"{name}.txt").write_text("\n".join(lines) + "\n", "utf-8")
    run("-C", empty, "ingest", empty / "transcripts", "--by", "tester")
    return empty


def shown(study: Path, run, *words: str) -> dict[str, dict]:
    """Return candidates by name."""
    rows = json.loads(run("-C", study, "candidates", "--format", "json", *words).stdout)
    return {row["candidate"]: row for row in rows}


def history(study: Path, run) -> list[str]:
    """Return what was done, oldest first."""
    rows = json.loads(run("-C", study, "log", "--format", "json").stdout)
    return [row["what"] for row in reversed(rows)]


def test_shown_in_three_forms(fairs: Path, run) -> None:
    """With count, cases and places in context; a look changes nothing."""
    before = history(fairs, run)
    row = shown(fairs, run, "--kind", "phrases")["trade fair"]
    assert (row["count"], row["cases"]) == (4, ["dora", "emil"])
    text = (fairs / "transcripts" / "dora.txt").read_text("utf-8")
    assert [text[line["start"] : line["end"]] for line in row["lines"] if line["case"] == "dora"] == ["trade fair"] * 2
    told = run("-C", fairs, "candidates", "--kind", "phrases", "--format", "csv").stdout
    assert [line["match"] for line in csv.DictReader(io.StringIO(told))][:2] == ["trade fair", "trade fairs"]
    table = run("-C", fairs, "candidates")
    assert "[trade fair]" in table.stdout and "sentences of participants" in table.stderr
    assert shown(fairs, run, "--kind", "phrases", "--case", "emil")["trade fair"]["cases"] == ["emil"]
    assert history(fairs, run) == before


def test_name_one_and_code_it(fairs: Path, run) -> None:
    """The code has its origin and examples; codings are the person's, and the phrase is open no more."""
    words = ("-C", fairs, "candidates", "--name", "trade fairs", "--as", "start/fair", "--category", "start")
    before = history(fairs, run)
    assert "Would add" in run(*words, "--dry-run").stderr and history(fairs, run) == before
    told = run(*words, "--by", "bo", "--code-occurrences", "--definition", "Met at a fair.").stderr
    assert "bo coded 4 passages" in told
    assert history(fairs, run)[len(before) :][-2:] == ["codebook add", "codings add"]
    text = (fairs / "codebook.yaml").read_text("utf-8")
    assert "start/fair" in text and "candidate: trade fairs" in text and "The trade fair in May was loud." in text
    exported = run("-C", fairs, "codings", "export", "--coder", "bo").stdout.splitlines()
    assert {json.loads(line)["quote"] for line in exported} == {
        "At the trade fair.",
        "The trade fair in May was loud.",
        "The trade fairs were fun.",
        "We went to the trade fair by bus.",
    }
    assert "trade fair" not in shown(fairs, run)
    run("-C", fairs, "undo")
    run("-C", fairs, "undo")
    assert "start/fair" not in (fairs / "codebook.yaml").read_text("utf-8")
    assert "trade fair" in shown(fairs, run)


def test_naming_alone_codes_nothing(fairs: Path, run) -> None:
    """Without being asked for, no coding is made; the new code is pointed at from then on."""
    run("-C", fairs, "candidates", "--name", "trade fair", "--as", "fair", "--by", "bo")
    assert run("-C", fairs, "codings", "export").stdout == ""
    assert shown(fairs, run)["trade fair"]["near"][0] == {"code": "fair", "share": 1.0}


def test_merge_makes_a_cue(fairs: Path, run) -> None:
    """The coder `cues` finds it from then on; once is enough."""
    words = ("-C", fairs, "candidates", "--merge", "trade fair", "--into", "start/occasion", "--by", "bo")
    run(*words)
    run("-C", fairs, "code", "--coder", "cues", "--by", "bo")
    exported = [
        json.loads(line) for line in run("-C", fairs, "codings", "export", "--coder", "cues").stdout.splitlines()
    ]
    # Adjacent sentences of one code are one passage.
    assert [one["quote"] for one in exported if one["code"] == "start/occasion"] == [
        "At the trade fair. The trade fair in May was loud.",
        "The trade fairs were fun. We went to the trade fair by bus.",
    ]
    assert "has the cue" in run(*words, status=1).stderr


def test_reject_and_take_back(fairs: Path, run) -> None:
    """A rejected one is not shown again in any form, until it is taken back; undo does so too."""
    run("-C", fairs, "candidates", "--reject", "Trade FAIRS", "--by", "bo")
    assert "trade fair" not in shown(fairs, run, "--kind", "phrases")
    listed = json.loads(run("-C", fairs, "candidates", "--rejected", "--format", "json").stdout)
    assert listed == [{"language": "en", "lemmas": "trade fair"}]
    changes = history(fairs, run)
    assert "before" in run("-C", fairs, "candidates", "--reject", "trade fair").stderr
    assert history(fairs, run) == changes
    run("-C", fairs, "candidates", "--take-back", "trade fair", "--by", "bo")
    assert "trade fair" in shown(fairs, run, "--kind", "phrases")
    run("-C", fairs, "undo")
    assert "trade fair" not in shown(fairs, run, "--kind", "phrases")


@pytest.mark.parametrize(
    "words",
    [
        ("--name", "purple cow", "--as", "x"),
        ("--name", "trade fair", "--as", "start/occasion"),
        ("--name", "trade fair", "--as", "x", "--code-occurrences", "--by", "cues"),
        ("--name", "cow / bus / fair", "--as", "x"),
        ("--merge", "trade fair", "--into", "nothing"),
        ("--merge", "trade / fair", "--into", "start/occasion"),
        ("--reject", "..."),
        ("--take-back", "trade fair"),
        ("--case", "nobody"),
        ("--coder", "nobody"),
    ],
)
def test_mistakes_change_nothing(fairs: Path, run, words: tuple[str, ...]) -> None:
    """Each is told in one message, and neither codebook nor history change."""
    before, text = history(fairs, run), (fairs / "codebook.yaml").read_text("utf-8")
    assert run("-C", fairs, "candidates", *words, status=1).stderr.startswith("Error: ")
    assert (history(fairs, run), (fairs / "codebook.yaml").read_text("utf-8")) == (before, text)


@pytest.mark.parametrize(
    "words",
    [
        ("--name", "x"),
        ("--into", "x"),
        ("--name", "x", "--as", "y", "--reject", "x"),
        ("--code-occurrences",),
        ("--name", "x", "--as", "y", "--code-occurrences"),
        ("--kind", "songs"),
    ],
)
def test_wrong_usage_of_candidates(fairs: Path, run, words: tuple[str, ...]) -> None:
    """Half an instruction gets the usage."""
    run("-C", fairs, "candidates", *words, status=2)
