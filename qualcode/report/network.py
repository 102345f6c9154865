"""The co-occurrence network as circles, lines and labels with coordinates, to be drawn by a template.

The layout is stress majorisation (Gansner, Koren & North 2004, Graph Drawing by Stress Majorization) written in
plain arithmetic and square roots, which every machine rounds alike: libraries' layouts differ in the last digits
between versions and processors, and the sample reports are compared byte for byte.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qualcode.axial.findings import Edge

WIDTH, MARGIN = 1120, 26
LEAST_HEIGHT, HEIGHT_PER_NODE, MOST_HEIGHT = 320, 12, 1100
MOST_NODES, PER_NODE, LETTER, LINE = 120, 3, 6.1, 15
ROUNDS = 120


@dataclass(frozen=True, slots=True)
class Node:
    """A code in the picture.

    Attributes:
        code: Identifier.
        x: Centre, in pixels.
        y: Centre, in pixels.
        radius: In pixels; its area grows with the number of cases.
        cases: Number of cases that it is found in.
    """

    code: str
    x: float
    y: float
    radius: float
    cases: int


@dataclass(frozen=True, slots=True)
class Line:
    """Two codes joined in the picture.

    Attributes:
        first: Position of one node among the nodes.
        second: Position of the other.
        width: In pixels.
        together: Units that hold both.
    """

    first: int
    second: int
    width: float
    together: int


@dataclass(frozen=True, slots=True)
class Network:
    """A picture of the strongest co-occurrences.

    Attributes:
        width: In pixels.
        height: In pixels.
        nodes: In order of the codebook.
        lines: Strongest last, so that they lie on top.
        edges: Co-occurrences that there are, drawn or not.
    """

    width: int
    height: int
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    edges: int


def network(edges: Sequence[Edge], cases: Mapping[str, int], names: Mapping[str, str]) -> Network | None:
    """Place the network of co-occurring codes.

    Args:
        edges: Co-occurrences.
        cases: Number of cases by code, in order of the codebook.
        names: Names shown by code; a circle keeps clear of its neighbours' names.

    Returns:
        The picture with each code's strongest edges (by c-coefficient), or None without edges.
    """
    drawn = strongest(edges)
    ends = {code for edge in drawn for code in (edge.first, edge.second)}
    codes = [code for code in cases if code in ends]
    if not codes:
        return None
    place = {code: number for number, code in enumerate(codes)}
    pairs = [(place[edge.first], place[edge.second], edge) for edge in drawn]
    most = max(max(cases[code] for code in codes), 1)
    radii = [4 + 9 * math.sqrt(cases[code] / most) for code in codes]
    points = _layout(len(codes), [(first, second, 1.15 - edge.jaccard) for first, second, edge in pairs])
    labels = [LETTER * min(len(names.get(code, code)), 34) for code in codes]
    height = min(LEAST_HEIGHT + HEIGHT_PER_NODE * len(codes), MOST_HEIGHT)
    points = _apart(_fitted(points, height), radii, labels, height)
    strongest_edge = max(edge.jaccard for edge in drawn) or 1.0
    return Network(
        WIDTH,
        height,
        tuple(
            Node(code, round(x, 1), round(y, 1), round(radius, 1), cases[code])
            for code, (x, y), radius in zip(codes, points, radii, strict=True)
        ),
        tuple(
            Line(first, second, round(0.8 + 4.2 * edge.jaccard / strongest_edge, 1), edge.together)
            for first, second, edge in sorted(pairs, key=lambda pair: (pair[2].jaccard, pair[:2]))
        ),
        len(edges),
    )


def strongest(edges: Sequence[Edge]) -> list[Edge]:
    """Return, for each code, its strongest few edges: all of them would be a ball of wool."""
    ranked = sorted(edges, key=lambda edge: (-edge.jaccard, -edge.together, edge.first, edge.second))
    number: dict[str, int] = {}
    kept = []
    for edge in ranked:
        known = edge.first in number, edge.second in number
        if len(number) + 2 - sum(known) > MOST_NODES:
            continue
        if min(number.get(edge.first, 0), number.get(edge.second, 0)) < PER_NODE:
            kept.append(edge)
            for code in (edge.first, edge.second):
                number[code] = number.get(code, 0) + 1
    return kept


def _distances(size: int, pairs: Sequence[tuple[int, int, float]]) -> list[list[float]]:
    """Return shortest path lengths; unconnected nodes are a little further apart than the furthest connected ones."""
    near: list[list[tuple[int, float]]] = [[] for _ in range(size)]
    for first, second, length in pairs:
        near[first].append((second, length))
        near[second].append((first, length))
    table = []
    for source in range(size):
        found = [math.inf] * size
        found[source] = 0.0
        queue = [(0.0, source)]
        while queue:
            far, node = heapq.heappop(queue)
            if far > found[node]:
                continue
            for other, length in near[node]:
                if far + length < found[other]:
                    found[other] = far + length
                    heapq.heappush(queue, (far + length, other))
        table.append(found)
    furthest = max((far for row in table for far in row if far < math.inf), default=1.0) or 1.0
    return [[far if far < math.inf else furthest * 0.7 + 0.5 for far in row] for row in table]


def _layout(size: int, pairs: Sequence[tuple[int, int, float]]) -> list[tuple[float, float]]:
    """Return points whose distances are close to the path lengths (least squares, weights 1 / length²)."""
    target = _distances(size, pairs)
    # A spiral of exactly representable steps: no sine, which differs between C libraries.
    xs, ys = [0.0] * size, [0.0] * size
    for node in range(size):
        side = node * 4 / size
        part = side - int(side)
        ring = 1.0 + (node % 3) * 0.25
        corner = ((1, 0, -1, 1), (0, 1, -1, -1), (-1, 0, 1, -1), (0, -1, 1, 1))[int(side) % 4]
        xs[node] = ring * (corner[0] + corner[2] * part)
        ys[node] = ring * (corner[1] + corner[3] * part)
    for _ in range(ROUNDS):
        for node in range(size):
            across = down = total = 0.0
            for other in range(size):
                if other == node:
                    continue
                wanted = target[node][other]
                weight = 1.0 / (wanted * wanted)
                dx, dy = xs[node] - xs[other], ys[node] - ys[other]
                far = math.sqrt(dx * dx + dy * dy)
                pull = wanted / far if far > 1e-9 else 0.0
                across += weight * (xs[other] + pull * dx)
                down += weight * (ys[other] + pull * dy)
                total += weight
            if total:
                xs[node], ys[node] = across / total, down / total
    return list(zip(xs, ys, strict=True))


def _fitted(points: Sequence[tuple[float, float]], height: int) -> list[tuple[float, float]]:
    """Stretch points over the picture, with room for names on the right."""
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    across = (WIDTH - 2 * MARGIN - 170) / ((right - left) or 1.0)
    down = (height - 2 * MARGIN) / ((bottom - top) or 1.0)
    return [(MARGIN + (x - left) * across, MARGIN + (y - top) * down) for x, y in points]


def _apart(
    points: Sequence[tuple[float, float]], radii: Sequence[float], labels: Sequence[float], height: int
) -> list[tuple[float, float]]:
    """Push nodes apart until no circle or name lies on another, as far as there is room."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    size = len(xs)
    for _ in range(200):
        moved = False
        for one in range(size):
            for two in range(one + 1, size):
                # Boxes hold the circle and the name on its right.
                over = min(
                    xs[one] + radii[one] + labels[one] + 10 - (xs[two] - radii[two]),
                    xs[two] + radii[two] + labels[two] + 10 - (xs[one] - radii[one]),
                )
                room = max(radii[one], LINE / 2) + max(radii[two], LINE / 2) + 3
                under = room - abs(ys[one] - ys[two])
                if over <= 0 or under <= 0:
                    continue
                moved = True
                # Names are wide and low: moving up and down is nearly always the shorter way.
                if under <= over:
                    step = under / 2 + 0.5
                    sign = 1 if ys[one] >= ys[two] else -1
                    ys[one] += sign * step
                    ys[two] -= sign * step
                else:
                    step = over / 2 + 0.5
                    sign = 1 if xs[one] >= xs[two] else -1
                    xs[one] += sign * step
                    xs[two] -= sign * step
        for node in range(size):
            xs[node] = min(max(xs[node], MARGIN), WIDTH - MARGIN - labels[node] - radii[node])
            ys[node] = min(max(ys[node], MARGIN), height - MARGIN)
        if not moved:
            break
    return list(zip(xs, ys, strict=True))
