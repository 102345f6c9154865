"""Small studies to measure agreement on, written as marked text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from qualcode.model import Case, Code, Codebook, Coder, Coding, Settings, Study, Transcript, Turn

TURNS = (
    "Q: What did you do?",
    "P: We wrote reports. They were long.",
    "Q: And then?",
    "P: We gave talks.",
    "P: That's all.",
)


def transcript(name: str, lines: tuple[str, ...] = TURNS) -> Transcript:
    """Return a transcript of lines "Q: …" (interviewer) and "P: …" (participant)."""
    text, turns = "", []
    for number, line in enumerate(lines, start=1):
        label, speech = line.split(": ", 1)
        start = len(text) + len(label) + 2
        role = "interviewer" if label == "Q" else "participant"
        turns.append(Turn(number, label, role, start, start + len(speech)))
        text += f"{line}\n"
    return Transcript(name, name.title(), text, tuple(turns))


@pytest.fixture
def make_study() -> Callable[..., Study]:
    """Return a function that makes a study.

    Codings are given by coder and transcript: (words, code), the words being a passage of the transcript.
    """

    def make(
        codings: Mapping[str, Mapping[str, list[tuple[str, str]]]],
        *,
        codes: tuple[str, ...] = ("a", "b", "c"),
        kinds: Mapping[str, str] | None = None,
        lines: tuple[str, ...] = TURNS,
        cohorts: Mapping[str, str] | None = None,
    ) -> Study:
        names = sorted({name for own in codings.values() for name in own})
        transcripts = tuple(transcript(name, lines) for name in names)
        texts = {item.name: item.text for item in transcripts}
        made = []
        for coder, own in codings.items():
            kind = (kinds or {}).get(coder, "person")
            for name, passages in own.items():
                for words, code in passages:
                    start = texts[name].index(words)
                    status = "proposed" if kind == "machine" else "accepted"
                    made.append(
                        Coding(coder, name, start, start + len(words), code, status=status, id=f"{coder}{len(made)}")
                    )
        coders = tuple(Coder(name, (kinds or {}).get(name, "person")) for name in sorted(codings))
        cases = tuple(Case(name.title(), (cohorts or {}).get(name, "")) for name in names)
        book = Codebook("test", "Test", tuple(Code(code, code.upper()) for code in codes))
        return Study(Settings(), book, cases, transcripts, coders).with_codings(made)

    return make


def split_at_stops(text: str) -> list[tuple[int, int]]:
    """Sentences for tests: up to each full stop."""
    found, start = [], 0
    while start < len(text):
        end = text.find(".", start)
        end = len(text) if end < 0 else end + 1
        while text[start] == " ":
            start += 1
        found.append((start, end))
        start = end
    return found


@pytest.fixture
def sentences() -> Callable[[str], list[tuple[int, int]]]:
    """Return a sentence splitter that needs no language."""
    return split_at_stops
