"""What every measure of agreement must satisfy, on any ratings."""

from __future__ import annotations

import doctest
import importlib
import math
import pkgutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import qualcode.agreement
from qualcode.agreement import binary, nominal
from qualcode.agreement.alpha import alpha, alpha_of_sets
from qualcode.agreement.findings import Value
from qualcode.agreement.measures import MEASURES
from qualcode.agreement.ratings import ratings_from, ratings_from_counts, ratings_from_table
from qualcode.agreement.resampling import bootstrap
from qualcode.agreement.rho import recall_for, rho

ANY_NUMBER = [
    nominal.percent,
    nominal.holsti,
    nominal.light,
    nominal.conger,
    nominal.fleiss,
    nominal.brennan_prediger,
    nominal.ac1,
    alpha,
]
ratings = st.tuples(st.integers(2, 12), st.integers(2, 4)).flatmap(
    lambda shape: arrays.arrays(np.int64, shape, elements=st.integers(-1, 3))
)


def same(one: Value, other: Value) -> bool:
    """Return whether two values are the same number, or both undefined."""
    if one.value is None or other.value is None:
        return one.value is other.value
    return math.isclose(one.value, other.value, abs_tol=1e-9)


@pytest.mark.parametrize("measure", ANY_NUMBER)
@given(ratings=ratings, data=st.data())
@settings(max_examples=40, deadline=None)
def test_order_and_names_do_not_matter(measure, ratings, data) -> None:  # type: ignore[no-untyped-def]
    """Who comes first, which unit comes first, and what categories are called change nothing."""
    found = measure(ratings)
    coders = data.draw(st.permutations(range(ratings.shape[1])))
    units = data.draw(st.permutations(range(len(ratings))))
    names = np.array([*data.draw(st.permutations(range(4))), -1])
    assert same(found, measure(ratings[:, coders]))
    assert same(found, measure(ratings[units]))
    assert same(found, measure(names[ratings]))


@pytest.mark.parametrize("measure", ANY_NUMBER)
@given(column=st.lists(st.integers(0, 3), min_size=2, max_size=12).filter(lambda values: len(set(values)) > 1))
@settings(max_examples=30, deadline=None)
def test_identical_coders_agree(measure, column) -> None:  # type: ignore[no-untyped-def]
    """Coders who give the same, with variation, have agreement 1."""
    assert measure(np.array([column, column, column]).T).value == pytest.approx(1)


@pytest.mark.parametrize("measure", [nominal.light, nominal.conger, nominal.fleiss, alpha])
def test_independent_coders_agree_by_chance(measure) -> None:  # type: ignore[no-untyped-def]
    """Coders who roll dice have chance-corrected agreement near 0."""
    rolled = np.random.default_rng(7).integers(0, 4, size=(4000, 3))
    assert abs(measure(rolled).value) < 0.02


@pytest.mark.parametrize("measure", [*ANY_NUMBER, nominal.cohen, nominal.scott])
def test_nothing_to_compare_is_undefined(measure) -> None:  # type: ignore[no-untyped-def]
    """Without a unit rated by two coders there is no value, and the reason is said."""
    found = measure(np.array([[0, -1], [-1, 1]]))
    if measure is nominal.holsti:
        assert found.value == 0
    else:
        assert found.value is None
        assert found.reason


@pytest.mark.parametrize(
    "measure", [nominal.cohen, nominal.scott, nominal.light, nominal.conger, nominal.fleiss, nominal.ac1, alpha]
)
def test_one_category_is_undefined_not_1(measure) -> None:  # type: ignore[no-untyped-def]
    """Where all ratings are of one category, agreement cannot be told from there being no choice."""
    found = measure(np.zeros((5, 2), dtype=int))
    assert found.value is None
    assert "one category" in found.reason


def test_measures_for_two_say_so() -> None:
    """Cohen's kappa and Scott's pi refuse a third coder and name what is for more."""
    three = np.array([[0, 1, 0], [1, 1, 0]])
    assert "light and conger" in nominal.cohen(three).reason
    assert "fleiss" in nominal.scott(three).reason


def test_a_unit_with_one_rating_is_ignored_by_alpha() -> None:
    """A unit that one coder alone has rated changes nothing in alpha."""
    rows = np.array([[0, 0], [1, 1], [0, 1]])
    assert alpha(rows).value == alpha(np.vstack([rows, [1, -1]])).value


