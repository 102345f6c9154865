"""What becomes of codings, memos and relations when codes are renamed, merged, split or taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from qualcode.model import Coding, Memo, Relation

Place = tuple[object, ...]
_BEST_FIRST = {"accepted": 0, "rejected": 1, "proposed": 2}


@dataclass(frozen=True, slots=True)
class Carried:
    """What is to be written.

    Attributes:
        put: Codings in place of those with the same ids.
        removed: Codings that would have stood twice, or whose code is gone.
        kept_for: Which coding stands for a removed double, by the double's id.
    """

    put: tuple[Coding, ...] = ()
    removed: tuple[Coding, ...] = ()
    kept_for: Mapping[str, str] | None = None


def carry_codings(codings: Iterable[Coding], code_of: Callable[[Coding], str | None]) -> Carried:
    """Give codings their new codes.

    Where a coder would have the same code twice on the same passage, one is kept: one that was accepted before one
    that was rejected, either before a mere proposal; then the older one. Its evidence names the others under
    `doubles`, and what they said under `codes`.

    Args:
        codings: All on texts of one version; those of which nothing changes are needed too, to see doubles.
        code_of: The code from now on; the same one where nothing changes; None where the coding is to go.
    """
    at: dict[Place, list[tuple[Coding, str]]] = {}
    removed: list[Coding] = []
    changed_places: set[Place] = set()
    for coding in codings:
        code = code_of(coding)
        if code is None:
            removed.append(coding)
            continue
        place: Place = (coding.transcript, coding.start, coding.end, code, coding.coder, coding.stage)
        at.setdefault(place, []).append((coding, code))
        if code != coding.code:
            changed_places.add(place)
    put: list[Coding] = []
    kept_for: dict[str, str] = {}
    for place in sorted(changed_places, key=repr):
        alike = sorted(at[place], key=lambda pair: _better(pair[0]))
        kept, code = alike[0]
        doubles = [coding for coding, _ in alike[1:]]
        evidence = dict(kept.evidence)
        if doubles:
            evidence["doubles"] = [*evidence.get("doubles", []), *(one.id for one in doubles)]
            evidence["codes"] = sorted({*evidence.get("codes", []), kept.code, *(one.code for one in doubles)})
            kept_for.update((one.id, kept.id) for one in doubles)
        put.append(replace(kept, code=code, evidence=evidence))
        removed += doubles
    return Carried(tuple(put), tuple(removed), kept_for)


def _better(coding: Coding) -> tuple[object, ...]:
    return (_BEST_FIRST[coding.status], coding.created, coding.id)


def carry_memos(memos: Iterable[Memo], codes: Mapping[str, str], codings: Mapping[str, str]) -> tuple[Memo, ...]:
    """Return the memos that are about something else from now on.

    Args:
        memos: All.
        codes: New code by old one.
        codings: Coding that stands for a removed one, by the removed one's id.
    """
    moved = []
    for memo in memos:
        new = codes.get(memo.key) if memo.target == "code" else None
        new = codings.get(memo.key) if memo.target == "coding" else new
        if new is not None and new != memo.key:
            moved.append(replace(memo, key=new))
    return tuple(moved)


def carry_relations(
    relations: Iterable[Relation], codes: Mapping[str, str | None]
) -> tuple[tuple[Relation, ...], tuple[Relation, ...]]:
    """Return (relations to take out, relations to add), the added ones with the ids of those taken out.

    A relation of a code with itself, which a merge would make, goes; of two that say the same one stays.

    Args:
        relations: All.
        codes: New code by old one; None where the code is gone.
    """
    out, added = [], []
    standing = {_said(one) for one in relations if one.source not in codes and one.target not in codes}
    for relation in relations:
        if relation.source not in codes and relation.target not in codes:
            continue
        out.append(relation)
        source, target = (codes.get(code, code) for code in (relation.source, relation.target))
        if source is None or target is None or source == target:
            continue
        new = replace(relation, source=source, target=target)
        if _said(new) not in standing:
            standing.add(_said(new))
            added.append(new)
    return tuple(out), tuple(added)


def _said(relation: Relation) -> tuple[str, str, str, str]:
    return (relation.source, relation.kind, relation.target, relation.coder)
