"""Published and reference numbers are reproduced to the printed precision; each record names its source."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qualcode.agreement import binary, nominal
from qualcode.agreement.alpha import alpha, alpha_parts, jaccard_distance, masi_distance
from qualcode.agreement.base_runs import base_run
from qualcode.agreement.findings import Value
from qualcode.agreement.gamma import positional_distance
from qualcode.agreement.growth import CURVES
from qualcode.agreement.nominal import by_category, error_interval, fleiss_test, holsti_ratio
from qualcode.agreement.ratings import ratings_from, ratings_from_table
from qualcode.agreement.resampling import bootstrap
from qualcode.agreement.rho import base_rates, rho_of_table
from qualcode.agreement.richness import chao2_classic, curve, rarefied, richness
from qualcode.agreement.unitizing import Continuum, unitized_alpha

DATA = Path(__file__).resolve().parent.parent / "data" / "agreement" / "vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(DATA.read_text("utf-8"))["vectors"]
BY_ID = {vector["id"]: vector for vector in VECTORS}
MEASURES: dict[str, Callable[..., Value]] = {
    "percent_agreement": nominal.percent,
    "cohen_kappa": nominal.cohen,
    "scott_pi": nominal.scott,
    "gwet_ac1": nominal.ac1,
    "brennan_prediger": nominal.brennan_prediger,
    "bennett_s": nominal.brennan_prediger,
    "fleiss_kappa": nominal.fleiss,
    "P_observed": nominal.percent,
    "conger_kappa": nominal.conger,
    "krippendorff_alpha_nominal": alpha,
    "nominal": alpha,
}
DISTANCES = ("ordinal", "interval", "ratio")
PARTS = {
    "nominal_Do": "observed",
    "Do": "observed",
    "nominal_De": "expected",
    "De": "expected",
    "n_pairable": "pairable",
}
TABLES = [v for v in VECTORS if "table_rater1_rows_rater2_cols" in v["inputs"]]
RATINGS = [v for v in VECTORS if "ratings_units_by_raters" in v["inputs"]]


def names(vectors: list[dict[str, Any]]) -> list[str]:
    """Return what records are called."""
    return [vector["id"] for vector in vectors]


@pytest.mark.parametrize("vector", TABLES, ids=names(TABLES))
def test_tables_of_two_coders(vector: dict[str, Any]) -> None:
    """Coefficients and Gwet's standard errors of published cross tables come out, unused categories included."""
    table = np.array(vector["inputs"]["table_rater1_rows_rater2_cols"])
    ratings = ratings_from_table(table)
    for name, expected in vector["expected"].items():
        if name.endswith("_se"):
            value = MEASURES[name.removesuffix("_se")](ratings, categories=len(table), ddof=0)
            assert value.error == pytest.approx(expected, abs=vector["tolerance"]), name
        else:
            options = {} if "alpha" in name else {"categories": len(table)}
            value = MEASURES[name](ratings, **options)
            assert value.value == pytest.approx(expected, abs=vector["tolerance"]), name


@pytest.mark.parametrize("vector", RATINGS, ids=names(RATINGS))
def test_ratings_with_missing_ones(vector: dict[str, Any]) -> None:
    """Coefficients of published ratings, missing ones included, come out; so do standard errors and t intervals."""
    rows = vector["inputs"]["ratings_units_by_raters"]
    ratings, labels = ratings_from(rows)
    tolerance = vector["tolerance"]
    checked = 0
    for name, expected in vector["expected"].items():
        if isinstance(expected, dict) and "coef" in expected:
            value = error_interval(MEASURES[name](ratings), int((ratings >= 0).any(axis=1).sum()))
            assert value.value == pytest.approx(expected["coef"], abs=tolerance["coef"]), name
            assert value.error == pytest.approx(expected["se"], abs=tolerance["se"]), name
            assert [value.low, value.high] == pytest.approx(expected["ci95"], abs=tolerance["ci95"]), name
        elif name in MEASURES:
            default = tolerance["default"] if isinstance(tolerance, dict) else tolerance
            options = {"categories": vector["inputs"]["n_categories"]} if "n_categories" in vector["inputs"] else {}
            assert MEASURES[name](ratings, **options).value == pytest.approx(expected, abs=default), name
        elif name in DISTANCES:
            value = alpha(ratings, distance=name, values=[float(label) for label in labels])
            assert value.value == pytest.approx(expected, abs=tolerance), name
        elif name in PARTS:
            found = getattr(alpha_parts(ratings), PARTS[name])
            assert found == pytest.approx(expected, abs=tolerance), name
        else:
            continue
        checked += 1
    assert checked


