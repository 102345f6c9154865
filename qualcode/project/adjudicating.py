"""Disagreements of coders, and their outcomes as codings of the coder "consensus" that name their parents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.counts import counted
from qualcode.errors import ManyErrors, UserError
from qualcode.files import read_text
from qualcode.model import Coder, Coding, Memo, Study, clock
from qualcode.project.blindness import refuse_blind
from qualcode.project.codebook_file import changing
from qualcode.project.folder import StudyFolder
from qualcode.project.identifiers import full_id
from qualcode.project.safety import keep_copy
from qualcode.tables import CONSENSUS

if TYPE_CHECKING:
    from qualcode.agreement.findings import Disagreement

NONE = "none"
"""In place of a code: nothing of what was disagreed about stands."""


@dataclass(frozen=True, slots=True)
class Case:
    """One disagreement in the queue.

    Attributes:
        id: Names it: the same as long as coders, turn and code are.
        found: The disagreement.
        coders: Between whom.
        decided: The code that stands, `NONE`, or empty as long as nothing was decided.
    """

    id: str
    found: Disagreement
    coders: tuple[str, ...]
    decided: str


def queue(study: Study, coders: Sequence[str]) -> tuple[Case, ...]:
    """Return the disagreements of coders per turn and code, by transcript and position.

    Args:
        study: The study.
        coders: Names of two or more.

    Raises:
        UserError: Fewer than two, or an unknown one.
    """
    from qualcode.agreement.disagreements import disagreements

    names = tuple(sorted(set(coders)))
    if len(names) < 2:
        raise UserError("Who disagrees? Name two coders or more: --coders coder-a,coder-b.")
    outcomes = {
        coding.evidence.get("disagreement"): coding.evidence.get("outcome", "")
        for coding in study.codings
        if coding.coder == CONSENSUS and coding.evidence.get("adjudicated")
    }
    cases = []
    for found in disagreements(study, names, unit="turn"):
        place = "\0".join((found.transcript, str(found.start), found.code, *names))
        id_ = hashlib.sha256(place.encode()).hexdigest()[:16]
        cases.append(Case(id_, found, names, str(outcomes.get(id_, ""))))
    return tuple(sorted(cases, key=lambda case: (case.found.transcript, case.found.start, case.found.code)))


def case_row(study: Study, case: Case) -> dict[str, Any]:
    """Return one disagreement as plain data, with both sides' passages and memos."""
    found = case.found
    turn = study.transcript_by_name[found.transcript].turn_at(found.start)
    return {
        "id": case.id,
        "case": found.case,
        "transcript": found.transcript,
        "turn": found.turn,
        "time": clock(turn.time) if turn else None,
        "code": found.code,
        "gave": list(found.gave),
        "withheld": list(found.withheld),
        "instead": [{"coder": coder, "code": code} for coder, code in found.instead],
        "passages": [
            {"coder": coding.coder, "id": coding.id, "start": coding.start, "end": coding.end, "quote": quote}
            for coding, quote in zip(found.codings, found.quotes, strict=True)
        ],
        "memos": [{"coder": memo.coder, "text": memo.text} for memo in memos_on(study, case)],
        "text": found.text,
        "decided": case.decided,
    }


