"""Krippendorff's alphas for coders who mark passages freely: the u-alpha family of 2016.

Each coder cuts a continuum [0, length) into segments with a value and gaps between them. Where the older
alpha_U (1995, 2004) is meant, these are other coefficients: say "2016" beside the numbers.

Source: Krippendorff, Mathet, Bouvry & Widlöcher 2016, On the reliability of unitizing textual continua
(Quality & Quantity 50, p. 2347); Krippendorff, Content Analysis (4th ed. 2019), sec. 12.6.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qualcode.agreement.findings import Value
from qualcode.agreement.ratings import Array

Segment = tuple[int, int, Hashable]


@dataclass(frozen=True)
class Continuum:
    """One document as its coders segmented it.

    Attributes:
        length: In characters (or any other positions).
        segments: By coder: (start, end, value), half-open, none overlapping another of the same coder.
    """

    length: int
    segments: Mapping[str, Sequence[Segment]]


@dataclass(frozen=True)
class UnitizedAlpha:
    """The u-alpha family of 2016.

    Attributes:
        u: Where segments lie and which value they have, gaps included.
        binary: |u: only what is marked and what is a gap, whatever the value.
        coding: cu: which value, where two coders both marked something.
        coverage: Share of the continuum (of all pairs of coders) where they both did, 0 to 1.
        values: (k)u of each value: (alpha, its coverage), by value, in order of their names.
    """

    u: Value
    binary: Value
    coding: Value
    coverage: float
    values: Mapping[Hashable, tuple[Value, float]]


@dataclass(frozen=True)
class _Sums:
    """Lengths of intersections (values × values, gap first), and corrections for a segment paired with itself."""

    lengths: Array
    own: Array
    own_coded: Array


def unitized_alpha(documents: Iterable[Continuum]) -> UnitizedAlpha:
    """Return the u-alpha family for documents one after the other.

    Args:
        documents: Each with at least two coders; others are left out.

    Raises:
        ValueError: Segments of a coder overlap, or leave the continuum.

    Krippendorff 2019, p. 340, fig. 12.11, prints u .510, |u .413, cu .724:

    >>> alex = [(2, 9, "1"), (11, 17, "2"), (24, 30, "5"), (32, 36, "6"), (36, 44, "6"), (44, 60, "7")]
    >>> paul = [(2, 9, "1"), (11, 17, "3"), (19, 25, "5"), (32, 44, "6")]
    >>> suzan = [(2, 9, "1"), (11, 17, "4"), (21, 27, "5"), (32, 36, "6"), (36, 40, "6"), (40, 44, "6")]
    >>> found = unitized_alpha([Continuum(60, {"Alex": alex, "Paul": paul, "Suzan": suzan})])
    >>> [round(value.value, 3) for value in (found.u, found.binary, found.coding)]
    [0.51, 0.413, 0.724]
    """
    usable = [document for document in documents if len(document.segments) >= 2]
    values = sorted({s[2] for d in usable for segments in d.segments.values() for s in segments}, key=str)
    place = {value: number for number, value in enumerate(values, start=1)}
    size = len(values) + 1
    sums = _Sums(np.zeros((size, size)), np.zeros(size), np.zeros(size))
    for document in usable:
        more = _sums(document, place, size)
        sums = _Sums(sums.lengths + more.lengths, sums.own + more.own, sums.own_coded + more.own_coded)
    return _family(sums, values)


def _sums(document: Continuum, place: Mapping[Hashable, int], size: int) -> _Sums:
    coders = sorted(document.segments)
    for coder in coders:
        _check(coder, document.segments[coder], document.length)
    edges = {0, document.length}
    for coder in coders:
        edges |= {edge for start, end, _ in document.segments[coder] for edge in (start, end)}
    cuts = np.array(sorted(edges))
    widths = np.diff(cuts).astype(float)
    labels = np.zeros((len(widths), len(coders)), dtype=np.int64)
    # Which of the coder's segments an atom belongs to, from 1; gaps are 0.
    numbers = np.zeros_like(labels)
    for column, coder in enumerate(coders):
        for number, (start, end, value) in enumerate(document.segments[coder], start=1):
            inside = slice(*np.searchsorted(cuts, [start, end]))
            labels[inside, column], numbers[inside, column] = place[value], number
    return _Sums(
        _intersections(labels, widths, size),
        _own(labels, numbers, widths, size),
        _own_coded(labels, numbers, widths, size),
    )


def _check(coder: str, segments: Sequence[Segment], length: int) -> None:
    before = 0
    for start, end, value in sorted(segments, key=lambda segment: segment[:2]):
        if start < before or end > length or start >= end:
            raise ValueError(
                f"segment {start}-{end} ({value}) of {coder} overlaps another, is empty or leaves 0-{length}"
            )
        before = end


def _intersections(labels: Array, widths: Array, size: int) -> Array:
    coders = labels.shape[1]
    counts = (labels[:, :, None] == np.arange(size)).sum(axis=1).astype(float)
    table = (counts * widths[:, None]).T @ counts - np.diag(widths @ counts)
    return np.asarray(table / (coders - 1))


def _own(labels: Array, numbers: Array, widths: Array, size: int) -> Array:
    """Sum of squared lengths of segments by value; for gaps the sum of lengths."""
    own = np.zeros(size)
    for column in range(labels.shape[1]):
        own[0] += widths[labels[:, column] == 0].sum()
        lengths, value = _by_segment(labels[:, column], numbers[:, column], widths)
        np.add.at(own, value, lengths**2)
    return own


def _own_coded(labels: Array, numbers: Array, widths: Array, size: int) -> Array:
    """The same over the parts of segments where another coder marked something, for each other coder apart."""
    coders = labels.shape[1]
    own = np.zeros(size)
    for column in range(coders):
        for other in range(coders):
            if other != column:
                shared = widths * (labels[:, other] > 0)
                lengths, value = _by_segment(labels[:, column], numbers[:, column], shared)
                np.add.at(own, value, lengths**2)
    return np.asarray(own / (coders - 1))


def _by_segment(labels: Array, numbers: Array, widths: Array) -> tuple[Array, Array]:
    """Return, for each of a coder's segments, the sum of the widths and the value."""
    inside = numbers > 0
    lengths = np.bincount(numbers[inside], widths[inside])[1:]
    value = np.zeros(len(lengths), dtype=np.int64)
    value[numbers[inside] - 1] = labels[inside]
    return lengths, value


