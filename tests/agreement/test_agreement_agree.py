"""The whole table: equal to the plain measures, intervals by interview, remarks in plain words."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from qualcode.agreement import agree, units_of
from qualcode.agreement.agree import FOR_MORE
from qualcode.agreement.alpha import alpha_of_sets
from qualcode.agreement.binary import pooled_kappa
from qualcode.agreement.measures import MEASURES
from qualcode.agreement.resampling import bootstrap
from qualcode.agreement.units import Units
from qualcode.errors import UserError
from qualcode.model import Study

WORDS = ("reports", "long", "talks", "all", "wrote", "gave")


def random_study(make_study, coders: int, transcripts: int, seed: int = 0, codes: str = "abcd") -> Study:  # type: ignore[no-untyped-def]
    """Return a study in which coders mostly give the same codes, and some left out a transcript."""
    generator = np.random.default_rng(seed)
    plan = {}
    for coder in range(coders):
        own = {}
        for number in range(transcripts):
            if coder and generator.random() < 0.2:
                continue
            truth = np.random.default_rng(1000 + number).random((len(WORDS), len(codes))) < 0.3
            given = truth ^ (generator.random(truth.shape) < 0.15)
            own[f"t{number:02}"] = [(WORDS[w], codes[c]) for w, c in np.argwhere(given)]
        plan[f"coder{coder}"] = own
    return make_study(plan, codes=tuple(codes))


def shared(units: Units) -> np.ndarray:
    """Return which units at least two coders saw."""
    return units.seen.sum(axis=1) >= 2


@pytest.mark.parametrize("coders", [2, 3, 5])
@pytest.mark.parametrize("unit", ["turn", "sentence", "passage"])
def test_codes_are_as_the_plain_measures_say(make_study, sentences, coders: int, unit: str) -> None:  # type: ignore[no-untyped-def]
    """Each value per code equals the measure taken on the ratings of that code by itself, missing ones included."""
    study = random_study(make_study, coders, 10)
    names = [coder.name for coder in study.coders]
    found = agree(study, names, unit=unit, draws=0, sentences=sentences)
    units = units_of(study, names, unit=unit, sentences=sentences)
    assert [one.code for one in found.codes] == list(units.codes)
    for one in found.codes:
        ratings = units.ratings(one.code)[shared(units)]
        for name, value in one.measures.items():
            options = {"categories": 2} if name in ("brennan_prediger", "ac1") else {}
            assert value.value == pytest.approx(MEASURES[name].function(ratings, **options).value, abs=1e-9), name


def test_pooled_values_are_as_the_plain_measures_say(make_study) -> None:  # type: ignore[no-untyped-def]
    """Pooled kappa and the alphas over sets equal those of the plain functions."""
    study = random_study(make_study, 3, 10)
    names = [coder.name for coder in study.coders]
    pooled = agree(study, names, draws=0).pooled
    units = units_of(study, names)
    rows = [
        [
            frozenset(np.flatnonzero(units.given[unit, coder]).tolist()) if units.seen[unit, coder] else None
            for coder in range(3)
        ]
        for unit in np.flatnonzero(shared(units))
    ]
    for name in ("masi", "jaccard"):
        assert pooled[f"alpha_{name}"].value == pytest.approx(alpha_of_sets(rows, distance=name).value, abs=1e-9)


def test_pooled_kappa_of_two(make_study) -> None:  # type: ignore[no-untyped-def]
    """For two coders pooled kappa is de Vries's over the codes' tables; F1 counts unit × code."""
    study = random_study(make_study, 2, 9)
    found = agree(study, ["coder0", "coder1"], draws=0)
    units = units_of(study, ["coder0", "coder1"])
    ratings = [units.ratings(code)[shared(units)] for code in units.codes]
    assert found.pooled["pooled_kappa"].value == pytest.approx(pooled_kappa(ratings).value)
    both = sum(int((table == 1).all(axis=1).sum()) for table in ratings)
    given = sum(int((table == 1).sum()) for table in ratings)
    assert found.pooled["f1"].value == pytest.approx(2 * both / given)


def test_large_sets_are_compared_one_by_one_with_the_same_result(make_study) -> None:  # type: ignore[no-untyped-def]
    """Units with more codes than the subset count takes are handled apart; alpha is the same."""
    codes = "abcdefghijklmnop"
    generator = np.random.default_rng(5)
    plan: dict[str, dict[str, list[tuple[str, str]]]] = {"ann": {}, "ben": {}}
    for number, coder in itertools.product(range(8), plan):
        given = generator.random((3, len(codes))) < 0.6
        plan[coder][f"t{number}"] = [(("reports", "talks", "all")[w], codes[c]) for w, c in np.argwhere(given)]
    study = make_study(plan, codes=tuple(codes))
    units = units_of(study, ["ann", "ben"])
    assert (units.given.sum(axis=2) > 8).any() and (units.given.sum(axis=2) <= 8).any()
    rows = [[frozenset(np.flatnonzero(codes_of).tolist()) for codes_of in unit] for unit in units.given]
    pooled = agree(study, ["ann", "ben"], draws=0).pooled
    assert pooled["alpha_masi"].value == pytest.approx(alpha_of_sets(rows).value, abs=1e-9)


def test_characters_weigh_as_characters(make_study) -> None:  # type: ignore[no-untyped-def]
    """With characters as units, percent agreement is that of the characters written out one by one."""
    study = make_study({"ann": {"one": [("wrote reports", "a")]}, "ben": {"one": [("reports. They", "a")]}})
    found = agree(study, ["ann", "ben"], unit="character", draws=0)
    speech = "We wrote reports. They were long.We gave talks.That's all."
    ann, ben = (set(range(speech.index(w), speech.index(w) + len(w))) for w in ("wrote reports", "reports. They"))
    assert found.units == len(speech)
    assert found.codes[0].measures["percent"].value == pytest.approx(1 - len(ann ^ ben) / len(speech))
    assert found.codes[0].units == {"ann": 13, "ben": 13}


def test_sums_are_symmetric_in_the_coders(make_study) -> None:  # type: ignore[no-untyped-def]
    """The order in which coders are named changes nothing but the order of their names."""
    study = random_study(make_study, 3, 8)
    one = agree(study, ["coder0", "coder1", "coder2"], draws=0)
    other = agree(study, ["coder2", "coder0", "coder1"], draws=0)
    for name, value in one.pooled.items():
        assert value.value == pytest.approx(other.pooled[name].value, abs=1e-12)


def test_identical_coders(make_study) -> None:  # type: ignore[no-untyped-def]
    """Coders who gave the same have 1 everywhere."""
    own = {f"t{n}": [("reports", "a"), ("talks", "b")] for n in range(9)}
    found = agree(make_study({"ann": own, "ben": own}), ["ann", "ben"], draws=200)
    for name in ("f1", "pooled_kappa", "mean_kappa", "alpha_masi", "alpha_jaccard"):
        assert found.pooled[name].value == pytest.approx(1)
        assert found.pooled[name].low == pytest.approx(1)


def test_intervals_are_those_of_the_plain_bootstrap(make_study) -> None:  # type: ignore[no-untyped-def]
    """The fast bootstrap draws interviews as the plain one does: intervals and jackknife errors agree."""
    study = random_study(make_study, 3, 14)
    names = [coder.name for coder in study.coders]
    found = agree(study, names, draws=3000, seed=1)
    units = units_of(study, names)
    kept = shared(units)
    for one in found.codes[:2]:
        for name in ("alpha", "conger"):
            plain = bootstrap(
                MEASURES[name].function, units.ratings(one.code)[kept], groups=units.interview[kept], draws=1500
            )
            fast = one.measures[name]
            assert fast.error == pytest.approx(plain.error, abs=1e-9)
            assert [fast.low, fast.high] == pytest.approx([plain.low, plain.high], abs=0.05)


def test_the_seed_decides(make_study) -> None:  # type: ignore[no-untyped-def]
    """The same seed gives the same table, another one another interval; the seed is printed."""
    study = random_study(make_study, 2, 9)
    one, again, other = (agree(study, ["coder0", "coder1"], draws=300, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one.pooled["alpha_masi"].low != other.pooled["alpha_masi"].low
    assert dict(other.settings)["seed"] == "2"


def test_few_interviews_draw_units_and_say_so(make_study) -> None:  # type: ignore[no-untyped-def]
    """Below eight interviews the intervals draw units, and a remark says that they are too narrow."""
    study = random_study(make_study, 2, 5)
    found = agree(study, ["coder0", "coder1"], draws=200)
    assert any("only" in remark and "too few" in remark for remark in found.remarks)
    assert "units" in dict(found.settings)["intervals"]


def test_interval_is_refused_for_a_code_of_one_interview(make_study) -> None:  # type: ignore[no-untyped-def]
    """A code found in one interview is missing from a third of the draws: there is no interval, and it is said."""
    own = {f"t{n}": [("reports", "a")] if n % 2 else [("talks", "a")] for n in range(10)}
    other = {name: list(passages) for name, passages in own.items()}
    own["t0"] = [*own["t0"], ("long", "b")]
    other["t0"] = [*other["t0"], ("long", "b")]
    found = agree(make_study({"ann": own, "ben": other}), ["ann", "ben"], draws=500)
    kappa = {one.code: one.measures["cohen"] for one in found.codes}["b"]
    assert kappa.value == pytest.approx(1)
    assert kappa.low is None
    assert "of the draws" in kappa.reason
    assert any("No interval" in remark and "b" in remark for remark in found.remarks)


def test_reference_gives_precision_and_recall(make_study) -> None:  # type: ignore[no-untyped-def]
    """Against a reference, precision is the share of the other's codings that the reference has too."""
    own = {"one": [("reports", "a"), ("talks", "a"), ("all", "b")]}
    other = {"one": [("reports", "a"), ("talks", "b"), ("all", "b"), ("all", "c")]}
    found = agree(make_study({"ann": own, "ben": other}), ["ben", "ann"], reference="ann", draws=0)
    assert found.pooled["precision"].value == pytest.approx(2 / 4)
    assert found.pooled["recall"].value == pytest.approx(2 / 3)
    assert found.codes[2].measures["recall"].value is None
    assert "reference" in found.codes[2].measures["recall"].reason


