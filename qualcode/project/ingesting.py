"""Transcripts and case attributes into a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.counts import counted
from qualcode.errors import UserError
from qualcode.files import write_whole
from qualcode.model import Case, Study
from qualcode.project.folder import StudyFolder

if TYPE_CHECKING:
    from qualcode.ingest import Reading

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Ingested:
    """What came of an ingest.

    Attributes:
        added: Transcripts that are new, in the order of their names.
        unchanged: Names of those that the study holds already, word for word.
        skipped: Files that no reader is meant for.
        failed: What is wrong with a file, one message each; it was left out.
        cases_added: Names of cases that are new.
        cases_changed: Names of cases whose cohort or attributes changed.
        cases_without_transcript: Named in the case file, but no transcript belongs to them.
        cases_without_attributes: Have a transcript, but the case file does not name them.
    """

    added: tuple[Reading, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[str, ...]
    failed: tuple[str, ...]
    cases_added: tuple[str, ...]
    cases_changed: tuple[str, ...]
    cases_without_transcript: tuple[str, ...] = ()
    cases_without_attributes: tuple[str, ...] = ()

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the readers were not sure of, with the file's name before it; what is said of a whole file, once."""
        return tuple(dict.fromkeys(doubt for reading in self.added for doubt in doubts_of(reading)))


def doubts_of(reading: Reading) -> list[str]:
    """Return what the reader of a transcript was not sure of, with the file's name before it."""
    return [f"{reading.transcript.source}: {doubt}" for doubt in reading.doubts]


def ingest(
    folder: StudyFolder,
    paths: Sequence[Path],
    *,
    cases_file: Path | None = None,
    roles: Mapping[str, str] | None = None,
    encoding: str | None = None,
    language: str | None = None,
    dry_run: bool = False,
    actor: str = "",
    progress: Progress | None = None,
) -> Ingested:
    """Take transcripts and case attributes into the study, in one transaction.

    A file with mistakes is left out and told; the others are taken. A transcript that the study holds already is
    left alone; one whose file has changed since is refused.

    Args:
        folder: The study.
        paths: Files and folders.
        cases_file: CSV with a row per case.
        roles: Role by speaker label, over what the settings and the reader say.
        encoding: Of the files, where it is not UTF-8.
        language: ISO 639-1 code of the files; None: as their header says, as detected, or that of the settings.
        dry_run: Read and tell, but write nothing.
        actor: Who does it, for the journal.
        progress: Called with (files done, files in all).

    Raises:
        UserError: A path is missing, a folder holds nothing readable, or the case file has mistakes.
    """
    from qualcode.ingest import Found, find_files, read_cases, read_transcripts

    found = find_files(paths) if paths else Found([], [])
    files = [file for file in found.files if cases_file is None or not file.samefile(cases_file)]
    listed = read_cases(cases_file) if cases_file else []
    study = folder.study()
    readings: dict[str, tuple[Path, Reading]] = {}
    unchanged: list[str] = []
    failed: list[str] = []
    for number, file in enumerate(files):
        try:
            read = read_transcripts(file, settings=folder.settings, roles=roles, encoding=encoding, language=language)
            new = [reading for reading in read if _is_new(study, file, reading, readings)]
        except UserError as mistake:
            failed.append(str(mistake))
        else:
            readings |= {reading.transcript.name: (file, reading) for reading in new}
            fresh = {reading.transcript.name for reading in new}
            unchanged += [one.transcript.name for one in read if one.transcript.name not in fresh]
        if progress:
            progress(number + 1, len(files))
    readings = _named_like_their_cases(study, readings, listed)
    cases = _cases(study, [reading for _, reading in readings.values()], listed)
    added, changed = _difference(study, cases)
    if not dry_run:
        _write(folder, readings, cases, added, changed, actor)
    held = {transcript.case for transcript in study.transcripts}
    held |= {reading.transcript.case for _, reading in readings.values()}
    named = {case.name for case in listed}
    return Ingested(
        added=tuple(reading for _, reading in readings.values()),
        unchanged=tuple(unchanged),
        skipped=tuple(f"{path}: {reason}" for path, reason in found.skipped),
        failed=tuple(failed),
        cases_added=tuple(added),
        cases_changed=tuple(changed),
        cases_without_transcript=tuple(case.name for case in listed if case.name not in held),
        cases_without_attributes=tuple(sorted(held - named)) if listed else (),
    )


