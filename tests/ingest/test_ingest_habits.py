"""The ways in which people write who speaks, each as marked text."""

from __future__ import annotations

from pathlib import Path

import pytest
from ingest_marked import marked, read_text, spoken

# name -> file, text with `{` and `}` where speech begins and ends, labels, times
HABITS: dict[str, tuple[str, str, list[str], list[float | None]]] = {
    "time_in_brackets_before_label": (
        "talk.txt",
        "[00:00:05] INTERVIEWER: {Who are you?}\n\n[01:00:16] PARTICIPANT: {Nobody: yet.}\n",
        ["INTERVIEWER", "PARTICIPANT"],
        [5, 3616],
    ),
    "bare_time_before_label": (
        "talk.txt",
        "00:01:02 Anna: {Who?}\n00:01:04 Ben: {Me.}\n00:01:06 Anna: {Why?}\n00:01:08.5 Ben: {So.}\n",
        ["Anna", "Ben"] * 2,
        [62, 64, 66, 68.5],
    ),
    "time_in_parentheses_before_label": (
        "talk.txt",
        "(00:01:02) I: {Who?}\n(00:01:04) - R: {Me.}\n",
        ["I", "R"],
        [62, 64],
    ),
    "time_after_label": (
        "talk.txt",
        "Anna [00:01:02]: {Who?}\nBen (01:05): {Me.}\nAnna 00:01:09: {Why?}\nBen [1:10] {So.}\n",
        ["Anna", "Ben"] * 2,
        [62, 65, 69, 70],
    ),
    "time_range_before_label": (
        "talk.txt",
        "[00:00:05 --> 00:00:09] I: {Who?}\n[00:00:10 - 00:00:12] R: {Me.}\n",
        ["I", "R"],
        [5, 10],
    ),
    "label_and_time_above_text": (
        "talk.txt",
        "Anna Smith   0:03\n{Who are you?}\n\nBen Jones   0:10\n{Me.\nReally.}\n\nAnna Smith   0:15\n{Why?}\n\n"
        "Ben Jones   1:10\n{So.}\n",
        ["Anna Smith", "Ben Jones"] * 2,
        [3, 10, 15, 70],
    ),
    "time_alone_above_label": (
        "talk.txt",
        "[00:00:05]\nI: {Who?}\n\n[00:00:09]\nR: {Me.}\n[00:00:12]\n{Still me.}\n",
        ["I", "R", "R"],
        [5, 9, 12],
    ),
    "bold_label_and_time": (
        "talk.md",
        "**Anna**  0:23  {Who?}\n\n**Ben**  0:30  {Me.}\n\n**Anna** (0:41): {Why?}\n\n**Ben [0:50]:** {So.}\n",
        ["Anna", "Ben"] * 2,
        [23, 30, 41, 50],
    ),
    "bold_label_colon_inside": (
        "talk.md",
        "**Anna:** {Who?}\n\n**Ben:** {Me, *me*.}\n\n**Anna:** {Why?}\n\n**Ben:** {So.}\n",
        ["Anna", "Ben"] * 2,
        [None] * 4,
    ),
    "bold_label_colon_outside": (
        "talk.md",
        "**I**: {Who?}\n\n*R*: {Me.}\n\n__I__: {Why?}\n",
        ["I", "R", "I"],
        [None] * 3,
    ),
    "bold_question_with_label_inside": (
        "talk.md",
        "**Q: {Who?}**\n\nA: {Me.}\n\n**Q: {Why?}**\n\nA: {So.}\n",
        ["Q", "A"] * 2,
        [None] * 4,
    ),
    "label_on_its_own_line": (
        "talk.txt",
        "Interviewer:\n{Who are you?}\n\nBen:\n\t{Me.}\n\n{Really.}\n\nInterviewer:\n{Why?}\n\nBen:\n{So.}\n".replace(
            "}\n\n{Really", "\n\nReally"
        ),
        ["Interviewer", "Ben"] * 2,
        [None] * 4,
    ),
    "role_on_its_own_line_without_colon": (
        "talk.txt",
        "INTERVIEWER\n{Who?}\n\nPARTICIPANT\n{Me.}\n\nINTERVIEWER\n{Why?}\n\nPARTICIPANT\n{So.}\n",
        ["INTERVIEWER", "PARTICIPANT"] * 2,
        [None] * 4,
    ),
    "role_as_heading": (
        "talk.md",
        "### Interviewer\n\n{Who?}\n\n### Participant\n\n{Me.\n\nReally.}\n\n"
        "### Interviewer\n\n{Why?}\n\n### Participant\n\n{So.}\n",
        ["Interviewer", "Participant"] * 2,
        [None] * 4,
    ),
    "dash_after_label": (
        "talk.txt",
        "I – {Who?}\nC - {Me - only me.}\nI – {Why?}\nC — {So.}\n",
        ["I", "C"] * 2,
        [None] * 4,
    ),
    "label_in_brackets": (
        "talk.txt",
        "[id1] {I liked it.}\n[id2] {[laughs] So did I.}\n[id3] {Not me.}\n",
        ["id1", "id2", "id3"],
        [None] * 3,
    ),
    "tab_after_label": (
        "talk.txt",
        "Anna\t{Who?}\nBen\t{Me.}\nAnna\t{Why?}\nBen\t{So.}\n",
        ["Anna", "Ben"] * 2,
        [None] * 4,
    ),
    "single_letters": (
        "talk.txt",
        "I: {Who?}\nR: {Me.}\nI: {Why?}\n",
        ["I", "R", "I"],
        [None] * 3,
    ),
    "surname_first": (
        "talk.txt",
        "Mero, J.: {Who?}\nVan der Berg, Ida: {Me.}\nMero, J.: {Why?}\nVan der Berg, Ida: {So.}\n",
        ["Mero, J.", "Van der Berg, Ida"] * 2,
        [None] * 4,
    ),
    "diarised_speakers": (
        "talk.txt",
        "SPEAKER_00: {Who?}\nSPEAKER_01: {Me.}\nSPEAKER_00: {Why?}\n",
        ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00"],
        [None] * 3,
    ),
    "full_width_colon_chinese": (
        "talk.txt",
        "采访者：{你好吗？}\n受访者：{很好。}\n",
        ["采访者", "受访者"],
        [None] * 2,
    ),
    "lists_and_quotations_in_markdown": (
        "talk.md",
        "- **I:** {Who?}\n- **R:** {Me.}\n\n> **I:** {Why?}\n",
        ["I", "R", "I"],
        [None] * 3,
    ),
    "escaped_brackets_in_markdown": (
        "talk.md",
        "\\[00:00:05\\] I: {Who?}\n\n\\[00:00:09\\] R: {Me.}\n\n\\[... abridged ...\\]\n\n{Still me.}\n",
        ["I", "R", "R"],
        [5, 9, None],
    ),
    "invisible_mark_before_label": (
        "talk.txt",
        "\u200eI: {Who?}\n\u200b R:\u00a0{Me.}\n",
        ["I", "R"],
        [None] * 2,
    ),
    "two_speakers_on_one_line": (
        "talk.txt",
        "I: {Who are you?} R: {Me. Plan: none.} I: {Why?}\nR: {So.}\n",
        ["I", "R", "I", "R"],
        [None] * 4,
    ),
    "two_names_on_one_line": (
        "talk.txt",
        "Anna: {Who are you?} Ben: {Me.}\nAnna: {Why?} Ben: {So. Really.}\nBen: {Hm.}\n",
        ["Anna", "Ben", "Anna", "Ben", "Ben"],
        [None] * 5,
    ),
    "two_speakers_on_one_line_chinese": (
        "talk.txt",
        "采访者：{你好吗？}受访者：{很好。}\n采访者：{为什么？}受访者：{不知道。}\n",
        ["采访者", "受访者"] * 2,
        [None] * 4,
    ),
    "turn_numbers_before_labels": (
        "talk.txt",
        "1 I: {Who?}\n2 R: {Me:\n1. one\n2. two}\n003. I: {Why?}\n(4) R: {So.}\n",
        ["I", "R", "I", "R"],
        [None] * 4,
    ),
    "turn_numbers_and_times_and_tabs": (
        "talk.txt",
        "1\t00:01\tAnna\t{Who?}\n2\t00:05\tBen\t{Me.}\n3\t00:07\tAnna\t{Why?}\n4\t01:10\tBen\t{So.}\n",
        ["Anna", "Ben"] * 2,
        [1, 5, 7, 70],
    ),
    "f4_times_behind_paragraphs": (
        "talk.txt",
        "I: {Who?} #00:00:05-3#\n\nR: {Me.} #00:00:09-0#\n\n{Still me.} #00:01:02-5#\n\nI: {Why?}\n",
        ["I", "R", "R", "I"],
        [None, 5.3, 9, 62.5],
    ),
    "f4_times_before_paragraphs": (
        "talk.txt",
        "#00:00:05-3# I: {Who?}\n#00:00:09-0# R: {Me.}\n",
        ["I", "R"],
        [5.3, 9],
    ),
    "name_above_its_time": (
        "talk.txt",
        "Anna Smith\n0:03\n{Who are you?}\n\nBen Jones\n0:10\n{Me.}\n\nAnna Smith\n0:15\n{Why?}\n\n"
        "Ben Jones\n1:10\n{So.}\n",
        ["Anna Smith", "Ben Jones"] * 2,
        [3, 10, 15, 70],
    ),
    "column_of_times_and_speakers": (
        "talk.txt",
        "T/S\tText\n0:01 Anna\t{Who?}\n0:05 Ben\t{Me.}\n0:07 Anna\t{Why?}\n1:10 Ben\t{So.}\n",
        ["Anna", "Ben"] * 2,
        [1, 5, 7, 70],
    ),
    "times_without_labels": (
        "talk.txt",
        "[00:00.000 --> 00:04.000]  {Hello there}\n[00:04.000 --> 00:09.500]  {and goodbye}\n",
        ["", ""],
        [0, 4],
    ),
}


