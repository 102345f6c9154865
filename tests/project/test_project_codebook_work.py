"""Work on codes reads part of a study and does to all of it what reading all would have done."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from servers import server_schema

from qualcode.codebook.carry import carry_codings
from qualcode.errors import StoreError, UserError
from qualcode.model import Case, Coder, Coding, Memo, Relation, Settings, Transcript, Turn
from qualcode.project import codebook_file, codebook_work
from qualcode.project.codebook_file import take_back
from qualcode.project.folder import StudyFolder, find_study
from qualcode.store import Store, look

BOOK = """name: b
title: B
codes:
  - {id: x, definition: What x means.}
  - {id: y, definition: What y means., exclude: [Not x.]}
  - {id: z}
  - {id: x/1, parent: x}
"""
TEXT = "we plan it and then we plan more"
OLD, NEW = TEXT, TEXT.replace("plan", "plot")
CODES = ("x", "y", "z", "x/1")

Codes = Mapping[str, str | None]
Expected = dict[str, tuple[str, int, dict[str, Any], str]]


def stored(place: Path, behind: list[Coding], codings: list[Coding], target: str = "") -> StudyFolder:
    """Return a study of two transcripts, one of which was replaced after its first codings."""
    (place / "study.yaml").write_text("title: T\n" + (f"store: {target}\n" if target else ""), "utf-8")
    (place / "codebook.yaml").write_text(BOOK, "utf-8")
    with Store.create(target or place / "qualcode.db") as store, store.change(action="all") as change:
        change.add_case(Case("Anna"))
        for name in "ab":
            change.add_transcript(Transcript(name, "Anna", OLD, (Turn(1, "A", "participant", 0, len(TEXT)),)))
        for name in "pq":
            change.put_coder(Coder(name))
        change.add_codings(behind)
        change.add_transcript(Transcript("a", "Anna", NEW, (Turn(1, "A", "participant", 0, len(TEXT)),)), replace=True)
        change.add_codings(codings)
        change.add_memo(Memo("p", "about x", target="code", key="x"))
        if codings:
            change.add_memo(Memo("q", "about one", target="coding", key=codings[0].id))
        change.add_relation(Relation("x", "part of", "y", "p"))
    return StudyFolder(place, Settings(title="T", store=target))


@st.composite
def some_codings(draw: st.DrawFn, tag: str, transcripts: str) -> list[Coding]:
    """Draw passages of which many are alike, so that codes that become one make doubles."""
    made: dict[tuple[object, ...], Coding] = {}
    for number in range(draw(st.integers(0, 10))):
        start = draw(st.sampled_from([0, 3]))
        code = draw(st.sampled_from(CODES))
        one = Coding(
            draw(st.sampled_from("pq")),
            draw(st.sampled_from(transcripts)),
            start,
            start + 4,
            code,
            status=draw(st.sampled_from(["accepted", "proposed", "rejected"])),
            definition_hash=draw(st.sampled_from(["", f"hash of {code}", "older"])),
            id=f"{tag}{number}",
            created=f"2026-01-0{draw(st.integers(1, 3))}T00:00:00Z",
        )
        made.setdefault(one.place, one)
    return list(made.values())


def to(codes: Codes) -> Callable[[Coding], str | None]:
    """Return which code a coding has afterwards."""
    return lambda coding: codes.get(coding.code, coding.code)


def choose_first(study: object, own: Any) -> dict[str, str]:
    """Return the new code of every second coding of those on the present texts."""
    return {coding.id: "s" for coding in own[::2]}


OPERATIONS: dict[str, tuple[Callable[..., codebook_work.Done], Codes]] = {
    "rename": (lambda folder, **more: codebook_work.rename(folder, "x", "w", **more), {"x": "w"}),
    "name": (lambda folder, **more: codebook_work.rename(folder, "x", "x", name="Another", **more), {}),
    "merge": (lambda folder, **more: codebook_work.merge(folder, ["x", "z"], "y", **more), {"x": "y", "z": "y"}),
    "merge into a new one": (
        lambda folder, **more: codebook_work.merge(folder, ["x", "x/1"], "n", **more),
        {"x": "n", "x/1": "n"},
    ),
    "delete": (
        lambda folder, **more: codebook_work.delete(folder, ["z", "y"], with_codings=True, **more),
        {"z": None, "y": None},
    ),
    "split off to others": (
        lambda folder, **more: codebook_work.split(folder, "z", lambda *_: {}, parts=["y2"], rest="y2", **more),
        {"z": "y2"},
    ),
}


def expected(folder: StudyFolder, codes: Codes) -> tuple[Expected, int, int]:
    """Return by id what each coding is to be, worked out from all of them; how many move, and how many are joined."""
    with folder.store() as store:
        now, behind = store.snapshot(folder.settings, folder.codebook()), store.left_behind()
        versions: dict[int, list[Coding]] = {}
        for coding, version in behind:
            versions.setdefault(version, []).append(coding)
        at = {one.name: one.version for one in now.transcripts}
    found: Expected = {}
    joined = 0
    for version, codings in [(None, list(now.codings)), *versions.items()]:
        carried = carry_codings(codings, to(codes))
        put = {one.id: one for one in carried.put}
        gone = {one.id for one in carried.removed}
        joined += 0 if version else len(carried.removed) - sum(to(codes)(one) is None for one in carried.removed)
        for one in codings:
            if one.id not in gone:
                after = put.get(one.id, one)
                # On a text that was replaced a double goes, but what it said is not noted.
                evidence = one.evidence if version else after.evidence
                found[one.id] = (after.code, version or at[one.transcript], dict(evidence), one.status)
    moved = sum(to(codes)(one) not in (one.code, None) for one in now.codings)
    return found, moved, joined


def held(folder: StudyFolder) -> Expected:
    """Return by id what each coding is, on present and replaced texts."""
    with folder.store() as store:
        assert store.verify() == []
        study = store.snapshot(folder.settings, folder.codebook())
        at = {one.name: one.version for one in study.transcripts}
        pairs = [*((one, at[one.transcript]) for one in study.codings), *store.left_behind()]
    return {one.id: (one.code, version, dict(one.evidence), one.status) for one, version in pairs}


def everything(folder: StudyFolder) -> tuple[object, str]:
    """Return all rows of a study's store but the codebooks ever met, and the codebook's file."""
    with folder.store() as store:
        state = store.state()
    return {name: rows for name, rows in state.items() if name != "codebooks"}, folder.codebook_text()


def check(folder: StudyFolder, name: str) -> None:
    """Carry an operation out, compare with what reading all gives, take it back, do it again."""
    operation, codes = OPERATIONS[name]
    codebook_work.record(folder, actor="p")
    before = everything(folder)
    wanted, moved, joined = expected(folder, codes)
    dry = operation(folder, actor="p", dry_run=True)
    assert everything(folder) == before
    done = operation(folder, actor="p")
    assert (done.codings, done.doubles) == (dry.codings, dry.doubles) == (moved, joined)
    assert held(folder) == wanted
    after = everything(folder)
    take_back(folder, actor="p")
    assert everything(folder) == before
    take_back(folder, actor="p", again=True)
    assert everything(folder) == after


ALIKE = [Coding("p", "a", 0, 4, code, id=code, created="2026-01-01T00:00:00Z") for code in CODES]
ALIKE_BEHIND = [replace(one, id=f"old-{one.id}") for one in ALIKE]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some_codings("old-", "a"), some_codings("", "ab"), st.sampled_from(sorted(OPERATIONS)))
@example(ALIKE_BEHIND, ALIKE, "merge")
@example(ALIKE_BEHIND, ALIKE, "rename")
@example(ALIKE_BEHIND, ALIKE, "delete")
@example(ALIKE_BEHIND, ALIKE, "split off to others")
def test_the_same_as_from_the_whole_study(behind: list[Coding], codings: list[Coding], name: str) -> None:
    """Codings on present and replaced texts, doubles, counts; taken back and done again to the last row."""
    with tempfile.TemporaryDirectory() as place:
        check(stored(Path(place), behind, codings), name)


@pytest.mark.skipif("QUALCODE_TEST_POSTGRESQL" not in os.environ, reason="no PostgreSQL to test on")
@pytest.mark.parametrize("name", sorted(OPERATIONS))
@pytest.mark.parametrize("named", [look.CHUNK, 0])
def test_the_same_on_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, named: int) -> None:
    """As in a file; also where there are too many codes to be asked for by name."""
    monkeypatch.setattr(look, "CHUNK", named)
    with server_schema() as target:
        check(stored(tmp_path, ALIKE_BEHIND, ALIKE, target), name)


def test_a_split_by_choice(tmp_path: Path) -> None:
    """Those chosen go to the new code, what is on a replaced text goes with the rest."""
    folder = stored(tmp_path, ALIKE_BEHIND, ALIKE)
    codebook_work.split(folder, "x", choose_first, rest="r", actor="p")
    found = {id_: one[0] for id_, one in held(folder).items()}
    assert (found["x"], found["old-x"], found["y"]) == ("s", "r", "y")


def test_a_read_only_study_is_told_before_anything_is_written(tmp_path: Path) -> None:
    """Reading works, writing says why not, and no mark is left behind."""
    folder = stored(tmp_path, [], ALIKE)
    codebook_work.record(folder, actor="p")
    before = everything(folder)

    class ReadOnly(StudyFolder):
        @contextmanager
        def store(self) -> Iterator[Store]:
            with Store.open(self.store_target) as store:
                store._database.read_only = True
                yield store

    locked = ReadOnly(folder.path, folder.settings)
    assert codebook_work.rename(locked, "x", "w", actor="p", dry_run=True).codings == 1
    with pytest.raises(UserError, match="read-only"):
        codebook_work.rename(locked, "x", "w", actor="p")
    assert everything(folder) == before


def overtaken(work: Callable[..., Any], between: Callable[[], object]) -> Callable[..., Any]:
    """Return a function that does its work, and the first time something else directly afterwards."""
    left = [between]

    def both(*arguments: Any, **more: Any) -> Any:
        found = work(*arguments, **more)
        if left:
            left.pop()()
        return found

    return both


@pytest.mark.parametrize("written", [True, False])
def test_a_rename_while_another_codes_is_not_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    """Whether or not the file is written already: what was read before the rename is not put on record over it."""
    folder = stored(tmp_path, [], ALIKE)
    codebook_work.record(folder, actor="p")
    study, text = folder.study(), folder.codebook_text()

    def between() -> None:
        codebook_work.rename(folder, "x", "w", actor="p")
        if not written:
            folder.codebook_path.write_text(text, "utf-8")

    monkeypatch.setattr(codebook_file, "record_edits", overtaken(codebook_file.record_edits, between))
    with (
        pytest.raises(StoreError, match="codebook has been changed meanwhile"),
        codebook_file.changing(folder, study, action="codings add", coder="q") as change,
    ):
        change.add_codings([Coding("q", "b", 0, 4, "x")])
    with folder.store() as store:
        assert "id: w" in str(store.codebook_text(store.codebook_hash()))
    assert {one[0] for one in held(folder).values()} == {"w", "y", "z", "x/1"}


def test_two_renames_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that read the codebook before the other was done refuses: it would write the codebook without the other."""
    folder = stored(tmp_path, [], ALIKE)
    codebook_work.record(folder, actor="p")

    def between() -> None:
        codebook_work.rename(folder, "x", "w", actor="q")

    monkeypatch.setattr(StudyFolder, "codebook", overtaken(StudyFolder.codebook, between))
    with pytest.raises(StoreError, match="codebook has been changed meanwhile"):
        codebook_work.rename(folder, "y", "v", actor="p")
    assert set(folder.codebook().by_id) == {"w", "y", "z", "x/1"}


