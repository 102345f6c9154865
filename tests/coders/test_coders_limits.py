"""Where the line is drawn, and what is said of a code."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.coders.limits import STEPS, common_limit, limits, verdicts


def example(ones: int, others: int, high: float, low: float) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities and truth of one code: given turns at `high`, others at `low`."""
    truth = np.array([True] * ones + [False] * others)[:, None]
    return np.where(truth, np.float32(high), np.float32(low)), truth


def test_the_line_separates_what_can_be_separated() -> None:
    """Between .2 and .5 lies a line without a mistake."""
    probabilities, truth = example(5, 20, 0.5, 0.2)
    line = common_limit(probabilities, truth)
    assert 0.2 < line <= 0.5


def both(rare: int) -> np.ndarray:
    """Return the lines of a common code separated at .5 and of another one, `rare` times given, separated at .2."""
    common, truth = example(200, 800, 0.55, 0.45)
    other, other_truth = example(rare, 1000 - rare, 0.25, 0.1)
    return limits(np.hstack([common, other]), np.hstack([truth, other_truth]))


def test_a_code_with_few_examples_keeps_near_the_common_line() -> None:
    """Two examples do not carry a line of their own; two hundred do."""
    few, many = both(2), both(200)
    assert few[0] == few[1]
    assert many[1] <= 0.25 < many[0]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 5))
def test_lines_are_always_among_the_steps(seed: int, codes: int) -> None:
    """Whatever the probabilities, even without a single example."""
    random = np.random.default_rng(seed)
    probabilities = random.random((30, codes)).astype(np.float32)
    truth = random.random((30, codes)) < 0.1
    assert set(np.round(limits(probabilities, truth), 2)) <= set(np.round(STEPS, 2).astype(np.float32))


def test_verdicts_say_how_many_more() -> None:
    """A code that is found is enough, one that is never found is not, and one without examples says so."""
    sure, truth = example(20, 80, 0.9, 0.1)
    lost = np.full((100, 1), 0.1, dtype=np.float32)
    never = np.zeros((100, 1), dtype=bool)
    probabilities = np.hstack([sure, lost, lost])
    given_ = np.hstack([truth, truth, never])
    found = verdicts(("sure", "lost", "never"), probabilities, given_, np.full(3, 0.5, dtype=np.float32))
    assert [one.verdict for one in found] == ["enough", "not automatable yet", "not automatable yet"]
    assert (found[0].f1, found[0].more) == (1.0, 0)
    assert found[1].f1 == 0.0
    assert found[2].f1 is None and "nothing to measure" in found[2].told
