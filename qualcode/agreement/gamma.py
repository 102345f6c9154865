"""Gamma of Mathet et al. 2015: alignment of freely marked, overlapping passages.

Computed by the package pygamma-agreement, which is an extra (`pip install "qualcode[gamma]"`): it is large and
slow to load.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qualcode.agreement.findings import Value
from qualcode.errors import UserError


@dataclass(frozen=True)
class Gamma:
    """Gamma of one continuum.

    Attributes:
        gamma: 1 - observed disorder / expected disorder.
        coding: gamma_cat: the same for the codes, given the alignment.
        disorder: Disorder of the best alignment.
        samples: Random continua that the expected disorder was taken over.
    """

    gamma: Value
    coding: Value
    disorder: float
    samples: int


def positional_distance(one: tuple[float, float], other: tuple[float, float], *, empty: float = 1.0) -> float:
    """Return how far apart two passages lie: ((|starts| + |ends|) / (lengths together))^2 times `empty`.

    Source: Mathet, Widlöcher & Métivier 2015 (Computational Linguistics 41, p. 437), fig. 10, which prints 3.2 for:

    >>> round(positional_distance((4, 14), (20, 25)), 2)
    3.24
    """
    lengths = one[1] - one[0] + other[1] - other[0]
    return ((abs(one[0] - other[0]) + abs(one[1] - other[1])) / lengths) ** 2 * empty


def gamma(
    segments: Mapping[str, Sequence[tuple[int, int, str]]],
    *,
    alpha: float = 3.0,
    beta: float = 1.0,
    empty: float = 1.0,
    samples: int = 30,
    seed: int = 20221017,
) -> Gamma:
    """Return gamma of passages that coders marked in one text.

    It is stochastic: the seed and the number of samples belong beside it.

    Args:
        segments: By coder: (start, end, code); passages may overlap.
        alpha: Weight of position.
        beta: Weight of the code.
        empty: Cost of a passage that another coder has no match for.
        samples: Random continua for the expected disorder.
        seed: Of the generator.

    Raises:
        UserError: The package is not installed.

    Source: Mathet, Widlöcher & Métivier 2015 (Computational Linguistics 41, p. 437); Titeux & Riad 2021 (JOSS 6, 2989).
    """
    package = _package()
    import numpy as np
    from pyannote.core import Segment

    continuum = package.Continuum()
    for coder in sorted(segments):
        continuum.add_annotator(coder)
        for start, end, code in segments[coder]:
            continuum.add(coder, Segment(start, end), code)
    measure = package.CombinedCategoricalDissimilarity(alpha=alpha, beta=beta, delta_empty=empty)
    np.random.seed(seed)
    found = continuum.compute_gamma(measure, n_samples=samples)
    return Gamma(Value(float(found.gamma)), Value(float(found.gamma_cat)), float(found.observed_disorder), samples)


def _package() -> Any:
    try:
        import pygamma_agreement
    except ImportError as error:
        raise UserError(
            "Gamma needs the package pygamma-agreement, which is not installed.",
            hint='Install it with: pip install "qualcode[gamma]"',
        ) from error
    return pygamma_agreement
