"""A small made-up study to learn from: allotment gardeners on what they grow, eight interviews, two coders."""

from __future__ import annotations

from collections.abc import Sequence

from qualcode.model import Case, Code, Codebook, Coder, Coding, Cue, Settings, Study, Transcript, Turn

CODES = {
    "soil": (
        "The soil is heavy clay here.",
        "I dig compost into the beds.",
        "Clay and compost, the soil needs feeding.",
    ),
    "water": (
        "I water with a hose at night.",
        "The rain barrel is empty by June.",
        "Rain fills the barrel, the hose does not.",
    ),
    "company": (
        "My neighbour lends me tools.",
        "We drink coffee at the gate together.",
        "With the neighbour I share seeds.",
    ),
}
NOTHING = ("That was in spring.", "Yes, as I said.", "It takes an hour by tram.")
NAMES = ("ada", "bo", "cy", "di", "eli", "fay", "gus", "hal")


def codebook() -> Codebook:
    """Return three codes; "water" has a cue, "company" a definition with its own words."""
    cues = {"water": {"en": (Cue("hose", confidence=0.7), Cue("rain barrel", confidence=0.8))}}
    definitions = {
        "soil": "What the ground is like and how it is fed.",
        "water": "How the plot is watered.",
        "company": "What is done with a neighbour.",
    }
    codes = (Code(code, code.title(), definitions[code], cues=cues.get(code, {})) for code in CODES)
    return Codebook("gardens", "Gardens", tuple(codes), hash="0" * 64)


def interview(name: str, number: int) -> tuple[Transcript, dict[str, tuple[int, int]]]:
    """Return an interview of three answers about one code each, and the passage of each code."""
    text, turns, passages = "", [], {}
    for place, code in enumerate(CODES):
        question = f"How about {'the ground' if code == 'soil' else 'your days'}?"
        start = len(text)
        text += question + "\n"
        turns.append(Turn(len(turns) + 1, "I", "interviewer", start, start + len(question)))
        said = (
            f"{NOTHING[(number + place) % 3]} {CODES[code][(number + place) % 3]} {NOTHING[(number + place + 1) % 3]}"
        )
        start = len(text)
        text += said + "\n"
        turns.append(Turn(len(turns) + 1, name.upper(), "participant", start, start + len(said)))
        begin = start + len(NOTHING[(number + place) % 3]) + 1
        passages[code] = (begin, begin + len(CODES[code][(number + place) % 3]))
    return Transcript(name, name.title(), text, tuple(turns)), passages


def learning_study(coded: Sequence[str] = NAMES[:6], settings: Settings | None = None) -> Study:
    """Return eight interviews, some of them coded by two coders who agree."""
    transcripts, codings = [], []
    for number, name in enumerate(NAMES):
        transcript, passages = interview(name, number)
        transcripts.append(transcript)
        codings += [
            Coding(coder, name, *span, code, id=f"{coder}-{name}-{code}")
            for code, span in passages.items()
            for coder in ("ann", "ben")
            if name in coded
        ]
    return Study(
        settings or Settings(),
        codebook(),
        tuple(Case(name.title()) for name in NAMES),
        tuple(transcripts),
        (Coder("ann"), Coder("ben")),
    ).with_codings(codings)