@pytest.mark.parametrize("habit", HABITS)
def test_habit(habit: str, tmp_path: Path) -> None:
    """Each habit gives the marked speech, the labels as written and the times in seconds."""
    name, expected, labels, times = HABITS[habit]
    reading = read_text(tmp_path, expected.replace("{", "").replace("}", ""), name=name)
    assert marked(reading.transcript) == expected
    assert [turn.speaker for turn in reading.transcript.turns] == labels
    assert [turn.time for turn in reading.transcript.turns] == times


# Text in which some lines look like labels and are none; what is marked is all that is speech.
NO_LABELS: dict[str, str] = {
    "addresses": "I: {Where?}\nR: {Here:\nhttps://example.org/a\nHttps://example.org: that one\nhttps: it said.}\n",
    "times_of_day": "I: {When?}\nR: {We met at\n10:30 and again\n11:45: late, that is\n3:00 pm at last.}\n",
    "notes": "I: {And?}\nR: {I left.\nNote: this was odd.\nNote: this too.\nPS: and this.}\n",
    "prose_with_colons": "I: {How?}\nR: {So.\n\nThere were three things: one.\n\nThe plan: two.\n\nSo: three.}\n",
    "words_that_recur_in_a_talk": "I: {And?}\nR: {One.\n\nRemember: a.\n\nRemember: b.\n\nRemember: c.}\nI: {Hm.}\n",
    "names_that_recur_in_a_talk_with_both_roles": "I: {Who?}\nR: {As they said:\nBob: ho.\nBob: hum.}\nI: {Hm.}\n",
    "stage_directions": "I: {And?}\nR: {[laughs] Yes.\n[laughs] No.\n[Pause] Well.}\n",
    "untimed_names_in_timed_talk": "[0:01] I: {Who?}\n[0:02] R: {Once\nBob: ho.\nBob: hum.}\n[0:59] I: {Hm.}\n",
    "numbered_lists_in_speech": "I: {What?}\nR: {Two:\n1. Anna: one\n2. Ben: two.}\nI: {And?}\nR: {So.}\n",
    "labels_in_the_middle_of_a_sentence": "I: {What?}\nR: {he asked I: who and R: me}\nI: {And?}\nR: {So.}\n",
    "hash_signs_in_speech": "I: {What?}\nR: {Number #1 and #12:30# too}\nI: {And?}\n",
    "times_in_speech": "[0:01] I: {Who?}\n[0:02] R: {Once\nand then (0:30) he left\nfor good.}\n[0:59] I: {Hm.}\n",
    "unknown_name_after_a_time": "[0:01] I: {Who?}\n[0:02] R: {Me.}\n[0:03] {how it was: fine.}\n[0:59] I: {Hm.}\n",
    "dashes_in_speech": "I: {And?}\nR: {Well.\nI – well – left.\nI – well – stayed.}\nI: {Hm.}\n",
}


