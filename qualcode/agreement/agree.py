"""Agreement of coders: a whole table, per code and pooled, with intervals by interview."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from qualcode.agreement.findings import Agreement, CodeAgreement, PairAgreement, Value
from qualcode.agreement.ratings import Array
from qualcode.agreement.remarks import THRESHOLDS, remarks_on
from qualcode.agreement.resampling import Resamples, resamples, summary
from qualcode.agreement.sets import set_alphas
from qualcode.agreement.sums import (
    CODE_MEASURES,
    CodeSums,
    Pool,
    code_sums,
    corrected,
    mean_known,
    reference_measures,
)
from qualcode.agreement.units import Coverage, Sentences, Units, units_of
from qualcode.counts import counted
from qualcode.errors import UserError
from qualcode.model import Study

FOR_TWO = (
    "percent",
    "holsti",
    "cohen",
    "scott",
    "brennan_prediger",
    "ac1",
    "alpha",
    "f1",
    "prevalence_index",
    "bias_index",
    "pabak",
)
FOR_MORE = (
    "percent",
    "holsti",
    "light",
    "conger",
    "fleiss",
    "brennan_prediger",
    "ac1",
    "alpha",
    "f1",
    "prevalence_index",
    "bias_index",
    "pabak",
)
NEVER_VARIES = "the coders gave it everywhere or nowhere: agreement cannot be told from there being no choice"
REASONS = {
    "precision": "the other coders gave it nowhere",
    "recall": "the reference coder gave it nowhere",
    "f1": "no coder gave it",
}


def agree(
    study: Study,
    coders: Iterable[str],
    *,
    unit: str = "turn",
    reference: str = "",
    codes: Iterable[str] | None = None,
    statuses: Collection[str] = ("accepted",),
    transcripts: Collection[str] | None = None,
    coverage: Coverage | None = None,
    draws: int = 2000,
    seed: int | None = None,
    interval: float = 0.95,
    measures: Sequence[str] | None = None,
    sentences: Sentences | None = None,
) -> Agreement:
    """Return the agreement of coders per code and over all codes.

    Per code, each unit has the code or not (see `CODE_MEASURES`; `light` and `cohen` are one for two coders). Pooled:

    - `percent`, `f1`, `precision`, `recall`: over unit × code, micro-averaged; for more than two coders without a
      reference, over pairs of coders too;
    - `pooled_kappa`: de Vries et al. 2008, mean observed and mean chance agreement over codes (and pairs of coders);
    - `mean_kappa`, `mean_alpha`, `mean_ac1`: means over the codes for which they are defined (kappa: Cohen's, for more
      coders Light's);
    - `alpha_masi`, `alpha_jaccard`: Krippendorff's alpha over the sets of codes that units carry.

    Units that fewer than two of the coders saw are left out. Intervals are percentile bootstrap intervals, drawing
    interviews (cases); standard errors are the delete-one-interview jackknife's.

    Args:
        study: The study.
        coders: Names of at least two.
        unit: "turn", "sentence", "passage" or "character"; see `qualcode.agreement.units`.
        reference: Name of the coder that precision, recall and F1 take as right; empty for none.
        codes: Identifiers of the codes to look at; None for all.
        statuses: Statuses that count; of machines, affirmed proposed and accepted codings count whatever this says.
        transcripts: Names of the transcripts to look at; None for all.
        coverage: What coders saw; see `units_of`.
        draws: Bootstrap draws; 0 for no intervals.
        seed: Of the draws; None: that of the study's settings.
        interval: Coverage of the intervals, 0 to 1.
        measures: Names of the measures per code; None: those that fit the number of coders.
        sentences: Function from a text to its sentences' spans; None: the language's.

    Raises:
        UserError: Fewer than two coders, or an unknown coder, reference, unit, code, transcript or measure.
    """
    names = tuple(dict.fromkeys(coders))
    _check(names, reference, measures, interval)
    seed = study.settings.thresholds.seed if seed is None else seed
    every = units_of(
        study,
        names,
        unit=unit,
        codes=codes,
        statuses=statuses,
        transcripts=transcripts,
        coverage=coverage,
        sentences=sentences,
    )
    units = _shared(every)
    wanted = tuple(measures) if measures is not None else _fitting(names, reference, unit)
    drawn = resamples(units.interview, len(units.interviews), draws, seed)
    per_code, pooled, pairs, influence = _measured(units, drawn, wanted, reference, interval)
    alone = int(every.weights.sum() - units.weights.sum())
    apart = [code for code in every.codes if code not in units.codes]
    together = units.seen.all(axis=1)
    return Agreement(
        unit=unit,
        coders=names,
        units=int(units.weights[together].sum()),
        reference=reference,
        pooled=pooled,
        codes=per_code,
        unused=units.unused,
        remarks=remarks_on(units, pooled, per_code, alone, apart, draws),
        settings=_settings(every, units, drawn, statuses, draws, seed, interval),
        pairs=pairs,
        influence=influence,
    )


def _check(names: tuple[str, ...], reference: str, measures: Sequence[str] | None, interval: float) -> None:
    if len(names) < 2:
        told = f"only {names[0]!r} was named" if names else "none was named"
        raise UserError(
            f"Agreement needs at least two coders: {told}.",
            hint="Name each with `--coder NAME`; see `qualcode status`.",
        )
    if reference and reference not in names:
        raise UserError(f"The reference {reference!r} is not among the coders {', '.join(names)}.")
    known = {*CODE_MEASURES, "precision", "recall", "u_alpha_binary"}
    for measure in measures or ():
        if measure not in known:
            raise UserError(
                f"There is no measure {measure!r} per code.", hint=f"Measures are: {', '.join(sorted(known))}."
            )
    if not 0 < interval < 1:
        raise UserError(f"The interval's coverage lies between 0 and 1, not {interval}.")


def _fitting(names: tuple[str, ...], reference: str, unit: str) -> tuple[str, ...]:
    fitting: tuple[str, ...] = FOR_TWO if len(names) == 2 else FOR_MORE
    if reference:
        place = fitting.index("f1")
        fitting = (*fitting[:place], "precision", "recall", *fitting[place:])
    return (*fitting, "u_alpha_binary") if unit == "character" else fitting


def _shared(units: Units) -> Units:
    """Return only the units that at least two coders saw, and only the codes used there."""
    kept = units.seen.sum(axis=1) >= 2
    given = units.given[kept]
    used = given.any(axis=(0, 1))
    codes = tuple(code for code, use in zip(units.codes, used, strict=True) if use)
    present = np.unique(units.interview[kept])
    number = np.full(len(units.interviews), -1)
    number[present] = np.arange(len(present))
    moved = np.cumsum(kept) - 1
    touches = units.touches[kept[units.touches[:, 1]]] if len(units.touches) else units.touches
    if len(touches):
        touches = np.column_stack([touches[:, 0], moved[touches[:, 1]]])
    return replace(
        units,
        codes=codes,
        places=tuple(place for place, keep in zip(units.places, kept, strict=True) if keep),
        weights=units.weights[kept],
        interviews=tuple(units.interviews[one] for one in present),
        interview=number[units.interview[kept]],
        given=given[:, :, used],
        seen=units.seen[kept],
        touches=touches,
    )


def _measured(
    units: Units, drawn: Resamples, wanted: tuple[str, ...], reference: str, interval: float
) -> tuple[
    tuple[CodeAgreement, ...], dict[str, Value], tuple[PairAgreement, ...], tuple[tuple[str, float | None], ...]
]:
    place = units.coders.index(reference) if reference else None
    functions = CODE_MEASURES if place is None else CODE_MEASURES | reference_measures(place)
    plain = tuple(name for name in wanted if name in functions)
    pool, per_code, pair_rows = Pool(place), [], []
    for code, sums in zip(units.codes, code_sums(units, drawn.group, drawn.weights), strict=True):
        pool.add(sums)
        rows = np.column_stack([functions[name](sums) for name in plain]) if plain else np.empty((1, 0))
        values = dict(zip(plain, summary(rows, drawn, interval, _reasons(plain), THRESHOLDS), strict=True))
        values = {name: value if name == "alpha" else replace(value, below=()) for name, value in values.items()}
        per_code.append(_code_row(units, code, sums, values))
        pair_rows.append(_first_resample(sums))
    if not per_code:
        return (), {}, (), ()
    if "u_alpha_binary" in wanted:
        per_code = _with_spans(units, drawn, per_code, interval)
    samples = pool.values() | set_alphas(units, drawn.group, drawn.weights)
    rows = np.column_stack(list(samples.values()))
    found = dict(zip(samples, summary(rows, drawn, interval, _reasons(samples), THRESHOLDS), strict=True))
    pooled = {
        name: value if name.startswith("alpha") or name == "mean_alpha" else replace(value, below=())
        for name, value in found.items()
    }
    without = samples["pooled_kappa"][1 + drawn.draws :]
    influence = tuple(
        (case, None if np.isnan(value) else float(value))
        for case, value in zip(units.interviews, without, strict=False)
    )
    return tuple(per_code), pooled, _pairs(units, pair_rows), influence


def _code_row(units: Units, code: str, sums: CodeSums, values: dict[str, Value]) -> CodeAgreement:
    given = units.given[:, :, units.codes.index(code)]
    everyone = (given | ~units.seen).all(axis=1)
    return CodeAgreement(
        code=code,
        units={name: round(float(sums.coder_ones[0, place])) for place, name in enumerate(units.coders)},
        both=int(units.weights[everyone].sum()),
        prevalence=float(sums.share[0] / sums.units[0]),
        measures=values,
    )


def _first_resample(sums: CodeSums) -> tuple[Array, ...]:
    """Return, for the data as they are, each pair's kappa, F1 parts, observed and chance agreement."""
    first = (sums.kappa, sums.both, sums.given, sums.po, sums.pe, sums.pair_units)
    # Copies: views would keep all resamples of every code in memory.
    return tuple(values[0].copy() for values in first)


def _pairs(units: Units, rows: list[tuple[Array, ...]]) -> tuple[PairAgreement, ...]:
    kappas, both, given, observed, chance, together = (np.array(column) for column in zip(*rows, strict=True))
    pooled = corrected(observed.mean(axis=0), chance.mean(axis=0))
    means = mean_known(kappas.T)
    found = []
    place = 0
    for left, first in enumerate(units.coders):
        for second in units.coders[left + 1 :]:
            total = given[:, place].sum()
            measures = {
                "f1": Value(float(2 * both[:, place].sum() / total)) if total else Value(None, "neither gave any code"),
                "pooled_kappa": _value(pooled[place]),
                "mean_kappa": _value(means[place]),
            }
            by_code = {code: _value(kappas[row, place]) for row, code in enumerate(units.codes)}
            found.append(PairAgreement(first, second, int(together[0, place]), measures, by_code))
            place += 1
    return tuple(found)


def _reasons(names: Iterable[str]) -> list[str]:
    return [REASONS.get(name, NEVER_VARIES) for name in names]


def _value(number: float) -> Value:
    return Value(None, NEVER_VARIES) if np.isnan(number) else Value(float(number))


def _with_spans(units: Units, drawn: Resamples, per_code: list[CodeAgreement], interval: float) -> list[CodeAgreement]:
    from qualcode.agreement.spans import binary_alphas

    rows = binary_alphas(units, drawn)
    values = summary(rows, drawn, interval, [NEVER_VARIES] * len(per_code), THRESHOLDS)
    return [
        replace(one, measures={**one.measures, "u_alpha_binary": value})
        for one, value in zip(per_code, values, strict=True)
    ]


def _settings(
    every: Units, units: Units, drawn: Resamples, statuses: Collection[str], draws: int, seed: int, interval: float
) -> tuple[tuple[str, str], ...]:
    shown = [
        ("unit", units.unit),
        ("coders", ", ".join(units.coders)),
        ("statuses", ", ".join(statuses)),
        ("read by at least two coders", f"{int(units.weights.sum())} {units.unit}s"),
        ("interviews", str(len(units.interviews))),
    ]
    for place, name in enumerate(every.coders):
        cases = len(np.unique(every.interview[every.seen[:, place]]))
        seen = int(every.weights[every.seen[:, place]].sum())
        shown.append((f"read by {name}", f"{seen} {units.unit}s in {counted(cases, 'interview')}"))
    if draws:
        what = "units" if drawn.by_units else "interviews"
        shown += [
            ("intervals", f"{interval:.0%}, percentile bootstrap over {what}"),
            ("draws", str(draws)),
            ("seed", str(seed)),
        ]
    return tuple(shown)
