"""Codings read from files: located, checked, and what cannot be used listed with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from interchange_study import STUDY

from qualcode.errors import InputError
from qualcode.interchange import read_coding_files, read_codings
from qualcode.model import Coding

TRUST = {"case": "Alpha", "turn": 2, "quote": "We want trust.", "code": "goal/trust"}


def read(tmp_path: Path, *rows: Any, name: str = "codings.jsonl") -> tuple[list[Coding], list[str]]:
    """Return the codings and problems of a JSONL file with these rows; problems without their path."""
    path = tmp_path / name
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n", "utf-8")
    codings, problems = read_codings(path, STUDY, coder="reader")
    return codings, [str(problem).removeprefix(f"{path}, ") for problem in problems]


def quotes(codings: list[Coding]) -> list[str]:
    """Return the passages of codings."""
    return [STUDY.quote(coding) for coding in codings]


def test_a_coding_is_complete(tmp_path: Path) -> None:
    """Stage and definition come from the code, status is accepted, the coder is the one named."""
    codings, problems = read(tmp_path, {**TRUST, "code": "motive/fee", "coder": "someone else"})
    assert problems == []
    (coding,) = codings
    assert (coding.coder, coding.transcript, coding.code) == ("reader", "alpha", "motive/fee")
    assert (coding.stage, coding.status, coding.confidence, coding.assertion) == (
        "focused",
        "accepted",
        None,
        "affirmed",
    )
    assert coding.evidence == {} and coding.definition_hash == STUDY.codebook.by_id["motive/fee"].definition_hash


def test_what_a_machine_says_is_kept(tmp_path: Path) -> None:
    """Stage, status, confidence, assertion and evidence of the file win."""
    told = {
        "stage": "axial",
        "status": "proposed",
        "confidence": 0.25,
        "assertion": "negated",
        "evidence": {"cue": ["a"]},
    }
    (coding,), _ = read(tmp_path, {**TRUST, **told})
    assert {key: getattr(coding, key) for key in told} == told


@pytest.mark.parametrize(
    ("place", "passage"),
    [
        ({"case": "Alpha", "time": "00:00:12", "quote": "We want trust."}, "We want trust."),
        ({"case": "alpha", "time": "00:12", "quote": "trust"}, "trust"),
        ({"transcript": "ALPHA", "turn": 3, "quote": "三百 euro 🎉"}, "三百 euro 🎉"),
        ({"case": "Alpha", "transcript": "alpha", "time": "01:00:05", "turn": 3, "quote": "fee"}, "fee"),
        ({"case": "Alpha", "turn": 2, "quote": 'We\'d  say "trust" again... and'}, "We’d say “trust” again… and"),
        ({"case": "beta-2", "turn": 1, "quote": "no fee"}, "no fee"),
        ({"case": "Beta", "turn": 1, "quote": "Second talk"}, "Second talk"),
        ({"transcript": "alpha", "start": 16, "end": 19}, "Why"),
        ({"case": "Alpha", "start": 16, "end": 19, "quote": "Why", "turn": 1, "time": "00:00:05"}, "Why"),
    ],
)
def test_ways_to_locate(tmp_path: Path, place: dict[str, Any], passage: str) -> None:
    """A passage is found by offsets, or by case or transcript, time or turn, and quotation."""
    codings, problems = read(tmp_path, {"code": "goal/trust", **place})
    assert problems == [] and quotes(codings) == [passage]


def test_the_first_of_several_is_taken_unless_another_is_asked_for(tmp_path: Path) -> None:
    """`occurrence` says which one of several equal quotations is meant."""
    rows = [{**TRUST, "quote": "trust"}, {**TRUST, "quote": "trust", "occurrence": 3}]
    codings, _ = read(tmp_path, *rows)
    speech = STUDY.transcripts[0].turns[1]
    text = STUDY.transcripts[0].speech(speech)
    assert [coding.start - speech.start for coding in codings] == [text.index("trust"), text.rindex("trust")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "goal/turst"}, "unknown code 'goal/turst', did you mean 'goal/trust'?"),
        ({"code": None}, "'code' is missing"),
        ({"code": 7}, "'code' must be text"),
        ({"case": "Alfa"}, "unknown case 'Alfa', did you mean 'Alpha'?"),
        ({"case": "Empty"}, "case 'Empty' has no transcript"),
        ({"case": None}, "'case' or 'transcript' is missing"),
        ({"transcript": "gamma"}, "unknown transcript 'gamma'"),
        ({"transcript": "beta-1"}, "transcript 'beta-1' belongs to case 'Beta', not 'Alpha'"),
        ({"turn": None}, "'time' or 'turn' is missing"),
        ({"turn": 9}, "no turn number 9 in alpha"),
        ({"turn": 2.5}, "'turn' must be a whole number"),
        ({"turn": True}, "'turn' must be a whole number"),
        ({"time": "00:00:05"}, "no turn at 00:00:05"),
        ({"time": "12"}, "'time' must be like 00:03:08"),
        ({"time": 12}, "'time' must be text"),
        ({"quote": None}, "'quote' is missing"),
        ({"quote": "  "}, "the quote is empty"),
        ({"quote": "We want rust."}, "'We want rust.' is not in turn 2 of alpha; nearest: 'We want trust."),
        ({"quote": "get a fee"}, "is not in turn 2 of alpha, but in turn 3 (01:00:05) of alpha"),
        ({"occurrence": 2}, "does not stand 2 times in turn 2"),
        ({"occurrence": -1}, "'occurrence' counts from 1"),
        ({"quote": "\ud800"}, "is not in turn 2"),
        ({"confidence": 1.5}, "from 0 to 1, found 1.5"),
        ({"confidence": "high"}, "'confidence' must be a number"),
        ({"confidence": float("nan")}, "'confidence' must be a number"),
        ({"status": "acepted"}, "unknown status 'acepted', did you mean 'accepted'?"),
        ({"stage": "selective"}, "unknown stage 'selective'"),
        ({"assertion": "maybe"}, "unknown assertion 'maybe'"),
        ({"evidence": [1]}, "'evidence' must be a JSON object"),
        ({"evidence": "cue"}, "'evidence' must be a JSON object"),
        ({"stauts": "accepted"}, "unknown field 'stauts', did you mean 'status'?"),
        ({"start": 16}, "'end' is missing"),
        ({"start": 16, "end": 16}, "the passage is empty"),
        ({"start": 19, "end": 16}, "lies outside"),
        ({"start": -3, "end": 16}, "lies outside"),
        ({"start": 16, "end": 10**30}, "lies outside"),
        ({"start": 0, "end": 4}, "touches no turn"),
        ({"start": 16, "end": 19}, "reads 'Why', not 'We want trust.'"),
        ({"start": 16, "end": 19, "quote": None}, "is in turn 1, not 2"),
        ({"start": 16, "end": 19, "quote": None, "turn": 1, "time": "00:00:12"}, "is in the turn at 00:00:05"),
        ({"case": "Beta", "start": 3, "end": 9, "turn": None, "quote": None}, "several transcripts (beta-1, beta-2)"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    """Each mistake is a problem with its line, and the good row beside it is read."""
    codings, problems = read(tmp_path, TRUST, {**TRUST, **change})
    assert quotes(codings) == ["We want trust."]
    assert len(problems) == 1 and problems[0].startswith("line 2: ") and said in problems[0]
    problems[0].encode("utf-8")


@pytest.mark.parametrize("line", ["{", "[1]", "just text", '"text"', "[" * 100_000, "{'a': 1}"], ids=range(6))
def test_lines_that_are_no_objects(tmp_path: Path, line: str) -> None:
    """What is not a JSON object is a problem; empty lines are none, and line numbers stay those of the file."""
    codings, problems = read(tmp_path, "", line, "   ", TRUST)
    assert len(codings) == 1 and len(problems) == 1 and problems[0].startswith("line 2: ")


def test_doubles_are_taken_once(tmp_path: Path) -> None:
    """The same code on the same passage is one coding, and the doubles are counted."""
    path = tmp_path / "codings.jsonl"
    path.write_text("\n".join(json.dumps(TRUST) for _ in range(3)))
    read_all = read_coding_files(path, STUDY, coder="reader")
    assert (len(read_all.codings), read_all.problems, read_all.doubles) == (1, (), 2)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_spreadsheets_write_it(tmp_path: Path, delimiter: str) -> None:
    """Byte order mark, CRLF, header in any order and case, semicolons, empty cells, numbers as text, JSON evidence."""
    rows = [
        ["Code", "Quote", "CASE", "turn", "confidence", "evidence", "time", "remark"],
        ["goal/trust", '"We want\r\ntrust."', "alpha", "2.0", "0.5", '"{""cue"": ""x""}"', "", "hm"],
        ["", "", "", "", "", "", "", ""],
        ["nonsense", "trust", "alpha", "2", "", "", "", ""],
    ]
    path = tmp_path / "codings.csv"
    path.write_bytes(("\ufeff" + "\r\n".join(delimiter.join(row) for row in rows)).encode())
    codings, problems = read_codings(path, STUDY, coder="reader")
    assert quotes(codings) == ["We want trust."]
    assert (codings[0].confidence, codings[0].evidence) == (0.5, {"cue": "x"})
    assert [str(problem) for problem in problems] == [f"{path}, line 5: unknown code 'nonsense'"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("latin.jsonl", '{"case": "Alpha"}\n{"quote": "caf\xe9"}'.encode("latin-1"), "line 2: is not UTF-8"),
        ("empty.jsonl", b"", "no codings in it"),
        ("empty.csv", b"", "no codings in it"),
        ("header.csv", b"case,turn,quote\nAlpha,2,trust\n", "line 1: the header has no column 'code'"),
        ("nocase.csv", b"code,turn,quote\nx,2,trust\n", "no column 'case' or 'transcript'"),
        ("twice.csv", b"code,case,Case\nx,a,b\n", "has 'case' twice"),
        ("open.csv", b'case,code,quote\nAlpha,x,"open\n', "line 2: not valid CSV"),
        ("codings.xlsx", b"PK", "codings are read from .jsonl and .csv files"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    """A file of another kind is refused as a whole, by name."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_codings(path, STUDY, coder="reader")
    assert said in str(caught.value) and name in str(caught.value)


def test_a_folder_is_read_in_order(tmp_path: Path) -> None:
    """All JSONL and CSV files of a folder are read, sorted by name; others are left alone."""
    (tmp_path / "b.jsonl").write_text(json.dumps({**TRUST, "code": "x"}))
    (tmp_path / "a.csv").write_text("case,turn,quote,code\nAlpha,2,trust,goal/trust\nAlpha,2,trust,y\n")
    (tmp_path / "c.jsonl").write_text("")
    (tmp_path / "notes.txt").write_text("nothing")
    found = read_coding_files(tmp_path, STUDY, coder="reader")
    assert [file.name for file in found.files] == ["a.csv", "b.jsonl", "c.jsonl"]
    assert len(found.codings) == 1
    assert [(Path(p.path).name, p.line) for p in found.problems] == [("a.csv", 3), ("b.jsonl", 1)]


def test_missing_files_and_folders_without_codings(tmp_path: Path) -> None:
    """What is not there is said plainly."""
    with pytest.raises(InputError, match="no such file"):
        read_codings(tmp_path / "nowhere.jsonl", STUDY, coder="reader")
    with pytest.raises(InputError, match=r"holds no \.jsonl or \.csv"):
        read_codings(tmp_path, STUDY, coder="reader")