def test_declared_categories_lower_chance() -> None:
    """Brennan & Prediger's chance depends on the categories there are, used or not."""
    rows = [[0, 0], [1, 1], [0, 1]]
    assert nominal.brennan_prediger(rows).value == pytest.approx((2 / 3 - 1 / 2) / (1 / 2))
    assert nominal.brennan_prediger(rows, categories=4).value == pytest.approx((2 / 3 - 1 / 4) / (3 / 4))


def test_nan_is_missing_too() -> None:
    """Ratings as floats with NaN are the same as integers with -1."""
    floats = np.array([[1, 1, np.nan], [2, 2, 3], [3, 3, 3]], dtype=float)
    integers = np.array([[1, 1, -1], [2, 2, 3], [3, 3, 3]])
    assert alpha(floats, distance="interval").value == alpha(integers, distance="interval").value


def test_labels_sort_as_numbers() -> None:
    """Labels that read as numbers keep their order, so that ordinal distances are right."""
    table, labels = ratings_from([["10", "9"], [None, "1"]])
    assert labels == ("1", "9", "10")
    assert table.tolist() == [[2, 1], [-1, 0]]


def test_counts_give_fleiss() -> None:
    """The count form of the ratings (units × categories) gives the same kappa as the ratings."""
    counts = [[3, 0], [2, 1], [0, 3], [1, 2]]
    rows = [[0, 0, 0], [0, 0, 1], [1, 1, 1], [0, 1, 1]]
    assert nominal.fleiss(ratings_from_counts(counts)).value == nominal.fleiss(rows).value


def test_alpha_of_sets_counts_the_empty_set_as_a_value() -> None:
    """Seen and left uncoded is an empty set; never seen is None and leaves the comparison."""
    rows = [[{"a"}, {"a"}], [set(), set()], [{"b"}, set()]]
    assert alpha_of_sets(rows).value == alpha_of_sets([*rows, [{"a"}, None]]).value
    assert alpha_of_sets(rows).value != alpha_of_sets([row for row in rows if row != [set(), set()]]).value


def test_alpha_of_sets_by_hand() -> None:
    """Two units, {a}/{a,b} and {b}/{b}: Do is 2/3 in one of two units, De is over all pairs of the four sets."""
    masi = alpha_of_sets([[{"a"}, {"a", "b"}], [{"b"}, {"b"}]])
    do = (2 * (2 / 3)) / 4
    # Ordered pairs: a-ab 2/3, a-b 1 (twice), ab-b 2/3 (twice), b-b 0.
    de = 2 * (2 / 3 + 1 + 1 + 2 / 3 + 2 / 3) / (4 * 3)
    assert masi.value == pytest.approx(1 - do / de)


def test_nltk_like_conventions_can_be_passed_in() -> None:
    """A distance of one's own (here equal or not) is taken as a function of two sets."""
    rows = [[{"a"}, {"a", "b"}], [{"b"}, {"b"}], [{"a"}, {"a"}]]
    found = alpha_of_sets(rows, distance=lambda one, other: float(one != other))
    assert found.value == alpha([[0, 1], [2, 2], [0, 0]]).value


def test_precision_and_recall_know_their_reference() -> None:
    """Precision against one coder is recall against the other."""
    given_by_two = np.array([[1, 1], [1, 0], [1, 0], [0, 1], [0, 0]])
    assert binary.precision(given_by_two, reference=0).value == pytest.approx(1 / 2)
    assert binary.recall(given_by_two, reference=0).value == pytest.approx(1 / 3)
    assert binary.precision(given_by_two, reference=1).value == pytest.approx(1 / 3)
    assert binary.recall(given_by_two, reference=-1).value == pytest.approx(1 / 2)


def test_pooled_kappa_by_hand() -> None:
    """de Vries et al. 2008: means of observed and of chance agreement, then one kappa."""
    first, second = ratings_from_table([[40, 10], [10, 40]]), ratings_from_table([[2, 2], [1, 95]])
    observed = (0.8 + 0.97) / 2
    chance = (0.5 + (0.04 * 0.03 + 0.96 * 0.97)) / 2
    assert binary.pooled_kappa([first, second]).value == pytest.approx((observed - chance) / (1 - chance))


