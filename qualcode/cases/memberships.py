"""How far a case belongs to each strategy, and the rule that assigns strategies.

A case's membership in a strategy is the mean, over the dimensions that the case says anything about, of the
strategy's share of that dimension's evidence. A dimension talked about at length thus weighs no more than one
mentioned once, and what the strategies of one case share sums to 1. Evidence is counted in turns: a turn
counts once for each focused code, however many passages of it carry the code.

Its interval is a percentile bootstrap (Efron & Tibshirani 1993, Chapter 13) over the case's turns that carry focused
codes: how far the membership hangs on which of its answers happened to be given. It says nothing about other
interviews with the same case. A strategy whose interval begins at 0 hangs on a turn or two.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcode.cases.findings import CaseResult, Membership
from qualcode.counts import counted
from qualcode.model import Coding, Study, Thresholds
from qualcode.tables import turns_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one case's turns say, as numbers.

    Attributes:
        counts: Shape (turns, dimensions, strategies): focused codes of the turn that speak for a strategy in a
            dimension.
        passages: Codings by strategy, sorted by place.
    """

    counts: NDArray[np.float64]
    passages: Mapping[str, tuple[Coding, ...]]


def dimension_order(study: Study) -> tuple[str, ...]:
    """Return identifiers of dimensions: the codebook's in its order, then any that only codes name."""
    named = (code.dimension for code in study.codebook.codes if code.dimension)
    return tuple(dict.fromkeys((*study.codebook.dimensions, *named)))


def strategy_order(study: Study) -> tuple[str, ...]:
    """Return identifiers of strategies: the codebook's in its order, then any that only codes name."""
    named = (code.strategy for code in study.codebook.codes if code.strategy)
    return tuple(dict.fromkeys((*study.codebook.strategies, *named)))


def evidence(study: Study, codings: Iterable[Coding]) -> Evidence:
    """Return what the codings of one case say about its strategies.

    Args:
        study: The study.
        codings: Those of the case that count; codes without dimension or strategy are passed over.
    """
    import numpy as np

    dimensions = {identifier: number for number, identifier in enumerate(dimension_order(study))}
    strategies = {identifier: number for number, identifier in enumerate(strategy_order(study))}
    by_turn: dict[tuple[str, int], set[str]] = defaultdict(set)
    passages: dict[str, list[Coding]] = defaultdict(list)
    for coding in sorted(codings, key=lambda item: item.place):
        code = study.codebook.by_id.get(coding.code)
        if code is None or not (code.dimension and code.strategy):
            continue
        passages[code.strategy].append(coding)
        for turn in turns_of(study.transcript_by_name[coding.transcript], coding):
            by_turn[coding.transcript, turn.number].add(coding.code)
    counts = np.zeros((len(by_turn), len(dimensions), len(strategies)))
    for row, place in enumerate(sorted(by_turn)):
        for identifier in by_turn[place]:
            code = study.codebook.by_id[identifier]
            counts[row, dimensions[code.dimension], strategies[code.strategy]] += 1
    return Evidence(counts, {strategy: tuple(items) for strategy, items in passages.items()})


