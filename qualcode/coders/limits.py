"""Where to draw the line: from which probability on a code is proposed, and what can be expected of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

# A code's own line counts as much as the common one when it has this many examples.
EXAMPLES_AS_MUCH = 25.0
STEPS = np.round(np.arange(0.04, 0.9, 0.01), 2)
ENOUGH, WEAK = 0.6, 0.4
FEWEST_EXAMPLES = 5
ENOUGH_SAID, WEAK_SAID, NOT_YET_SAID = "enough", "weak", "not automatable yet"
MOST_EXAMPLES = 200
UNSEEN = "unseen cases"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a code can be left to the machine, judged on cases that it had not seen.

    Attributes:
        code: Identifier.
        examples: Turns that people gave it to.
        f1: Expected F1 against them; None where nothing was given or proposed.
        limit: Probability from which on it is proposed.
        verdict: "enough", "weak" or "not automatable yet".
        more: About how many more examples it takes to be "enough"; 0 for that, None where more do not seem to help.
        measured_on: What it was judged on, in words.
    """

    code: str
    examples: int
    f1: float | None
    limit: float
    verdict: str
    more: int | None
    measured_on: str = UNSEEN

    @property
    def told(self) -> str:
        """In words."""
        seen = "nothing to measure" if self.f1 is None else f"F1 {self.f1:.2f} on {self.measured_on}"
        text = f"{self.verdict}: {self.examples} examples, {seen}"
        if self.verdict == ENOUGH_SAID:
            return text
        more = "more examples alone may not do" if self.more is None else f"about {self.more} more examples"
        return f"{text}; {more}"


def common_limit(probabilities: Array, given: NDArray[np.bool_]) -> float:
    """Return the probability from which on proposing gives the highest F1 over all pairs of turn and code.

    Args:
        probabilities: Turns × codes, of turns of cases that were not learned from.
        given: Turns × codes.
    """
    return float(STEPS[int(np.argmax(_f1(*_counts(probabilities.ravel(), given.ravel()))))])


def f1_of(proposed: NDArray[np.bool_], given: NDArray[np.bool_]) -> float:
    """Return F1 over all pairs of turn and code; 0 where nothing was given or proposed."""
    return float(2 * (proposed & given).sum() / max(int(proposed.sum() + given.sum()), 1))


def limits(probabilities: Array, given: NDArray[np.bool_]) -> Array:
    """Return a line for each code: its own best one and the common one, weighed by its number of examples.

    What is maximised is F1 over the code's own counts and the counts of all codes scaled down to `EXAMPLES_AS_MUCH`
    examples; with few examples a line of one's own fits noise.

    Args:
        probabilities: Turns × codes, of turns of cases that were not learned from.
        given: Turns × codes.

    Returns:
        Codes.
    """
    hits, proposed, real = _counts(probabilities.ravel(), given.ravel())
    scale = EXAMPLES_AS_MUCH / max(real, 1.0)
    found = []
    for column in range(given.shape[1]):
        own_hits, own_proposed, own_real = _counts(probabilities[:, column], given[:, column])
        values = _f1(own_hits + scale * hits, own_proposed + scale * proposed, own_real + scale * real)
        found.append(STEPS[int(np.argmax(values))])
    return np.array(found, dtype=np.float32)


def verdicts(
    codes: tuple[str, ...], probabilities: Array, given: NDArray[np.bool_], lines: Array
) -> tuple[Verdict, ...]:
    """Return what can be expected of each code.

    How many more examples are needed is read from how F1 grows with the logarithm of the number of examples, over all
    codes.

    Args:
        codes: Identifiers.
        probabilities: Turns × codes, of turns of cases that were not learned from.
        given: Turns × codes.
        lines: Limit of each code.
    """
    examples = given.sum(axis=0)
    values = []
    for column in range(len(codes)):
        proposed = probabilities[:, column] >= lines[column]
        total = int(proposed.sum() + examples[column])
        values.append(float(2 * (proposed & given[:, column]).sum() / total) if examples[column] else None)
    slope = _slope([(int(n), f) for n, f in zip(examples, values, strict=True) if f is not None and n])
    found = []
    for code, number, value, line in zip(codes, examples.tolist(), values, lines.tolist(), strict=True):
        verdict = NOT_YET_SAID
        if value is not None and number >= FEWEST_EXAMPLES:
            verdict = ENOUGH_SAID if value >= ENOUGH else WEAK_SAID if value >= WEAK else verdict
        more = 0 if verdict == ENOUGH_SAID else _more(number, value, slope)
        found.append(Verdict(code, number, value, round(float(line), 2), verdict, more))
    return tuple(found)


def _more(number: int, value: float | None, slope: float) -> int | None:
    short = max(0.0, ENOUGH - (value or 0.0))
    if number < FEWEST_EXAMPLES and short <= 0:
        return FEWEST_EXAMPLES - number
    if slope <= 0:
        return None
    needed = max(number, 1) * 2 ** (short / slope) - number
    return None if needed > MOST_EXAMPLES else max(int(np.ceil(needed)), FEWEST_EXAMPLES - number, 1)


def _slope(points: list[tuple[int, float]]) -> float:
    """Return how much F1 grows when examples double: least squares over codes, kept within 0.02 to 0.2."""
    if len(points) < 3:
        return 0.1
    x = np.log2([number for number, _ in points])
    y = np.array([value for _, value in points])
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / spread if spread > 1e-9 else 0.1
    return min(max(slope, 0.02), 0.2)


def _counts(probabilities: NDArray[np.floating], given: NDArray[np.bool_]) -> tuple[Array, Array, float]:
    """Return hits and proposals for each of `STEPS`, and how many there really are."""
    steps = STEPS.astype(np.float32)

    def at_least(values: NDArray[np.floating]) -> Array:
        ordered = np.sort(values)
        return np.asarray(len(ordered) - np.searchsorted(ordered, steps, side="left"), dtype=np.float32)

    return at_least(probabilities[given]), at_least(probabilities), float(given.sum())


def _f1(hits: Array, proposed: Array, real: float) -> Array:
    return np.asarray(2 * hits / np.maximum(proposed + real, 1e-9), dtype=np.float32)
