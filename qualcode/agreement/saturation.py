"""Saturation: how far the interviews have told what they have to tell. Descriptive, no verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from qualcode.agreement.base_runs import base_run_permuted, new_codes
from qualcode.agreement.findings import CodeHistory, Grid, Lowe, NewCodes, Richness, Saturation, Value
from qualcode.agreement.growth import lowe_direct, lowe_fits
from qualcode.agreement.ratings import Array
from qualcode.agreement.richness import curve, more_interviews, richness
from qualcode.counts import counted
from qualcode.errors import UserError
from qualcode.model import Coding, Study

BASES = (4, 5, 6)
RUNS = (2, 3)
THRESHOLDS = (0.05, 0.0)
LINES = (0.8, 0.9, 0.95, 1.0)
CAVEATS = (
    "These numbers describe; they do not say that there are enough interviews. They depend on the codebook (how "
    "fine its codes are), on who coded, on whom was interviewed, and they count codes, not what the codes mean "
    "(Braun & Clarke 2021).",
    "A codebook fixed in advance ends the count of new codes at its last code: saturation of such a codebook says "
    "that its codes have been seen, not that nothing else was said.",
    "Order matters for Guest, Namey & Chen's numbers: the median and the 5th to 95th percentile over permuted "
    "orders stand beside them. Coverage, Chao2 and the curve do not depend on the order.",
    "Hennink, Kaiser & Marconi (2017) found code saturation after 9 of 25 interviews and meaning saturation after "
    "16 to 24: the grid of code by interviews is to be read, it is no test.",
    "Chao2 is a lower bound for the number of codes, and its interval is wide for few interviews. Coverage is the "
    "share of all mentions of codes, in interviews like these, that belong to codes already known; one minus "
    "coverage is the chance that the next mention brings a new code.",
)


def saturation(
    study: Study,
    codings: Iterable[Coding],
    *,
    order: Sequence[str] | None = None,
    codes: Iterable[str] | None = None,
    bases: Sequence[int] = BASES,
    runs: Sequence[int] = RUNS,
    thresholds: Sequence[float] = THRESHOLDS,
    permutations: int = 1000,
    seed: int | None = None,
    block: int = 5,
    target: float = 0.95,
    cohorts: bool = True,
) -> Saturation:
    """Return what the codings of interviews say about saturation.

    Args:
        study: The study.
        codings: Those to use (of one coder, or of the consensus).
        order: Names of the transcripts in the order in which the interviews were held; None: the order of the study's
            cases, of the transcripts that hold any coding.
        codes: Identifiers of the codes to count; None for all.
        bases: Base sizes for Guest, Namey & Chen.
        runs: Run lengths.
        thresholds: Thresholds, 0 to 1.
        permutations: Orders drawn.
        seed: Of the draws; None: that of the study's settings.
        block: Interviews in a block of Hennink & Kaiser's grid.
        target: Coverage aimed at, 0 to 1.
        cohorts: Whether to do the same for each cohort.

    Raises:
        UserError: No coding, or an unknown transcript in `order`.
    """
    seed = study.settings.thresholds.seed if seed is None else seed
    wanted = None if codes is None else frozenset(codes)
    used = [coding for coding in codings if wanted is None or coding.code in wanted]
    interviews = _order(study, used, order)
    used = [coding for coding in used if coding.transcript in frozenset(interviews)]
    if not used:
        raise UserError("There are no codings to look at for saturation.", hint="See `qualcode status`.")
    names = _code_order(study, used)
    incidence = _incidence(used, interviews, names)
    asked = _Asked(tuple(bases), tuple(runs), tuple(thresholds), permutations, seed, block, target)
    found = _of_incidence(study, incidence, interviews, names, asked)
    by_cohort = {}
    if cohorts:
        for cohort, members in _cohorts(study, interviews).items():
            own = frozenset(members)
            part = [coding for coding in used if coding.transcript in own]
            present = _code_order(study, part)
            table = _incidence(part, members, present)
            by_cohort[cohort] = replace(
                _of_incidence(study, table, tuple(members), present, asked), coders=_coders(part)
            )
    return replace(found, coders=_coders(used), cohorts=by_cohort)


@dataclass(frozen=True)
class _Asked:
    bases: tuple[int, ...]
    runs: tuple[int, ...]
    thresholds: tuple[float, ...]
    permutations: int
    seed: int
    block: int
    target: float


def _coders(codings: Iterable[Coding]) -> tuple[str, ...]:
    return tuple(sorted({coding.coder for coding in codings}))


def _order(study: Study, codings: Sequence[Coding], order: Sequence[str] | None) -> tuple[str, ...]:
    if order is not None:
        for name in order:
            if name not in study.transcript_by_name:
                raise UserError(f"There is no transcript {name!r} in this study.", hint="See `qualcode status`.")
        return tuple(dict.fromkeys(order))
    coded = {coding.transcript for coding in codings}
    place = {case.name: number for number, case in enumerate(study.cases)}
    held = [transcript for transcript in study.transcripts if transcript.name in coded]
    held.sort(key=lambda transcript: (place.get(transcript.case, len(place)), transcript.name))
    return tuple(transcript.name for transcript in held)


def _code_order(study: Study, codings: Sequence[Coding]) -> tuple[str, ...]:
    present = {coding.code for coding in codings}
    listed = [code.id for code in study.codebook.codes if code.id in present]
    return (*listed, *sorted(present - set(listed)))


def _incidence(codings: Sequence[Coding], interviews: Sequence[str], codes: Sequence[str]) -> Array:
    row = {name: place for place, name in enumerate(interviews)}
    column = {code: place for place, code in enumerate(codes)}
    incidence = np.zeros((len(interviews), len(codes)), dtype=bool)
    for coding in codings:
        incidence[row[coding.transcript], column[coding.code]] = True
    return incidence


def _cohorts(study: Study, interviews: Sequence[str]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for name in interviews:
        case = study.case_by_name.get(study.transcript_by_name[name].case)
        if case is not None and case.cohort:
            members[case.cohort].append(name)
    several = {cohort: names for cohort, names in sorted(members.items()) if len(names) > 1}
    return several if len(members) > 1 else {}


def _of_incidence(
    study: Study, incidence: Array, interviews: tuple[str, ...], codes: tuple[str, ...], asked: _Asked
) -> Saturation:
    frequencies, number = incidence.sum(axis=0), len(interviews)
    base_runs = tuple(
        base_run_permuted(
            incidence, base=base, run=run, threshold=line, permutations=asked.permutations, seed=asked.seed
        )
        for base, run, line in product(asked.bases, asked.runs, asked.thresholds)
    )
    points = curve(frequencies, number)
    estimates = richness(frequencies, number)
    lowe = (
        lowe_direct(float(incidence.sum(axis=1).mean()), len(codes), number),
        *lowe_fits([point.codes for point in points if point.kind != "extrapolation"]),
    )
    more = more_interviews(frequencies, number, asked.target)
    return Saturation(
        interviews=interviews,
        coders=(),
        codebook=study.codebook.hash,
        table=new_code_table(incidence, interviews, codes),
        base_runs=base_runs,
        grid=_grid(study, incidence, codes, asked.block),
        lowe=lowe,
        richness=estimates,
        curve=points,
        target=asked.target,
        more=more,
        cohorts={},
        remarks=_remarks(estimates, lowe, more, asked.target),
        settings=(
            ("interviews", str(number)),
            ("order", ", ".join(interviews)),
            ("permutations", str(asked.permutations)),
            ("seed", str(asked.seed)),
            ("target coverage", f"{asked.target:.0%}"),
        ),
    )


def new_code_table(incidence: Array, interviews: Sequence[str], codes: Sequence[str]) -> tuple[NewCodes, ...]:
    """Return the new-code table: one row for each interview.

    Args:
        incidence: Interviews × codes, bool, in order.
        interviews: Names of the transcripts.
        codes: Identifiers of the codes.
    """
    rows = []
    known = np.zeros(len(codes), dtype=bool)
    for number, (name, present) in enumerate(zip(interviews, incidence, strict=True), start=1):
        fresh = present & ~known
        known |= present
        which = tuple(codes[at] for at in np.flatnonzero(fresh).tolist())
        total = int(present.sum())
        rows.append(NewCodes(number, name, total, len(which), total - len(which), int(known.sum()), which))
    return tuple(rows)


def _grid(study: Study, incidence: Array, codes: tuple[str, ...], block: int) -> Grid:
    new = np.array(new_codes(incidence))
    shares = np.cumsum(new) / max(len(codes), 1)
    lines = tuple((line, int(np.argmax(shares >= line - 1e-12)) + 1) for line in LINES)
    first = np.where(incidence.any(axis=0), incidence.argmax(axis=0), len(incidence))
    children: dict[str, list[int]] = defaultdict(list)
    for at, code in enumerate(codes):
        entry = study.codebook.by_id.get(code)
        if entry is not None and entry.parent:
            children[entry.parent].append(at)
    rows = [
        CodeHistory(
            code=codes[at],
            first=int(first[at]) + 1,
            interviews=int(incidence[:, at].sum()),
            last_aspect=max((int(first[child]) + 1 for child in children[codes[at]]), default=None),
            blocks=tuple(int(incidence[start : start + block, at].sum()) for start in range(0, len(incidence), block)),
        )
        for at in sorted(range(len(codes)), key=lambda place: (first[place], place))
    ]
    return Grid(block, tuple(float(share) for share in shares), lines, tuple(rows))


def _remarks(estimates: Richness, lowe: Sequence[Lowe], more: Value, target: float) -> tuple[str, ...]:
    found = []
    coverage = estimates.coverage.value
    if coverage is not None:
        found.append(
            f"{counted(estimates.codes, 'code')} in {counted(estimates.interviews, 'interview')}, {estimates.once} of "
            f"them in one interview only. Estimated coverage: {coverage:.1%} of mentions belong to codes already found."
        )
    if more.value is not None and more.value > 0:
        number = int(more.value)
        found.append(
            f"Extrapolated, {number} more interview{'s' if number > 1 else ''} like these would bring coverage "
            f"to {target:.0%}" + (f" ({more.reason})." if more.reason else ".")
        )
    elif more.value == 0:
        found.append(f"Estimated coverage is at {target:.0%} or above.")
    totals = [one.total for one in lowe if one.total is not None]
    if totals and max(totals) > 1.25 * min(totals):
        found.append(
            f"Lowe's curves disagree about the number of codes ({min(totals):.0f} to {max(totals):.0f}): none of "
            "them is to be trusted alone."
        )
    return (*found, *CAVEATS)