def test_bootstrap_refuses_an_interval_that_would_mislead() -> None:
    """Where more than a fifth of the draws have no value, there is a value but no interval, and the reason is said."""
    rare = np.zeros((12, 2), dtype=int)
    rare[0] = 1
    found = bootstrap(nominal.cohen, rare, draws=400)
    assert found.value == 1
    assert found.low is None
    assert found.undefined > 0.2
    assert "of the draws" in found.reason


def test_bootstrap_of_clusters_is_wider() -> None:
    """Units that repeat each other within a group give a wider interval when groups are drawn."""
    generator = np.random.default_rng(3)
    rows = np.repeat(generator.integers(0, 2, size=(10, 2)), 20, axis=0)
    groups = np.repeat(np.arange(10), 20)
    by_unit = bootstrap(nominal.percent, rows, draws=300)
    by_group = bootstrap(nominal.percent, rows, groups=groups, draws=300)
    assert by_unit.low is not None and by_unit.high is not None
    assert by_group.low is not None and by_group.high is not None
    assert by_group.high - by_group.low > 2 * (by_unit.high - by_unit.low)


def test_rho_falls_with_a_higher_kappa() -> None:
    """The higher the kappa on the test set, the less likely it comes from coders below the threshold."""
    low, high = rho(0.7, 0.2, 80, threshold=0.65).value, rho(0.95, 0.2, 80, threshold=0.65).value
    assert low is not None and high is not None
    assert high < 0.05 < low
    assert rho(0.2, 0.2, 80).value == 1


def test_rho_is_reproducible() -> None:
    """The same seed gives the same rho; test sets with the code picked out are possible."""
    assert rho(0.8, 0.1, 60, seed=5) == rho(0.8, 0.1, 60, seed=5)
    assert rho(0.8, 0.1, 60, inflation=0.3, seed=5).value is not None


@pytest.mark.parametrize("wrong", [{"kappa": 1.2}, {"base_rate": 1.0}, {"units": 0}, {"threshold": 0.3}])
def test_rho_refuses_impossible_numbers(wrong: dict[str, float]) -> None:
    """Numbers outside their range are refused."""
    with pytest.raises(ValueError, match=r"\d|no units"):
        rho(**{"kappa": 0.8, "base_rate": 0.2, "units": 80, **wrong})  # type: ignore[arg-type]


@given(kappa=st.floats(0.4, 0.9), base_rate=st.floats(0.05, 0.4), precision=st.floats(0.75, 1.0))
def test_recall_for_gives_back_kappa(kappa: float, base_rate: float, precision: float) -> None:
    """A set with the base rate, precision and recall has the kappa that the recall was made for."""
    recall = recall_for(kappa, base_rate, precision)
    both = base_rate * recall
    second = both / precision
    observed = both + 1 - base_rate - second + both
    chance = base_rate * second + (1 - base_rate) * (1 - second)
    assert (observed - chance) / (1 - chance) == pytest.approx(kappa)


def test_gamma_names_the_extra() -> None:
    """Without pygamma-agreement, gamma says which extra to install."""
    from qualcode.agreement.gamma import gamma
    from qualcode.errors import UserError

    if importlib.util.find_spec("pygamma_agreement"):
        pytest.skip("the extra is installed")
    with pytest.raises(UserError, match=r"qualcode\[gamma\]"):
        gamma({"A": [(0, 5, "x")], "B": [(0, 5, "x")]})


def test_table_of_measures_is_complete() -> None:
    """Each measure has a title, a source and a purpose, and its name is pinned here."""
    assert set(MEASURES) == {
        "percent",
        "holsti",
        "cohen",
        "light",
        "conger",
        "scott",
        "fleiss",
        "brennan_prediger",
        "ac1",
        "alpha",
        "alpha_masi",
        "alpha_jaccard",
        "precision",
        "recall",
        "f1",
        "prevalence_index",
        "bias_index",
        "pabak",
        "pooled_kappa",
        "u_alpha",
        "rho",
        "gamma",
    }
    for measure in MEASURES.values():
        assert measure.title and measure.source and measure.purpose


@pytest.mark.parametrize("module", [found.name for found in pkgutil.iter_modules(qualcode.agreement.__path__)])
def test_docstrings_hold(module: str) -> None:
    """The published numbers in docstrings come out."""
    result = doctest.testmod(importlib.import_module(f"qualcode.agreement.{module}"))
    assert result.failed == 0
