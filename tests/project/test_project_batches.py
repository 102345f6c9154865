"""Coding in bulk: several processes give what one gives; an interrupted run keeps what it finished and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.coders import processes
from qualcode.coders.cues import CueCoder
from qualcode.errors import UserError
from qualcode.model import Coding, Transcript
from qualcode.project.codebook_file import take_back
from qualcode.project.folder import StudyFolder, find_study
from qualcode.project.ingesting import ingest
from qualcode.project.init import init_study
from qualcode.project.machines import code
from qualcode.store import Change

MUSIC = Path(__file__).resolve().parent.parent / "data" / "music"
COPIES = 7


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    """Return a study of some transcripts, a person's name on each."""
    sources = tmp_path / "sources"
    sources.mkdir()
    text = (MUSIC / "transcripts" / "anna.txt").read_text("utf-8").replace("Case: Anna\n", "")
    for number in range(COPIES):
        (sources / f"person{number}.txt").write_text(text, "utf-8")
    init_study(tmp_path / "study", codebook=str(MUSIC / "codebook.yaml"))
    found = find_study(tmp_path / "study")
    ingest(found, [sources], actor="tester")
    return found


def told(codings: tuple[Coding, ...]) -> list[tuple]:
    """Return all that codings say, but for what differs from run to run by design."""
    return [
        (coding.place, coding.stage, coding.status, coding.confidence, coding.assertion, dict(coding.evidence))
        for coding in codings
    ]


def actions(folder: StudyFolder) -> list[str]:
    """Return what was done, oldest first."""
    with folder.store() as store:
        return [entry.action for entry in sorted(store.journal(), key=lambda entry: entry.number)]


def stop_after(monkeypatch: pytest.MonkeyPatch, transcripts: int) -> list[str]:
    """Interrupt the coder when it has coded some transcripts; return the list of those that it is given."""
    given: list[str] = []
    real = CueCoder.propose_in

    def propose_in(self: CueCoder, transcript: Transcript, **values: object) -> list[Coding]:
        if len(given) == transcripts:
            raise KeyboardInterrupt
        given.append(transcript.name)
        return real(self, transcript, **values)

    monkeypatch.setattr(CueCoder, "propose_in", propose_in)
    return given


