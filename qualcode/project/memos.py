"""Memos: notes of a coder on the study or on something in it."""

from __future__ import annotations

from collections.abc import Mapping

from qualcode.errors import UserError
from qualcode.model import Memo, Study
from qualcode.project.blindness import as_seen
from qualcode.project.codebook_file import changing
from qualcode.project.codings import known_or_new_coder
from qualcode.project.folder import StudyFolder
from qualcode.project.identifiers import full_id

TARGETS = ("study", "case", "transcript", "code", "coding", "passage")


def add_memo(
    folder: StudyFolder, text: str, *, kind: str, target: str, key: str | Mapping[str, object], coder: str
) -> Memo:
    """Write a memo.

    Args:
        folder: The study.
        text: What it says.
        kind: One of `qualcode.model.MEMO_KINDS`.
        target: One of `TARGETS`.
        key: Name or identifier of the target (the beginning of a coding's id is enough); for a passage the fields that
            locate it, as in a file of codings.
        coder: Who writes it.

    Raises:
        UserError: The text is empty, or there is no such target.
    """
    if not text.strip():
        raise UserError("A memo without a text says nothing.")
    study = folder.study()
    full = _passage_key(study, key) if isinstance(key, Mapping) else _key(study, target, key)
    record = known_or_new_coder(study, coder)
    memo = Memo(coder, text.strip(), kind, target, full)
    detail = f"{kind} on {target} {full}".rstrip()
    with changing(folder, study, coder=coder, action="memo add", detail=detail) as change:
        change.put_coder(record)
        change.add_memo(memo)
    return memo


def remove_memo(folder: StudyFolder, beginning: str, *, actor: str) -> Memo:
    """Take out the memo whose id begins so (the history keeps it); one who codes blind takes out their own only.

    Raises:
        UserError: None or several do.
    """
    by_id = {memo.id: memo for memo in as_seen(folder.study(), actor).memos}
    memo = by_id[full_id(by_id, beginning, "memo", "qualcode memo list --format csv")]
    with folder.store() as store, store.change(coder=actor, action="memo remove", detail=memo.text[:60]) as change:
        change.remove_memo(memo.id)
    return memo


def _key(study: Study, target: str, key: str) -> str:
    from qualcode.codebook.edit import known_code

    if target == "study":
        return ""
    if target == "code":
        return known_code(study.codebook, key).id
    if target == "coding":
        return full_id([coding.id for coding in study.codings], key, "coding", "qualcode codings list --format csv")
    names = study.case_by_name if target == "case" else study.transcript_by_name
    found = [name for name in names if name == key] or [name for name in names if name.casefold() == key.casefold()]
    if len(found) != 1:
        raise UserError(f"The study has no {target} {key!r}.", hint=f"There are: {', '.join(names)}.")
    return found[0]


def _passage_key(study: Study, where: Mapping[str, object]) -> str:
    from qualcode.interchange import read_one_coding

    # A passage is located as a coding is; which code it would have does not matter.
    located = read_one_coding({**where, "code": study.codebook.codes[0].id}, study, coder="memo")
    return f"{located.transcript}:{located.start}-{located.end}"