@pytest.mark.parametrize("trap", NO_LABELS)
def test_no_label(trap: str, tmp_path: Path) -> None:
    """Addresses, clock times, notes and prose with colons stay in the speech that they stand in."""
    expected = NO_LABELS[trap]
    reading = read_text(tmp_path, expected.replace("{", "").replace("}", ""))
    assert marked(reading.transcript) == expected


def test_remarks_part_turns(tmp_path: Path) -> None:
    """A bracketed line belongs to no turn, and speech after it is a new turn of the same speaker."""
    expected = (
        "I: {Who?}\nR: {Me. [laughs]}\n\n[... abridged ...]\n\n{And so on.\n\nMore.}\n(pause)\n"
        "{(I never told him, you know.)}\n-----\n{End.}\n"
    )
    reading = read_text(tmp_path, expected.replace("{", "").replace("}", ""))
    assert marked(reading.transcript) == expected
    assert [turn.speaker for turn in reading.transcript.turns] == ["I", "R", "R", "R", "R"]


def test_headings_part_turns(tmp_path: Path) -> None:
    """In Markdown a heading belongs to no turn; in plain text `#` is speech."""
    text = "**I:** Who?\n\n**R:** Me.\n\n## Later\n\nMore.\n"
    as_markdown = read_text(tmp_path, text, name="a.md")
    as_text = read_text(tmp_path, text, name="a.txt")
    assert marked(as_markdown.transcript) == "**I:** {Who?}\n\n**R:** {Me.}\n\n## Later\n\n{More.}\n"
    assert marked(as_text.transcript) == "**I:** {Who?}\n\n**R:** {Me.\n\n## Later\n\nMore.}\n"


