"""A study of two short interviews, with passages written as marked text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from qualcode.model import Case, Codebook, Coder, Coding, Settings, Study, Transcript, Turn
from qualcode.store import Store

SETTINGS = Settings(title="Two interviews")
CODEBOOK = Codebook("small", "Small", ())

ALPHA_TEXT = "Q: Why do you do it?\nA: To be known. Ä 😀 matters, too.\n"
BETA_TEXT = "Q: And you?\nA: For sales.\n"


def turns(text: str) -> tuple[Turn, ...]:
    """Return one turn per line `X: speech`."""
    found, position = [], 0
    for number, line in enumerate(text.splitlines(), 1):
        role = "interviewer" if line.startswith("Q") else "participant"
        start = position + len("X: ")
        found.append(Turn(number, line[0], role, start, position + len(line), float(number) + 0.5))
        position += len(line) + 1
    return tuple(found)


def transcript(name: str, text: str, case: str | None = None) -> Transcript:
    """Return a transcript of a text whose lines are turns; its case is named like it, with a capital."""
    return Transcript(
        name,
        case or name.capitalize(),
        text,
        turns(text),
        source=f"{name}.txt",
        source_hash=f"hash-of-{name}",
        attributes={"Date": "2026-11-25", "About": "1"},
    )


ALPHA = transcript("alpha", ALPHA_TEXT)
BETA = transcript("beta", BETA_TEXT)


def coding(marked: str, code: str = "goal", coder: str = "coder-a", of: Transcript = ALPHA, **more: Any) -> Coding:
    """Return a coding of the passage in brackets, of which the marked text must be a part of the transcript."""
    before, rest = marked.split("[")
    passage, after = rest.split("]")
    start = of.text.index(before + passage + after) + len(before)
    return Coding(coder, of.name, start, start + len(passage), code, **more)


def marked(study: Study, coding: Coding) -> str:
    """Return the text of a coding's transcript with its passage in brackets."""
    text = study.transcript_by_name[coding.transcript].text
    return f"{text[: coding.start]}[{study.quote(coding)}]{text[coding.end :]}"


def fill(store: Store) -> None:
    """Put two cases, their transcripts and two coders into a store, as one change."""
    with store.change(action="ingest", detail="2 files") as change:
        change.add_case(Case("Beta", "agency", {"Industry": "Shops", "Age": "3"}))
        change.add_case(Case("Alpha", "firm"))
        change.add_transcript(ALPHA)
        change.add_transcript(BETA)
        change.put_coder(Coder("coder-a"))
        change.put_coder(Coder("cues", "machine", {"version": "1"}))


def code(store: Store, *codings: Coding, coder: str = "coder-a") -> int:
    """Add codings as one change; return how many were new."""
    with store.change(coder=coder, action="codings add") as change:
        return change.add_codings(codings)


def look(store: Store) -> Study:
    """Return the study that a store holds."""
    return store.snapshot(SETTINGS, CODEBOOK)


def untimed(study: Study) -> tuple[Coding, ...]:
    """Return the codings of a study without the time at which they were made."""
    return tuple(replace(each, created="") for each in study.codings)


@contextmanager
def without_root() -> Iterator[None]:
    """Act as a user whom read-only folders bind."""
    if os.name == "nt":
        pytest.skip("Windows has no such permissions")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
