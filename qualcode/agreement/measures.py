"""All measures of agreement by name: what each is called, where it comes from, and what it is for.

To add one: write a pure function with its source and a published number in its docstring, and add a line here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qualcode.agreement import alpha, binary, gamma, nominal, rho, unitizing


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of agreement.

    Attributes:
        title: As shown.
        function: What computes it.
        takes: "ratings" (units × coders), "given" (ratings 1 and 0 of one code), "codes" (such ratings of each
            code), "sets" (a set of codes for each unit and coder), "segments" (passages) or "kappa".
        coders: "two" or "any number".
        source: Author, year, page.
        purpose: What it is for, and what to beware of.
    """

    title: str
    function: Callable[..., Any]
    takes: str
    coders: str
    source: str
    purpose: str


MEASURES: dict[str, Measure] = {
    "percent": Measure(
        "Percent agreement",
        nominal.percent,
        "ratings",
        "any number",
        "Krippendorff 2004, p. 224",
        "Easy to grasp; high by itself where one category is rare. Not to be reported alone.",
    ),
    "holsti": Measure(
        "Holsti's CR",
        nominal.holsti,
        "ratings",
        "any number",
        "Holsti 1969, p. 140",
        "Percent agreement where coders read different amounts.",
    ),
    "cohen": Measure(
        "Cohen's kappa",
        nominal.cohen,
        "ratings",
        "two",
        "Cohen 1960, p. 40",
        "Two coders, one value per unit; low where a category is rare.",
    ),
    "light": Measure(
        "Light's kappa",
        nominal.light,
        "ratings",
        "any number",
        "Light 1971, p. 367",
        "Mean of Cohen's kappas of all pairs of coders.",
    ),
    "conger": Measure(
        "Conger's (Hubert's) kappa",
        nominal.conger,
        "ratings",
        "any number",
        "Conger 1980, p. 323; Gwet 2014, ch. 2",
        "Cohen's kappa for more coders: chance from each coder's own habits.",
    ),
    "scott": Measure(
        "Scott's pi",
        nominal.scott,
        "ratings",
        "two",
        "Scott 1955, p. 321",
        "As Cohen's, with chance from the coders' habits taken together.",
    ),
    "fleiss": Measure(
        "Fleiss' kappa",
        nominal.fleiss,
        "ratings",
        "any number",
        "Fleiss 1971, p. 378",
        "Scott's pi for more coders.",
    ),
    "brennan_prediger": Measure(
        "Brennan & Prediger's kappa (S, free-marginal, MAXQDA)",
        nominal.brennan_prediger,
        "ratings",
        "any number",
        "Brennan & Prediger 1981, p. 691",
        "Chance is one over the number of categories, which must be declared.",
    ),
    "ac1": Measure(
        "Gwet's AC1",
        nominal.ac1,
        "ratings",
        "any number",
        "Gwet 2008, p. 29",
        "Does not collapse where a category is rare; near percent agreement there.",
    ),
    "alpha": Measure(
        "Krippendorff's alpha",
        alpha.alpha,
        "ratings",
        "any number",
        "Krippendorff 2011; 2004, p. 222",
        "Any number of coders, missing ratings, ordered values by the distance.",
    ),
    "alpha_masi": Measure(
        "Krippendorff's alpha over sets (MASI)",
        lambda rows: alpha.alpha_of_sets(rows, distance="masi"),
        "sets",
        "any number",
        "Passonneau 2006, p. 832",
        "Several codes on one unit, in one number; a subset counts as near.",
    ),
    "alpha_jaccard": Measure(
        "Krippendorff's alpha over sets (Jaccard)",
        lambda rows: alpha.alpha_of_sets(rows, distance="jaccard"),
        "sets",
        "any number",
        "Krippendorff 2004, ch. 11; Jaccard 1901",
        "As with MASI, by the share of common codes alone.",
    ),
    "precision": Measure(
        "Precision",
        binary.precision,
        "given",
        "any number",
        "van Rijsbergen 1979, ch. 7",
        "How much of what was given the reference gave too.",
    ),
    "recall": Measure(
        "Recall",
        binary.recall,
        "given",
        "any number",
        "van Rijsbergen 1979, ch. 7",
        "How much of what the reference gave was found.",
    ),
    "f1": Measure(
        "F1",
        binary.f1,
        "given",
        "any number",
        "van Rijsbergen 1979, ch. 7; Hripcsak & Rothschild 2005, p. 296",
        "Agreement on what was given, leaving out units that both left uncoded.",
    ),
    "prevalence_index": Measure(
        "Prevalence index",
        binary.prevalence_index,
        "given",
        "any number",
        "Byrt, Bishop & Carlin 1993, p. 425",
        "How lopsided a code is: near 1, kappa is low whatever coders do.",
    ),
    "bias_index": Measure(
        "Bias index",
        binary.bias_index,
        "given",
        "any number",
        "Byrt, Bishop & Carlin 1993, p. 425",
        "How differently often coders give a code.",
    ),
    "pabak": Measure(
        "PABAK",
        binary.pabak,
        "given",
        "any number",
        "Byrt, Bishop & Carlin 1993, p. 427",
        "Kappa as it would be without prevalence and bias; beside kappa, not in its place.",
    ),
    "pooled_kappa": Measure(
        "Pooled kappa",
        binary.pooled_kappa,
        "codes",
        "any number",
        "de Vries et al. 2008, p. 272",
        "One kappa for many codes; steadier than the mean of kappas where codes are rare.",
    ),
    "u_alpha": Measure(
        "Krippendorff's u-alpha family (2016)",
        unitizing.unitized_alpha,
        "segments",
        "any number",
        "Krippendorff et al. 2016, p. 2347; Krippendorff 2019, sec. 12.6",
        "Coders who mark passages freely with codes that exclude each other.",
    ),
    "rho": Measure(
        "Shaffer's rho",
        rho.rho,
        "kappa",
        "two",
        "Shaffer 2017, ch. 6; Eagan et al. 2016",
        "Whether a kappa on a sample may be taken to hold for the rest.",
    ),
    "gamma": Measure(
        "Gamma",
        gamma.gamma,
        "segments",
        "any number",
        "Mathet, Widlöcher & Métivier 2015, p. 437",
        "Freely marked, overlapping passages; needs the extra [gamma].",
    ),
}
