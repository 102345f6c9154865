"""What a study holds, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any

from qualcode.counts import counted
from qualcode.model import Codebook, Coder
from qualcode.project.folder import StudyFolder
from qualcode.tables.word_count import count_words


@dataclass(frozen=True, slots=True)
class Status:
    """A study at a glance.

    Attributes:
        numbers: What there is, in order shown.
        coders: One row per coder.
        missing: What to do next, in words; empty when nothing is missing.
        progress: One row per coder who was assigned transcripts: how far they are.
        older: How many codings were made under an older definition, by code, in the order of the codebook.
        unknown: Names in the settings that nothing in the study has, one line each.
    """

    numbers: tuple[tuple[str, Any], ...]
    coders: tuple[dict[str, Any], ...]
    missing: tuple[str, ...]
    older: tuple[tuple[str, int], ...] = ()
    progress: tuple[dict[str, Any], ...] = ()
    unknown: tuple[str, ...] = ()


def status_of(folder: StudyFolder) -> Status:
    """Return what a study holds and what is missing."""
    from qualcode.project.progress import parse_assignment, progress
    from qualcode.project.unknown_names import unknown_names

    with folder.look() as look:
        codebook = folder.codebook()
        assignment = parse_assignment(look.info())
        cases, coders, coded, definitions = look.cases(), look.coders(), look.coded(), look.definitions()
        turns = look.turn_spans("participant")
        texts = look.texts(turns)
        numbers = (
            ("title", folder.settings.title),
            ("codebook", f"{codebook.name} ({codebook.hash[:12]})"),
            ("codes", len(codebook.codes)),
            ("cases", len(cases)),
            ("transcripts", len(look.transcripts)),
            ("participants' turns", sum(map(len, turns.values()))),
            (
                "participants' words",
                sum(count_words(texts[name][start:end] for start, end in spans) for name, spans in turns.items()),
            ),
            ("codings", sum(coded.values())),
            ("memos", look.memo_count()),
        )
        older = older_definitions(codebook, definitions)
        without = {case.name for case in cases} - {one.case for one in look.transcripts.values()}
        missing = (
            *_missing_material(look.transcripts, coded, [case.name for case in cases if case.name in without]),
            *_missing_codes(codebook, definitions, older),
        )
        own = {name: turns.get(name, []) for name in look.transcripts}
        done = progress(assignment, own, look.places)
        return Status(numbers, _coder_rows(coders, coded), missing, older, done, tuple(unknown_names(folder, look)))


def _coder_rows(coders: Iterable[Coder], coded: Mapping[tuple[str, str, str], int]) -> tuple[dict[str, Any], ...]:
    rows = []
    for coder in coders:
        own = {key[1:]: count for key, count in coded.items() if key[0] == coder.name}
        by_status = {
            name: sum(count for (status, _), count in own.items() if status == name)
            for name in ("accepted", "proposed", "rejected")
        }
        transcripts = len({transcript for _, transcript in own})
        total = sum(own.values())
        rows.append(
            {"coder": coder.name, "kind": coder.kind, "codings": total, **by_status, "transcripts": transcripts}
        )
    return tuple(rows)


def _missing_material(transcripts: Sized, codings: Sized, without: Sequence[str]) -> Iterator[str]:
    if not transcripts:
        yield "transcripts (qualcode ingest FOLDER)"
    elif not codings:
        yield "codings (qualcode code, or qualcode codings import FILE --coder NAME)"
    if without:
        yield f"transcripts of {counted(len(without), 'case')}: {', '.join(without[:10])}"


def _missing_codes(
    codebook: Codebook, definitions: Iterable[tuple[str, str]], older: Sequence[tuple[str, int]]
) -> Iterator[str]:
    if older:
        count = sum(number for _, number in older)
        by_code = ", ".join(f"{code} ({number})" for code, number in older)
        yield f"a second look at {counted(count, 'coding')} made under an older definition of their code: {by_code}"
    if unknown := {code for code, _ in definitions} - set(codebook.by_id):
        yield f"codes that codings use, but the codebook does not have: {', '.join(sorted(unknown))}"


def older_definitions(codebook: Codebook, definitions: Mapping[tuple[str, str], int]) -> tuple[tuple[str, int], ...]:
    """Return how many codings were made under an older definition, by code, in the order of the codebook.

    Args:
        codebook: The codebook as it is.
        definitions: How many codings there are by (code, definition hash).
    """
    now = {code.id: code.definition_hash for code in codebook.codes}
    counts = dict.fromkeys(now, 0)
    for (code, hash_), count in definitions.items():
        if hash_ and now.get(code, hash_) != hash_:
            counts[code] += count
    return tuple((code, count) for code, count in counts.items() if count)
