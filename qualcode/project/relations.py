"""Typed relations between codes, drawn and taken out."""

from __future__ import annotations

from qualcode.axial.relation_kinds import RELATION_KINDS
from qualcode.errors import UserError
from qualcode.model import Relation
from qualcode.project.blindness import as_seen
from qualcode.project.codebook_file import changing
from qualcode.project.codings import known_or_new_coder
from qualcode.project.folder import StudyFolder
from qualcode.project.identifiers import full_id


def add_relation(folder: StudyFolder, source: str, kind: str, target: str, *, coder: str) -> Relation | None:
    """Draw a relation between two codes; return None where the coder has drawn the same one already.

    Raises:
        UserError: A code or the kind is unknown, or both codes are the same one.
    """
    from qualcode.codebook.edit import known_code

    study = folder.study()
    if kind not in RELATION_KINDS:
        raise UserError(f"There is no kind of relation {kind!r}.", hint=f"Kinds: {', '.join(RELATION_KINDS)}.")
    for code in (source, target):
        known_code(study.codebook, code)
    if source == target:
        raise UserError(f"A relation leads from one code to another, not from {source!r} to itself.")
    record = known_or_new_coder(study, coder)
    relation = Relation(source, kind, target, coder)
    detail = f"{source} {kind} {target}"
    with changing(folder, study, coder=coder, action="relations add", detail=detail) as change:
        change.put_coder(record)
        return relation if change.add_relation(relation) else None


def remove_relation(folder: StudyFolder, beginning: str, *, actor: str) -> Relation:
    """Take out the relation whose id begins so; one who codes blind takes out their own only.

    Raises:
        UserError: None or several do.
    """
    study = as_seen(folder.study(), actor)
    by_id = {relation.id: relation for relation in study.relations}
    relation = by_id[full_id(by_id, beginning, "relation", "qualcode relations list --format csv")]
    detail = f"{relation.source} {relation.kind} {relation.target}"
    with folder.store() as store, store.change(coder=actor, action="relations remove", detail=detail) as change:
        change.remove_relation(relation.id)
    return relation