def test_an_edit_by_hand_while_another_codes_is_recorded_as_it_is(tmp_path: Path) -> None:
    """What was read before the edit is not put on record under the text after it."""
    folder = stored(tmp_path, [], ALIKE)
    codebook_work.record(folder, actor="p")
    study = folder.study()
    folder.codebook_path.write_text(BOOK + "  - {id: new}\n", "utf-8")
    with (
        pytest.raises(StoreError, match="codebook has been changed meanwhile"),
        codebook_file.changing(folder, study, action="x", coder="q"),
    ):
        pass
    codebook_work.record(folder, actor="p")
    with folder.store() as store:
        assert store.codebook_hash() == folder.codebook().hash


@pytest.mark.parametrize("again", [False, True])
def test_undo_is_of_what_was_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool) -> None:
    """A rename by another program, after undo (or redo) found out what it is about: refused, file and store agree."""
    folder = stored(tmp_path, [], ALIKE)
    codebook_work.record(folder, actor="p")
    with folder.store() as store, store.change(action="other") as change:
        change.put_setting("other", "1")
    if again:
        take_back(folder, actor="p")

    def between() -> None:
        codebook_work.rename(folder, "x", "w", actor="q")

    monkeypatch.setattr(codebook_file, "_next_action", overtaken(codebook_file._next_action, between))
    with pytest.raises(StoreError, match="changed meanwhile"):
        take_back(folder, actor="p", again=again)
    with folder.store() as store:
        assert folder.codebook_text() == store.codebook_text(store.codebook_hash())


