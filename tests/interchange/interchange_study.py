"""A small study with awkward corners, shared by the tests of this folder."""

from __future__ import annotations

from qualcode.model import Case, Code, Codebook, Settings, Study, Transcript, Turn


def transcript(name: str, case: str, turns: list[tuple[str, str, float | None, str]]) -> Transcript:
    """Return a transcript with a header line and turns of (speaker, role, time, speech)."""
    text, placed = f"Case: {case}\n\n", []
    for number, (speaker, role, time, speech) in enumerate(turns, 1):
        text += f"{speaker}: "
        placed.append(Turn(number, speaker, role, len(text), len(text) + len(speech), time))
        text += speech + "\n\n"
    return Transcript(name, case, text, tuple(placed))


CODEBOOK = Codebook(
    "small",
    "Small",
    (Code("goal/trust", "Trust", "Being believed"), Code("motive/fee", "Fee", stage="focused")),
)
STUDY = Study(
    Settings(),
    CODEBOOK,
    cases=(Case("Alpha"), Case("Beta"), Case("Empty")),
    transcripts=(
        transcript(
            "alpha",
            "Alpha",
            [
                ("I", "interviewer", 5.0, "Why do it?"),
                ("P", "participant", 12.9, "We want trust. We’d say “trust” again… and trust."),
                ("P", "participant", 3605.0, "They get a fee, 三百 euro 🎉."),
            ],
        ),
        transcript("beta-1", "Beta", [("P", "participant", None, "First talk about trust.")]),
        transcript("beta-2", "Beta", [("P", "participant", None, "Second talk, no fee.")]),
    ),
)
