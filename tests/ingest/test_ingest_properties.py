"""What holds for any transcript."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_marked import read_text, spoken

from qualcode.errors import UserError
from qualcode.ingest import normalise
from qualcode.ingest.lines import split_lines

COMMON = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.sampled_from(
    [
        "yes",
        "no",
        "café",
        "cafe\u0301",
        "10:30",
        "[laughs]",
        "plan:",
        "–",
        "https://x.org",
        "我",
        "👩\u200d👧",
        "*so*",
        "(hm)",
        "a\u00a0b",
    ]
)
SENTENCE = st.lists(WORDS, min_size=1, max_size=6).map(lambda words: " ".join(["well", *words, "then."]))
SPEECH = st.lists(SENTENCE, min_size=1, max_size=3)
TURNS = st.lists(SPEECH, min_size=1, max_size=8)
JUMBLE = [
    "I: Who?",
    "R: Me.",
    "**I:** Who?",
    "",
    " ",
    "[00:01] R: so",
    "[pause]",
    "text: more",
    "Anna [0:02]",
    "# Why?",
    "---",
    "R:",
    "[id1] x",
    "I – y",
    "Case: a",
    "Date: b",
    "(hm)",
    "\tz",
    "A\tb",
    "12:30",
    "I = Interviewer",
    "\u200b",
    "**Why?**",
    "## Q: a",
    "**Ben**",
    "INTERVIEWER",
    "Ben: c",
    "Ann: d?",
    "\\[1:00\\] x",
]
FORMS = {
    "colon": ("a.txt", lambda label, time: f"{label}: "),
    "time_first": ("a.txt", lambda label, time: f"[{time}] {label}: "),
    "time_after": ("a.txt", lambda label, time: f"{label} ({time}): "),
    "bold": ("a.md", lambda label, time: f"**{label}:** "),
    "own_line": ("a.txt", lambda label, time: f"{label}:\n"),
}


@COMMON
@given(text=st.text())
def test_normalise_is_idempotent(text: str) -> None:
    """Normalising twice is the same as once."""
    assert normalise(normalise(text)) == normalise(text)


@COMMON
@given(text=st.text(alphabet=st.sampled_from("ab \t\u200b\n:")))
def test_lines_hold_all_that_can_be_seen(text: str) -> None:
    """What lies between lines' starts and ends is only what cannot be seen."""
    seen = "".join(text[line.start : line.end] for line in split_lines(text))
    unseen = str.maketrans("", "", " \t\u200b\n")
    assert seen.translate(unseen) == text.translate(unseen)


@pytest.mark.parametrize("form", FORMS)
@COMMON
@given(turns=TURNS, newline=st.sampled_from(["\n", "\r\n", "\r"]), joint=st.sampled_from(["\n", "\n\n"]))
def test_speech_comes_back(form: str, tmp_path: Path, turns: list[list[str]], newline: str, joint: str) -> None:
    """Whatever is said in whatever form comes back as said, in order, apart from the documented normalisation."""
    name, head = FORMS[form]
    labels = ["Interviewer", "Participant"]
    blocks = [
        head(labels[number % 2], f"00:{number:02d}:00") + joint.join(speech)
        for number, speech in enumerate([["Begin?"], ["Now."], *turns])
    ]
    reading = read_text(tmp_path, "\n\n".join(blocks).replace("\n", newline), name=name)
    assert [(speaker, speech) for speaker, _, speech in spoken(reading.transcript)] == [
        (labels[number % 2], normalise(joint.join(speech)).rstrip("\n"))
        for number, speech in enumerate([["Begin?"], ["Now."], *turns])
    ]


@COMMON
@given(
    lines=st.lists(
        st.sampled_from(JUMBLE),
        max_size=25,
    ),
    name=st.sampled_from(["a.txt", "a.md"]),
)
def test_any_lines(lines: list[str], name: str, tmp_path: Path) -> None:
    """Of any jumble of lines, turns are numbered, in order, apart, not empty, stripped; or the file is refused."""
    text = "\n".join(lines)
    try:
        reading = read_text(tmp_path, text, name=name)
    except UserError:
        return
    transcript = reading.transcript
    assert transcript.text == normalise(text)
    assert [turn.number for turn in transcript.turns] == list(range(1, len(transcript.turns) + 1))
    end = 0
    for turn in transcript.turns:
        assert end <= turn.start < turn.end <= len(transcript.text)
        assert transcript.speech(turn) == transcript.speech(turn).strip()
        end = turn.end
    assert sum(row.turns for row in reading.roles) == len(transcript.turns)


@COMMON
@given(data=st.binary(max_size=200))
def test_any_bytes(data: bytes, tmp_path: Path) -> None:
    """Any bytes are read or refused as a user's mistake; nothing else is raised."""
    try:
        reading = read_text(tmp_path, data)
    except UserError:
        return
    assert reading.transcript.turns
