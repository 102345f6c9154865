"""Saturation: what each interview adds, whatever their order, and how far it goes on."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.agreement import saturation
from qualcode.agreement.base_runs import base_run, base_run_permuted, new_codes
from qualcode.agreement.growth import curve_iw, interviews_to, lowe_direct, lowe_fits
from qualcode.agreement.richness import (
    curve,
    extrapolated,
    interviews_for,
    more_interviews,
    rarefied,
    richness,
    sample_coverage,
)
from qualcode.errors import UserError

incidences = st.tuples(st.integers(2, 8), st.integers(1, 8)).flatmap(
    lambda shape: st.lists(
        st.lists(st.booleans(), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


@given(rows=incidences)
def test_curve_ends_at_what_was_found(rows: list[list[bool]]) -> None:
    """Rarefaction starts at the mean interview, never falls, ends at the codes found; coverage stays in 0 to 1."""
    incidence = np.array(rows)
    frequencies, interviews = incidence.sum(axis=0), len(incidence)
    codes = [rarefied(frequencies, interviews, at) for at in range(1, interviews + 1)]
    assert codes[0] == pytest.approx(incidence.sum(axis=1).mean())
    assert codes[-1] == pytest.approx((frequencies > 0).sum())
    assert all(after >= before - 1e-9 for before, after in pairwise(codes))
    for point in curve(frequencies, interviews):
        assert point.coverage is None or -1e-9 <= point.coverage <= 1 + 1e-9


@given(rows=incidences)
def test_new_codes_add_up(rows: list[list[bool]]) -> None:
    """Each code is new once."""
    incidence = np.array(rows)
    assert sum(new_codes(incidence)) == incidence.any(axis=0).sum()


def test_rarefaction_is_the_mean_over_orders() -> None:
    """The exact curve is the mean of the accumulation curves over orders of the interviews."""
    generator = np.random.default_rng(0)
    incidence = generator.random((7, 12)) < 0.3
    curves = [np.cumsum(new_codes(incidence[generator.permutation(7)])) for _ in range(3000)]
    exact = [rarefied(incidence.sum(axis=0), 7, at) for at in range(1, 8)]
    assert np.mean(curves, axis=0).tolist() == pytest.approx(exact, abs=0.1)


def test_more_interviews_bring_the_coverage_asked_for() -> None:
    """After that many more interviews, and not after one fewer, coverage is at the target."""
    frequencies, interviews = [6, 4, 2, 1, 3, 1, 1, 3, 1, 1], 6
    more = more_interviews(frequencies, interviews, 0.95).value
    assert more is not None
    at = interviews + int(more)
    now, before = (sample_coverage(frequencies, interviews, number) for number in (at, at - 1))
    assert now is not None and before is not None
    assert before < 0.95 <= now


def test_more_interviews_far_away_are_not_trusted() -> None:
    """Beyond twice the interviews the number comes with a warning; with nothing repeated there is none."""
    assert "not to be trusted" in more_interviews([6, 4, 2, 1, 3, 1, 1, 3, 1, 1], 6).reason
    assert more_interviews([3, 3, 3], 3).value == 0
    assert more_interviews([1], 1).value is None


def test_one_interview_has_no_estimates() -> None:
    """One interview gives no estimate of what is unseen, and says so."""
    found = richness([1, 1, 1], 1)
    assert found.codes == 3
    assert found.chao2.value is None
    assert found.coverage.value is None and found.coverage.reason


def test_extrapolation_approaches_chao2() -> None:
    """With many more interviews the curve reaches Chao2."""
    frequencies = [6, 4, 2, 1, 3, 1, 1, 3, 1, 1]
    assert extrapolated(frequencies, 6, 10_000) == pytest.approx(richness(frequencies, 6).chao2.value)


def test_base_run_not_reached() -> None:
    """Where no run falls to the threshold, nothing is written; runs need all their interviews."""
    found = base_run([5, 5, 5, 5, 5, 5, 5], base=4, run=2, threshold=0.05)
    assert (found.saturated_at, found.notation) == (None, "")
    assert [(run.first, run.last) for run in found.runs] == [(5, 6), (6, 7)]
    assert base_run([5, 5], base=4).runs == ()


def test_base_run_over_orders_is_the_mean_of_single_ones() -> None:
    """The permuted result is what single runs over permuted orders give."""
    incidence = np.random.default_rng(1).random((10, 25)) < 0.35
    many = base_run_permuted(incidence, base=3, run=2, threshold=0.1, permutations=2000, seed=3)
    generator = np.random.default_rng(9)
    single = [
        base_run(new_codes(incidence[generator.permutation(10)]), base=3, run=2, threshold=0.1).saturated_at
        for _ in range(2000)
    ]
    known = [at for at in single if at is not None]
    assert many.reached == pytest.approx(len(known) / 2000, abs=0.05)
    assert many.median == pytest.approx(np.median(known), abs=1)


def test_lowe_curves_fit_themselves() -> None:
    """A curve made by a model is found again; one without repetition has no end."""
    points = curve_iw(range(1, 13), 40, 0.3).tolist()
    fitted = {one.model: one for one in lowe_fits(points)}["IW"]
    assert (fitted.total, fitted.rate) == (pytest.approx(40, rel=1e-3), pytest.approx(0.3, rel=1e-3))
    direct = lowe_direct(points[0], points[-1], 12)
    assert direct.total == pytest.approx(40)
    assert curve_iw(interviews_to(0.9, 0.3), 40, 0.3) == pytest.approx(36)
    assert lowe_direct(5, 15, 3).total is None


@pytest.mark.parametrize(("prevalence", "power", "times", "expected"), [(0.1, 0.8, 1, 16), (0.1, 0.8, 2, 29)])
def test_interviews_for_a_theme(prevalence: float, power: float, times: int, expected: int) -> None:
    """Fugard & Potts 2015: 16 interviews for a theme of 10 %, 29 for meeting it twice."""
    assert interviews_for(prevalence, power=power, times=times) == expected


def test_saturation_of_a_study(make_study) -> None:  # type: ignore[no-untyped-def]
    """The new-code table follows the cases' order; cohorts are told apart; it is labelled descriptive."""
    study = make_study(
        {
            "ann": {
                "one": [("reports", "a"), ("talks", "b")],
                "two": [("reports", "a")],
                "three": [("talks", "c"), ("talks", "a")],
                "four": [("all", "c")],
            }
        },
        cohorts={"one": "firm", "two": "firm", "three": "agency", "four": "agency"},
    )
    found = saturation(
        study, study.codings, order=["one", "two", "three", "four"], bases=(2,), runs=(2,), permutations=50
    )
    rows = [(row.interview, row.codes, row.new, row.repeated, row.total) for row in found.table]
    assert rows == [("one", 2, 2, 0, 2), ("two", 1, 0, 1, 2), ("three", 2, 1, 1, 3), ("four", 1, 0, 1, 3)]
    assert found.table[2].which == ("c",)
    assert found.coders == ("ann",)
    assert found.grid.lines[-1] == (1.0, 3)
    assert [row.code for row in found.grid.rows] == ["a", "b", "c"]
    assert {cohort: part.interviews for cohort, part in found.cohorts.items()} == {
        "agency": ("three", "four"),
        "firm": ("one", "two"),
    }
    assert any("describe" in remark for remark in found.remarks)
    assert found == saturation(
        study, study.codings, order=["one", "two", "three", "four"], bases=(2,), runs=(2,), permutations=50
    )


def test_meaning_saturation_by_sub_codes(make_study) -> None:  # type: ignore[no-untyped-def]
    """A code with sub-codes tells the last interview that added an aspect of it."""
    from dataclasses import replace

    study = make_study({"ann": {"one": [("reports", "a"), ("talks", "b")], "two": [("reports", "a"), ("talks", "c")]}})
    codes = tuple(replace(code, parent="" if code.id == "a" else "a") for code in study.codebook.codes)
    study = replace(study, codebook=replace(study.codebook, codes=codes))
    found = saturation(study, study.codings, order=["one", "two"], permutations=0, block=1)
    rows = {row.code: row for row in found.grid.rows}
    assert (rows["a"].first, rows["a"].last_aspect, rows["a"].blocks) == (1, 2, (1, 1))
    assert rows["b"].last_aspect is None


def test_saturation_needs_codings(make_study) -> None:  # type: ignore[no-untyped-def]
    """Without codings, or with an unknown transcript in the order, the mistake is named."""
    study = make_study({"ann": {"one": [("reports", "a")]}})
    with pytest.raises(UserError, match="no codings"):
        saturation(study, [])
    with pytest.raises(UserError, match="nowhere"):
        saturation(study, study.codings, order=["nowhere"])
