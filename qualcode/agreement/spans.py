"""The u-alpha family on a study: passages as coders marked them, over participants' speech."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import pairwise

import numpy as np

from qualcode.agreement.ratings import Array
from qualcode.agreement.resampling import Resamples
from qualcode.agreement.unitizing import Continuum, UnitizedAlpha, unitized_alpha
from qualcode.agreement.units import Coverage, Units, merged, units_of
from qualcode.errors import UserError
from qualcode.model import Study


def unitized(
    study: Study,
    coders: Iterable[str],
    *,
    codes: Iterable[str],
    statuses: Collection[str] = ("accepted",),
    transcripts: Collection[str] | None = None,
    coverage: Coverage | None = None,
) -> UnitizedAlpha:
    """Return the u-alpha family of 2016 for a domain of codes that exclude each other.

    The continuum is participants' speech, turn after turn, interviewers left out; passages end where the turn does.

    Args:
        study: The study.
        coders: Names of at least two.
        codes: Identifiers of the domain's codes; one code alone always makes a domain.
        statuses: See `units_of`.
        transcripts: See `units_of`.
        coverage: See `units_of`.

    Raises:
        UserError: A coder gave two codes of the domain to the same text: they do not exclude each other.
    """
    names = tuple(coders)
    units = units_of(
        study,
        names,
        unit="character",
        codes=codes,
        statuses=statuses,
        transcripts=transcripts,
        coverage=coverage,
    )
    return unitized_alpha(_continua(units))


def _continua(units: Units) -> list[Continuum]:
    """Return one continuum for each transcript and set of coders who saw its turns."""
    speech: dict[tuple[str, int], list[int]] = defaultdict(list)
    for position, place in enumerate(units.places):
        speech[place.transcript, place.turn].append(position)
    marked = _segments(units)
    lengths: dict[tuple[str, tuple[str, ...]], int] = defaultdict(int)
    segments: dict[tuple[str, tuple[str, ...]], dict[str, list[tuple[int, int, str]]]] = {}
    for (transcript, turn), positions in speech.items():
        who = tuple(name for name, saw in zip(units.coders, units.seen[positions[0]], strict=True) if saw)
        key = (transcript, who)
        own = segments.setdefault(key, {name: [] for name in who})
        start, end = units.places[positions[0]].start, units.places[positions[-1]].end
        offset = lengths[key] - start
        for name in who:
            own[name] += [(s + offset, e + offset, code) for s, e, code in marked.get((transcript, turn, name), [])]
        lengths[key] += end - start
    return [Continuum(lengths[key], segments[key]) for key in sorted(segments)]


def _segments(units: Units) -> dict[tuple[str, int, str], list[tuple[int, int, str]]]:
    """Return passages by (transcript, turn, coder), those of one code that overlap joined."""
    raw: dict[tuple[str, int, str, str], set[tuple[int, int]]] = defaultdict(set)
    bounds: dict[tuple[str, int], tuple[int, int]] = {}
    for place in units.places:
        start, end = bounds.get((place.transcript, place.turn), (place.start, place.end))
        bounds[place.transcript, place.turn] = (min(start, place.start), max(end, place.end))
    for at, unit in units.touches:
        coding, place = units.codings[at], units.places[unit]
        start, end = bounds[place.transcript, place.turn]
        span = (max(start, coding.start), min(end, coding.end))
        raw[place.transcript, place.turn, coding.coder, coding.code].add(span)
    found: dict[tuple[str, int, str], list[tuple[int, int, str]]] = defaultdict(list)
    for (transcript, turn, coder, code), spans in sorted(raw.items()):
        found[transcript, turn, coder] += [(start, end, code) for start, end in merged(spans)]
    for (transcript, turn, coder), listed in found.items():
        listed.sort()
        for (_, end, code), (start, _, other) in pairwise(listed):
            if start < end:
                raise UserError(
                    f"{coder} gave both {code} and {other} to the same text ({transcript}, turn {turn}): codes of "
                    "one domain must exclude each other.",
                    hint="Measure the codes one at a time, or leave one of them out.",
                )
    return found


def binary_alphas(units: Units, drawn: Resamples) -> Array:
    """Return |u of each code for all resamples (resamples × codes, NaN for undefined).

    A code alone is its own continuum of marked text and gaps, so that overlapping codes do not matter.

    Args:
        units: Characters, seen by at least two coders.
        drawn: The resamples.
    """
    own = _own_squares(units, drawn)
    rated = units.seen.sum(axis=1).astype(float)
    found = []
    for place in range(len(units.codes)):
        ones = units.given[:, :, place].sum(axis=1)
        groups = drawn.weights.shape[1]

        def by_group(values: Array, groups: int = groups) -> Array:
            return np.asarray(drawn.weights @ np.bincount(drawn.group, units.weights * values, minlength=groups))

        observed = by_group(ones * (rated - ones) / (rated - 1))
        marked, total = by_group(ones), by_group(rated)
        gaps = total - marked
        bottom = total**2 - drawn.weights @ own[:, place] - gaps
        expected = np.divide(total * gaps * marked, bottom, out=np.zeros(len(total)), where=bottom > 0)
        ratio = np.divide(observed, expected, out=np.full(len(total), np.nan), where=expected > 1e-12)
        found.append(1 - ratio)
    return np.column_stack(found)


def _own_squares(units: Units, drawn: Resamples) -> Array:
    """Return groups × codes: the sum of squared lengths of passages, counted where they begin."""
    column = {code: place for place, code in enumerate(units.codes)}
    squares = np.zeros((drawn.weights.shape[1], len(units.codes)))
    first = {}
    for position, place in reversed(list(enumerate(units.places))):
        first[place.transcript, place.turn] = position
    saw = {name: place for place, name in enumerate(units.coders)}
    by_code: dict[tuple[str, int, str, str], set[tuple[int, int]]] = defaultdict(set)
    for at, unit in units.touches:
        coding, place = units.codings[at], units.places[unit]
        if units.seen[unit, saw[coding.coder]]:
            by_code[place.transcript, place.turn, coding.coder, coding.code].add((at, unit))
    for (transcript, turn, _, code), touches in by_code.items():
        pieces: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for at, unit in touches:
            pieces[at].append((units.places[unit].start, units.places[unit].end))
        spans = merged((min(s for s, _ in each), max(e for _, e in each)) for each in pieces.values())
        group = drawn.group[first[transcript, turn]]
        squares[group, column[code]] += sum((end - start) ** 2 for start, end in spans)
    return squares
