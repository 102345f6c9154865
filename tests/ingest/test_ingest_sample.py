"""The sample transcripts, and one of them in other common forms."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from ingest_marked import roles_of

from qualcode.ingest import find_files, read_transcript
from qualcode.model import clock
from qualcode.resources import shipped

SAMPLE = shipped("transcripts_sample")
FILES = sorted(SAMPLE.glob("*.txt"))
LINE = re.compile(r"\[(?P<time>[\d:]+)\] (?P<label>[A-Z]+): (?P<speech>.*)")


def test_how_many() -> None:
    """22 interviews with 454 participant turns."""
    assert len(FILES) == 22
    assert sum(len(read_transcript(path).transcript.participant_turns()) for path in FILES) == 454


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_sample(path: Path) -> None:
    """Every labelled line of a sample file is one turn with its time, and nothing is doubted."""
    reading = read_transcript(path)
    transcript = reading.transcript
    lines = [match for line in path.read_text("utf-8").split("\n") if (match := LINE.fullmatch(line))]
    assert [(clock(turn.time), turn.speaker, transcript.speech(turn)) for turn in transcript.turns] == [
        (match["time"], match["label"], match["speech"]) for match in lines
    ]
    assert roles_of(reading) == {"INTERVIEWER": "interviewer", "PARTICIPANT": "participant"}
    assert reading.doubts == ()
    assert transcript.text == path.read_text("utf-8")
    assert transcript.source_hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert list(reading.case.attributes) == ["Industry", "Size", "Participant", "Duration"]
    assert reading.case.name.casefold() == path.stem


@pytest.mark.parametrize("name", ["eta.md", "eta-no-timestamps.txt"])
def test_other_forms(name: str) -> None:
    """The same interview in another form has the same speech, roles and case."""
    original, other = read_transcript(SAMPLE / "eta.txt"), read_transcript(SAMPLE / "other-forms" / name)
    assert [(turn.role, other.transcript.speech(turn)) for turn in other.transcript.turns] == [
        (turn.role, original.transcript.speech(turn)) for turn in original.transcript.turns
    ]
    assert other.case == original.case
    assert other.doubts == ()


def test_folder_of_the_sample() -> None:
    """Found in the sample folder are the transcripts; codings are left out."""
    files, skipped = find_files([SAMPLE])
    assert [path for path in files if path.parent == SAMPLE] == FILES
    assert {path.suffix for path, _ in skipped if path.parent != SAMPLE} == {".jsonl"}
