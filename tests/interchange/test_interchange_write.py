"""Codings written, and read again as the same."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interchange_study import STUDY

from qualcode.interchange import read_codings, write_codings
from qualcode.model import ASSERTIONS, STAGES, STATUSES, Coding

FIELDS = (
    *("case", "transcript", "turn", "time", "start", "end", "quote", "code", "coder", "stage", "status"),
    *("confidence", "evidence", "assertion", "id"),
)


@st.composite
def coding(draw: st.DrawFn) -> Coding:
    """Return any coding of a passage that touches a turn."""
    transcript = draw(st.sampled_from(STUDY.transcripts))
    turn = draw(st.sampled_from(transcript.turns))
    start = draw(st.integers(turn.start, turn.end - 1))
    end = draw(st.integers(start + 1, len(transcript.text)))
    return Coding(
        coder="reader",
        transcript=transcript.name,
        start=start,
        end=end,
        code=draw(st.sampled_from(["goal/trust", "motive/fee"])),
        stage=draw(st.sampled_from(STAGES)),
        status=draw(st.sampled_from(STATUSES)),
        confidence=draw(st.none() | st.floats(0, 1)),
        assertion=draw(st.sampled_from(ASSERTIONS)),
        evidence=draw(
            st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.none(), max_size=2)
        ),
    )


def content(coding: Coding) -> tuple[object, ...]:
    """Return what a file keeps of a coding."""
    return (*coding.place, coding.stage, coding.status, coding.confidence, coding.assertion, dict(coding.evidence))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(coding(), min_size=1, max_size=4, unique_by=lambda coding: coding.place), st.sampled_from(["jsonl", "csv"])
)
def test_what_is_written_is_read_again(codings: list[Coding], format: str) -> None:
    """Positions, stage, status, confidence, assertion and evidence come back, whatever the passage holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"codings.{format}"
        path.write_bytes(write_codings(STUDY, codings, format).encode("utf-8"))
        back, problems = read_codings(path, STUDY, coder="reader")
    assert problems == []
    assert [content(one) for one in back] == [content(one) for one in sorted(codings, key=lambda one: one.place)]


def test_fields_that_scripts_rely_on() -> None:
    """One JSON object a line with the documented fields, letters of all scripts as they are."""
    turn = STUDY.transcripts[0].turns[2]
    start = STUDY.transcripts[0].text.index("三百")
    one = Coding("reader", "alpha", start, start + 2, "motive/fee", stage="focused", id="x")
    text = write_codings(STUDY, [one], "jsonl")
    assert "三百" in text and text.endswith("}\n")
    row = json.loads(text)
    assert list(row) == list(FIELDS)
    assert row == {
        "case": "Alpha", "transcript": "alpha", "turn": turn.number, "time": "01:00:05", "start": start,
        "end": start + 2, "quote": "三百", "code": "motive/fee", "coder": "reader",
        "stage": "focused", "status": "accepted", "confidence": None, "evidence": {}, "assertion": "affirmed",
        "id": "x",
    }  # fmt: skip


def test_the_time_is_that_of_the_caption(tmp_path: Path) -> None:
    """With times within a turn, the last one at or before the passage is written; both it and the turn's are read."""
    alpha = STUDY.transcripts[0]
    second = alpha.text.index("We’d")
    timed = replace(alpha, moments=((alpha.turns[1].start, 12.9), (second, 15.5), (alpha.turns[2].start, 3605.0)))
    study = replace(STUDY, transcripts=(timed, *STUDY.transcripts[1:]))
    passages = ["We want trust.", "We’d say", "and trust."]
    codings = [
        Coding("reader", "alpha", alpha.text.index(said), alpha.text.index(said) + len(said), "goal/trust")
        for said in passages
    ]
    written = write_codings(study, codings, "jsonl")
    rows = [json.loads(line) for line in written.splitlines()]
    assert [row["time"] for row in rows] == ["00:00:12", "00:00:15", "00:00:15"]
    path = tmp_path / "codings.jsonl"
    by_quote = [
        {"case": "Alpha", "time": time, "quote": quote, "code": "goal/trust"}
        for time, quote in [("00:00:12", "We’d say"), ("00:00:15", "and trust."), ("01:00:05", "They get")]
    ]
    for lines, quotes in [(written, passages), ("\n".join(map(json.dumps, by_quote)), [*passages[1:], "They get"])]:
        path.write_text(lines, "utf-8")
        back, problems = read_codings(path, study, coder="reader")
        assert problems == [] and [study.quote(one) for one in back] == quotes
    path.write_text(json.dumps({**by_quote[0], "time": "00:00:16"}) + "\n" + json.dumps({**rows[0], "time": "00:09"}))
    _, problems = read_codings(path, study, coder="reader")
    assert "no turn at 00:00:16" in str(problems[0]) and "is in the turn at 00:00:12, not 00:00:09" in str(problems[1])


def test_rows_are_sorted_by_place() -> None:
    """The order given does not matter."""
    late = Coding("r", "beta-1", 20, 24, "goal/trust")
    early = Coding("r", "alpha", 16, 19, "goal/trust")
    rows = list(csv.DictReader(io.StringIO(write_codings(STUDY, [late, early], "csv"))))
    assert [row["transcript"] for row in rows] == ["alpha", "beta-1"]
    assert rows[1]["time"] == "" and list(rows[0]) == list(FIELDS)


def test_nothing_to_write() -> None:
    """Without codings a CSV has its header and JSONL nothing."""
    assert write_codings(STUDY, [], "jsonl") == ""
    assert write_codings(STUDY, [], "csv") == ",".join(FIELDS) + "\n"


def test_an_unknown_format_is_a_bug() -> None:
    """The formats are those of the table."""
    with pytest.raises(ValueError, match="jsonl, csv"):
        write_codings(STUDY, [], "xml")
