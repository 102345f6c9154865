"""The sample study: copied, taken through every stage, reported."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qualcode.counts import counted
from qualcode.errors import ManyErrors, UserError
from qualcode.model import Codebook, Coder, Study
from qualcode.project.codings import Imported, import_codings
from qualcode.project.folder import SETTINGS, StudyFolder, find_study
from qualcode.project.ingesting import ingest
from qualcode.project.init import init_study
from qualcode.resources import shipped

CODEBOOK = "b2b-influencer-marketing"
READERS = ("reader-1", "reader-2")
READER_FACTS = {"what": "a language-model reader that read every turn, not a person"}
ACTOR = "demo"


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample study after its sources and reference codings are in.

    Attributes:
        folder: The study.
        is_new: Whether it was made now, or had been there.
        transcripts: How many it holds.
        imports: What came of importing the reference codings.
    """

    folder: StudyFolder
    is_new: bool
    transcripts: int
    imports: tuple[Imported, ...]


def sample_study(path: Path, *, progress: Callable[[int, int], None] | None = None) -> Sample:
    """Make the sample study in a folder, or bring an earlier one there up to date; nothing of the user's is lost.

    Args:
        path: The folder: new, empty, or an earlier sample study.
        progress: Called with (transcripts read, transcripts in all).

    Raises:
        UserError: The folder holds something else.
    """
    source = shipped("transcripts_sample")
    settings = (source / SETTINGS).read_text("utf-8")
    is_new = not (path / SETTINGS).exists()
    if is_new:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise UserError(
                f"{path} exists and is not the sample study.", hint="Name another folder: qualcode demo DIR"
            )
        folder = init_study(path, codebook=CODEBOOK, settings=settings)
    else:
        folder = find_study(path)
        is_cut_off = (path / SETTINGS).read_text("utf-8") == settings  # made, but the codings were not copied any more
        if not is_cut_off and not (path / "codings" / READERS[0]).is_dir():
            raise UserError(f"{path} holds a study of your own.", hint="Name another folder: qualcode demo DIR")
    _copy_codings(source, path)
    taken = ingest(folder, sorted(source.glob("*.txt")), actor=ACTOR, progress=progress)
    if taken.failed:
        number = counted(len(taken.failed), "transcript")
        raise ManyErrors(f"{number} of the sample could not be taken in:", list(taken.failed))
    imports = tuple(
        import_codings(
            folder, path / "codings" / reader, coder=reader, kind="reference", attributes=READER_FACTS, actor=ACTOR
        )
        for reader in READERS
    )
    with folder.store() as store:
        transcripts = store.counts()["transcripts"]
    return Sample(folder, is_new, transcripts, imports)


def read_sample(codebook: Codebook) -> Study:
    """Return the sample study with the readers' codings, read from the shipped files; no store is made.

    Args:
        codebook: The shipped one of the sample.
    """
    from qualcode.ingest.read import read_transcript
    from qualcode.interchange import read_coding_files
    from qualcode.project.settings_file import read_settings

    source = shipped("transcripts_sample")
    settings = read_settings(source / SETTINGS)
    readings = [read_transcript(path, settings=settings) for path in sorted(source.glob("*.txt"))]
    study = Study(
        settings,
        codebook,
        tuple(reading.case for reading in readings),
        tuple(reading.transcript for reading in readings),
        tuple(Coder(name, "reference", READER_FACTS) for name in READERS),
    )
    return study.with_codings(
        coding for name in READERS for coding in read_coding_files(source / "codings" / name, study, coder=name).codings
    )


def _copy_codings(source: Path, path: Path) -> None:
    for reader in READERS:
        try:
            shutil.copytree(source / "codings" / reader, path / "codings" / reader, dirs_exist_ok=True)
        except OSError as error:  # shutil.Error, which holds one message for each file, is one too
            raise UserError(
                f"The sample's codings cannot be written to {path / 'codings'}.",
                hint="Check that the folder can be written to, and that the disk is not full; then start again.",
            ) from error
