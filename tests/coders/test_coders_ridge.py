"""Kernel ridge regression for many codes at once."""

from __future__ import annotations

import numpy as np
import pytest

from qualcode.coders import ridge as module
from qualcode.coders.ridge import ridge


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
    assert np.allclose(kernel @ ridge(kernel, targets, 2.0), features @ primal, atol=1e-3)


def test_conjugate_gradients_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of solving agree, so that the size of a study does not change what is learned."""
    _, kernel, targets = data(60)
    factored = ridge(kernel, targets, 3.0)
    monkeypatch.setattr(module, "MOST_FACTORED", 10)
    assert np.allclose(kernel @ ridge(kernel, targets, 3.0), kernel @ factored, atol=5e-3)


def test_a_code_that_nobody_gave_scores_nothing() -> None:
    """Targets of zero give weights of zero, not a division by zero."""
    _, kernel, targets = data(20)
    targets[:, 1] = 0
    for most in (10, 3500):
        weights = module._conjugate_gradients(kernel, targets, 1.0) if most == 10 else ridge(kernel, targets, 1.0)
        assert np.isfinite(weights).all()
    assert not ridge(kernel, targets, 1.0)[:, 1].any()