def test_unseen_turns_do_not_count_uncoded_ones_do(make_study) -> None:  # type: ignore[no-untyped-def]
    """Turns of a transcript that one of two coders never saw are left out; turns left uncoded by both count."""
    study = make_study(
        {"ann": {"one": [("reports", "a")], "two": [("talks", "a")]}, "ben": {"one": [("reports", "a")]}}
    )
    found = agree(study, ["ann", "ben"], draws=0)
    assert found.units == 3
    assert found.codes[0].units == {"ann": 1, "ben": 1}
    assert any("3 turns that fewer than two" in remark for remark in found.remarks)


def test_nothing_in_common_is_said(make_study) -> None:  # type: ignore[no-untyped-def]
    """Two coders who read different transcripts have no agreement, and the remark says why."""
    study = make_study({"ann": {"one": [("reports", "a")]}, "ben": {"two": [("reports", "a")]}})
    found = agree(study, ["ann", "ben"], draws=50)
    assert (found.units, found.codes, found.pooled) == (0, (), {})
    assert any("nothing to compare" in remark for remark in found.remarks)
    assert any("not compared: a" in remark for remark in found.remarks)


def test_prevalence_paradox_and_one_sided_codes_are_explained(make_study) -> None:  # type: ignore[no-untyped-def]
    """A rare code with low kappa at high percent, and a code that one coder never used, are explained by name."""
    own = {f"t{n}": [("reports", "a")] for n in range(20)}
    other = {f"t{n}": [("reports", "a")] for n in range(20)}
    own["t1"] = [*own["t1"], ("all", "b"), ("talks", "c")]
    other["t2"] = [*other["t2"], ("all", "b")]
    found = agree(make_study({"ann": own, "ben": other}), ["ann", "ben"], draws=0)
    text = "\n".join(found.remarks)
    assert "prevalence paradox" in text and "b" in text
    assert "ben never used c" in text
    assert "Landis & Koch" in text and "Krippendorff" in text and "eflexive thematic analysis" in text