def memos_on(study: Study, case: Case) -> tuple[Memo, ...]:
    """Return the memos of the coders on their codings here, and of anybody on a passage of the turn."""
    found = case.found
    ids = {
        coding.id
        for coding in study.codings
        if coding.transcript == found.transcript and coding.start < found.end and found.start < coding.end
    }

    def is_here(memo: Memo) -> bool:
        if memo.target == "coding":
            return memo.key in ids
        if memo.target != "passage":
            return False
        name, _, span = memo.key.rpartition(":")
        start, _, end = span.partition("-")
        return name == found.transcript and int(start) < found.end and found.start < int(end)

    return tuple(memo for memo in study.memos if is_here(memo))


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to stand.

    Attributes:
        id: Of the disagreement, or its beginning.
        code: The code that stands there, or `NONE`.
        start: First character of the passage; None: as the coders who gave a code have it.
        end: One past its last character.
        memo: Why; empty for nothing.
    """

    id: str
    code: str
    start: int | None = None
    end: int | None = None
    memo: str = ""


def read_decisions(path: Path) -> list[Decision]:
    """Read decisions from a JSONL file: `{"id": …, "code": CODE or "none", "start": …, "end": …, "memo": …}` a line.

    Raises:
        InputError: The file cannot be read.
        ManyErrors: Lines that are no decisions.
    """
    found, problems = [], []
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            span = (told.get("start"), told.get("end"))
            if not isinstance(told["id"], str) or not all(part is None or isinstance(part, int) for part in span):
                raise TypeError
            found.append(Decision(told["id"], told["code"] or NONE, *span, str(told.get("memo") or "")))
        except (ValueError, TypeError, KeyError, AttributeError):
            problems.append(f'{path}, line {number}: an object like {{"id": "…", "code": "…"}} is expected')
    if problems:
        raise ManyErrors("Nothing was decided: some lines cannot be used:", problems)
    return found


def decide(
    folder: StudyFolder,
    coders: Sequence[str],
    decisions: Sequence[Decision],
    *,
    actor: str,
    dry_run: bool = False,
    named: bool = True,
) -> tuple[Coding, ...]:
    """Write outcomes as codings of the coder "consensus", in one change; an earlier outcome is replaced.

    Where another code than the disputed one stands, or none, the disputed one is written too, as rejected.

    Args:
        folder: The study.
        coders: Between whom.
        decisions: One or more.
        actor: Who decides.
        dry_run: Tell, but write nothing.
        named: See `qualcode.project.blindness.need_looker`.

    Returns:
        The codings.

    Raises:
        UserError: A disagreement or code is unknown, a passage lies outside of its turn, or who decides codes blind.
        StoreError: The study was changed meanwhile: what is decided on may not be there any more.
    """
    study, number = folder.study_as_of()
    refuse_blind(study, actor, "adjudicate", named=named)
    cases = {case.id: case for case in queue(study, coders)}
    made: dict[tuple[str, int, int, str], Coding] = {}
    decided: set[str] = set()
    notes: list[tuple[Coding, str]] = []
    for decision in decisions:
        case = cases[full_id(cases, decision.id, "disagreement", "qualcode adjudicate --coders A,B --format json")]
        decided.add(case.id)
        outcomes = _outcomes(study, case, decision, actor)
        for coding in outcomes:
            made[coding.place[:4]] = coding
        if decision.memo:
            notes.append((outcomes[0], decision.memo))
    before = [
        coding.id
        for coding in study.codings
        if coding.coder == CONSENSUS and (coding.evidence.get("disagreement") in decided or coding.place[:4] in made)
    ]
    if made and not dry_run:
        keep_copy(folder, "adjudicate", len(made))
        joint = study.coder_by_name.get(CONSENSUS) or Coder(CONSENSUS, "consensus", {"of": ", ".join(sorted(coders))})
        detail = f"{counted(len(decided), 'disagreement')} of {', '.join(sorted(coders))}"
        with changing(folder, study, coder=actor, action="adjudicate", detail=detail, based_on=number) as change:
            change.put_coder(joint)
            change.remove_codings(before)
            change.add_codings(made.values())
            for coding, text in notes:
                change.add_memo(Memo(CONSENSUS, text, "method", "coding", coding.id))
    return tuple(sorted(made.values(), key=lambda coding: coding.place))


def _outcomes(study: Study, case: Case, decision: Decision, actor: str) -> list[Coding]:
    from qualcode.codebook.edit import known_code

    found = case.found
    start = min(coding.start for coding in found.codings) if decision.start is None else decision.start
    end = max(coding.end for coding in found.codings) if decision.end is None else decision.end
    start, end = (max(start, found.start), min(end, found.end)) if decision.start is None else (start, end)
    if not found.start <= start < end <= found.end:
        raise UserError(
            f"{case.id[:8]}: characters {start} to {end} are not inside of the turn ({found.start} to {found.end})."
        )
    evidence: Mapping[str, Any] = {
        "parents": [coding.id for coding in found.codings],
        "coders": list(case.coders),
        "adjudicated": True,
        "by": actor,
        "disagreement": case.id,
        "outcome": decision.code,
    }
    wanted = [(found.code, "accepted" if decision.code == found.code else "rejected")]
    if decision.code not in (found.code, NONE):
        wanted.insert(0, (decision.code, "accepted"))
    outcomes = []
    for id_, status in wanted:
        code = known_code(study.codebook, id_)
        outcomes.append(
            Coding(
                CONSENSUS,
                found.transcript,
                start,
                end,
                id_,
                stage=code.stage,
                status=status,
                evidence=evidence,
                definition_hash=code.definition_hash,
            )
        )
    return outcomes