def test_processes_and_batches_change_nothing(folder: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process, two processes and batches store the same codings and describe the coder in the same way."""
    monkeypatch.setattr(processes, "CHUNK_CHARACTERS", 1)
    ((one, proposals),) = code(folder, ["cues"], dry_run=True, actor="x")
    ((two, again),) = code(folder, ["cues"], dry_run=True, actor="x", jobs=2)
    assert one.proposals > COPIES and told(again) == told(proposals)
    assert two == one
    code(folder, ["cues"], actor="x")
    plain = folder.study()
    take_back(folder, actor="x")
    ((three, none),) = code(folder, ["cues"], actor="x", jobs=2, batch=3)
    batched = folder.study()
    assert told(batched.codings) == told(plain.codings) and batched.coders == plain.coders
    assert (three, none) == (one, ())


def test_jobs_alone_are_one_change(folder: StudyFolder) -> None:
    """One undo takes all of it back."""
    before = actions(folder)
    code(folder, ["cues"], actor="x", jobs=2)
    assert actions(folder)[len(before) :] == ["code"]
    take_back(folder, actor="x")
    assert folder.study().codings == ()


def test_each_batch_is_a_change(folder: StudyFolder) -> None:
    """Undo takes back the last batch; the next run does just that one again."""
    before = actions(folder)
    code(folder, ["cues"], actor="x", batch=3)
    whole = folder.study().codings
    assert actions(folder)[len(before) :] == ["code"] * 3
    take_back(folder, actor="x")
    assert {coding.transcript for coding in folder.study().codings} == {f"person{number}" for number in range(6)}
    ((done, _),) = code(folder, ["cues"], actor="x", batch=3)
    assert "behind 6 of 7" in done.notes[0]
    assert told(folder.study().codings) == told(whole)


def test_a_batch_does_not_read_the_whole_study(folder: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the time of a run would grow with the square of the number of batches."""
    ((_, proposals),) = code(folder, ["cues"], dry_run=True)
    monkeypatch.delattr(Change, "snapshot")
    code(folder, ["cues"], actor="x", batch=2)
    monkeypatch.undo()
    assert told(folder.study().codings) == told(proposals)


def test_an_interrupted_run_goes_on(folder: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was finished stays, the batch under way is gone, and the next run codes the rest only."""
    ((_, proposals),) = code(folder, ["cues"], dry_run=True)
    with monkeypatch.context() as patch:
        stop_after(patch, 5)
        with pytest.raises(KeyboardInterrupt):
            code(folder, ["cues"], actor="x", batch=2)
    kept = folder.study()
    assert {coding.transcript for coding in kept.codings} == {f"person{number}" for number in range(4)}
    with monkeypatch.context() as patch:
        given = stop_after(patch, COPIES + 1)
        code(folder, ["cues"], actor="x", batch=2)
    assert given == ["person4", "person5", "person6"]
    assert told(folder.study().codings) == told(proposals)
    with monkeypatch.context() as patch:
        given = stop_after(patch, COPIES + 1)
        ((done, _),) = code(folder, ["cues"], actor="x", batch=2)
    assert len(given) == COPIES and (done.added, done.removed) == (0, 0), "a finished run begins anew"


def test_other_work_begins_anew(folder: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an edit of the codebook nothing of the interrupted run is taken for done."""
    with monkeypatch.context() as patch:
        stop_after(patch, 3)
        with pytest.raises(KeyboardInterrupt):
            code(folder, ["cues"], actor="x", batch=2)
    path = folder.codebook_path
    path.write_text(path.read_text("utf-8").replace('"always wanted", ', ""), "utf-8")
    with monkeypatch.context() as patch:
        given = stop_after(patch, COPIES + 1)
        code(folder, ["cues"], actor="x", batch=2)
    assert len(given) == COPIES
    ((_, proposals),) = code(folder, ["cues"], dry_run=True)
    assert told(folder.study().codings) == told(proposals)


def test_a_review_stays(folder: StudyFolder) -> None:
    """What a person rejected is left as it is, batch by batch too."""
    code(folder, ["cues"], actor="x")
    first = folder.study().codings[0]
    with folder.store() as store, store.change(coder="x", action="codings rejected") as change:
        change.set_status([first.id], "rejected")
    ((done, _),) = code(folder, ["cues"], actor="x", batch=2)
    assert (done.added, done.removed, done.kept) == (0, 0, 1)
    assert folder.study().codings[0].status == "rejected"


def test_a_codebook_edited_meanwhile_stops_the_run(folder: StudyFolder) -> None:
    """Proposals by one codebook are not recorded under another."""

    def edit(done: int, total: int) -> None:
        if done == 3:
            folder.codebook_path.write_text(folder.codebook_text() + "# seen\n", "utf-8")

    with pytest.raises(UserError, match="was edited while"):
        code(folder, ["cues"], actor="x", batch=2, progress=edit)
    assert {coding.transcript for coding in folder.study().codings} == {"person0", "person1"}


def test_other_coders_cannot_be_divided(folder: StudyFolder) -> None:
    """A coder that looks at all transcripts together says so."""
    with pytest.raises(UserError, match="looks at all transcripts together"):
        code(folder, ["combined"], jobs=2)


def test_a_users_mistake_comes_out_of_a_process(folder: StudyFolder) -> None:
    """A cue that cannot be understood is told as in one process."""
    path = folder.codebook_path
    path.write_text(path.read_text("utf-8").replace('"always wanted"', '"always (wanted"'), "utf-8")
    for jobs in (1, 2):
        with pytest.raises(UserError, match="cannot be understood"):
            code(folder, ["cues"], dry_run=True, jobs=jobs)
