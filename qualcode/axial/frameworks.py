"""A framework from the literature held against the data: what is confirmed, extended, or not found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Protocol

from qualcode.axial.categories import cases_of
from qualcode.axial.findings import Consideration
from qualcode.model import Coding, Study


class FrameworkConsideration(Protocol):
    """What is needed of one consideration; `qualcode.codebook.FrameworkConsideration` has it."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def stage(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def sources(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def codes(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def beyond(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def note(self) -> str: ...  # noqa: D102


class Framework(Protocol):
    """What is needed of a framework; `qualcode.codebook.Framework` has it."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def considerations(self) -> Sequence[FrameworkConsideration]: ...  # noqa: D102


def enough_cases(coded: int) -> int:
    """Return in how many cases something has to be found to count as confirmed.

    A tenth of the coded cases, rounded up, and never fewer than two: what a single case says is no pattern.

    >>> [enough_cases(coded) for coded in (1, 3, 22, 100)]
    [2, 2, 3, 10]
    """
    return max(2, ceil(coded / 10))


def considerations(study: Study, codings: Iterable[Coding], framework: Framework | None) -> tuple[Consideration, ...]:
    """Return each consideration of a framework with what was found of it.

    Verdicts: "confirmed" when the codes for it that lie within the literature are found in enough cases
    (`enough_cases`); "extended" when also one of the codes beyond the literature is; "weak" when any of its codes are
    found, but not in enough cases; "not found" otherwise. A consideration all of whose codes go beyond the
    literature is extended as soon as these are found in enough cases.

    Args:
        study: The study.
        codings: Those that count.
        framework: From `qualcode.codebook.load_framework`, or None.
    """
    if framework is None:
        return ()
    by_code: dict[str, list[Coding]] = defaultdict(list)
    for coding in codings:
        by_code[coding.code].append(coding)
    coded = len(cases_of(study, (coding for own in by_code.values() for coding in own)))
    return tuple(_consideration(study, by_code, item, enough_cases(coded)) for item in framework.considerations)


def missing_codes(study: Study, framework: Framework | None) -> tuple[str, ...]:
    """Return the codes that a framework speaks of and the codebook does not have, sorted."""
    if framework is None:
        return ()
    spoken_of = {code for item in framework.considerations for code in (*item.codes, *item.beyond)}
    return tuple(sorted(spoken_of - study.codebook.by_id.keys()))


def _consideration(
    study: Study, by_code: dict[str, list[Coding]], item: FrameworkConsideration, enough: int
) -> Consideration:
    codes = tuple(dict.fromkeys((*item.codes, *item.beyond)))
    beyond = tuple(code for code in item.beyond if by_code.get(code))
    within = [code for code in codes if code not in item.beyond]
    passages = sorted((coding for code in codes for coding in by_code.get(code, ())), key=lambda coding: coding.place)
    cases_within = cases_of(study, (coding for coding in passages if coding.code in within))
    further = any(len(cases_of(study, by_code[code])) >= enough for code in beyond)
    if not passages:
        verdict = "not found"
    elif within and len(cases_within) < enough:
        verdict = "weak"
    elif further:
        verdict = "extended"
    else:
        verdict = "confirmed" if within else "weak"
    return Consideration(
        id=item.id,
        stage=item.stage,
        name=item.name,
        sources=tuple(item.sources),
        verdict=verdict,
        codes=codes,
        beyond=beyond,
        cases=cases_of(study, passages),
        passages=tuple(passages),
        note=item.note,
    )
