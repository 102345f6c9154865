"""The small example on three adult learners, opened for a coder or a reviewer without a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from qualcode.project.codings import import_codings
from qualcode.project.folder import StudyFolder, find_study
from qualcode.project.ingesting import ingest
from qualcode.project.init import init_study
from qualcode.project.machines import code
from qualcode.terminal.review import Asked, Review
from qualcode.terminal.session import Session
from qualcode.terminal.start import coding, reviewing

MUSIC = Path(__file__).resolve().parent.parent / "data" / "music"

Open = Callable[..., Session]
Reviewing = Callable[..., Review]


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    """A study of three interviews; coder-a has coded them, and the machine has proposed."""
    made = init_study(tmp_path / "music", codebook=str(MUSIC / "codebook.yaml"), title="Adult learners")
    ingest(made, [MUSIC / "transcripts"])
    import_codings(made, MUSIC / "coder-a.jsonl", coder="coder-a")
    code(made, ["cues"], actor="tester")
    return find_study(made.path)


@pytest.fixture
def opened(folder: StudyFolder) -> Iterator[Open]:
    """Return a function that opens the study for a coder."""
    with ExitStack() as stack:
        yield lambda coder="coder-b", **options: stack.enter_context(coding(folder, coder=coder, **options))


@pytest.fixture
def reviewed(folder: StudyFolder) -> Iterator[Reviewing]:
    """Return a function that opens the study for a reviewer."""
    with ExitStack() as stack:
        yield lambda asked=Asked(): stack.enter_context(reviewing(folder, actor="anna", asked=asked))
