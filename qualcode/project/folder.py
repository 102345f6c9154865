"""A study on disk: where its files are, how it is found, made and opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import UserError
from qualcode.model import Codebook, Settings, Study

if TYPE_CHECKING:
    from qualcode.store import Look, Store

SETTINGS = "study.yaml"
CODEBOOK = "codebook.yaml"
STORE = "qualcode.db"
TRANSCRIPTS = "transcripts"
REPORTS = "reports"
UNFINISHED = ".codebook.unfinished"
"""There as long as the codebook in the store and the one in the file are being changed together."""


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """A study's folder and settings.

    Attributes:
        path: The folder.
        settings: What its `study.yaml` says.
    """

    path: Path
    settings: Settings

    @property
    def codebook_path(self) -> Path:
        """The codebook that a person edits."""
        return self.path / CODEBOOK

    @property
    def transcripts_path(self) -> Path:
        """The files as they were given."""
        return self.path / TRANSCRIPTS

    @property
    def reports_path(self) -> Path:
        """Where reports are written."""
        return self.path / REPORTS

    @property
    def store_target(self) -> Path | str:
        """The store: a URL from the settings, or the SQLite file of the folder."""
        return self.settings.store or self.path / STORE

    def codebook(self) -> Codebook:
        """Read the codebook.

        Raises:
            UserError: It is missing or has mistakes.
        """
        from qualcode.codebook import load_codebook

        if not self.codebook_path.exists():
            raise UserError(
                f"{self.path} has no {CODEBOOK}.",
                hint="Bring back the newest version on record: qualcode codebook restore",
            )
        return load_codebook(self.codebook_path)

    def codebook_text(self) -> str:
        """Return the text of the codebook's file, as the store keeps it beside its hash."""
        from qualcode.files import read_text

        return read_text(self.codebook_path)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the store, and close it afterwards.

        Raises:
            StoreError: It is missing or cannot be opened.
        """
        from qualcode.store import Store

        store = Store.open(self.store_target)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def look(self) -> Iterator[Look]:
        """Look at parts of the store, all as of one moment, without opening it for more.

        Raises:
            StoreError: It is missing or cannot be opened.
        """
        from qualcode.store.look import looking

        with looking(self.store_target) as look:
            yield look

    def study(self) -> Study:
        """Return the whole study as it is now."""
        return self.study_as_of()[0]

    def study_as_of(self) -> tuple[Study, int]:
        """Return the whole study as it is now, and the number of its newest change, for `based_on`."""
        with self.store() as store:
            # The number first: a change in between is then refused, not missed.
            number = store.number
            return store.snapshot(self.settings, self.codebook()), number


def find_study(folder: str | Path | None = None) -> StudyFolder:
    """Find a study.

    Args:
        folder: Its folder; None: the nearest folder upwards from the current one with a `study.yaml`.

    Raises:
        UserError: There is none, or its settings have mistakes.
    """
    from qualcode.project.settings_file import read_settings

    if folder is not None:
        path = Path(folder)
        if not (path / SETTINGS).is_file():
            raise UserError(
                f"{path} holds no study: it has no {SETTINGS}.", hint=f"Make one with: qualcode init {path}"
            )
        return _opened(StudyFolder(path, read_settings(path / SETTINGS)))
    here = Path.cwd()
    for path in (here, *here.parents):
        if (path / SETTINGS).is_file():
            return _opened(StudyFolder(path, read_settings(path / SETTINGS)))
    raise UserError(
        f"No study here: neither {here} nor a folder above it has a {SETTINGS}.",
        hint="Make one with: qualcode init my-study; or look at the sample with: qualcode demo",
    )


def _opened(folder: StudyFolder) -> StudyFolder:
    """Finish what an interrupted change of the codebook left undone."""
    if (folder.path / UNFINISHED).exists():
        from qualcode.project.codebook_file import settle

        settle(folder)
    return folder
