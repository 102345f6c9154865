"""All of cross-case analysis in one call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

from qualcode.cases.clustering import clustering
from qualcode.cases.contrasts import contrasts
from qualcode.cases.findings import CaseResult, Clustering, Comparison
from qualcode.cases.memberships import case_result, rule, strategy_order
from qualcode.model import Coding, Study
from qualcode.tables import chosen


class Published(Protocol):
    """What is needed of a published result; `qualcode.codebook.Published` has it."""

    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def cases(self) -> Mapping[str, tuple[str, ...]]: ...  # noqa: D102
    @property
    def counts(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def hybrids(self) -> Sequence[str]: ...  # noqa: D102


def compare(study: Study, coders: Sequence[str] = (), published: Published | None = None) -> Comparison:
    """Place each classified case among the strategies and look for what sets groups of cases apart.

    A codebook without strategies gives cases without memberships; clusters then rest on all codes and
    contrasts on the cohorts. With two strategies (poles), an assigned one is read as a leaning.

    Args:
        study: The study.
        coders: Whose codings to use; empty for the settings' (see `qualcode.tables.chosen`).
        published: From `qualcode.codebook.load_published`, or None.

    Raises:
        UserError: An unknown coder.
    """
    names, codings = chosen(study, coders)
    by_case: dict[str, list[Coding]] = defaultdict(list)
    for coding in codings:
        by_case[study.case_of(coding)].append(coding)
    results = tuple(
        case_result(study, case.name, by_case[case.name], _published(study, case.name, published))
        for case in study.classified_cases()
    )
    clusters = clustering(study, codings)
    return Comparison(
        coders=names,
        cases=results,
        counts=tuple(
            (
                strategy,
                sum(strategy in result.assigned for result in results),
                None if published is None else published.counts.get(strategy, 0),
            )
            for strategy in strategy_order(study)
        ),
        hybrids=(
            sum(len(result.assigned) > 1 for result in results),
            None if published is None else len(published.hybrids),
        ),
        clustering=clusters,
        contrasts=contrasts(study, codings, results),
        rule=rule(study),
        published_source=published.source if published else "",
        settings=_settings(study, clusters),
        agreed=_agreed(results) if published else None,
    )


def _published(study: Study, case: str, published: Published | None) -> tuple[str, ...] | None:
    if published is None or case not in published.cases:
        return None
    given = published.cases[case]
    order = {strategy: number for number, strategy in enumerate(strategy_order(study))}
    return tuple(sorted(given, key=lambda strategy: order.get(strategy, len(order))))


def _agreed(results: Sequence[CaseResult]) -> tuple[int, int]:
    compared = [result.agrees for result in results if result.agrees is not None]
    return sum(compared), len(compared)


def _settings(study: Study, clusters: Clustering | None) -> tuple[tuple[str, str], ...]:
    thresholds = study.settings.thresholds
    cohorts = ", ".join(study.settings.classified_cohorts) or "all"
    rows = [("Classified cohorts", cohorts)]
    if strategy_order(study):
        rows += [
            (
                "Membership",
                "mean over a case's filled dimensions of the strategy's share of turns; a turn counts once per code",
            ),
            (
                "Interval",
                f"{thresholds.interval:.0%} percentile bootstrap over the case's turns with focused codes, "
                f"{thresholds.draws} draws, seed {thresholds.seed}",
            ),
        ]
    if clusters:
        rows += [
            (
                "Clusters",
                f"presence of {clusters.codes} codes, Jaccard distance, average linkage; number by silhouette",
            ),
            (
                "Stability of clusters",
                f"mean best Jaccard similarity over {clusters.draws} draws of cases, seed {thresholds.seed}; "
                "a cluster absent from a draw counts as 0",
            ),
        ]
    return tuple(rows)