def _is_new(study: Study, file: Path, reading: Reading, readings: Mapping[str, tuple[Path, Reading]]) -> bool:
    """Return whether the study does not hold a transcript yet.

    Raises:
        UserError: Another text has its name, in the study or among the files read before.
    """
    name = reading.transcript.name
    if name in readings:
        raise UserError(
            f"{file}: would be called {name!r}, as {readings[name][0]} is already.",
            hint="Transcripts are called by their file's name without its ending: rename one of the two.",
        )
    present = study.transcript_by_name.get(name)
    if present is None:
        return True
    if present.hash == reading.transcript.hash:
        return False
    raise UserError(
        f"{file}: the study holds another text called {name!r} (from {present.source}, SHA-256 {present.hash[:12]}…; "
        f"this file: {reading.transcript.hash[:12]}…). Codings point into that text, so it was left as it is.",
        hint=f"See what the new text means for the codings: qualcode ingest --revise {file}\n"
        "To take this file in as a transcript of its own, give it another name.",
    )


def _named_like_their_cases(
    study: Study, readings: Mapping[str, tuple[Path, Reading]], listed: Sequence[Case]
) -> dict[str, tuple[Path, Reading]]:
    """Spell the case of a transcript as the study or the case file does, where only capitals differ."""
    spelled = {name.casefold(): name for name in (*(case.name for case in listed), *study.case_by_name)}
    result = {}
    for name in sorted(readings):
        file, reading = readings[name]
        case = spelled.setdefault(reading.transcript.case.casefold(), reading.transcript.case)
        if case != reading.transcript.case:
            reading = replace(reading, transcript=replace(reading.transcript, case=case))
        result[name] = (file, reading)
    return result


def _cases(study: Study, readings: Sequence[Reading], listed: Sequence[Case]) -> dict[str, Case]:
    """Return all cases by name: as the study has them, then as headers say, then as the case file says."""
    cases = dict(study.case_by_name)
    for reading in readings:
        told = replace(reading.case, name=reading.transcript.case)
        cases[told.name] = _joined(cases.get(told.name), told)
    for case in listed:
        cases[case.name] = _joined(cases.get(case.name), case)
    return cases


def _joined(known: Case | None, told: Case) -> Case:
    if known is None:
        return told
    attributes = {**known.attributes, **told.attributes}
    return Case(known.name, told.cohort or known.cohort, attributes)


def _difference(study: Study, cases: Mapping[str, Case]) -> tuple[list[str], list[str]]:
    added = [name for name in cases if name not in study.case_by_name]
    changed = [name for name, case in cases.items() if name in study.case_by_name and study.case_by_name[name] != case]
    return added, changed


def _write(
    folder: StudyFolder,
    readings: Mapping[str, tuple[Path, Reading]],
    cases: Mapping[str, Case],
    added: Sequence[str],
    changed: Sequence[str],
    actor: str,
) -> None:
    told = f"{counted(len(added), 'new case')}, {counted(len(changed), 'changed case')}"
    detail = f"{counted(len(readings), 'transcript')}, {told}"
    with folder.store() as store, store.change(coder=actor, action="ingest", detail=detail) as change:
        for name in added:
            change.add_case(cases[name])
        for name in changed:
            change.put_case(cases[name])
        for _, reading in readings.values():
            change.add_transcript(reading.transcript)
        # Copies are made before the commit: if the disk is full, the store stays as it was.
        for file in dict.fromkeys(file for file, _ in readings.values()):
            keep_source(file, folder.transcripts_path)


def keep_source(file: Path, folder: Path) -> None:
    """Copy a source file into the study's folder of transcripts, unless it lies there already.

    Raises:
        UserError: The copy cannot be written.
    """
    target = folder / file.name
    content = file.read_bytes()
    if target.exists() and (target.samefile(file) or target.read_bytes() == content):
        return
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be made ({error.strerror or error}).") from error
    write_whole(target, content)
