"""All of axial coding in one call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from qualcode.axial.categories import cases_of, category_findings, uncategorised
from qualcode.axial.communities import RUNS, Communities, adjusted_rand, communities
from qualcode.axial.cooccurrence import NETWORK_STAGES, edges_of, graph_of
from qualcode.axial.findings import AxialFindings, ProposedCategory
from qualcode.axial.frameworks import Framework, considerations, enough_cases, missing_codes
from qualcode.axial.relations import relation_findings
from qualcode.model import Coding, Study
from qualcode.tables import chosen, code_order, units


def axial(
    study: Study, coders: Sequence[str] = (), framework: Framework | None = None, unit: str = "turn"
) -> AxialFindings:
    """Integrate open codes into categories.

    The codebook's categories with what was found in them; the co-occurrence network of open and axial codes and the
    categories that its communities propose, beside the codebook's; coders' relations; the literature's framework.

    Args:
        study: The study.
        coders: Whose codings to use; empty for the settings' (see `qualcode.tables.chosen`).
        framework: From `qualcode.codebook.load_framework`, or None.
        unit: What co-occurrence counts: "passage" (overlapping passages), "sentence", "turn" or "case".

    Raises:
        UserError: An unknown coder or unit.
    """
    names, codings = chosen(study, coders)
    looked_at = frozenset(code_order(study, codings, NETWORK_STAGES))
    rows = units(study, [coding for coding in codings if coding.code in looked_at], unit)
    edges = edges_of(study, rows, study.settings.thresholds.cooccurrence)
    found = communities(graph_of(study, edges), seed=study.settings.thresholds.seed)
    return AxialFindings(
        coders=names,
        unit=unit,
        units=len(rows),
        categories=category_findings(study, codings),
        edges=edges,
        proposed=_proposed(study, found),
        modularity=found.modularity if found else None,
        category_agreement=_agreement(study, found),
        considerations=considerations(study, codings, framework),
        settings=_settings(study, codings, framework, unit),
        uncategorised=uncategorised(study, codings),
        relations=relation_findings(study, codings, unit),
    )


def _categories_of(study: Study, code: str) -> tuple[str, ...]:
    return study.codebook.by_id[code].categories if code in study.codebook.by_id else ()


def _proposed(study: Study, found: Communities | None) -> tuple[ProposedCategory, ...]:
    if found is None:
        return ()
    order = {category.id: number for number, category in enumerate(study.codebook.categories)}
    result = []
    for number, (group, stability) in enumerate(zip(found.groups, found.stability, strict=True), 1):
        shared = Counter(category for code in group for category in _categories_of(study, code))
        overlaps = sorted(shared.items(), key=lambda item: (-item[1], order.get(item[0], len(order)), item[0]))
        result.append(ProposedCategory(number, group, tuple(overlaps), stability))
    return tuple(result)


def _agreement(study: Study, found: Communities | None) -> float | None:
    """Return the adjusted Rand index over the codes that have both a community and a (main) category."""
    if found is None:
        return None
    proposed = {code: number for number, group in enumerate(found.groups) for code in group}
    own = {code: _categories_of(study, code)[0] for code in proposed if _categories_of(study, code)}
    return adjusted_rand(proposed, own)


def _settings(
    study: Study, codings: Sequence[Coding], framework: Framework | None, unit: str
) -> tuple[tuple[str, str], ...]:
    thresholds = study.settings.thresholds
    rows = [
        ("Unit of co-occurrence", unit),
        ("Codes in the network", "open and axial codes; a code and its parent are not linked"),
        ("Edge", f"at least {thresholds.cooccurrence} shared units and lift above 1"),
        ("Communities", f"Louvain, weighted by Jaccard, {RUNS} runs from seed {thresholds.seed}, best modularity"),
    ]
    if framework is not None:
        coded = len(cases_of(study, codings))
        rows.append(("Framework", framework.name))
        rows.append(("Confirmed when", f"found in at least {enough_cases(coded)} of {coded} coded cases"))
        missing = missing_codes(study, framework)
        if missing:
            rows.append(("Codes of the framework that the codebook lacks", ", ".join(missing)))
    return tuple(rows)
