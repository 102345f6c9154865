"""The same numbers as other programs, on random ratings with missing ones (needs the packages; otherwise skipped)."""

from __future__ import annotations

import numpy as np
import pytest

krippendorff = pytest.importorskip("krippendorff")
inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")
sklearn_metrics = pytest.importorskip("sklearn.metrics")
nltk_agreement = pytest.importorskip("nltk.metrics.agreement")
nltk_distance = pytest.importorskip("nltk.metrics.distance")

from qualcode.agreement import binary, nominal  # noqa: E402
from qualcode.agreement.alpha import alpha, alpha_of_sets, masi_distance  # noqa: E402
from qualcode.agreement.ratings import count_matrix, pair_table  # noqa: E402

SEEDS = range(20)


def some_ratings(seed: int, coders: int = 4, missing: float = 0.25) -> np.ndarray:
    """Return 60 units rated 1 to 4, mostly alike."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(1, 5, size=60)
    rows = np.where(generator.random((60, coders)) < 0.7, truth[:, None], generator.integers(1, 5, size=(60, coders)))
    rows[generator.random(rows.shape) < missing] = -1
    return rows


@pytest.mark.parametrize("distance", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_as_krippendorff(seed: int, distance: str) -> None:
    """Alpha with missing ratings is that of the package krippendorff."""
    rows = some_ratings(seed)
    floats = np.where(rows < 0, np.nan, rows.astype(float))
    expected = krippendorff.alpha(reliability_data=floats.T, level_of_measurement=distance)
    assert alpha(rows, distance=distance).value == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_fleiss_and_randolph_as_statsmodels(seed: int) -> None:
    """Fleiss' and Randolph's kappa of complete ratings are those of statsmodels."""
    rows = some_ratings(seed, missing=0)
    counts = count_matrix(rows - 1, 4)
    assert nominal.fleiss(rows).value == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-10)
    expected = inter_rater.fleiss_kappa(counts, method="randolph")
    assert nominal.brennan_prediger(rows, categories=4).value == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_cohen_as_statsmodels_and_scikit_learn(seed: int) -> None:
    """Cohen's kappa and its standard error are those of statsmodels; missing pairs are left out."""
    rows = some_ratings(seed, coders=2)
    both = rows[(rows >= 0).all(axis=1)]
    found = nominal.cohen(rows)
    expected = inter_rater.cohens_kappa(pair_table(both - 1, 4))
    assert found.value == pytest.approx(expected.kappa, abs=1e-10)
    assert found.error == pytest.approx(expected.std_kappa, abs=1e-10)
    assert found.value == pytest.approx(sklearn_metrics.cohen_kappa_score(both[:, 0], both[:, 1]), abs=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_precision_recall_f1_as_scikit_learn(seed: int) -> None:
    """Precision, recall and F1 are those of scikit-learn, the reference being what it calls the truth."""
    rows = (some_ratings(seed, coders=2, missing=0) == 1).astype(int)
    truth, other = rows.T
    assert binary.precision(rows).value == pytest.approx(sklearn_metrics.precision_score(truth, other))
    assert binary.recall(rows).value == pytest.approx(sklearn_metrics.recall_score(truth, other))
    assert binary.f1(rows, reference=0).value == pytest.approx(sklearn_metrics.f1_score(truth, other))


@pytest.mark.parametrize("seed", SEEDS)
def test_scott_and_light_as_nltk(seed: int) -> None:
    """Scott's pi, and the mean of pairwise kappas, of complete ratings are those of nltk."""
    rows = some_ratings(seed, coders=3, missing=0)
    task = nltk_agreement.AnnotationTask(
        [(f"c{coder}", unit, str(value)) for unit, row in enumerate(rows) for coder, value in enumerate(row)]
    )
    assert nominal.light(rows).value == pytest.approx(task.kappa(), abs=1e-10)
    pair = nltk_agreement.AnnotationTask(
        [(f"c{coder}", unit, str(row[coder])) for unit, row in enumerate(rows) for coder in (0, 1)]
    )
    assert nominal.scott(rows[:, :2]).value == pytest.approx(pair.pi(), abs=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_of_sets_as_nltk(seed: int) -> None:
    """Alpha over sets of codes is nltk's, missing ones included, given our distance (theirs fails on empty sets)."""
    generator = np.random.default_rng(seed)
    truth = generator.random((40, 5)) < 0.3
    rows: list[list[frozenset[int] | None]] = []
    for unit in truth:
        noisy = [np.flatnonzero(unit ^ (generator.random(5) < 0.1)) for _ in range(3)]
        rows.append([None if generator.random() < 0.2 else frozenset(codes.tolist()) for codes in noisy])
    triples = [(str(c), u, s) for u, row in enumerate(rows) for c, s in enumerate(row) if s is not None]
    several = {u for _, u, _ in triples if sum(1 for _, other, _ in triples if other == u) > 1}
    task = nltk_agreement.AnnotationTask([t for t in triples if t[1] in several], distance=masi_distance)
    assert alpha_of_sets(rows).value == pytest.approx(task.alpha(), abs=1e-10)


def test_masi_as_nltk() -> None:
    """MASI distances of sets that are not both empty are those of nltk from 3.10 on (exact thirds)."""
    sets = [frozenset(items) for items in ("a", "ab", "bc", "abcd", "x")]
    found = [masi_distance(one, other) for one in sets for other in sets]
    expected = [nltk_distance.masi_distance(one, other) for one in sets for other in sets]
    assert found == pytest.approx(expected, abs=0.006)
