"""What stands before the first turn, and what it says about the case."""

from __future__ import annotations

from pathlib import Path

import pytest
from ingest_marked import marked, read_text, spoken

from qualcode.errors import InputError
from qualcode.ingest import read_transcript
from qualcode.model import Case, Settings

TALK = "I: Who?\nR: Me.\n"


@pytest.mark.parametrize(
    ("header", "attributes"),
    [
        (
            "Title: A talk\nCase: Alpha\nSize: small (10-50)\n\n",
            {"Title": "A talk", "Case": "Alpha", "Size": "small (10-50)"},
        ),
        ("Date: 2024-01-02\nParticipant: CEO\n\n", {"Date": "2024-01-02", "Participant": "CEO"}),
        ("Shoe: 44\nHat: 58\n\n", {"Shoe": "44", "Hat": "58"}),
        ("Date: 2024\n", {"Date": "2024"}),
        ("Title: a\n\nDate: b\n\n", {"Title": "a", "Date": "b"}),
        ("A talk with Ann\n\nDate: b\n\n", {"Title": "A talk with Ann", "Date": "b"}),
        ("Date: b\nNote: c: d\nNote: e\nPlace:\n\n", {"Date": "b", "Note": "c: d; e"}),
        ("Datum: b\nSpråk: sv\n-----\n", {"Datum": "b", "Språk": "sv"}),
        ("", {}),
    ],
)
def test_header(header: str, attributes: dict[str, str], tmp_path: Path) -> None:
    """The block before the first turn becomes attributes in order, and is no speech."""
    reading = read_text(tmp_path, header + TALK)
    assert dict(reading.transcript.attributes) == attributes
    assert list(reading.transcript.attributes) == list(attributes)
    assert spoken(reading.transcript) == [("I", None, "Who?"), ("R", None, "Me.")]
    assert reading.doubts == ()


def test_turns_are_no_header(tmp_path: Path) -> None:
    """A talk that begins at once has no header, though its lines look like one."""
    reading = read_text(tmp_path, "Interviewer: Who?\nParticipant: Me.\n\nInterviewer: Why?\nParticipant: So.\n")
    assert dict(reading.transcript.attributes) == {}
    assert len(reading.transcript.turns) == 4


def test_names_of_speakers_in_the_header(tmp_path: Path) -> None:
    """Who took part is a fact of the header where the talk comes after it."""
    header = "Interviewer: Anna Smith\nParticipant: Ben\nDate: 2024-01-02\n\n"
    reading = read_text(tmp_path, header + "Interviewer: Who?\n\nParticipant: Me.\n")
    assert reading.transcript.attributes["Participant"] == "Ben"
    assert spoken(reading.transcript) == [("Interviewer", None, "Who?"), ("Participant", None, "Me.")]


def test_bold_keys_in_markdown(tmp_path: Path) -> None:
    """Markdown headers have keys in bold, lists of keys, and a heading as title."""
    text = "# A talk\n\n**Case:** Alpha  \n**Size**: small\\\n- Date: 2024\n\n**I:** Who?\n\n**R:** Me.\n"
    reading = read_text(tmp_path, text, name="a.md")
    assert dict(reading.transcript.attributes) == {"Title": "A talk", "Case": "Alpha", "Size": "small", "Date": "2024"}


def test_front_matter(tmp_path: Path) -> None:
    """Front matter is read as written: dates stay text, lists are joined, nested things are left out with a doubt."""
    text = "---\nCase: Alpha\nDate: 2024-01-02\nTags: [a, b]\nMore: {x: 1}\nCount: 007\n---\n" + TALK
    reading = read_text(tmp_path, text, name="a.md")
    assert dict(reading.transcript.attributes) == {
        "Case": "Alpha",
        "Date": "2024-01-02",
        "Tags": "a, b",
        "Count": "007",
    }
    assert reading.doubts == ("line 1: front matter: 'More' is nested and was left out",)
    assert spoken(reading.transcript)[0] == ("I", None, "Who?")


def test_front_matter_that_is_no_yaml(tmp_path: Path) -> None:
    """Broken front matter is an error with its line."""
    with pytest.raises(InputError, match=r"a\.md, line [34]: the front matter is no YAML"):
        read_text(tmp_path, "---\nCase: Alpha\nTags: [a\n---\n" + TALK, name="a.md")


def test_front_matter_with_ten_thousand_brackets(tmp_path: Path) -> None:
    """Deep nesting is refused, not run into."""
    with pytest.raises(InputError, match="no YAML"):
        read_text(tmp_path, "---\nCase: " + "[" * 10_000 + "\n---\n" + TALK, name="a.md")


def test_front_matter_of_a_megabyte(tmp_path: Path) -> None:
    """Front matter is a few lines; more is refused before it is parsed."""
    with pytest.raises(InputError, match="front matter is too long"):
        read_text(tmp_path, "---\nCase: " + "a" * 1_000_000 + "\n---\n" + TALK, name="a.md")


