"""Codings as plain text that diffs and merges line by line: `codings/<coder>/<transcript>.jsonl`, one coding a line.

Lines are sorted by place and carry the coding's id, so that two people who share a folder by git or by mail get each
coding once, and a changed coding as a changed line.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qualcode.counts import counted
from qualcode.errors import InputError, ManyErrors, UserError
from qualcode.files import write_whole
from qualcode.model import Coding, Study
from qualcode.project.codebook_file import changing
from qualcode.project.codings import known_or_new_coder
from qualcode.project.folder import StudyFolder
from qualcode.project.safety import keep_copy

KINDS = "coders.json"


def export_folder(study: Study, target: Path, *, whole: bool = True) -> list[Path]:
    """Write all codings of a study into a folder; files of coders and transcripts that have none any more go.

    Args:
        study: The study.
        target: The folder; what is in its folders of coders is replaced.
        whole: These are all codings there are; else files of coders who have none among them stay.

    Returns:
        The files written.

    Raises:
        UserError: It cannot be written.
    """
    from qualcode.interchange import as_row

    files: dict[Path, list[str]] = {}
    for coding in study.codings:
        row = as_row(study, coding) | {"definition_hash": coding.definition_hash}
        place = target / file_name(coding.coder) / f"{file_name(coding.transcript)}.jsonl"
        files.setdefault(place, []).append(json.dumps(row, ensure_ascii=False) + "\n")
    try:
        named = {coder.name for coder in study.coders if whole} or {coding.coder for coding in study.codings}
        for name in sorted(named):
            shutil.rmtree(target / file_name(name), ignore_errors=True)
        for place in files:
            place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{target} cannot be written ({error.strerror or error}).") from error
    for place, lines in sorted(files.items()):
        write_whole(place, "".join(lines))
    kinds = {coder.name: {"kind": coder.kind, "attributes": dict(coder.attributes)} for coder in study.coders}
    write_whole(target / KINDS, json.dumps(kinds, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return sorted(files)


def file_name(name: str) -> str:
    """Return a name that every file system takes; one that is changed gets four digits of its hash.

    >>> file_name("coder-a")
    'coder-a'
    """
    import hashlib
    import re

    plain = re.sub(r"[^\w.-]", "_", name).lstrip(".") or "_"
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:4]}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import by ids did.

    Attributes:
        added: Codings that are new.
        changed: Codings that say something else now.
        unchanged: Codings that are the same.
        doubles: New ones left out because the same coder has given the code to the passage already.
    """

    added: int
    changed: int
    unchanged: int
    doubles: int


def import_folder(folder: StudyFolder, source: Path, *, actor: str, dry_run: bool = False) -> Taken:
    """Take in a folder that `export_folder` wrote, by the ids of codings; nothing is removed.

    Args:
        folder: The study.
        source: The folder, or one of its files.
        actor: Who does it.
        dry_run: Tell, but write nothing.

    Raises:
        UserError: There are no files.
        ManyErrors: Lines that cannot be used; nothing was taken in.
        StoreError: The study was changed meanwhile: a line is compared with what it says, and replaces it.
    """
    study, number = folder.study_as_of()
    files = [source] if source.is_file() else sorted(source.glob("*/*.jsonl"))
    if not files:
        raise UserError(f"There are no codings in {source}: it has no files like CODER/TRANSCRIPT.jsonl.")
    coders: dict[str, Any] = json.loads((source / KINDS).read_text("utf-8")) if (source / KINDS).is_file() else {}
    problems: list[str] = []
    read = [coding for file in files for coding in _read(file, study, problems)]
    if problems:
        raise ManyErrors(f"Nothing was imported: {counted(len(problems), 'line')} cannot be used:", problems)
    held = {coding.id: coding for coding in study.codings}
    places = {(coding.place, coding.stage): coding.id for coding in study.codings}
    new = [coding for coding in read if coding.id not in held and (coding.place, coding.stage) not in places]
    changed = [coding for coding in read if coding.id in held and coding != replace(held[coding.id], created="")]
    doubles = sum(coding.id not in held for coding in read) - len(new)
    if (new or changed) and not dry_run:
        detail = f"{counted(len(new), 'coding')} added and {len(changed)} changed from {source.name}"
        keep_copy(folder, "codings import", len(new) + len(changed))
        with changing(folder, study, coder=actor, action="codings import", detail=detail, based_on=number) as change:
            for name in sorted({coding.coder for coding in read} - set(study.coder_by_name)):
                told: Mapping[str, Any] = coders.get(name, {})
                change.put_coder(
                    known_or_new_coder(study, name, told.get("kind", "person"), told.get("attributes", {}))
                )
            change.add_codings(new)
            change.put_codings(changed)
    return Taken(len(new), len(changed), len(read) - len(new) - len(changed) - doubles, doubles)


def _read(file: Path, study: Study, problems: list[str]) -> list[Coding]:
    from qualcode.interchange import read_one_coding

    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", path=file) from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            hash_, id_, coder = values.pop("definition_hash", ""), values["id"], values["coder"]
            if not all(isinstance(value, str) and value for value in (id_, coder)):
                raise ValueError("'id' and 'coder' must be text")
            coding = read_one_coding(values, study, coder=coder)
            found.append(replace(coding, id=id_, definition_hash=hash_))
        except UserError as error:
            problems.append(f"{file}, line {number}: {error.message}")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            problems.append(f"{file}, line {number}: not a coding with id and coder ({error})")
    return found
