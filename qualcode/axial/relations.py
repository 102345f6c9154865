"""Typed relations between codes that coders drew, with the passages where both codes are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from qualcode.axial.cooccurrence import passages_of
from qualcode.axial.findings import RelationFinding
from qualcode.model import Coding, Study
from qualcode.tables import units


def relation_findings(study: Study, codings: Iterable[Coding], unit: str = "turn") -> tuple[RelationFinding, ...]:
    """Return the study's relations, the same one drawn by several coders once, sorted by source, kind, target."""
    drawn: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for relation in study.relations:
        drawn[relation.source, relation.kind, relation.target].add(relation.coder)
    related = {code for source, _, target in drawn for code in (source, target)}
    rows = units(study, [coding for coding in codings if coding.code in related], unit) if drawn else ()
    result = []
    for (source, kind, target), coders in sorted(drawn.items()):
        shared = [row for row in rows if {source, target} <= row.codes]
        result.append(
            RelationFinding(
                source=source,
                kind=kind,
                target=target,
                coders=tuple(sorted(coders)),
                together=len(shared),
                cases=tuple(sorted({row.case for row in shared})),
                passages=passages_of(shared, (source, target)),
            )
        )
    return tuple(result)
