"""Where the passages of an old text stand in a new one.

The texts are aligned by words, not by characters, so that a passage is never pieced together from letters that
happen to be equal. The way is that of patience diff (Bram Cohen): runs of words that occur once in both texts are
matched first, in their longest common order, then rarer and rarer ones between them, and only short stretches are left
to `difflib`, whose cost grows with the square of the length. Matches of a few words amid long replaced stretches are
dropped again, as chance (after the "semantic cleanup" of Neil Fraser, *Diff Strategies*, 2006).

    alignment = align("We plan. Then we write.", "So we plan. Then they write.")
    carry(alignment, 9, 13)   # "Then": Carried("moved", 12, 16)
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise

STATUSES = ("unchanged", "moved", "changed", "lost")
LEAST_KEPT = 1 / 3
"""Share of a passage's characters (white space apart) that must survive; with less it is lost."""

# Words and marks; scripts without spaces are cut into characters.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")
# Lengths, in words, of the runs that are looked for one after the other.
_RUNS = (16, 4, 1)
# Words of either side of a stretch that is left to difflib.
_SHORT = 300
# A match of at most so many characters between longer replaced stretches says nothing.
_CHANCE = 20
# A passage that is looked for word for word elsewhere must have at least so many characters.
_TELLING = 12

_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch that is the same in both texts.

    Attributes:
        old: Its first character in the old text.
        new: Its first character in the new text.
        size: Its length in characters.
    """

    old: int
    new: int
    size: int


@dataclass(frozen=True)
class Alignment:
    """Two texts and what they share, in order.

    Attributes:
        old_text: The text that positions are valid for.
        new_text: The text that they are to be carried to.
        blocks: Stretches that are the same; ascending and without overlap in both texts.
    """

    old_text: str
    new_text: str
    blocks: tuple[Block, ...]

    @cached_property
    def _ends(self) -> list[int]:
        return [block.old + block.size for block in self.blocks]

    def pieces(self, start: int, end: int) -> list[Block]:
        """Return what survives of the old passage `[start, end)`, in order."""
        found = []
        for number in range(bisect_right(self._ends, start), len(self.blocks)):
            block = self.blocks[number]
            if block.old >= end:
                break
            low, high = max(start, block.old), min(end, block.old + block.size)
            found.append(Block(low, block.new + low - block.old, high - low))
        return found


@dataclass(frozen=True, slots=True)
class Carried:
    """Where a passage of the old text stands in the new one.

    Attributes:
        status: "unchanged" (same positions, same text), "moved" (same text, other positions), "changed" (some of the
            text differs; the positions are the extent of what survives) or "lost".
        start: First character in the new text; -1 when lost.
        end: One past the last character; -1 when lost.
    """

    status: str
    start: int = -1
    end: int = -1


LOST = Carried("lost")


def align(old_text: str, new_text: str) -> Alignment:
    """Return what two texts share, in order.

    Takes well under a second for texts of 100 kB; time grows little faster than the length.
    """
    shift = len(new_text) - len(old_text)
    # The common cases exactly: nothing changed, something put at the end, something put at the beginning.
    if new_text.startswith(old_text) and not _inside_word(new_text, len(old_text)):
        return Alignment(old_text, new_text, (Block(0, 0, len(old_text)),) if old_text else ())
    if new_text.endswith(old_text) and not _inside_word(new_text, shift):
        return Alignment(old_text, new_text, (Block(0, shift, len(old_text)),))
    old = [match.span() for match in _TOKEN.finditer(old_text)]
    new = [match.span() for match in _TOKEN.finditer(new_text)]
    numbers: dict[str, int] = {}
    old_words = [numbers.setdefault(old_text[start:end], len(numbers)) for start, end in old]
    new_words = [numbers.setdefault(new_text[start:end], len(numbers)) for start, end in new]
    pairs = sorted(_pairs(old_words, new_words))
    blocks = _blocks(old_text, new_text, old, new, pairs)
    return Alignment(old_text, new_text, tuple(_without_chance(_with_spaces(old_text, new_text, blocks))))


def carry(alignment: Alignment, start: int, end: int, *, within: tuple[int, int] | None = None) -> Carried:
    """Return where the old passage `[start, end)` stands in the new text.

    Args:
        alignment: Of the two texts.
        start: First character of the passage in the old text.
        end: One past its last; `start < end`.
        within: Part of the new text that the passage has to stay in (a turn); what survives elsewhere counts as gone.

    Raises:
        ValueError: The passage is empty or not inside the old text.
    """
    old, new = alignment.old_text, alignment.new_text
    if not 0 <= start < end <= len(old):
        raise ValueError(f"[{start}, {end}) is no passage of a text of {len(old)} characters")
    low, high = within or (0, len(new))
    pieces = [piece for block in alignment.pieces(start, end) if (piece := _clipped(block, low, high))]
    if len(pieces) == 1 and pieces[0].size == end - start:
        return _same(start, pieces[0].new, end - start)
    elsewhere = _elsewhere(alignment, start, end, low, high)
    if elsewhere is not None:
        return _same(start, elsewhere, end - start)
    kept = sum(_weight(old[piece.old : piece.old + piece.size]) for piece in pieces)
    # A passage of white space only has no words that could survive.
    if kept == 0 or kept < LEAST_KEPT * _weight(old[start:end]):
        return LOST
    return _extent(alignment, pieces, (start, end), (low, high))


def _same(old: int, new: int, size: int) -> Carried:
    return Carried("unchanged" if old == new else "moved", new, new + size)


def _clipped(block: Block, low: int, high: int) -> Block | None:
    """Return the part of a block that lies in a part of the new text."""
    start, end = max(block.new, low), min(block.new + block.size, high)
    return Block(block.old + start - block.new, start, end - start) if start < end else None


def _weight(text: str) -> int:
    """Return the number of characters without white space."""
    return sum(not character.isspace() for character in text)


def _elsewhere(alignment: Alignment, start: int, end: int, low: int, high: int) -> int | None:
    """Return where a passage stands that was taken out of its place and put in another, word for word."""
    passage = alignment.old_text[start:end]
    if len(passage.strip()) < _TELLING:
        return None
    found = alignment.new_text.find(passage)
    unique = alignment.new_text.find(passage, found + 1) < 0 and alignment.old_text.count(passage) == 1
    return found if unique and low <= found and found + len(passage) <= high else None


def _extent(alignment: Alignment, pieces: Sequence[Block], old: _Pair, within: _Pair) -> Carried:
    """Return the span from the first surviving character to the last, both widened to whole words."""
    text, before = alignment.new_text, alignment.old_text
    solid = [piece for piece in pieces if _weight(text[piece.new : piece.new + piece.size])]
    start, end = solid[0].new, solid[-1].new + solid[-1].size
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    # A coder who cut a word in two meant to; else a passage does not begin or end inside one.
    if not _inside_word(before, old[0]):
        while start > within[0] and _inside_word(text, start):
            start -= 1
    if not _inside_word(before, old[1]):
        while end < within[1] and _inside_word(text, end):
            end += 1
    if text[start:end] == before[old[0] : old[1]]:
        return _same(old[0], start, end - start)
    return Carried("changed", start, end)


def _inside_word(text: str, position: int) -> bool:
    if not 0 < position < len(text):
        return False
    match = _TOKEN.match(text, position - 1)
    return match is not None and match.end() > position


# Pairs of words


def _pairs(old: Sequence[int], new: Sequence[int]) -> Iterator[_Pair]:
    """Yield the pairs of words (index in old, index in new) that are matched, in no order."""
    todo = [(0, len(old), 0, len(new), 0)]
    while todo:
        old_low, old_high, new_low, new_high, level = todo.pop()
        ends = _common_ends(old, new, (old_low, old_high, new_low, new_high))
        head, tail = ends
        yield from ((old_low + i, new_low + i) for i in range(head))
        yield from ((old_high - i, new_high - i) for i in range(1, tail + 1))
        old_low, new_low, old_high, new_high = old_low + head, new_low + head, old_high - tail, new_high - tail
        if old_low == old_high or new_low == new_high:
            continue
        window = (old_low, old_high, new_low, new_high)
        if max(old_high - old_low, new_high - new_low) <= _SHORT:
            yield from _short_pairs(old, new, window)
            continue
        anchors: list[_Pair] = []
        while not anchors and level < len(_RUNS):
            anchors = _unique_runs(old, new, window, _RUNS[level])
            level += not anchors
        if not anchors:
            yield from _rising(_by_occurrence(old, new, window))
            continue
        yield from anchors
        edges = [(old_low - 1, new_low - 1), *anchors, (old_high, new_high)]
        for (i, j), (next_i, next_j) in pairwise(edges):
            todo.append((i + 1, next_i, j + 1, next_j, level))


def _common_ends(old: Sequence[int], new: Sequence[int], window: tuple[int, int, int, int]) -> tuple[int, int]:
    """Return how many words two stretches share at their beginning and at their end; the longer run goes first."""
    old_low, old_high, new_low, new_high = window
    most = min(old_high - old_low, new_high - new_low)
    head = tail = 0
    while head < most and old[old_low + head] == new[new_low + head]:
        head += 1
    while tail < most and old[old_high - 1 - tail] == new[new_high - 1 - tail]:
        tail += 1
    return (head, min(tail, most - head)) if head >= tail else (min(head, most - tail), tail)


def _short_pairs(old: Sequence[int], new: Sequence[int], window: tuple[int, int, int, int]) -> Iterator[_Pair]:
    old_low, old_high, new_low, new_high = window
    matcher = SequenceMatcher(None, old[old_low:old_high], new[new_low:new_high], autojunk=False)
    for match in matcher.get_matching_blocks():
        yield from ((old_low + match.a + i, new_low + match.b + i) for i in range(match.size))


def _unique_runs(old: Sequence[int], new: Sequence[int], window: tuple[int, int, int, int], size: int) -> list[_Pair]:
    """Return the first words of runs of `size` words that occur once in both stretches, in common order."""
    here = _once(old, window[0], window[1], size)
    there = _once(new, window[2], window[3], size)
    return _rising([(i, there[run]) for run, i in here.items() if run in there])


def _once(words: Sequence[int], low: int, high: int, size: int) -> dict[tuple[int, ...], int]:
    places: dict[tuple[int, ...], int] = {}
    for start in range(low, high - size + 1):
        run = tuple(words[start : start + size])
        places[run] = -1 if run in places else start
    return {run: start for run, start in places.items() if start >= 0}


def _by_occurrence(old: Sequence[int], new: Sequence[int], window: tuple[int, int, int, int]) -> list[_Pair]:
    """Pair the nth occurrence of a word with the nth: for long stretches in which every word recurs."""
    places: dict[_Pair, int] = {}
    counts: dict[int, int] = {}
    for j in range(window[2], window[3]):
        counts[new[j]] = counts.get(new[j], 0) + 1
        places[new[j], counts[new[j]]] = j
    counts.clear()
    pairs = []
    for i in range(window[0], window[1]):
        counts[old[i]] = counts.get(old[i], 0) + 1
        if (old[i], counts[old[i]]) in places:
            pairs.append((i, places[old[i], counts[old[i]]]))
    return pairs


def _rising(pairs: list[_Pair]) -> list[_Pair]:
    """Return the longest chain of pairs that rises in both texts; `pairs` rise in the first."""
    tops: list[int] = []
    chain: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        place = bisect_left(tops, j)
        before.append(chain[place - 1] if place else -1)
        if place == len(tops):
            tops.append(j)
            chain.append(number)
        else:
            tops[place], chain[place] = j, number
    result = []
    number = chain[-1] if chain else -1
    while number >= 0:
        result.append(pairs[number])
        number = before[number]
    return result[::-1]


# Pairs of words to blocks of characters


def _blocks(
    old_text: str, new_text: str, old: Sequence[_Pair], new: Sequence[_Pair], pairs: Sequence[_Pair]
) -> list[Block]:
    """Return stretches of characters: words that follow each other in both texts after the same white space are one."""
    blocks: list[Block] = []
    previous = (-1, -1)
    for i, j in [*pairs, (len(old), len(new))]:
        if i - previous[0] == j - previous[1] == 2:
            blocks += _word_parts(old_text, new_text, old[i - 1], new[j - 1])
        if i == len(old):
            break
        (start, end), there = old[i], new[j][0]
        joined = blocks[-1] if blocks and (i - 1, j - 1) == previous else None
        if joined is not None:
            space = old_text[joined.old + joined.size : start]
            if space == new_text[joined.new + joined.size : there]:
                blocks[-1] = Block(joined.old, joined.new, end - joined.old)
                previous = (i, j)
                continue
        blocks.append(Block(start, there, end - start))
        previous = (i, j)
    return blocks


def _word_parts(old_text: str, new_text: str, old: _Pair, new: _Pair) -> list[Block]:
    """Return what a word and the one in its place share at beginning and end, if that is half of them or more."""
    word, other = old_text[slice(*old)], new_text[slice(*new)]
    most = min(len(word), len(other))
    head = next((i for i in range(most) if word[i] != other[i]), most)
    tail = next((i for i in range(most - head) if word[-1 - i] != other[-1 - i]), most - head)
    if (head + tail) * 2 < max(len(word), len(other)):
        return []
    parts = [Block(old[0], new[0], head), Block(old[1] - tail, new[1] - tail, tail)]
    return [part for part in parts if part.size]


def _with_spaces(old_text: str, new_text: str, blocks: Sequence[Block]) -> list[Block]:
    """Widen blocks over equal white space beside them, and join those that touch."""
    result: list[Block] = []
    for number, block in enumerate(blocks):
        old, new, size = block.old, block.new, block.size
        floor = result[-1] if result else Block(0, 0, 0)
        while (
            old > floor.old + floor.size
            and new > floor.new + floor.size
            and _space(old_text, new_text, old - 1, new - 1)
        ):
            old, new, size = old - 1, new - 1, size + 1
        following = blocks[number + 1] if number + 1 < len(blocks) else Block(len(old_text), len(new_text), 0)
        while (
            old + size < following.old
            and new + size < following.new
            and _space(old_text, new_text, old + size, new + size)
        ):
            size += 1
        if result and (floor.old + floor.size, floor.new + floor.size) == (old, new):
            result[-1] = Block(floor.old, floor.new, floor.size + size)
        else:
            result.append(Block(old, new, size))
    return result


def _space(old_text: str, new_text: str, old: int, new: int) -> bool:
    return old_text[old] == new_text[new] and old_text[old].isspace()


def _without_chance(blocks: Sequence[Block]) -> list[Block]:
    """Drop blocks of a few characters that stand between longer stretches that differ."""
    kept: list[Block] = []
    for block in blocks:
        kept.append(block)
        while len(kept) >= 3 and kept[-2].size <= min(_CHANCE, _gap(kept[-3], kept[-2]), _gap(kept[-2], kept[-1])):
            del kept[-2]
    return kept


def _gap(left: Block, right: Block) -> int:
    return max(right.old - left.old - left.size, right.new - left.new - left.size)
