"""Search in a study, and codings made of what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcode.counts import counted
from qualcode.model import Coding, Study
from qualcode.project.blindness import codes_blind, made_blind, own_only
from qualcode.project.codebook_file import changing
from qualcode.project.codings import known_or_new_coder
from qualcode.project.folder import StudyFolder
from qualcode.project.safety import keep_copy

if TYPE_CHECKING:
    from qualcode.tables.search import Hit

SPANS = ("turn", "sentence", "match")
Find = Callable[[Study], Sequence["Hit"]]


@dataclass(frozen=True, slots=True)
class Coded:
    """What came of coding what a search found.

    Attributes:
        added: The new codings, sorted by place.
        present: How many the coder had given already.
    """

    added: tuple[Coding, ...]
    present: int


def code_found(
    folder: StudyFolder,
    find: Find,
    codes: Sequence[str],
    *,
    coder: str,
    span: str,
    query: str,
    dry_run: bool = False,
    actor: str = "",
) -> Coded:
    """Give codes to all that a search finds, in one change.

    Args:
        folder: The study.
        find: Called with the study; returns what was found.
        codes: Identifiers.
        coder: Who codes.
        span: What gets the code: one of `SPANS`.
        query: The query, for the history and the evidence.
        dry_run: Tell, but write nothing.
        actor: Who does it, for the history.

    Raises:
        UserError: A code is unknown, or the name is a machine's.
    """
    from qualcode.codebook.edit import known_code

    study = folder.study()
    record = known_or_new_coder(study, coder)
    known = [known_code(study.codebook, id) for id in dict.fromkeys(codes)]
    held = {coding.place for coding in study.codings if coding.coder == coder}
    # A query may ask for codes: a blind coder's finds what is their own only.
    shown = own_only(study, coder) if codes_blind(study, coder) else study
    passages = sorted({_passage(study, hit, span) for hit in find(shown)})
    made = [
        Coding(
            coder,
            transcript,
            start,
            end,
            code.id,
            stage=code.stage,
            evidence={"query": query},
            definition_hash=code.definition_hash,
        )
        for transcript, start, end in passages
        for code in known
    ]
    new = made_blind(
        study,
        coder,
        sorted((coding for coding in made if coding.place not in held), key=lambda coding: coding.place),
    )
    if new and not dry_run:
        keep_copy(folder, "codings add", len(new))
        detail = f"{counted(len(new), 'coding')} of {coder} from the search {query!r}"
        with changing(folder, study, coder=actor or coder, action="codings add", detail=detail) as change:
            change.put_coder(record)
            change.add_codings(new)
    return Coded(new, len(made) - len(new))


def _passage(study: Study, hit: Hit, span: str) -> tuple[str, int, int]:
    from qualcode.tables.search import sentence_spans

    transcript = study.transcript_by_name[hit.transcript]
    if span == "match" or hit.turn is None:
        return hit.transcript, hit.start, hit.end
    if span == "turn":
        return hit.transcript, hit.turn.start, hit.turn.end
    touched = [
        sentence
        for sentence in sentence_spans(transcript, hit.turn)
        if sentence[0] < hit.end and hit.start < sentence[1]
    ]
    if not touched:
        return hit.transcript, hit.start, hit.end
    return hit.transcript, touched[0][0], touched[-1][1]
