"""Kernel ridge regression for many codes at once."""

from __future__ import annotations

import numpy as np
import pytest

from qualcode.coders import ridge as module
from qualcode.coders.ridge import Ridge


def data(passages: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return features, their kernel, and targets of three codes."""
    random = np.random.default_rng(1)
    features = random.normal(size=(passages, 5)).astype(np.float32)
    targets = (random.random((passages, 3)) < 0.3).astype(np.float32)
    return features, features @ features.T, targets


def test_dual_weights_give_the_primal_solution() -> None:
    """Scores are those of ridge regression on the features themselves (Hoerl & Kennard 1970)."""
    features, kernel, targets = data(40)
    primal = np.linalg.solve(features.T @ features + 2 * np.eye(5), features.T @ (targets - targets.mean(axis=0)))
    assert np.allclose(kernel @ Ridge(kernel, targets, 2.0).weights, features @ primal, atol=1e-3)


@pytest.mark.parametrize("out", [[0], [3, 7, 8], list(range(0, 40, 2))])
@pytest.mark.parametrize("most", [9000, 10])
def test_without_some_passages_is_as_if_they_were_never_there(
    out: list[int], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the inverse tells of a smaller study is what learning from the smaller study gives, its means too."""
    monkeypatch.setattr(module, "MOST_FACTORED", most)
    _, kernel, targets = data(40)
    weights = Ridge(kernel, targets, 2.0).weights_without(np.array(out))
    kept = np.setdiff1d(np.arange(40), out)
    smaller = Ridge(kernel[np.ix_(kept, kept)], targets[kept], 2.0).weights
    assert not weights[out].any()
    assert np.allclose(kernel[np.ix_(out, kept)] @ smaller, kernel[out] @ weights, atol=5e-3)


def test_conjugate_gradients_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of solving agree, so that the size of a study does not change what is learned."""
    _, kernel, targets = data(60)
    factored = Ridge(kernel, targets, 3.0).weights
    monkeypatch.setattr(module, "MOST_FACTORED", 10)
    assert np.allclose(kernel @ Ridge(kernel, targets, 3.0).weights, kernel @ factored, atol=5e-3)


@pytest.mark.parametrize("most", [9000, 10])
def test_a_code_that_nobody_gave_scores_nothing(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Targets of zero give weights of zero, not a division by zero."""
    monkeypatch.setattr(module, "MOST_FACTORED", most)
    _, kernel, targets = data(20)
    targets[:, 1] = 0
    weights = Ridge(kernel, targets, 1.0).weights
    assert np.isfinite(weights).all()
    assert not weights[:, 1].any()


def test_without_any_passage_nothing_is_learned() -> None:
    """Weights of zero, not an error."""
    _, kernel, targets = data(6)
    assert not Ridge(kernel, targets, 1.0).weights_without(np.arange(6)).any()
