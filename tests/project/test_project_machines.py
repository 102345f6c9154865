"""What people do while a machine codes stands: it is looked up under the lock, not remembered from before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from qualcode.coders import CODERS
from qualcode.errors import UserError
from qualcode.model import Coding, Study
from qualcode.project.codings import set_status
from qualcode.project.folder import StudyFolder
from qualcode.project.ingesting import ingest
from qualcode.project.init import init_study
from qualcode.project.machines import code
from qualcode.project.revising import revise
from qualcode.project.selection import Selection

MUSIC = Path(__file__).resolve().parent.parent / "data" / "music"


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    """Return the small study, coded once by the cues."""
    made = init_study(tmp_path / "music", codebook=str(MUSIC / "codebook.yaml"))
    ingest(made, [MUSIC / "transcripts"])
    code(made, ("cues",))
    return made


class Slow:
    """A machine during whose work something else happens."""

    name = "cues"
    attributes: Mapping[str, str] = {}

    def __init__(self, meanwhile: Callable[[], object], proposals: tuple[Coding, ...] = ()) -> None:
        self.meanwhile = meanwhile
        self.proposals = proposals

    def propose(self, study: Study, *, progress: object = None) -> list[Coding]:
        """Return what was given, after the other thing has happened."""
        self.meanwhile()
        return list(self.proposals)


def test_what_a_person_accepts_meanwhile_is_not_taken_back(
    folder: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proposals accepted while the machine was at work stay, although it no longer makes them."""
    accepting = Slow(lambda: set_status(folder, Selection(coders=("cues",)), "accepted", actor="anna"))
    monkeypatch.setitem(CODERS, "cues", lambda study: accepting)
    before = {coding.id for coding in folder.study().codings}
    ((done, _),) = code(folder, ("cues",))
    after = folder.study().codings
    assert {coding.id for coding in after} == before
    assert {coding.status for coding in after} == {"accepted"}
    assert (done.kept, done.removed) == (len(before), 0)
    with folder.store() as store:
        assert all("0 taken back" in entry.detail for entry in store.journal() if entry.action == "code")


def test_proposals_for_a_text_that_changed_meanwhile_are_refused(
    folder: StudyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transcript revised while the machine was at work gets none of the positions in its old text."""
    file = tmp_path / "anna.txt"
    text = (MUSIC / "transcripts" / "anna.txt").read_text("utf-8")
    file.write_text(text.replace("I always wanted one", "Well, I think I always wanted one"), "utf-8")
    told = tuple(coding for coding in folder.study().codings if coding.transcript == "anna")
    proposals = tuple(Coding("cues", one.transcript, one.start, one.end, one.code, status="proposed") for one in told)
    revising = Slow(lambda: revise(folder, file, accept=True), proposals)
    monkeypatch.setitem(CODERS, "cues", lambda study: revising)
    with pytest.raises(UserError, match="anna"):
        code(folder, ("cues",))
    study = folder.study()
    assert {study.quote(coding) for coding in study.codings if coding.code == "start/old-wish"} == {
        "I always wanted one, since I was nine."  # carried along word for word, not shifted
    }
    with folder.store() as store:
        assert store.journal(1)[0].action == "ingest revise"
