"""Kernel ridge regression for many codes at once: one factorisation, few examples, no tuning.

Hoerl & Kennard 1970 (Technometrics 12, p. 55) in its dual form (Saunders, Gammerman & Vovk 1998, ICML, p. 515): with a
kernel K over n passages and targets Y, A = (K + penalty · I)⁻¹ (Y - mean), and scores of new passages are K* A. On the
sample it ranks as well as a logistic regression for each code, in a hundredth of the time.

What would have been learned without some of the passages follows from the same inverse, without solving again
(the leave-out formulas of linear smoothers, Cook & Weisberg 1982, Residuals and Influence in Regression, ch. 2, for
several rows at once).
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

# Above this many passages the inverse takes more memory than is decent; conjugate gradients then solve each time anew.
MOST_FACTORED = 9000
ROUNDS = 60
PRECISION = 1e-3
BLOCK = 512


class Ridge:
    """Learns targets over passages.

    Args:
        kernel: Passages × passages, symmetric, positive semidefinite.
        targets: Passages × codes; their means over passages are taken off.
        penalty: Above 0.
    """

    def __init__(self, kernel: Array, targets: Array, penalty: float) -> None:
        self._kernel, self._penalty = kernel, penalty
        self._targets = targets.astype(np.float32)

    @property
    def weights(self) -> Array:
        """The dual weights A: passages × codes."""
        if len(self._kernel) > MOST_FACTORED:
            return self.weights_without(np.zeros(0, dtype=np.int64))
        from scipy.linalg import cho_factor, cho_solve

        # A third of the work of an inverse, which is needed only to leave passages out.
        factor = cho_factor(_system(self._kernel, self._penalty), lower=True, overwrite_a=True, check_finite=False)
        return np.asarray(cho_solve(factor, self._targets - self._targets.mean(axis=0)), dtype=np.float32)

    def weights_without(self, out: NDArray[np.int64]) -> Array:
        """Return the dual weights that are learned without some passages: passages × codes, 0 for these.

        Args:
            out: Their positions.
        """
        kept = np.ones(len(self._targets), dtype=bool)
        kept[out] = False
        if not kept.any():
            return np.zeros_like(self._targets)
        mean = self._targets[kept].mean(axis=0)
        if len(self._kernel) > MOST_FACTORED:
            weights = np.zeros_like(self._targets)
            inside = self._kernel[np.ix_(kept, kept)]
            weights[kept] = _conjugate_gradients(inside, self._targets[kept] - mean, self._penalty)
            return weights
        # Targets of what is left out never enter: not even a rounding error may depend on them.
        weights = self._inverse @ np.where(kept[:, None], self._targets - mean, np.float32(0))
        if len(out):
            weights -= self._inverse[:, out] @ np.linalg.solve(self._inverse[np.ix_(out, out)], weights[out])
            weights[out] = 0
        return np.asarray(weights, dtype=np.float32)

    @cached_property
    def _inverse(self) -> Array:
        return _inverse(_system(self._kernel, self._penalty))


def _system(kernel: Array, penalty: float) -> Array:
    system = np.array(kernel, dtype=np.float32, order="F")
    system.flat[:: len(system) + 1] += np.float32(penalty)
    return system


def _inverse(system: Array) -> Array:
    """Return the inverse of a symmetric, positive definite matrix by Cholesky's factorisation; overwrites it."""
    from scipy.linalg.lapack import spotrf, spotri

    factor, failed = spotrf(system, lower=True, clean=False, overwrite_a=True)
    if failed:
        raise ArithmeticError("a kernel that is not positive semidefinite")
    lower, _ = spotri(factor, lower=True, overwrite_c=True)
    inverse = np.asarray(lower, dtype=np.float32)
    # Only the lower half was made; the upper one is its mirror image, taken block by block.
    for start in range(0, len(inverse), BLOCK):
        here, below = slice(start, start + BLOCK), slice(start + BLOCK, None)
        inverse[here, below] = inverse[below, here].T
        inverse[here, here] = np.tril(inverse[here, here]) + np.tril(inverse[here, here], -1).T
    return inverse


def _conjugate_gradients(kernel: Array, targets: Array, penalty: float) -> Array:
    """Solve for all codes side by side (Hestenes & Stiefel 1952, Journal of Research of the NBS 49, p. 409)."""
    weights = np.zeros_like(targets)
    rest = targets.copy()
    direction = rest.copy()
    size = (rest**2).sum(axis=0)
    enough = PRECISION**2 * np.maximum(size, 1e-12)
    for _ in range(ROUNDS):
        if (size <= enough).all():
            break
        applied = kernel @ direction + np.float32(penalty) * direction
        curvature = np.maximum((direction * applied).sum(axis=0), 1e-12)
        step = np.where(size > enough, size / curvature, 0).astype(np.float32)
        weights = (weights + step * direction).astype(np.float32)
        rest -= step * applied
        now = (rest**2).sum(axis=0)
        keep = np.where(size > enough, now / np.maximum(size, 1e-12), 0)
        direction = (rest + keep * direction).astype(np.float32)
        size = now
    return weights
