"""Codings taken in, added, accepted, rejected and removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qualcode.counts import counted
from qualcode.errors import ManyErrors, UserError
from qualcode.model import CODER_KINDS, STATUSES, Coder, Coding, Study
from qualcode.project.blindness import as_seen, made_blind
from qualcode.project.codebook_file import changing
from qualcode.project.folder import StudyFolder
from qualcode.project.machines import machine_names
from qualcode.project.safety import keep_copy
from qualcode.project.selection import Selection, select
from qualcode.tables import CONSENSUS

ADD, IMPORT = "codings add", "codings import"
LONGEST_NAME = 80  # characters: names of coders become names of folders, which most systems cut at 255 bytes


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import.

    Attributes:
        coder: Who the codings were given to.
        added: Codings that are new.
        present: Codings that this coder had already.
        doubles: Rows that say what an earlier row says.
        skipped: What is wrong with the rows left out, one line each.
    """

    coder: str
    added: int
    present: int
    doubles: int
    skipped: tuple[str, ...]


def import_codings(
    folder: StudyFolder,
    path: Path,
    *,
    coder: str,
    kind: str = "person",
    attributes: Mapping[str, str] | None = None,
    skip_bad: bool = False,
    dry_run: bool = False,
    actor: str = "",
    action: str = IMPORT,
) -> Imported:
    """Take codings in from a JSONL or CSV file, or a folder of them, all in one transaction.

    Args:
        folder: The study.
        path: File or folder.
        coder: Whose codings they are.
        kind: Kind of that coder, if it is new to the study.
        attributes: Facts about it, if it is new.
        skip_bad: Take in the good rows although others are bad.
        dry_run: Read and tell, but write nothing.
        actor: Who does it, for the journal.
        action: What it is called there.

    Raises:
        ManyErrors: Some rows cannot be used, and `skip_bad` is not set; nothing was taken in.
        UserError: The file cannot be used at all.
    """
    from qualcode.interchange import read_coding_files

    study = folder.study()
    record = known_or_new_coder(study, coder, kind, attributes)
    read = read_coding_files(path, study, coder=coder)
    problems = [str(problem) for problem in read.problems]
    if problems and not skip_bad:
        raise ManyErrors(
            f"Nothing was imported: {len(problems)} of "
            f"{counted(len(problems) + len(read.codings) + read.doubles, 'coding')} cannot be used:",
            problems,
            hint="Mend them, or import the others with --skip-bad.",
        )
    held = {coding.place for coding in study.codings if coding.coder == coder}
    new = [coding for coding in read.codings if coding.place not in held]
    if action == ADD:
        # What is imported was made elsewhere, nobody knows how.
        new = list(made_blind(study, coder, new))
    if not dry_run and (new or record != study.coder_by_name.get(coder)):
        detail = f"{counted(len(new), 'coding')} of {coder} from {path.name}"
        keep_copy(folder, action, len(new))
        with changing(folder, study, coder=actor or coder, action=action, detail=detail) as change:
            change.put_coder(record)
            change.add_codings(new)
    return Imported(coder, len(new), len(read.codings) - len(new), read.doubles, tuple(problems))


def known_or_new_coder(
    study: Study, name: str, kind: str = "person", attributes: Mapping[str, str] | None = None
) -> Coder:
    """Return the coder as the study knows it, or a new one.

    Raises:
        UserError: The name is a machine's, or not fit for a name.
    """
    if kind not in CODER_KINDS:
        raise UserError(f"{kind!r} is no kind of coder.", hint=f"Kinds: {', '.join(CODER_KINDS)}.")
    if not name.strip() or any(character in name for character in "/\\\n\t"):
        raise UserError(f"{name!r} cannot be the name of a coder: it is empty or holds a slash or a line break.")
    if len(name) > LONGEST_NAME and name not in study.coder_by_name:
        raise UserError(f"A coder's name has at most {LONGEST_NAME} characters; '{name[:20]}…' has {len(name)}.")
    known = study.coder_by_name.get(name)
    if kind != "machine" and (known.kind == "machine" if known else name in machine_names()):
        raise UserError(
            f"{name!r} is the name of a machine coder; a person's codings are not mixed with its proposals.",
            hint="Give your codings another name with --coder.",
        )
    if name == CONSENSUS and kind != "consensus" and not known:
        raise UserError(
            f"{name!r} stands for what people and references agree on; it cannot be the name of a coder.",
            hint="Take another name with --coder; outcomes of a discussion go in with: qualcode adjudicate",
        )
    if known:
        return Coder(name, known.kind, {**known.attributes, **(attributes or {})})
    return Coder(name, kind, dict(attributes or {}))


def set_status(folder: StudyFolder, selection: Selection, status: str, *, actor: str) -> int:
    """Accept or reject codings; return how many changed.

    Raises:
        UserError: The selection names something unknown, or nothing fits it.
    """
    assert status in STATUSES
    study = folder.study()
    found = _something(select(study, selection))
    changed = [coding.id for coding in found if coding.status != status]
    if changed:
        detail = f"{counted(len(changed), 'coding')} {status}"
        keep_copy(folder, f"codings {status}", len(changed))
        with folder.store() as store, store.change(coder=actor, action=f"codings {status}", detail=detail) as change:
            change.set_status(changed, status)
    return len(changed)


def remove(folder: StudyFolder, selection: Selection, *, actor: str, dry_run: bool = False) -> tuple[Coding, ...]:
    """Remove codings (the journal keeps them; `qualcode undo` brings them back); return them.

    Args:
        folder: The study.
        selection: Which; of one who codes blind, their own only.
        actor: Who does it.
        dry_run: Tell, but write nothing.

    Raises:
        UserError: The selection names something unknown, or nothing fits it.
    """
    found = _something(select(as_seen(folder.study(), actor), selection))
    if dry_run:
        return found
    detail = counted(len(found), "coding")
    keep_copy(folder, "codings remove", len(found))
    with folder.store() as store, store.change(coder=actor, action="codings remove", detail=detail) as change:
        change.remove_codings([coding.id for coding in found])
    return found


def _something(found: tuple[Coding, ...]) -> tuple[Coding, ...]:
    if not found:
        raise UserError("No coding fits.", hint="List what there is: qualcode codings list")
    return found


def add_codings(
    folder: StudyFolder,
    *,
    coder: str,
    codes: Sequence[str],
    where: Mapping[str, object],
    actor: str = "",
    dry_run: bool = False,
) -> tuple[Coding, ...]:
    """Give one or several codes to one passage, as a person.

    Args:
        folder: The study.
        coder: Who codes.
        codes: Identifiers.
        where: Fields that locate the passage, as in a file of codings (`transcript`, `start`, `end`, `quote`, …).
        actor: For the journal, if it is not the coder.
        dry_run: Locate, but write nothing.

    Raises:
        UserError: The passage cannot be located, a code is unknown, or a coding exists already.
    """
    from qualcode.interchange import read_one_coding

    study = folder.study()
    record = known_or_new_coder(study, coder)
    read = [read_one_coding({**where, "code": code}, study, coder=coder) for code in dict.fromkeys(codes)]
    added = made_blind(study, coder, read)
    held = {coding.place for coding in study.codings if coding.coder == coder}
    for coding in added:
        if coding.place in held:
            raise UserError(f"{coder} has given this passage the code {coding.code} already.")
    if not dry_run:
        detail = ", ".join(coding.code for coding in added)
        with changing(folder, study, coder=actor or coder, action=ADD, detail=detail) as change:
            change.put_coder(record)
            change.add_codings(added)
    return added
