"""Who is the interviewer, who a participant, and how that is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from ingest_marked import read_text, roles_of

from qualcode.errors import InputError, UserError
from qualcode.ingest import role_table, unused_roles
from qualcode.ingest.roles import count_words
from qualcode.ingest.vocabulary import known
from qualcode.model import Settings


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Interviewer", "Participant"),
        ("MODERATOR", "P1"),
        ("Q", "A"),
        ("I", "R"),
        ("Researcher", "Interviewee 3"),
        ("Int", "Resp"),
        ("IV", "IP"),
        ("Interviewer (Anna)", "Respondent (F, 34)"),
        ("Anna, interviewer", "Ben"),
        ("Intervjuare", "Deltagare 2"),
        ("Haastattelija", "Haastateltava"),
        ("Interviewerin", "Befragter"),
        ("Enquêtrice", "Répondant"),
        ("Entrevistadora", "Entrevistado"),
        ("采访者", "受访者"),
        ("问", "答"),
    ],
)
def test_roles_by_label(first: str, second: str, tmp_path: Path) -> None:
    """Labels say who is who in several languages, without a look at what is asked, and without a doubt."""
    reading = read_text(tmp_path, f"{first}: Tell me.\n{second}: What?\n{first}: All.\n{second}: Why?\n")
    assert roles_of(reading) == {first: "interviewer", second: "participant"}
    assert reading.doubts == ()


def test_roles_by_questions(tmp_path: Path) -> None:
    """Where labels are names, the one who asks is the interviewer, with a doubt that says so."""
    reading = read_text(
        tmp_path, "Anna: Who?\nBen: Me.\nAnna: Why?”\nBen: So what?\nAnna: I see.\nBen: No.\nBen: Yes.\n"
    )
    assert roles_of(reading) == {"Anna": "interviewer", "Ben": "participant"}
    assert [row.how for row in reading.roles] == [
        "questions: 2 of 3 turns end in a question mark",
        "not the interviewer",
    ]
    assert reading.doubts == (
        'line 1: "Anna" is taken for the interviewer: questions: 2 of 3 turns end in a question mark',
    )


def test_roles_that_nothing_tells(tmp_path: Path) -> None:
    """Where nobody asks, all are participants, with a doubt."""
    reading = read_text(tmp_path, "Anna: Hi.\nBen: Hi.\nAnna: Well.\nBen: So.\n")
    assert set(roles_of(reading).values()) == {"participant"}
    assert any("no interviewer was found among 2 speakers" in doubt for doubt in reading.doubts)


def test_focus_group(tmp_path: Path) -> None:
    """A moderator by label makes the names participants; an interpreter is neither."""
    text = "Moderator: Well.\nKirsi: Who?\nPekka: Why?\nInterpreter: He asks.\nKirsi: What?\nPekka: How?\n"
    assert roles_of(read_text(tmp_path, text)) == {
        "Moderator": "interviewer",
        "Kirsi": "participant",
        "Pekka": "participant",
        "Interpreter": "other",
    }


def test_researcher_and_participants_by_letter(tmp_path: Path) -> None:
    """R beside P is not taken for a respondent; who asks decides."""
    reading = read_text(tmp_path, "R: Who?\nP1: Me.\nR: Why?\nP2: So.\nR: And?\nP1: No.\n")
    assert roles_of(reading) == {"R": "interviewer", "P1": "participant", "P2": "participant"}


def test_role_word_with_a_name_in_small_letters(tmp_path: Path) -> None:
    """A label whose first word says the role is that, not a misspelling of the other role."""
    text = "Interviewer: Who?\nInterviewee anna: Me.\n" * 3
    assert roles_of(read_text(tmp_path, text)) == {"Interviewer": "interviewer", "Interviewee anna": "participant"}


def test_letters_without_meaning(tmp_path: Path) -> None:
    """A beside B is just the first of two: B asks, so B is the interviewer."""
    reading = read_text(tmp_path, "A: Hello.\nB: Who?\nA: Me.\nB: Why?\nA: So.\n")
    assert roles_of(reading) == {"A": "participant", "B": "interviewer"}


def test_roles_given(tmp_path: Path) -> None:
    """What the user says goes before all, the command line before the settings, in any case of letters."""
    text = "Interviewer: Who?\nBen: Me.\nInterviewer: Why?\nBen: So.\n"
    settings = Settings(roles={"BEN": "other", "interviewer": "participant"})
    reading = read_text(tmp_path, text, settings=settings)
    assert roles_of(reading) == {"Interviewer": "participant", "Ben": "other"}
    assert {row.how for row in reading.roles} == {"set in study.yaml"}
    reading = read_text(tmp_path, text, settings=settings, roles={"ben": "participant", "INTERVIEWER": "interviewer"})
    assert roles_of(reading) == {"Interviewer": "interviewer", "Ben": "participant"}
    assert {row.how for row in reading.roles} == {"set with --roles"}


def test_roles_in_vain(tmp_path: Path) -> None:
    """Labels that no transcript has can be listed, for a message."""
    reading = read_text(tmp_path, "I: Who?\nR: Me.\n", roles={"r": "participant", "Bne": "other"})
    assert unused_roles([reading.transcript], {"r": "participant", "Bne": "other"}) == ("Bne",)


def test_unknown_role(tmp_path: Path) -> None:
    """A role that is none is refused, with those there are."""
    with pytest.raises(UserError, match="participant, interviewer, other"):
        read_text(tmp_path, "I: Who?\nR: Me.\n", roles={"R": "boss"})


def test_no_participant(tmp_path: Path) -> None:
    """A transcript with nobody to code is refused, with who was taken for what and the option that mends it."""
    with pytest.raises(InputError, match=r'no participant: "Interviewer" is interviewer(.|\n)*--roles') as caught:
        read_text(tmp_path, "Interviewer: Who?\nModerator: Me, of course.\n")
    assert caught.value.hint == 'Say who is one: --roles "Moderator=participant"'
    with pytest.raises(InputError, match="no participant"):
        read_text(tmp_path, "I: Who?\nR: Me.\n", roles={"R": "other"})


def test_role_table(tmp_path: Path) -> None:
    """The table has turns, words and share of words per speaker; spellings of one label are one speaker."""
    reading = read_text(tmp_path, "Interviewer: Who is it?\nP1: It's me.\nINTERVIEWER: Why?\nP1: Just so, you know.\n")
    assert [(row.speaker, row.turns, row.words, row.share) for row in reading.roles] == [
        ("Interviewer", 2, 4, 4 / 10),
        ("P1", 2, 6, 6 / 10),
    ]
    assert [row.how for row in role_table(reading.transcript)] == ["", ""]


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("don't re-do it", 3), ("我很好。", 3), ("LinkedIn上的人", 4), ("– … 10:30", 2), ("Åsa väntar", 2)],
)
def test_count_words(text: str, words: int) -> None:
    """Words are counted in any script; each character of Chinese is one."""
    assert count_words(text) == words


@pytest.mark.parametrize(
    "label", ["The researcher said", "Our participant", "Speaking", "In answer", "Anna", "Plan", "B", "C3PO"]
)
def test_no_well_known_label(label: str) -> None:
    """Prose that holds a role word, and names, are no well-known labels."""
    assert known(label) is None
