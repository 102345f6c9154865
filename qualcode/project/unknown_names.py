"""Names in `study.yaml` that nothing in the study has: likely misspelt, and felt only where an analysis needs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from qualcode.errors import UserError, nearest
from qualcode.model import Case, Settings
from qualcode.tables import CONSENSUS

if TYPE_CHECKING:
    from qualcode.project.folder import StudyFolder
    from qualcode.store import Look

SPEAKER = 1
"""Where the fields of a turn (see `Look.turns`) have its speaker."""


def unknown_names(folder: StudyFolder, look: Look) -> Iterator[str]:
    """Yield what is wrong with names in a study's settings, one line each, in the order of the settings.

    Args:
        folder: The study.
        look: Its store.
    """
    settings, cases = folder.settings, look.cases()
    known = [coder.name for coder in look.coders()]
    if cases:
        yield from _unknown("cohorts, classified", settings.classified_cohorts, _cohorts(cases), "cohort")
    yield from _unknown("coders", settings.coders, [*known, CONSENSUS], "coder")
    # The machines themselves take long to import, and are known as a rule by what they have coded, or by default.
    if set(settings.machines) - set(known) - set(Settings().machines):
        from qualcode.project.machines import machine_names

        yield from _unknown("machines", settings.machines, machine_names(), "machine coder")
    if settings.roles and look.transcripts:
        yield from _labels(settings.roles, {str(turn[SPEAKER]) for turns in look.turns().values() for turn in turns})
    yield from _files(folder)


def _unknown(where: str, names: Iterable[str], known: Iterable[str], what: str) -> Iterator[str]:
    known = tuple(known)
    for name in names:
        if name not in known:
            yield f"{where}: the study has no {what} {name!r}{nearest(name, known) or '.'}"


def _cohorts(cases: Iterable[Case]) -> tuple[str, ...]:
    return tuple(sorted({case.cohort for case in cases if case.cohort}))


def _labels(roles: Iterable[str], speakers: Iterable[str]) -> Iterator[str]:
    from qualcode.ingest.vocabulary import key_of

    known = {key_of(speaker) for speaker in speakers}
    for label in roles:
        if key_of(label) not in known:
            yield f"roles: no speaker is called {label!r}{nearest(label, sorted(speakers)) or '.'}"


def _files(folder: StudyFolder) -> Iterator[str]:
    from qualcode.codebook.find import find_data_file
    from qualcode.project.analysis import beside
    from qualcode.resources import shipped

    settings = folder.settings
    for where, name, what in (
        ("published", settings.published, "published result"),
        ("framework", settings.framework, "framework"),
    ):
        if name:
            try:
                find_data_file(beside(folder.path, name), shipped("codebooks") / "published", what)
            except UserError as error:
                yield f"{where}: {error.message}"
