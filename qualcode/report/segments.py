"""A text cut where marked passages begin and end, so that overlapping passages can be shown in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qualcode.model import Transcript, Turn
from qualcode.model.times import clock


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text under the same marks throughout.

    Attributes:
        start: First character.
        end: One past the last.
        marks: Indices of the spans that cover it, in the order given.
        begins: Those of them that begin here.
    """

    start: int
    end: int
    marks: tuple[int, ...]
    begins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A turn, or text outside of turns; the blocks of a transcript, one after the other, are its whole text.

    Attributes:
        kind: "turn", "label" (speaker and time before a turn), "remark" (any other text) or "space".
        start: First character.
        end: One past the last.
        turn: The turn, for turns and their labels.
    """

    kind: str
    start: int
    end: int
    turn: Turn | None = None


def segments(start: int, end: int, spans: Sequence[tuple[int, int]]) -> tuple[Segment, ...]:
    """Cut `[start, end)` wherever a span begins or ends.

    Args:
        start: First character.
        end: One past the last.
        spans: Half-open spans, which may overlap, nest, touch, or reach out of the text on either side.

    Returns:
        Segments that cover the text without gaps or overlaps, in order.
    """
    inside = [(index, max(start, left), min(end, right)) for index, (left, right) in enumerate(spans)]
    inside = [(index, left, right) for index, left, right in inside if left < right]
    cuts = sorted({start, end, *(left for _, left, _ in inside), *(right for _, _, right in inside)})
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    for index, left, right in inside:
        opening.setdefault(left, []).append(index)
        closing.setdefault(right, []).append(index)
    result = []
    now: set[int] = set()
    for left, right in pairwise(cuts):
        now.difference_update(closing.get(left, ()))
        now.update(opening.get(left, ()))
        result.append(Segment(left, right, tuple(sorted(now)), tuple(opening.get(left, ()))))
    return tuple(result)


def blocks(transcript: Transcript) -> tuple[Block, ...]:
    """Cut a transcript into turns and what stands between them, losing no character."""
    result: list[Block] = []
    at = 0
    for turn in transcript.turns:
        result.extend(_between(transcript.text, at, turn.start, turn))
        result.append(Block("turn", turn.start, turn.end, turn))
        at = turn.end
    result.extend(_between(transcript.text, at, len(transcript.text), None))
    return tuple(block for block in result if block.start < block.end)


def _between(text: str, start: int, end: int, turn: Turn | None) -> Iterable[Block]:
    """Cut the text before a turn into remarks (by paragraph), space, and the turn's label."""
    label = _label_start(text, start, end, turn) if turn else end
    at = start
    for piece in text[start:label].split("\n\n"):
        left = at + len(piece) - len(piece.lstrip())
        right = at + len(piece.rstrip())
        if left < right:
            yield Block("space", at, left)
            yield Block("remark", left, right)
            yield Block("space", right, at + len(piece))
        else:
            yield Block("space", at, at + len(piece))
        at += len(piece)
        gap = min(label, at + 2)
        yield Block("space", at, gap)
        at = gap
    yield Block("label", label, end, turn)


def _label_start(text: str, start: int, end: int, turn: Turn) -> int:
    """Return where a turn's label begins: its lines say nothing but the speaker and the time."""
    label = end
    while label > start:
        line = text.rfind("\n", start, label - 1) + 1 or start
        told = text[line:label].strip()
        # A line of asterisks or dashes above a label is a remark, not part of it.
        if told and not (_says_label(told, turn) and (label == end or any(map(str.isalnum, told)))):
            break
        label = max(line, start)
    return label


def _says_label(line: str, turn: Turn) -> bool:
    rest = line.replace(turn.speaker, "", 1) if turn.speaker else line
    time = clock(turn.time)
    if time:
        for form in (time, time.removeprefix("00:"), time.lstrip("0:")):
            if form and form in rest:
                rest = rest.replace(form, "", 1)
                break
    return not any(character.isalnum() for character in rest)
