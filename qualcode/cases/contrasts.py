"""What is found in the cases of one group and not in the others; counts, without tests of significance.

Cases in a qualitative study are chosen on purpose and not at random, so a p-value would have no population to speak of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from qualcode.cases.findings import CaseResult, Contrast
from qualcode.cases.memberships import strategy_order
from qualcode.model import Coding, Study
from qualcode.tables import code_order


def contrasts(study: Study, codings: Iterable[Coding], results: Sequence[CaseResult] = ()) -> tuple[Contrast, ...]:
    """Return how often each open code is found inside and outside of each group of cases.

    Groups are the strategies, among the classified cases, and the cohorts, among all cases; only cases with any coding
    are counted. Codes that none of these have are left out.

    Args:
        study: The study.
        codings: Those that count.
        results: Which case was assigned which strategies.

    Returns:
        By strategies in codebook order, then cohorts as they come in the study; within a group the largest difference,
        whichever way it goes, first.
    """
    codings = tuple(codings)
    codes = code_order(study, codings, ("open", "axial"))
    having: dict[str, set[str]] = defaultdict(set)
    for coding in codings:
        having[coding.code].add(study.case_of(coding))
    coded = set().union(*having.values())
    result: list[Contrast] = []
    classified = coded.intersection(case.case for case in results)
    for strategy in strategy_order(study):
        inside = classified.intersection(case.case for case in results if strategy in case.assigned)
        result.extend(_of_group("strategy", strategy, inside, classified - inside, codes, having))
    for cohort in dict.fromkeys(case.cohort for case in study.cases if case.cohort):
        inside = coded.intersection(case.name for case in study.cases if case.cohort == cohort)
        result.extend(_of_group("cohort", cohort, inside, coded - inside, codes, having))
    return tuple(result)


def _of_group(
    kind: str, group: str, inside: set[str], outside: set[str], codes: Sequence[str], having: Mapping[str, set[str]]
) -> list[Contrast]:
    if not inside or not outside:
        return []
    result = []
    for code in codes:
        found = having.get(code, set())
        with_code, without = len(found & inside), len(found & outside)
        if with_code or without:
            difference = with_code / len(inside) - without / len(outside)
            result.append(Contrast(group, code, with_code, len(inside), without, len(outside), difference, kind))
    return sorted(result, key=lambda item: (-round(abs(item.difference), 12), item.difference < 0))