def shares(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return memberships from evidence.

    Args:
        totals: Shape (..., dimensions, strategies): evidence for a strategy in a dimension, 0 or more.

    Returns:
        Shape (..., strategies): means over the filled dimensions of the strategies' shares; all 0 where no dimension
        is filled, else summing to 1.
    """
    import numpy as np

    per_dimension = totals.sum(axis=-1, keepdims=True)
    share = np.divide(totals, per_dimension, out=np.zeros_like(totals), where=per_dimension > 0)
    filled = (per_dimension > 0).sum(axis=-2)
    memberships: NDArray[np.float64] = np.zeros(totals.shape[:-2] + totals.shape[-1:])
    np.divide(share.sum(axis=-2), filled, out=memberships, where=filled > 0)
    return memberships


def interval(
    counts: NDArray[np.float64], case: str, thresholds: Thresholds
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and upper ends of the memberships' intervals.

    The seed is made of the settings' seed and the case's name, so a case's interval does not depend on which other
    cases are in the study, nor on their order.

    Args:
        counts: Shape (turns, dimensions, strategies), as in `Evidence`.
        case: Name of the case.
        thresholds: Gives the coverage, the number of draws and the seed.
    """
    import numpy as np

    number = len(counts)
    if number == 0:
        nothing = np.zeros(counts.shape[-1])
        return nothing, nothing
    random = np.random.default_rng([thresholds.seed, zlib.crc32(case.encode())])
    times = random.multinomial(number, np.full(number, 1 / number), size=thresholds.draws).astype(float)
    drawn = shares(np.tensordot(times, counts, axes=1))
    tail = (1 - thresholds.interval) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return low, high


def fewest_dimensions(study: Study) -> int:
    """Return how many dimensions must speak for a strategy: as set, or all where the codebook has fewer."""
    return min(study.settings.thresholds.dimensions, len(dimension_order(study)))


def rule(study: Study) -> str:
    """Return the assignment rule in words; empty for a codebook without strategies."""
    strategies = len(strategy_order(study))
    if not strategies:
        return ""
    thresholds = study.settings.thresholds
    words = (
        f"A strategy is assigned when the case's membership in it is at least {thresholds.membership:.2f}, the lower "
        f"end of its {thresholds.interval:.0%} interval is at least {thresholds.membership_low:.2f}, and there are at "
        f"least {counted(fewest_dimensions(study), 'dimension')} with a passage that speaks for it. Two or more make a "
        "hybrid; none leaves the case undecided."
    )
    if strategies == 2:
        words += " With two poles, assigned means that the case leans to that pole, or to both."
    return words


def case_result(
    study: Study, case: str, codings: Iterable[Coding], published: tuple[str, ...] | None = None
) -> CaseResult:
    """Place one case among the strategies.

    Args:
        study: Gives codebook and thresholds.
        case: Name of the case.
        codings: Those of the case that count.
        published: Strategies that a published result gives it, or None.
    """
    thresholds = study.settings.thresholds
    strategies = strategy_order(study)
    found = evidence(study, codings)
    values = shares(found.counts.sum(axis=0))
    low, high = interval(found.counts, case, thresholds)
    dimensions = (found.counts.sum(axis=0) > 0).sum(axis=0)
    memberships = tuple(
        _membership(
            strategy,
            (float(values[number]), float(low[number]), float(high[number])),
            int(dimensions[number]),
            found.passages.get(strategy, ()),
            study,
        )
        for number, strategy in enumerate(strategies)
    )
    assigned = tuple(membership.strategy for membership in memberships if membership.assigned)
    return CaseResult(
        case=case,
        memberships=memberships,
        assigned=assigned,
        published=published,
        agrees=None if published is None else set(assigned) == set(published),
        because=_because(study, memberships, assigned),
        turns=len(found.counts),
        dimensions=int((found.counts.sum(axis=(0, 2)) > 0).sum()),
    )


def _membership(
    strategy: str,
    numbers: tuple[float, float, float],
    dimensions: int,
    passages: tuple[Coding, ...],
    study: Study,
) -> Membership:
    thresholds, fewest = study.settings.thresholds, fewest_dimensions(study)
    # Rounded, because 0.2 made of sixths may fall short of 0.2 by a rounding error of the machine.
    value, low, high = (round(number, 9) for number in numbers)
    tests = (
        (value >= thresholds.membership, f"membership {value:.2f}", f"{thresholds.membership:.2f}"),
        (low >= thresholds.membership_low, f"lower end {low:.2f}", f"{thresholds.membership_low:.2f}"),
        (dimensions >= fewest, f"number of dimensions {dimensions}", str(fewest)),
    )
    assigned = all(passed for passed, _, _ in tests)
    told = [f"{what} is {'at least' if passed else 'below'} {limit}" for passed, what, limit in tests]
    because = f"{'Assigned' if assigned else 'Not assigned'}: {', '.join(told)}." if passages else "No passage."
    return Membership(strategy, value, low, high, dimensions, passages, assigned, because)


def _because(study: Study, memberships: Sequence[Membership], assigned: Sequence[str]) -> str:
    names = {**{item.strategy: item.strategy for item in memberships}, **study.codebook.strategies}
    if not memberships:
        return "The codebook has no strategies."
    if len(assigned) > 1:
        return f"Hybrid of {', '.join(names[strategy] for strategy in assigned)}."
    if assigned:
        return f"{names[assigned[0]]} alone."
    nearest = max(memberships, key=lambda item: item.value)
    if not nearest.passages:
        return "Undecided: no passage speaks for any strategy."
    return f"Undecided: no strategy reaches the rule; the nearest is {names[nearest.strategy]}. {nearest.because}"
