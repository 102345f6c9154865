"""The reference codings of the sample study, located in its transcripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qualcode.codebook import load_codebook
from qualcode.ingest import read_transcript
from qualcode.interchange import read_coding_files
from qualcode.model import Case, Code, Codebook, Settings, Study
from qualcode.resources import shipped

FOLDER = shipped("transcripts_sample")
READERS = ("reader-1", "reader-2")


def rows_of(reader: str) -> list[dict[str, Any]]:
    """Return the rows of a reader's files as they stand there."""
    files = sorted((FOLDER / "codings" / reader).glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def sample() -> Study:
    """The sample study as ingested, with a codebook of the codes that the readers used."""
    transcripts = tuple(read_transcript(path).transcript for path in sorted(FOLDER.glob("*.txt")))
    cases = tuple(Case(name) for name in dict.fromkeys(transcript.case for transcript in transcripts))
    codes = sorted({row["code"] for reader in READERS for row in rows_of(reader)})
    codebook = Codebook("used", "Used", tuple(Code(id, id) for id in codes))
    return Study(Settings(), codebook, cases=cases, transcripts=transcripts)


@pytest.mark.parametrize("reader", READERS)
def test_all_reference_codings_are_located(sample: Study, reader: str) -> None:
    """Every row becomes a coding whose passage is its quotation, in a participant's turn."""
    rows = rows_of(reader)
    found = read_coding_files(FOLDER / "codings" / reader, sample, coder=reader)
    assert [str(problem) for problem in found.problems] == []
    assert len(found.codings) + found.doubles == len(rows) > 1000
    wanted = {(row["case"], row["code"], row["quote"]) for row in rows}
    assert {(coding.transcript, coding.code, sample.quote(coding)) for coding in found.codings} == wanted
    for coding in found.codings:
        turn = sample.transcript_by_name[coding.transcript].turn_at(coding.start)
        assert turn is not None and turn.role == "participant" and coding.end <= turn.end


def test_one_file_alone(sample: Study) -> None:
    """A single case's file is read by itself, with the case's name in lower case."""
    path: Path = FOLDER / "codings" / "reader-1" / "alpha.jsonl"
    found = read_coding_files(path, sample, coder="reader-1")
    assert {coding.transcript for coding in found.codings} == {"alpha"}
    assert sample.case_of(found.codings[0]) == "Alpha"


def test_the_studys_codebook_knows_every_code_used(sample: Study) -> None:
    """No reference coding is refused for its code."""
    assert set(sample.codebook.by_id) <= set(load_codebook("b2b-influencer-marketing").by_id)
