"""What was found in each category of the codebook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from qualcode.axial.cooccurrence import NETWORK_STAGES
from qualcode.axial.findings import CategoryFinding
from qualcode.model import Coding, Study
from qualcode.tables import code_order


def category_findings(study: Study, codings: Iterable[Coding]) -> tuple[CategoryFinding, ...]:
    """Return one finding per category of the codebook, in its order.

    A code of several categories is found in each of them; categories below do not count into the one above.
    """
    by_code = _by_code(codings)
    return tuple(
        _finding(
            study,
            category.id,
            [code.id for code in study.codebook.codes if category.id in code.categories],
            by_code,
        )
        for category in study.codebook.categories
    )


def uncategorised(study: Study, codings: Sequence[Coding]) -> CategoryFinding | None:
    """Return the open and axial codes that belong to no category, or None where there are none."""
    known = {category.id for category in study.codebook.categories}
    codes = [
        identifier
        for identifier in code_order(study, codings, NETWORK_STAGES)
        if identifier not in study.codebook.by_id or known.isdisjoint(study.codebook.by_id[identifier].categories)
    ]
    return _finding(study, "", codes, _by_code(codings)) if codes else None


def cases_of(study: Study, codings: Iterable[Coding]) -> tuple[str, ...]:
    """Return the names of the cases that some codings are about, sorted."""
    return tuple(sorted({study.case_of(coding) for coding in codings}))


def _by_code(codings: Iterable[Coding]) -> Mapping[str, list[Coding]]:
    by_code: dict[str, list[Coding]] = defaultdict(list)
    for coding in sorted(codings, key=lambda item: item.place):
        by_code[coding.code].append(coding)
    return by_code


def _finding(
    study: Study, category: str, codes: Iterable[str], by_code: Mapping[str, Sequence[Coding]]
) -> CategoryFinding:
    rows = []
    for code in codes:
        own = tuple(by_code.get(code, ()))
        rows.append((code, cases_of(study, own), own))
    everything = [coding for _, _, own in rows for coding in own]
    return CategoryFinding(category, tuple(rows), cases_of(study, everything), len(everything))