def test_pairs_and_influence(make_study) -> None:  # type: ignore[no-untyped-def]
    """Each pair has its kappas; leaving out the interview in which coders differ raises pooled kappa most."""
    own = {f"t{n}": [("reports", "a"), ("talks", "b")] for n in range(9)}
    other = {**own, "t4": [("reports", "b"), ("talks", "a")]}
    found = agree(make_study({"ann": own, "ben": other, "cat": own}), ["ann", "ben", "cat"], draws=100)
    pairs = {(pair.first, pair.second): pair for pair in found.pairs}
    assert pairs["ann", "cat"].codes["a"].value == pytest.approx(1)
    assert pairs["ann", "ben"].measures["f1"].value == pytest.approx(16 / 18)
    assert max(found.influence, key=lambda item: item[1] or 0)[0] == "T4"


@pytest.mark.parametrize(
    ("coders", "options", "told"),
    [
        (["coder0"], {}, "at least two"),
        (["coder0", "coder0"], {}, "at least two"),
        (["coder0", "coder1"], {"reference": "coder9"}, "coder9"),
        (["coder0", "coder1"], {"measures": ["kapa"]}, "kapa"),
        (["coder0", "coder1"], {"interval": 95}, "95"),
    ],
)
def test_mistakes_are_named(make_study, coders: list[str], options, told: str) -> None:  # type: ignore[no-untyped-def]
    """What cannot be measured is refused with what is wrong."""
    with pytest.raises(UserError, match=told):
        agree(random_study(make_study, 2, 2), coders, **options)


def test_measures_can_be_chosen(make_study) -> None:  # type: ignore[no-untyped-def]
    """Only the measures asked for are given per code, in the order asked for."""
    found = agree(random_study(make_study, 2, 8), ["coder0", "coder1"], measures=["alpha", "percent"], draws=10)
    assert list(found.codes[0].measures) == ["alpha", "percent"]
    assert list(
        agree(random_study(make_study, 3, 8), ["coder0", "coder1", "coder2"], draws=0).codes[0].measures
    ) == list(FOR_MORE)


def test_a_table_is_quick(make_study) -> None:  # type: ignore[no-untyped-def]
    """A table of 24 interviews with 2,000 draws takes well under the seconds that a loop over draws would."""
    study = random_study(make_study, 4, 24, codes="abcdefghij")
    start = time.perf_counter()
    agree(study, [coder.name for coder in study.coders], draws=2000)
    assert time.perf_counter() - start < 5
