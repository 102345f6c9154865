"""What a study holds at a glance."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.model import Case, Coder, Coding, Settings, Study, Transcript, Turn
from qualcode.project.folder import StudyFolder
from qualcode.project.ingesting import ingest
from qualcode.project.init import init_study
from qualcode.project.progress import ASSIGNMENTS
from qualcode.project.status import status_of
from qualcode.store import Store, look
from qualcode.tables import words

TEXT = "why is it so? because it grows. and then? we don't know."
ROLES = ("interviewer", "participant", "interviewer", "participant")
EDGES = (0, 13, 14, 31, 32, 41, 42, 56)
TURNS = tuple(
    Turn(number + 1, role[0], role, EDGES[2 * number], EDGES[2 * number + 1]) for number, role in enumerate(ROLES)
)
CASES = {"Anna": "ab", "Ben": "c", "Carl": ""}
ASSIGNED = {"p": ["a", "gone"], "q": ["b", "c"], "nobody": ["a"]}


def test_words_are_counted_as_in_the_report(tmp_path: Path) -> None:
    """In writing without spaces each character counts, as in the report's table of the sample."""
    folder = init_study(tmp_path / "study")
    (tmp_path / "a.txt").write_text("采访者：为什么？\n\n受访者：我们成长 fast.\n", "utf-8")
    ingest(folder, [tmp_path / "a.txt"])
    assert dict(status_of(folder).numbers)["participants' words"] == 5


@st.composite
def some_codings(draw: st.DrawFn, tag: str) -> list[Coding]:
    """Draw passages anywhere, by people who were assigned something or not, under definitions old and new."""
    made: dict[tuple[object, ...], Coding] = {}
    for number in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, len(TEXT) - 1))
        one = Coding(
            draw(st.sampled_from("pqr")),
            draw(st.sampled_from("abc")),
            start,
            draw(st.integers(start + 1, len(TEXT))),
            draw(st.sampled_from(["x", "y", "unknown"])),
            status=draw(st.sampled_from(["accepted", "proposed", "rejected"])),
            definition_hash=draw(st.sampled_from(["", "now", "older"])),
            id=f"{tag}{number}",
        )
        made.setdefault(one.place, one)
    return list(made.values())


def stored(place: Path, behind: list[Coding], codings: list[Coding]) -> StudyFolder:
    """Return a study whose transcript `a` was replaced after its first codings."""
    (place / "study.yaml").write_text("title: T\n", "utf-8")
    (place / "codebook.yaml").write_text("name: b\ntitle: B\ncodes: [{id: x, definition: X.}, {id: y}]\n", "utf-8")
    folder = StudyFolder(place, Settings(title="T"))
    hashes = {code.id: code.definition_hash for code in folder.codebook().codes}

    def defined(coding: Coding) -> Coding:
        is_now = coding.definition_hash == "now"
        return replace(coding, definition_hash=hashes.get(coding.code, "now")) if is_now else coding

    with Store.create(place / "qualcode.db") as store, store.change(action="all") as change:
        for case, names in CASES.items():
            change.add_case(Case(case))
            for name in names:
                text = TEXT.replace("grows", "grew!") if name == "a" else TEXT
                change.add_transcript(Transcript(name, case, text, TURNS))
        for name in "pqr":
            change.put_coder(Coder(name))
        change.add_codings(map(defined, behind))
        change.add_transcript(Transcript("a", "Anna", TEXT, TURNS), replace=True)
        change.add_codings(map(defined, codings))
        change.put_setting(ASSIGNMENTS, json.dumps({"seed": 1, "transcripts": ASSIGNED}))
    return folder


def numbers(study: Study) -> dict[str, Any]:
    """Return what is counted, from the whole study."""
    spoken = [(one, turn) for one in study.transcripts for turn in one.participant_turns()]
    return {
        "title": study.settings.title,
        "codebook": f"{study.codebook.name} ({study.codebook.hash[:12]})",
        "codes": len(study.codebook.codes),
        "cases": len(study.cases),
        "transcripts": len(study.transcripts),
        "participants' turns": len(spoken),
        "participants' words": sum(len(words(one.speech(turn))) for one, turn in spoken),
        "codings": len(study.codings),
        "memos": len(study.memos),
    }


def coder_row(study: Study, coder: str) -> dict[str, Any]:
    """Return the row of a coder, from the whole study."""
    own = [coding for coding in study.codings if coding.coder == coder]
    statuses = {name: sum(coding.status == name for coding in own) for name in ("accepted", "proposed", "rejected")}
    transcripts = len({coding.transcript for coding in own})
    return {"coder": coder, "kind": "person", "codings": len(own), **statuses, "transcripts": transcripts}


def progress_row(study: Study, coder: str) -> dict[str, Any]:
    """Return how far a coder is, from the whole study."""
    own = [study.transcript_by_name[name] for name in ASSIGNED[coder] if name in study.transcript_by_name]
    codings = [coding for coding in study.codings if coding.coder == coder]
    begun = {coding.transcript for coding in codings}
    turns = [(one.name, turn) for one in own for turn in one.participant_turns()]
    return {
        "coder": coder,
        "assigned": len(own),
        "begun": sum(one.name in begun for one in own),
        "turns": len(turns),
        "turns coded": sum(
            any(one.transcript == name and one.start < turn.end and turn.start < one.end for one in codings)
            for name, turn in turns
        ),
        "not begun": [one.name for one in own if one.name not in begun],
        "beside": sorted(begun - {one.name for one in own}),
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some_codings("old-"), some_codings(""), st.sampled_from([look.CHUNK, 1]))
def test_the_same_as_from_the_whole_study(behind: list[Coding], codings: list[Coding], named: int) -> None:
    """Counts, coders, progress and what is missing; codings on texts that were replaced count nowhere."""
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(look, "CHUNK", named)
        folder = stored(Path(place), behind, codings)
        study = folder.study()
        status = status_of(folder)
    assert dict(status.numbers) == numbers(study)
    assert status.coders == tuple(coder_row(study, name) for name in "pqr")
    assert status.progress == tuple(progress_row(study, coder) for coder in ASSIGNED)
    older = [
        coding
        for coding in study.codings
        if coding.code in study.codebook.by_id
        and coding.definition_hash not in ("", study.codebook.by_id[coding.code].definition_hash)
    ]
    counts = {code.id: sum(one.code == code.id for one in older) for code in study.codebook.codes}
    assert dict(status.older) == {code: count for code, count in counts.items() if count}
    said = "\n".join(status.missing)
    assert "transcripts of 1 case: Carl" in said
    assert ("codings (qualcode code" in said) == (not study.codings)
    assert ("the codebook does not have: unknown" in said) == any(one.code == "unknown" for one in study.codings)
    assert ("a second look" in said) == bool(older)