def _family(sums: _Sums, values: list[Hashable]) -> UnitizedAlpha:
    lengths, own = sums.lengths, sums.own
    total, margins = lengths.sum(), lengths.sum(axis=1)
    if total == 0:
        nothing = Value(None, "no text was segmented by two coders")
        return UnitizedAlpha(nothing, nothing, nothing, 0.0, {})
    scale = total / (total**2 - own.sum()) if total**2 > own.sum() else 0.0
    apart = total - np.trace(lengths)
    expected = total - scale * ((margins**2) - own).sum()
    only = "all coders marked everything, with one value, or nothing"
    marked = margins[1:].sum()
    chance_marked = scale * margins[0] * marked
    coding, by_value = _coding(lengths[1:, 1:], sums.own_coded[1:], margins[1:], values)
    return UnitizedAlpha(
        u=_one_minus(apart, expected, only),
        binary=_one_minus(lengths[0, 1:].sum(), chance_marked, "all coders marked everything, or nothing"),
        coding=coding,
        coverage=float(lengths[1:, 1:].sum() / total),
        values=by_value,
    )


def _coding(
    lengths: Array, own: Array, margins: Array, values: list[Hashable]
) -> tuple[Value, dict[Hashable, tuple[Value, float]]]:
    total = lengths.sum()
    if total == 0:
        reason = "no two coders marked the same text"
        return Value(None, reason), {value: (Value(None, reason), 0.0) for value in values}
    columns = lengths.sum(axis=0)
    bottom = total - own.sum() / total
    if bottom <= 1e-12:
        reason = "all that is marked in common is one segment"
        return Value(None, reason), {
            value: (Value(None, reason), _share(columns[at], margins[at])) for at, value in enumerate(values)
        }
    chance = (np.outer(columns, columns) - np.diag(own)) / bottom
    coding = _one_minus(
        total - np.trace(lengths), total - np.trace(chance), "where coders both marked, they used one value only"
    )
    found = {}
    for at, value in enumerate(values):
        coverage = _share(columns[at], margins[at])
        if columns[at] == 0:
            found[value] = (Value(None, "nobody else marked the same text"), coverage)
            continue
        expected = (chance[:, at].sum() - chance[at, at]) / chance[:, at].sum()
        observed = (columns[at] - lengths[at, at]) / columns[at]
        found[value] = (_one_minus(observed, expected, "no other value was used there"), coverage)
    return coding, found


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _one_minus(observed: float, expected: float, reason: str) -> Value:
    if expected <= 1e-12:
        return Value(None, reason)
    return Value(float(1 - observed / expected))