def test_fleiss_1971_in_detail() -> None:
    """Fleiss 1971: chance agreement, kappa of each category, z, and the spread over units come out."""
    vector = BY_ID["agr-fleiss1971"]
    expected, tolerance = vector["expected"], vector["tolerance"]
    ratings, labels = ratings_from(vector["inputs"]["ratings_units_by_raters"])
    for place, value in by_category(nominal.fleiss, ratings).items():
        wanted = expected["per_category_kappa"][labels[int(place)]]
        assert value.value == pytest.approx(wanted, abs=tolerance["per_category_kappa"])
    assert fleiss_test(ratings).value == pytest.approx(expected["z_null_se"], abs=tolerance["default"])
    drawn = bootstrap(nominal.fleiss, ratings, draws=2000)
    assert drawn.error == pytest.approx(expected["jackknife_se"], abs=tolerance["jackknife_se"])
    ends = [drawn.low, drawn.high]
    assert ends == pytest.approx(
        expected["bootstrap_units_percentile_95"], abs=tolerance["bootstrap_units_percentile_95"]
    )


def test_holsti() -> None:
    """Holsti 1969: 2M / (N1 + N2)."""
    vector = BY_ID["agr-holsti-1"]
    given = vector["inputs"]
    found = holsti_ratio(given["agreed"], given["n_coder1"], given["n_coder2"])
    assert found.value == pytest.approx(vector["expected"]["holsti"], abs=vector["tolerance"])


def test_distances_of_sets() -> None:
    """Passonneau 2006: MASI with exact thirds, and Jaccard, empty sets included."""
    vector = BY_ID["ml-masi-distances"]
    pairs = [(set(one), set(other)) for one, other in vector["inputs"]["pairs"]]
    masi = [masi_distance(one, other) for one, other in pairs]
    jaccard = [jaccard_distance(one, other) for one, other in pairs]
    assert masi == pytest.approx(vector["expected"]["masi_distance"], abs=vector["tolerance"])
    assert jaccard == pytest.approx(vector["expected"]["jaccard_distance"], abs=vector["tolerance"])


@pytest.mark.parametrize("name", ["unit-kripp2016-alexpaulsuzan", "unit-identical"])
def test_u_alpha_family(name: str) -> None:
    """Krippendorff et al. 2016: u, |u, cu, (k)u and coverage of the book's example, and of identical segments."""
    vector = BY_ID[name]
    expected, tolerance = vector["expected"], vector["tolerance"]
    segments = {
        coder: [tuple(segment) for segment in own]
        for coder, own in vector["inputs"]["units_start_end_value_half_open"].items()
    }
    found = unitized_alpha([Continuum(vector["inputs"]["continuum"][1], segments)])

    def reach(key: str) -> float:
        return tolerance[key] if isinstance(tolerance, dict) else tolerance

    assert found.u.value == pytest.approx(expected["u_alpha_nominal"], abs=reach("u_alpha_nominal"))
    assert found.coding.value == pytest.approx(expected["cu_alpha_nominal"], abs=reach("cu_alpha_nominal"))
    if "u_alpha_binary" in expected:
        assert found.binary.value == pytest.approx(expected["u_alpha_binary"], abs=reach("u_alpha_binary"))
        assert found.coverage == pytest.approx(expected["cu_coverage_of_continuum"], abs=1e-9)
    for value, wanted in expected.get("per_value", {}).items():
        alpha_of, coverage = found.values[value]
        assert alpha_of.value == (None if wanted["alpha"] is None else pytest.approx(wanted["alpha"], abs=1e-6))
        assert coverage == pytest.approx(wanted["coverage"], abs=1e-6)


def test_positional_distance_of_gamma() -> None:
    """Mathet, Widlöcher & Métivier 2015, fig. 10: distances of pairs of passages."""
    vector = BY_ID["gamma-positional-fig10"]
    found = [positional_distance(tuple(one), tuple(other)) for one, other in vector["inputs"]["pairs"]]
    assert found == pytest.approx(vector["expected"]["d_pos"], abs=vector["tolerance"])


def test_kappa_behind_rho() -> None:
    """The rhoR package's table: kappa and both base rates; rho of so small a test set warrants nothing."""
    vector = BY_ID["rho-kappa-contingency"]
    table, expected = vector["inputs"]["table"], vector["expected"]
    assert nominal.cohen(ratings_from_table(table)).value == pytest.approx(expected["cohen_kappa"], abs=1e-9)
    assert base_rates(table) == pytest.approx((expected["base_rate_first"], expected["base_rate_second"]))
    found = rho_of_table(table, replicates=200).value
    assert found is not None
    assert found > 0.05


