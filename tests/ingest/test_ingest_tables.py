"""Tables: talk with a row per turn, and answers to surveys."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from ingest_files import read_all, xlsx
from ingest_marked import marked, spoken

from qualcode.errors import InputError
from qualcode.ingest import read_cases, read_transcript


def test_talk(tmp_path: Path) -> None:
    """Each row is a turn, with speaker and time; a cell's own line breaks stay."""
    data = 'Time;Speaker;Text\n0:01;I;"Who; who?"\n;;"And?"\n1:05;R;"Me,\nreally."\n'
    (reading,) = read_all(tmp_path, data, "a.csv")
    assert marked(reading.transcript) == "[00:00:01] I: {Who; who?}\n\nI: {And?}\n\n[00:01:05] R: {Me,\nreally.}\n"
    assert [turn.time for turn in reading.transcript.turns] == [1, None, 65]


def test_several_cases(tmp_path: Path) -> None:
    """Each case is a transcript; what is the same in all its rows is an attribute, the rest is told."""
    data = "case\tspeaker\ttext\tIndustry\tmood\nA/1\tI\tWho?\tx\tgood\nB\tR\tMe.\ty\tbad\nA/1\tR\tSo.\tx\tbad\n"
    readings = read_all(tmp_path, data, "talks.tsv")
    assert [(r.transcript.name, r.transcript.case) for r in readings] == [("talks-A-1", "A/1"), ("talks-B", "B")]
    assert spoken(readings[0].transcript) == [("I", None, "Who?"), ("R", None, "So.")]
    assert [dict(r.case.attributes) for r in readings] == [{"Industry": "x"}, {"Industry": "y", "mood": "bad"}]
    assert readings[0].doubts == ("columns left out: mood",)
    with pytest.raises(InputError, match="holds 2 transcripts, not one: talks-A-1, talks-B"):
        read_transcript(tmp_path / "talks.tsv")


def test_role_column(tmp_path: Path) -> None:
    """A column of roles goes before what labels say."""
    (reading,) = read_all(tmp_path, "speaker,role,text\nAnna,Interviewer,Who\nBen,participant,Me\n", "a.csv")
    assert [turn.role for turn in reading.transcript.turns] == ["interviewer", "participant"]


def test_text_without_speakers(tmp_path: Path) -> None:
    """Without speakers each row was somebody's answer."""
    readings = read_all(tmp_path, "respondent,text\nR1,I like it: yes.\nR2,No.\n", "a.csv")
    assert [marked(reading.transcript) for reading in readings] == ["{I like it: yes.}\n", "{No.}\n"]


def test_whole_interview_in_a_cell(tmp_path: Path) -> None:
    """A cell that holds talk between several is read as such."""
    readings = read_all(tmp_path, 'case,text\nA,"I: Who?\nR: Me.\nI: Why?"\nB,"I: And?\nR: So."\n', "a.csv")
    assert marked(readings[0].transcript) == "I: {Who?}\nR: {Me.}\nI: {Why?}\n"
    assert [reading.transcript.name for reading in readings] == ["a-A", "a-B"]


def test_survey(tmp_path: Path) -> None:
    """Each row is a transcript of questions and answers; facts are attributes; empty answers are left out."""
    rows: list[list[object]] = [
        ["Respondent", "Age", "What do you think?", "Other remarks"],
        ["R1", 34, "I like it.", "Nothing more from me, thank you"],
        ["R2", 40.5, None, "The price was high for what it was"],
        ["R3", None, None, None],
    ]
    readings = read_all(tmp_path, xlsx(rows), "survey.xlsx")
    assert [reading.transcript.name for reading in readings] == ["survey-R1", "survey-R2"]
    first, second = (reading.transcript for reading in readings)
    assert marked(first) == (
        "{What do you think?}\n\n{I like it.}\n\n{Other remarks}\n\n{Nothing more from me, thank you}\n"
    )
    assert [turn.role for turn in first.turns] == ["interviewer", "participant"] * 2
    assert marked(second) == "{Other remarks}\n\n{The price was high for what it was}\n"
    assert dict(readings[1].case.attributes) == {"Age": "40.5"}
    assert readings[0].doubts == (
        'read as a survey: questions are "What do you think?", "Other remarks"; attributes are Age',
        'line 4: "R3" answers no question and is left out',
    )


def test_the_same_respondent_twice(tmp_path: Path) -> None:
    """Two rows of one respondent are two transcripts with names of their own."""
    readings = read_all(tmp_path, "id,Why?\n1,a\n1,b\n", "s.csv")
    assert [reading.transcript.name for reading in readings] == ["s-1", "s-1-2"]


def test_workbook_values(tmp_path: Path) -> None:
    """Times, numbers and line breaks of cells are read as they show; other sheets are told."""
    rows: list[list[object]] = [
        ["Start", "Speaker", "Text"],
        [datetime.time(0, 1, 2), "I", "Who?\nAnd?"],
        [datetime.timedelta(seconds=65), "R", 12],
    ]
    (reading,) = read_all(tmp_path, xlsx(rows, [["x"]]), "a.xlsx")
    assert spoken(reading.transcript) == [("I", 62, "Who?\nAnd?"), ("R", 65, "12")]
    assert 'only the sheet "Sheet1" was read; 1 other was left out' in reading.doubts


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("case,Industry\nA,x\nB,y\n", r"no column holds what was said; columns are: case, Industry(.|\n)*--cases"),
        ("text\n", "no rows below"),
        ("text,speaker\n,I\n", "no row of the table holds text"),
        ('text,speaker\nok,I\n"open,R\n', "line 3: the row is malformed"),
    ],
)
def test_tables_that_hold_no_talk(data: str, message: str, tmp_path: Path) -> None:
    """A table without speech is refused, with its columns or the row."""
    with pytest.raises(InputError, match=message):
        read_all(tmp_path, data, "a.csv")


def test_time_that_is_none(tmp_path: Path) -> None:
    """A time that cannot be read is doubted with its line."""
    (reading,) = read_all(tmp_path, "time,speaker,text\nnoon,I,Who?\n2.5,R,Me.\n", "a.csv")
    assert [turn.time for turn in reading.transcript.turns] == [None, 2.5]
    assert 'line 2: the time cannot be read: "noon"' in reading.doubts


def test_cases_from_a_workbook(tmp_path: Path) -> None:
    """Cases and attributes come from the first sheet."""
    path = tmp_path / "cases.xlsx"
    path.write_bytes(xlsx([["Case", "Cohort", "Employees"], ["Alpha", "firm", 12], ["Beta", "agency", None]]))
    assert [(c.name, c.cohort, dict(c.attributes)) for c in read_cases(path)] == [
        ("Alpha", "firm", {"Employees": "12"}),
        ("Beta", "agency", {}),
    ]