def test_long_emphasis_stays(tmp_path: Path) -> None:
    """Emphasis over lines is part of the text, asterisks and all."""
    expected = "**I:** {Who?}\n\n**R:** {*Me,\nand only\nme.*}\n"
    reading = read_text(tmp_path, expected.replace("{", "").replace("}", ""), name="a.md")
    assert marked(reading.transcript) == expected


def test_questions_as_headings(tmp_path: Path) -> None:
    """Headings that are questions are the interviewer's; the text under them answers."""
    expected = "# A talk\n\nIntroduction.\n\n## {How are you?}\n\n{Fine.\n\nReally.}\n\n**{And why?}**\n\n{So.}\n"
    reading = read_text(tmp_path, expected.replace("{", "").replace("}", ""), name="a.md")
    assert marked(reading.transcript) == expected
    assert [turn.role for turn in reading.transcript.turns] == ["interviewer", "participant"] * 2
    assert "line 3: text before the first speaker is not taken as speech" in reading.doubts
    assert "line 5: questions set as headings are read as the interviewer's" in reading.doubts


def test_questions_with_a_label_as_headings(tmp_path: Path) -> None:
    """`## Q: …` is one turn of its own; the text under it is not the questioner's."""
    expected = "## Q: {How are you?}\n\n{Fine.\n\nReally.}\n\n## Q: {Why?}\n\n{So.}\n"
    reading = read_text(tmp_path, expected.replace("{", "").replace("}", ""), name="a.md")
    assert marked(reading.transcript) == expected
    assert [(turn.speaker, turn.role) for turn in reading.transcript.turns] == [
        ("Q", "interviewer"),
        ("", "participant"),
    ] * 2


