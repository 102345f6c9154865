"""`qualcode ingest` from the command line, on a folder as people have it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import Workbook

Run = Callable[..., Result]

CUES = """\
WEBVTT

00:00:02.000 --> 00:00:05.500
Moderator: Thanks for coming. Who speaks for you?

00:00:06.000 --> 00:00:11.000
Karlsson, Eva: Our own engineers do.

00:00:12.000 --> 00:00:13.000
Karlsson, Eva: Nobody

00:01:02.000 --> 00:01:12.000
else.
"""
SEGMENTS = [{"start": 0.0, "end": 4.2, "text": " We pay a creator."}, {"start": 4.2, "end": 9, "text": " By the post."}]
SWEDISH = """\
Intervjuare: Hur arbetar ni med tankeledare?
Svar: Vi samarbetar med en professor på högskolan. Hon får inget betalt, hon vill sprida sin forskning till fler.
"""
CHINESE = "访谈者：你们和谁合作？\n受访者：我们和行业专家合作，他们不是职业网红，都有本职工作，我们也不付费。\n"

MUSIC = Path(__file__).resolve().parent.parent / "data" / "music"


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Return a folder with captions, recognised speech, a survey, Swedish and Chinese text, and files with mistakes."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "zoom.vtt").write_text(CUES)
    (folder / "whisper.json").write_text(json.dumps({"segments": SEGMENTS}))
    (folder / "svar.txt").write_bytes(SWEDISH.encode("cp1252"))
    (folder / "zh.txt").write_bytes(CHINESE.encode("utf-16"))
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 nonsense")
    (folder / "empty.txt").write_text("")
    (folder / "audio.mp3").write_bytes(b"ID3")
    sheet(folder / "survey.xlsx", ["Respondent", "Sector", "Why do you do it?"], ["R1", "Energy", "For joy."], ["R2"])
    return folder


def sheet(path: Path, *rows: list[object]) -> None:
    """Write a workbook of one sheet."""
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)


def test_a_dry_run_tells_all_that_was_understood(mixed: Path, empty: Path, run: Run) -> None:
    """Per file: format, encoding, language, turns, duration, doubts by number; per speaker: role and share."""
    done = run("-C", empty, "ingest", mixed, "--dry-run", status=1)
    rows = {line.split()[0]: line.split() for line in reversed(done.stdout.splitlines()) if line.strip()}
    assert rows["zoom"] == ["zoom", "zoom", "vtt", "utf-8", "en", "2", "13", "00:01:02"]
    assert rows["svar"][2:6] == ["txt", "cp1252", "sv", "2"] and rows["zh"][2:6] == ["txt", "utf-16-le", "zh", "2"]
    assert rows["survey-R1"][2:5] == ["xlsx", "(fixed)", "en"]
    assert any(line.split()[-2:] == ["6", "46%"] for line in done.stdout.splitlines() if "Karlsson, Eva" in line)
    doubts = [line.strip() for line in done.stderr.splitlines() if line.strip()[:1].isdigit() and ". " in line[:6]]
    number = rows["svar"][-2].rstrip(",")
    assert f"{number}. svar.txt: line 2: not UTF-8" in "\n".join(doubts)
    assert [doubt.split(".")[0] for doubt in doubts] == [str(number) for number in range(1, len(doubts) + 1)]
    assert "broken.docx: the file is damaged" in done.stderr and "empty.txt: the file is empty" in done.stderr
    assert "audio.mp3: a recording" in done.stderr and "Would take in 5 transcripts" in done.stderr
    # Nothing was written.
    assert "Took in 1 transcript" in run("-C", empty, "ingest", mixed / "svar.txt").stderr


def test_one_bad_file_does_not_stop_the_others(mixed: Path, empty: Path, run: Run, tmp_path: Path) -> None:
    """What can be read is taken in, with case attributes from a workbook; the exit status says that not all was."""
    sheet(tmp_path / "cases.xlsx", ["Case", "Cohort", "Employees"], ["R1", "firm", 1200], ["Nobody", "firm", None])
    done = run("-C", empty, "ingest", mixed, "--cases", tmp_path / "cases.xlsx", "--format", "csv", status=1)
    assert "Took in 5 transcripts" in done.stderr and "2 files left out" in done.stderr
    assert "1 case of the case file without a transcript:\n  Nobody" in done.stderr
    durations = {row["transcript"]: row["duration"] for row in csv.DictReader(io.StringIO(done.stdout))}
    assert (durations["zoom"], durations["whisper"], durations["zh"]) == ("00:01:02", "00:00:04", "")
    run("-C", empty, "check")
    done = run("-C", empty, "ingest", mixed, status=1)
    assert "Took in 0 transcripts; 5 were there already" in done.stderr


def test_the_language_can_be_said(mixed: Path, empty: Path, run: Run) -> None:
    """What the user says goes before what the text looks like, and is no doubt."""
    done = run("-C", empty, "ingest", mixed / "svar.txt", "--language", "nb", "--format", "json")
    assert {row["language"] for row in json.loads(done.stdout)} == {"nb"} and "looks like" not in done.stderr


@pytest.mark.parametrize("words", [("--dry-run",), ("--revise",)])
@pytest.mark.parametrize("name", ["klingon", "base64", ""])
def test_an_unknown_encoding_is_told_with_its_option(empty: Path, run, words: tuple[str, ...], name: str) -> None:
    """It is the option that is wrong, not one file after the other."""
    told = run("-C", empty, "ingest", MUSIC / "transcripts", "--encoding", name, *words, status=2).stderr
    assert f"'--encoding': unknown encoding '{name}'" in told and "cp1252" in told


def test_a_misspelt_role_and_label(empty: Path, run) -> None:
    """A role that is none is refused, a label that nobody has is told; each with the nearest."""
    anna = MUSIC / "transcripts" / "anna.txt"
    told = run("-C", empty, "ingest", anna, "--roles", "ANNA=partcipant", status=2).stderr
    assert "did you mean 'participant'?" in told
    assert "ANNA" in run("-C", empty, "ingest", anna, "--roles", "ANNA= Participant", "--dry-run").stdout
    told = run("-C", empty, "ingest", anna, "--roles", "ANNNA=other", "--roles", "anna=participant").stderr
    assert "1 label of --roles without a speaker:\n  'ANNNA', did you mean 'ANNA'?" in told


def test_one_that_was_there(empty: Path, run) -> None:
    """Counts are in the singular where they are one."""
    run("-C", empty, "ingest", MUSIC / "transcripts" / "anna.txt")
    assert "1 was there already" in run("-C", empty, "ingest", MUSIC / "transcripts" / "anna.txt").stderr
