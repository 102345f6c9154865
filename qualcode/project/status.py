"""What a study holds, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qualcode.model import Study
from qualcode.project.folder import StudyFolder
from qualcode.tables import words


@dataclass(frozen=True, slots=True)
class Status:
    """A study at a glance.

    Attributes:
        numbers: What there is, in order shown.
        coders: One row per coder.
        missing: What to do next, in words; empty when nothing is missing.
        progress: One row per coder who was assigned transcripts: how far they are.
        older: How many codings were made under an older definition, by code, in the order of the codebook.
    """

    numbers: tuple[tuple[str, Any], ...]
    coders: tuple[dict[str, Any], ...]
    missing: tuple[str, ...]
    older: tuple[tuple[str, int], ...] = ()
    progress: tuple[dict[str, Any], ...] = ()


def status_of(folder: StudyFolder) -> Status:
    """Return what a study holds and what is missing."""
    from qualcode.project.coders import progress_rows, read_assignment

    with folder.store() as store:
        study = store.snapshot(folder.settings, folder.codebook())
        assignment = read_assignment(store)
    turns = [turn for transcript in study.transcripts for turn in transcript.participant_turns()]
    said = sum(
        len(words(transcript.speech(turn)))
        for transcript in study.transcripts
        for turn in transcript.participant_turns()
    )
    numbers = (
        ("title", study.settings.title),
        ("codebook", f"{study.codebook.name} ({study.codebook.hash[:12]})"),
        ("codes", len(study.codebook.codes)),
        ("cases", len(study.cases)),
        ("transcripts", len(study.transcripts)),
        ("participants' turns", len(turns)),
        ("participants' words", said),
        ("codings", len(study.codings)),
        ("memos", len(study.memos)),
    )
    return Status(
        numbers, _coder_rows(study), _missing(study), older_definitions(study), progress_rows(study, assignment)
    )


def _coder_rows(study: Study) -> tuple[dict[str, Any], ...]:
    rows = []
    for coder in study.coders:
        own = [coding for coding in study.codings if coding.coder == coder.name]
        rows.append(
            {
                "coder": coder.name,
                "kind": coder.kind,
                "codings": len(own),
                **{name: sum(coding.status == name for coding in own) for name in ("accepted", "proposed", "rejected")},
                "transcripts": len({coding.transcript for coding in own}),
            }
        )
    return tuple(rows)


def _missing(study: Study) -> tuple[str, ...]:
    missing = []
    if not study.transcripts:
        missing.append("transcripts (qualcode ingest FOLDER)")
    elif not study.codings:
        missing.append("codings (qualcode code, or qualcode codings import FILE --coder NAME)")
    empty = [case.name for case in study.cases if not any(one.case == case.name for one in study.transcripts)]
    if empty:
        missing.append(f"transcripts of {len(empty)} cases: {', '.join(empty[:10])}")
    if older := older_definitions(study):
        count = sum(number for _, number in older)
        by_code = ", ".join(f"{code} ({number})" for code, number in older)
        missing.append(f"a second look at {count} codings made under an older definition of their code: {by_code}")
    unknown = {coding.code for coding in study.codings} - set(study.codebook.by_id)
    if unknown:
        missing.append(f"codes that codings use, but the codebook does not have: {', '.join(sorted(unknown))}")
    return tuple(missing)


def older_definitions(study: Study) -> tuple[tuple[str, int], ...]:
    """Return how many codings were made under an older definition, by code, in the order of the codebook."""
    now = {code.id: code.definition_hash for code in study.codebook.codes}
    counts = dict.fromkeys(now, 0)
    for coding in study.codings:
        if coding.definition_hash and now.get(coding.code, coding.definition_hash) != coding.definition_hash:
            counts[coding.code] += 1
    return tuple((code, count) for code, count in counts.items() if count)