def test_label_once_is_doubted(tmp_path: Path) -> None:
    """A name that occurs once is speech, and the doubt says how to make it a speaker; doing so works."""
    text = "Moderator: Well?\nKirsi: Hi.\nPekka: Hey.\nModerator: So?\nKirsi: Yes.\nPekka: No.\nLiisa: Perhaps.\n"
    reading = read_text(tmp_path, text)
    assert spoken(reading.transcript)[-1] == ("Pekka", None, "No.\nLiisa: Perhaps.")
    assert [doubt for doubt in reading.doubts if doubt.startswith("line 7:")] == [
        'line 7: "Liisa:" occurs once and is read as speech; '
        'if it is a speaker, name it with --roles "Liisa=participant"'
    ]
    told = read_text(tmp_path, text, roles={"liisa": "participant"})
    assert spoken(told.transcript)[-2:] == [("Pekka", None, "No."), ("Liisa", None, "Perhaps.")]
    assert not [doubt for doubt in told.doubts if "Liisa" in doubt]


def test_misspelt_label(tmp_path: Path) -> None:
    """A label one letter off a recurring one is a speaker, with the same role and a doubt."""
    text = "Interviewer: Who?\nRespondent: Me.\nInterviwer: Why?\nRespondent: So.\n"
    reading = read_text(tmp_path, text)
    assert [turn.role for turn in reading.transcript.turns] == ["interviewer", "participant"] * 2
    assert any(doubt.startswith("line 3:") and "misspelt" in doubt for doubt in reading.doubts)


def test_label_without_speech(tmp_path: Path) -> None:
    """A label with nothing after it makes no turn, and is reported."""
    reading = read_text(tmp_path, "I: Who?\nR:\n\nI: Why?\nR: So.\n")
    assert spoken(reading.transcript) == [("I", None, "Who?"), ("I", None, "Why?"), ("R", None, "So.")]
    assert 'line 2: nothing is said after "R"; no turn was made' in reading.doubts


def test_times_in_hours_and_minutes(tmp_path: Path) -> None:
    """Times of two parts are hours and minutes where nobody could have spoken so fast."""
    long = "word " * 400
    reading = read_text(tmp_path, f"[00:01] I: Who?\n[00:02] R: {long}\n[00:05] I: Why?\n[01:10] R: {long}\n")
    assert [turn.time for turn in reading.transcript.turns] == [60, 120, 300, 4200]
    assert any("hours:minutes" in doubt for doubt in reading.doubts)
    short = read_text(tmp_path, "[00:01] I: Who?\n[00:02] R: Me.\n[00:05] I: Why?\n[01:10] R: So.\n")
    assert [turn.time for turn in short.transcript.turns] == [1, 2, 5, 70]


def test_times_that_go_back(tmp_path: Path) -> None:
    """A time before the one above is kept and doubted."""
    reading = read_text(tmp_path, "[00:09:00] I: Who?\n[00:02:00] R: Me.\n")
    assert [turn.time for turn in reading.transcript.turns] == [540, 120]
    assert "line 2: the time is before that of the turn above" in reading.doubts


def test_legend(tmp_path: Path) -> None:
    """What the file says its letters mean decides roles, whichever side of the equals sign they stand on."""
    text = "Interviewer = A; B = Respondent (Ben)\n\nA: Tell me.\nB: What?\nA: All.\nB: Why?\n"
    reading = read_text(tmp_path, text)
    assert [turn.role for turn in reading.transcript.turns] == ["interviewer", "participant"] * 2
    assert [row.how for row in reading.roles] == ["legend: A = Interviewer", "legend: B = Respondent (Ben)"]
    assert reading.doubts == ()
