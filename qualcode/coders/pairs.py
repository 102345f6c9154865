"""Second step of learning: what is known of each pair of turn and code, as numbers that mean the same for every code.

Codes have few examples each; a model over all pairs shares what is to be learned about how far scores can be trusted.
Besides scores there is their surroundings: neighbouring turns, the rest of the case, codes of the same category, and
codes that speak for the same strategy (the practices of one strategy occur together).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from qualcode.coders.scores import Rows, Scores, best_of_turns
from qualcode.coders.targets import Targets
from qualcode.coders.views import Seen
from qualcode.model import Codebook

Array = NDArray[np.float32]


# Features about other turns and other codes.
SURROUNDINGS = ("before", "after", "case mean", "case most", "turn", "category", "case strategy", "case strategy most")


def own_features(names: Sequence[str]) -> list[int]:
    """Return the places of the features that are about the pair itself, not about what is around it."""
    return [
        place for place, name in enumerate(names) if name != "place" and name.partition(": ")[2] not in SURROUNDINGS
    ]


class Pairs:
    """Makes features of pairs of turn and code.

    Args:
        codebook: Gives categories and strategies.
        with_codebook: Whether cues' confidences, likeness to definitions and strategies are used, or only what was
            learned from codings.
    """

    def __init__(self, codebook: Codebook, *, with_codebook: bool) -> None:
        self._with_codebook = with_codebook
        self._category = _same([code.category for code in codebook.codes])
        self._strategy = _same([code.strategy for code in codebook.codes])

    def features(self, scores: Scores, seen: Seen, rows: Rows, prior: Prior) -> tuple[tuple[str, ...], Array]:
        """Return names, and features of turns × codes × features.

        Args:
            scores: Of these turns.
            seen: Material that they come from.
            rows: Positions of the turns; whole cases.
            prior: How common codes are.
        """
        named: dict[str, Array] = dict(scores.turns)
        case = seen.material.case_of[rows]
        for name, of in (("all", scores.turns["all"]), ("sentence", scores.turns["sentence two best"])):
            named |= {f"{name}: {what}": values for what, values in self._around(of, case).items()}
        named |= prior.features(seen, rows)
        codes = scores.turns["all"].shape[1]

        def spread(values: NDArray[np.floating]) -> Array:
            return np.repeat(values.astype(np.float32)[:, None], codes, axis=1)

        lengths = np.array([len(seen.material.turns[int(row)].text) for row in rows])
        named["length"] = spread(np.log1p(lengths))
        named["place"] = spread(np.array([seen.material.turns[int(row)].place for row in rows]))
        if self._with_codebook:
            named |= self._of_codebook(seen, rows, case)
        return tuple(named), np.stack(list(named.values()), axis=2).astype(np.float32)

    def _of_codebook(self, seen: Seen, rows: Rows, case: Rows) -> dict[str, Array]:
        cues = seen.cues.turns[rows]
        named = {
            "cues: confidence": cues,
            "cues: number": seen.cues.number[rows],
            "cues: flagged": seen.cues.flagged[rows],
        }
        around = self._around(cues, case)
        kept = ("case mean", "case strategy", "category", "turn")
        named |= {f"cues: {what}": around[what] for what in kept if what in around}
        sentences = seen.material.rows_of_sentences(rows)
        for name, near in seen.near.items():
            named[f"like the code: {name}"] = best_of_turns(near[sentences], seen.material, rows)[0]
            named[f"like the code: {name}, rank"] = _rank(named[f"like the code: {name}"])
        if seen.told is not None:
            named |= self._of_exemplars(seen.told, rows, case)
        if seen.asked is not None:
            named["question like the code"] = seen.asked[rows]
            named["question like the code, rank"] = _rank(seen.asked[rows])
        return named

    def _of_exemplars(self, told: Scores, rows: Rows, case: Rows) -> dict[str, Array]:
        named = {f"exemplars: {name}": values[rows] for name, values in told.turns.items()}
        around = self._around(told.turns["all"][rows], case)
        kept = ("rank", "case mean", "case most", "case strategy", "category")
        return named | {f"exemplars, all: {what}": around[what] for what in kept if what in around}

    def _around(self, scores: Array, case: Rows) -> dict[str, Array]:
        before, after, mean, most = (np.zeros_like(scores) for _ in range(4))
        for one in np.unique(case):
            rows = np.flatnonzero(case == one)
            own = scores[rows]
            before[rows[1:]], after[rows[:-1]] = own[:-1], own[1:]
            mean[rows] = (own.sum(axis=0) - own) / max(1, len(rows) - 1)
            most[rows] = _most_of_others(own)
        around = {
            "rank": _rank(scores),
            "before": before,
            "after": after,
            "case mean": mean,
            "case most": most,
            "turn": np.repeat(scores.sum(axis=1, keepdims=True), scores.shape[1], axis=1),
        }
        if self._category.any():
            around["category"] = _most_of(scores, self._category)
        if self._with_codebook and self._strategy.any():
            others = np.maximum(1, self._strategy.sum(axis=0))
            around["case strategy"] = mean @ self._strategy / others
            around["case strategy most"] = most @ self._strategy / others
        return around


class Prior:
    """How common codes are, in all turns learned from and in those of a cohort.

    Args:
        targets: Of the turns learned from.
        seen: Their material.
        rows: Their positions.
    """

    def __init__(self, targets: Targets, seen: Seen, rows: Rows) -> None:
        shares = targets.turns[rows]
        self._all = _log_odds(shares.sum(axis=0), len(rows))
        cohorts = np.array([seen.material.turns[int(row)].cohort for row in rows])
        self._cohorts = {
            str(cohort): _log_odds(
                shares[cohorts == cohort].sum(axis=0) + 4 * shares.mean(axis=0), int((cohorts == cohort).sum()) + 4
            )
            for cohort in sorted(set(cohorts.tolist()))
        }

    def features(self, seen: Seen, rows: Rows) -> dict[str, Array]:
        """Return log odds of the codes for some turns."""
        every = np.repeat(self._all[None], len(rows), axis=0)
        own = [self._cohorts.get(seen.material.turns[int(row)].cohort, self._all) for row in rows]
        return {"how common": every, "how common in the cohort": np.array(own, dtype=np.float32) - every}


def _log_odds(ones: NDArray[np.floating], number: int) -> Array:
    share = (ones + 0.5) / (number + 1)
    return np.asarray(np.log(share / (1 - share)), dtype=np.float32)


def _same(labels: Sequence[str]) -> Array:
    """Return codes × codes: whether two different codes have the same label."""
    return np.array(
        [[bool(one) and one == other and i != j for j, other in enumerate(labels)] for i, one in enumerate(labels)],
        dtype=np.float32,
    )


def _rank(scores: Array) -> Array:
    """Return the place of each code among the codes of a turn, 0 (highest) to below 1."""
    order: Array = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1).astype(np.float32)
    return np.asarray(order / scores.shape[1], dtype=np.float32)


def _most_of_others(scores: Array) -> Array:
    """Return for each row the highest of the other rows, per column."""
    if len(scores) < 2:
        return np.zeros_like(scores)
    ordered = np.sort(scores, axis=0)
    return np.asarray(np.where(scores >= ordered[-1], ordered[-2], ordered[-1]), dtype=np.float32)


def _most_of(scores: Array, groups: Array) -> Array:
    """Return for each code the highest score among the codes of its group on the same turn; 0 without such codes."""
    result = np.zeros_like(scores)
    for column, members in enumerate(groups.astype(bool)):
        if members.any():
            result[:, column] = scores[:, members].max(axis=1)
    return result


Features = Callable[[Scores, Seen, Rows, Prior], tuple[tuple[str, ...], Array]]
