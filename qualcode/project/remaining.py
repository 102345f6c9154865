"""Names that are still somewhere in a study: what pseudonymising did not or cannot replace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcode.model import Study
from qualcode.project.folder import CODEBOOK, SETTINGS, StudyFolder

if TYPE_CHECKING:
    from qualcode.ingest.identifying import Candidate, Finder
    from qualcode.ingest.pseudonyms import Pseudonym

LEAST_PART = 3
"""Characters of a part of a name ("Anna" of "Anna Virtanen") that is looked for by itself."""
LEAST_INSIDE = 5
"""Characters of a name that is looked for inside longer words too: "Ann" is in "planning"."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """Something that is left.

    Attributes:
        where: Which part of the study ("transcript alpha", "memo 1f3a…", "codebook.yaml").
        name: The name of the table, or the part of it, that it resembles.
        found: What stands there.
        count: How often.
        example: The first one with the words around it.
    """

    where: str
    name: str
    found: str
    count: int
    example: str


def candidates(study: Study, leave: Iterable[str] = ()) -> tuple[list[Candidate], str]:
    """Return what may have to be replaced in the transcripts of a study, and how it was looked for, in words.

    Args:
        study: The study.
        leave: What is a pseudonym already.
    """
    from qualcode import language
    from qualcode.ingest.identifying import suggest

    finder: Finder | None = getattr(language, "find_entities", None)
    how = "rules and the entities of a trained spaCy pipeline" if finder else "rules only: no trained pipeline is used"
    return suggest(study.transcripts, leave=leave, entities=finder), how


def remaining(folder: StudyFolder, study: Study, table: Sequence[Pseudonym]) -> list[Remaining]:
    """Return where names of a table, or parts of them, still stand, in any case of letters and any ending.

    Looks at transcripts, labels, headers, names of cases, transcripts, files and coders, memos, evidence, relations'
    codebook, settings. What is part of a pseudonym of the table is passed over.
    """
    names = _searched(row.name for row in table)
    pseudonyms = [row.pseudonym for row in table]
    found: list[Remaining] = []
    for where, text in _places(folder, study):
        found += _in_text(where, text, names, pseudonyms)
    return found


def _searched(names: Iterable[str]) -> list[str]:
    """Return the names and their parts, the longest first."""
    wanted: dict[str, str] = {}
    for name in names:
        for part in (name, *re.findall(r"[^\W\d_]+", name)):
            if len(part) >= LEAST_PART or part == name:
                wanted.setdefault(part.casefold(), part)
    return sorted(wanted.values(), key=lambda part: (-len(part), part))


def _places(folder: StudyFolder, study: Study) -> Iterator[tuple[str, str]]:
    """Yield every text of a study with what it is."""
    for transcript in study.transcripts:
        yield f"transcript {transcript.name}", transcript.text
        labels = sorted({turn.speaker for turn in transcript.turns})
        yield f"transcript {transcript.name}, speakers", "\n".join(labels)
        yield f"transcript {transcript.name}, header", _told(transcript.attributes)
        yield f"transcript {transcript.name}, its name and file", f"{transcript.name}\n{transcript.source}"
    for case in study.cases:
        yield f"case {case.name}", f"{case.name}\n{case.cohort}\n{_told(case.attributes)}"
    for coder in study.coders:
        yield f"coder {coder.name}", f"{coder.name}\n{_told(coder.attributes)}"
    for memo in study.memos:
        yield f"memo {memo.id[:8]}", f"{memo.text}\n{memo.key}"
    for coding in study.codings:
        if coding.evidence:
            yield f"evidence of coding {coding.id[:8]}", json.dumps(coding.evidence, ensure_ascii=False)
    for name in (CODEBOOK, SETTINGS):
        path = folder.path / name
        if path.is_file():
            yield name, path.read_text("utf-8", "replace")


def _told(facts: object) -> str:
    assert hasattr(facts, "items")
    return "\n".join(f"{key}: {value}" for key, value in facts.items())


def _in_text(where: str, text: str, names: Sequence[str], pseudonyms: Sequence[str]) -> list[Remaining]:
    from qualcode.ingest.identifying import in_context

    taken = [
        match.span() for pseudonym in pseudonyms for match in re.finditer(re.escape(pseudonym), text, re.IGNORECASE)
    ]
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for name in names:
        for match in re.finditer(rf"\w*{re.escape(name)}\w*", text, re.IGNORECASE):
            at = match.group().casefold().find(name.casefold())
            inside = at > 0 and match.group()[at - 1].isalnum() and name[0].isalnum()
            if inside and len(name) < LEAST_INSIDE:
                continue
            low, high = match.span()
            if any(start < high and low < end for start, end in taken):
                continue
            taken.append((low, high))
            found.setdefault((name, match.group()), []).append((low, high))
    return [
        Remaining(where, name, word, len(spans), in_context(text, *spans[0])) for (name, word), spans in found.items()
    ]


def files_with_names(folder: StudyFolder, study: Study) -> list[str]:
    """Return files of a study's folder that hold texts as they were: sources, copies of the store, reports.

    Args:
        folder: The study.
        study: Its present state.
    """
    from qualcode.project.purging import earlier_files

    sources = {transcript.source for transcript in study.transcripts}
    kept = folder.transcripts_path
    files = [path for path in sorted(kept.rglob("*")) if path.is_file()] if kept.is_dir() else []
    texts = {transcript.name: transcript.text for transcript in study.transcripts}
    told = []
    for path in files:
        if path.suffix == ".txt" and path.stem in texts and path.read_bytes() == texts[path.stem].encode():
            continue
        what = "source of a transcript" if path.name in sources else "no source of a present transcript"
        told.append(f"{path.relative_to(folder.path)} ({what})")
    told += [f"{path.relative_to(folder.path)} (earlier version)" for path in earlier_files(folder)]
    if folder.reports_path.is_dir() and any(folder.reports_path.iterdir()):
        told.append(f"{folder.reports_path.relative_to(folder.path)}/ (reports written before; write them again)")
    return told