def test_guest_namey_chen() -> None:
    """Guest, Namey & Chen 2020: 37 codes in the base, then 4, 3, 1, 0: saturated at 6+2."""
    vector = BY_ID["sat-guest2020"]
    given, expected = vector["inputs"], vector["expected"]
    new = [given["base_themes"], *[0] * (given["base_size"] - 1), *given["new_themes_per_interview_after_base"]]
    found = base_run(new, base=given["base_size"], run=given["run_length"], threshold=given["threshold"])
    assert (found.notation, found.saturated_at) == (expected["notation"], expected["saturated_at"])
    assert [[run.first, run.last] for run in found.runs] == [run["interviews"] for run in expected["runs"]]
    assert [run.new for run in found.runs] == [run["new"] for run in expected["runs"]]
    ratios = [run["ratio"] for run in expected["runs"]]
    assert [run.ratio for run in found.runs] == pytest.approx(ratios, abs=vector["tolerance"])


def test_richness_of_six_interviews() -> None:
    """R vegan and iNEXT on six interviews: Chao2, jackknives, rarefaction, extrapolation, coverage."""
    vector = BY_ID["sat-small-incidence"]
    expected, reach = vector["expected"], vector["tolerance"]
    incidence = np.array(vector["inputs"]["incidence"])
    frequencies, interviews = incidence.sum(axis=0), len(incidence)
    found = richness(frequencies, interviews)
    assert (found.once, found.twice) == (expected["Q1"], expected["Q2"])
    assert found.chao2.value == pytest.approx(expected["chao2_bias_corrected_(T-1)/T"], abs=reach)
    assert found.chao2.error == pytest.approx(expected["chao2_se"], abs=reach)
    assert chao2_classic(frequencies) == pytest.approx(expected["chao2_classic"], abs=reach)
    assert found.jackknife1.value == pytest.approx(expected["jackknife1"], abs=reach)
    assert found.jackknife2.value == pytest.approx(expected["jackknife2"], abs=reach)
    assert found.coverage.value == pytest.approx(expected["sample_coverage"], abs=reach)
    rarefaction = [rarefied(frequencies, interviews, at) for at in range(1, interviews + 1)]
    assert rarefaction == pytest.approx(expected["rarefaction_exact"], abs=reach)
    points = curve(frequencies, interviews, to=max(row["t"] for row in expected["inext"]))
    for row in expected["inext"]:
        point = points[row["t"] - 1]
        assert point.codes == pytest.approx(row["qD"], abs=reach)
        assert point.coverage == pytest.approx(row["SC"], abs=reach)
        assert point.kind == row["method"].lower()


@pytest.mark.parametrize("site", ["h50m", "h500m", "h1070m", "h1500m", "h2000m"])
def test_chao2_of_ants(site: str) -> None:
    """Colwell et al. 2012: Chao2, its standard error and coverage for ants at five elevations."""
    vector = BY_ID["sat-chao2-ant"]
    units, *frequencies = vector["inputs"]["incidence_freq_first_is_T"][site]
    expected, reach = vector["expected"][site], vector["tolerance"]
    found = richness(frequencies, units)
    assert found.codes == expected["S_obs"]
    assert found.chao2.value == pytest.approx(expected["chao2"], abs=reach)
    assert found.chao2.error == pytest.approx(expected["se"], abs=reach)
    assert found.coverage.value == pytest.approx(expected["coverage"], abs=reach)


@pytest.mark.parametrize("model", ["IS", "IW", "SW"])
def test_curves_of_lowe(model: str) -> None:
    """Lowe et al. 2018: the three growth curves."""
    vector = BY_ID["sat-lowe2018-other-models"]
    given = vector["inputs"]
    found = CURVES[model](given["n"], given["A"], given["b"])
    assert found.tolist() == pytest.approx(vector["expected"][model], abs=vector["tolerance"])


def test_every_record_is_used() -> None:
    """No record of the file is left untested."""
    single = {
        "agr-holsti-1",
        "ml-masi-distances",
        "unit-kripp2016-alexpaulsuzan",
        "unit-identical",
        "gamma-positional-fig10",
        "rho-kappa-contingency",
        "sat-guest2020",
        "sat-small-incidence",
        "sat-chao2-ant",
        "sat-lowe2018-other-models",
    }
    assert single | {vector["id"] for vector in TABLES + RATINGS} == set(BY_ID)


def test_paradox_table_is_explained_by_its_indices() -> None:
    """Gwet 2002: kappa is negative at 94 % agreement; the prevalence index says why, PABAK does not fall."""
    ratings = ratings_from_table([[118, 5], [2, 0]])
    assert binary.prevalence_index(1 - ratings).value == pytest.approx(118 / 125)
    assert binary.bias_index(1 - ratings).value == pytest.approx(3 / 125)
    assert binary.pabak(1 - ratings).value == pytest.approx(0.888)
