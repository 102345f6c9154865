"""Which passages stand for the others."""

from __future__ import annotations

from collections.abc import Iterable

from qualcode.report.material import Passage

# Characters: long enough to be understood without the turn around it, short enough for a table.
SHORTEST, MEDIUM, LONGEST = 60, 140, 260


def representative(passages: Iterable[Passage], number: int = 3) -> list[Passage]:
    """Choose passages to quote: given by most coders, of medium length, from different cases.

    Args:
        passages: To choose from, sorted by place.
        number: Most that are chosen.

    Returns:
        Best first, each from a different case; several from one case only where there is no other. The same
        passages always give the same choice.
    """
    ranked = sorted(passages, key=_rank)
    firsts: list[Passage] = []
    others: list[Passage] = []
    quoted: set[str] = set()
    for passage in ranked:
        (others if passage.case in quoted else firsts).append(passage)
        quoted.add(passage.case)
    chosen = firsts[:number]
    if len(firsts) < 2:
        chosen += others[: number - len(chosen)]
    return chosen


def _rank(passage: Passage) -> tuple[int, int, int, str, int, str]:
    length = len(passage.quote)
    off = max(SHORTEST - length, 0) * 3 + max(length - LONGEST, 0)
    return (-len(passage.coders), off, abs(length - MEDIUM), passage.transcript, passage.start, passage.code)
