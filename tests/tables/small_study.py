"""Studies written as marked text, for the tests of tables, axial and cases.

Each line is a turn, `Q:` by the interviewer or `A:` by the participant; `[code|passage]` marks a passage, and marks
may be nested. Several coders mark the same text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qualcode.model import Case, Category, Code, Codebook, Coder, Coding, Settings, Study, Transcript, Turn

ROLES = {"Q": "interviewer", "A": "participant"}


def codebook(
    *codes: str | Code, categories: Sequence[str] = (), strategies: Sequence[str] = (), dimensions: Sequence[str] = ()
) -> Codebook:
    """Return a codebook of some codes; a text such as "planning/goal" is put into its category, if there is one."""
    made = []
    for code in codes:
        if isinstance(code, str):
            head = code.split("/")[0]
            code = Code(code, code, categories=(head,) if head in categories else ())
        made.append(code)
    return Codebook(
        "test",
        "Test",
        tuple(made),
        tuple(Category(name, name) for name in categories),
        {name: name for name in strategies},
        {name: name for name in dimensions},
    )


def focused(*codes: str) -> list[Code]:
    """Return focused codes from "dimension/strategy"."""
    return [
        Code(code, code, stage="focused", dimension=code.split("/")[0], strategy=code.split("/")[1]) for code in codes
    ]


def unmark(marked: str) -> tuple[str, list[tuple[str, int, int]]]:
    """Return the text without marks, and (code, start, end) of each mark in order of its end."""
    text, found, running = "", [], []
    index = 0
    while index < len(marked):
        if marked[index] == "[":
            bar = marked.index("|", index)
            running.append((marked[index + 1 : bar], len(text)))
            index = bar
        elif marked[index] == "]":
            code, start = running.pop()
            found.append((code, start, len(text)))
        else:
            text += marked[index]
        index += 1
    return text, found


def study_of(
    marked: Mapping[str, Mapping[str, str]],
    book: Codebook,
    cohorts: Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
    settings: Settings | None = None,
) -> Study:
    """Return a study from marked texts by coder and case."""
    texts: dict[str, str] = {}
    codings = []
    for coder, cases in marked.items():
        for case, lines in cases.items():
            text, marks = unmark(lines)
            assert texts.setdefault(case, text) == text, f"{coder} marks another text of {case}"
            for number, (code, start, end) in enumerate(marks):
                stage = book.by_id[code].stage if code in book.by_id else "open"
                codings.append(
                    Coding(coder, case.lower(), start, end, code, stage=stage, id=f"{coder}-{case}-{number}")
                )
    study = Study(
        settings=settings or Settings(),
        codebook=book,
        cases=tuple(Case(case, (cohorts or {}).get(case, "")) for case in texts),
        transcripts=tuple(
            sorted((_transcript(case, text) for case, text in texts.items()), key=lambda item: item.name)
        ),
        coders=tuple(Coder(name, (kinds or {}).get(name, "person")) for name in sorted(marked)),
    )
    return study.with_codings(codings)


def mark(study: Study, codings: Sequence[Coding]) -> dict[str, list[str]]:
    """Return "code: passage" of codings by case, in order."""
    found: dict[str, list[str]] = {}
    for coding in codings:
        found.setdefault(study.case_of(coding), []).append(f"{coding.code}: {study.quote(coding)}")
    return found


def with_thresholds(study: Study, **values: float) -> Study:
    """Return the study with some thresholds set."""
    return replace(study, settings=replace(study.settings, thresholds=replace(study.settings.thresholds, **values)))


def _transcript(case: str, text: str) -> Transcript:
    turns, position = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        turns.append(Turn(number, line[0], ROLES[line[0]], position + 3, position + len(line)))
        position += len(line) + 1
    return Transcript(case.lower(), case, text, tuple(turns))