def test_case_from_header(tmp_path: Path) -> None:
    """The case has the header's name and cohort; what is about the text is not about the case."""
    header = "Title: T\ncase: Alpha\nCOHORT: firm\nIndustry: Steel\nDuration: 50 min\nNote: N\nLanguage: sv\n\n"
    reading = read_text(tmp_path, header + TALK)
    assert reading.transcript.case == "Alpha"
    assert reading.case == Case("Alpha", "firm", {"Industry": "Steel", "Duration": "50 min"})


def test_case_without_header(tmp_path: Path) -> None:
    """Without a header the case is named after the file."""
    reading = read_text(tmp_path, TALK, name="beta.two.txt")
    assert (reading.transcript.name, reading.transcript.case, reading.case) == (
        "beta.two",
        "beta.two",
        Case("beta.two"),
    )


@pytest.mark.parametrize(
    ("said", "code"),
    [("Language: Swedish", "sv"), ("Language: pt-BR", "pt"), ("Language: 中文", "zh"), ("Date: x", "fi")],
)
def test_language(said: str, code: str, tmp_path: Path) -> None:
    """The header's language, by name or code, goes before that of the settings."""
    reading = read_text(tmp_path, f"{said}\n\n{TALK}", settings=Settings(language="fi"))
    assert reading.transcript.language == code
    assert reading.doubts == ()


def test_unknown_language(tmp_path: Path) -> None:
    """A language that is not known is said, and that of the settings taken."""
    reading = read_text(tmp_path, f"Language: Quenya tongue\n\n{TALK}")
    assert reading.transcript.language == "en"
    assert reading.doubts == ('the header\'s language "quenya tongue" is unknown: taken as "en"',)


def test_header_only(tmp_path: Path) -> None:
    """A file with nothing after its header is refused."""
    with pytest.raises(InputError, match="nothing after the header"):
        read_text(tmp_path, "---\nCase: a\n---\n\n[recording lost]\n")


def test_preface_is_no_speech(tmp_path: Path) -> None:
    """Text between header and first label is left out of all turns, and said so."""
    reading = read_text(tmp_path, "Date: 2024\n\nRecorded in Helsinki in the rain.\n\n" + TALK)
    assert marked(reading.transcript).endswith("rain.\n\nI: {Who?}\nR: {Me.}\n")
    assert reading.doubts == ("line 3: text before the first speaker is not taken as speech",)


def test_article(tmp_path: Path) -> None:
    """A text without speakers is one turn per paragraph, codable, and said to be read so."""
    text = "Source: A magazine\n\nThe plan: be first.\n\nSecond,\nwrapped.\n\n[advertisement]\n\nTip: third.\n"
    reading = read_text(tmp_path, text)
    assert marked(reading.transcript) == (
        "Source: A magazine\n\n{The plan: be first.}\n\n{Second,\nwrapped.}\n\n[advertisement]\n\n{Tip: third.}\n"
    )
    assert {(turn.speaker, turn.role) for turn in reading.transcript.turns} == {("", "participant")}
    assert dict(reading.transcript.attributes) == {"Source": "A magazine", "Form": "article"}
    assert reading.article
    assert reading.doubts == ("no speakers found: read as an article, one turn per paragraph",)
    assert "Form" not in reading.case.attributes


def test_article_in_markdown(tmp_path: Path) -> None:
    """An article's headings are turns that are not coded, and its first one is the title."""
    reading = read_text(tmp_path, "# On trust\n\nFirst.\n\n## Why\nSecond.\n", name="a.md")
    assert marked(reading.transcript) == "# {On trust}\n\n{First.}\n\n## {Why}\n{Second.}\n"
    assert [turn.role for turn in reading.transcript.turns] == ["other", "participant", "other", "participant"]
    assert reading.transcript.attributes["Title"] == "On trust"


def test_article_without_blank_lines(tmp_path: Path) -> None:
    """Long lines are paragraphs even without blank lines between them; short ones are a wrapped paragraph."""
    long = "word " * 60
    assert len(read_text(tmp_path, f"{long}\n{long}\n{long}\n").transcript.turns) == 3
    assert len(read_text(tmp_path, "one two\nthree four\nfive\n").transcript.turns) == 1


def test_lines_that_look_like_labels_in_an_article(tmp_path: Path) -> None:
    """Labels left out of an article are told in one doubt."""
    reading = read_text(tmp_path, "Some text.\n\nAwareness: known.\n\nTrust: believed.\n")
    message = "line 3: lines that start like a speaker's (Awareness:, Trust:) are read as text; --roles names speakers"
    assert reading.doubts[1:] == (message,)


def test_unknown_ending(tmp_path: Path) -> None:
    """An ending without a reader is refused, with the endings that have one."""
    path = tmp_path / "talk.wp5"
    path.write_text(TALK)
    with pytest.raises(InputError, match=r'"\.wp5" cannot be read(.|\n)*\.markdown, \.md, .*\.txt'):
        read_transcript(path)