ADDER = """
import sys
from qualcode.errors import UserError
from qualcode.model import Coding
from qualcode.project.codebook_file import changing
from qualcode.project.folder import find_study
done = 0
for number in range(25):
    try:
        folder = find_study(sys.argv[1])
        with changing(folder, folder.study(), action="codings add", coder="q") as change:
            change.add_codings([Coding("q", "b", number, number + 5, "y", id=f"new-{number}")])
        done += 1
    except UserError as error:
        print(error, file=sys.stderr)
print(done)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="files in use cannot be replaced there")
def test_two_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    """One renames to and fro while another codes: each does its work or says why not, and all fits in the end."""
    folder = stored(tmp_path, ALIKE_BEHIND, ALIKE)
    codebook_work.record(folder, actor="p")
    with subprocess.Popen(
        [sys.executable, "-c", ADDER, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as other:
        renamed = 0
        names = ("x", "w")
        while other.poll() is None or renamed < 2:
            old, new = names
            try:
                codebook_work.rename(find_study(tmp_path), old, new, actor="p")
                renamed, names = renamed + 1, (new, old)
            except UserError as error:
                assert any(said in str(error) for said in ("meanwhile", "another program", "earlier version")), error
        assert other.stdout is not None and other.stderr is not None
        said, errors = other.stdout.read(), other.stderr.read()
    assert other.returncode == 0, errors
    end = find_study(tmp_path)
    found = held(end)
    assert sum(id_.startswith("new-") for id_ in found) == int(said)
    with end.store() as store:
        assert end.codebook_text() == store.codebook_text(store.codebook_hash())
    codes = {one[0] for one in found.values()}
    assert codes <= set(end.codebook().by_id) and names[0] in codes
