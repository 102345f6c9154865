"""Codings as marks on a text: which of them lie on each stretch, in which colours, in which stripe beside it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from qualcode.model import Codebook, Coding
from qualcode.report.colours import code_colours, palette
from qualcode.report.segments import segments

STRIPES = 3
"""Codings side by side that are shown beside the text; of more the last stripe tells."""
LIGHTNESS = (0.58, 0.84)
"""Of colours on a dark screen, from the darkest to the lightest made for paper (0 to 1, as in HLS)."""
SATURATION = 0.45
"""Least saturation of them, so that codes can be told apart."""


class Marks:
    """The codings of one transcript.

    Args:
        codings: Sorted by place.
        length: Characters of the text.
    """

    def __init__(self, codings: Sequence[Coding], length: int) -> None:
        self.codings = tuple(codings)
        self._segments = segments(0, length, [(coding.start, coding.end) for coding in codings])
        self._starts = [segment.start for segment in self._segments]
        self._stripe = stripes(codings)

    def between(self, start: int, end: int) -> Iterator[tuple[int, int, tuple[Coding, ...]]]:
        """Give the stretches of `[start, end)` in order, each with the codings that cover it."""
        at = max(0, bisect_right(self._starts, start) - 1)
        for segment in self._segments[at:]:
            if segment.start >= end:
                return
            left, right = max(start, segment.start), min(end, segment.end)
            if left < right:
                yield left, right, tuple(self.codings[mark] for mark in segment.marks)

    def beside(self, start: int, end: int) -> tuple[Coding | None, ...]:
        """Return the coding in each stripe beside `[start, end)`."""
        found: list[Coding | None] = [None] * STRIPES
        at = max(0, bisect_right(self._starts, start) - 1)
        for segment in self._segments[at:]:
            if segment.start >= end:
                break
            for mark in segment.marks:
                stripe = min(self._stripe[mark], STRIPES - 1)
                found[stripe] = found[stripe] or self.codings[mark]
        return tuple(found)


def stripes(codings: Sequence[Coding]) -> list[int]:
    """Return a stripe (from 0) for each coding, so that those in one stripe do not overlap."""
    free: list[int] = []
    result = []
    for coding in codings:
        stripe = next((at for at, end in enumerate(free) if end <= coding.start), len(free))
        free[stripe:] = [coding.end, *free[stripe + 1 :]]
        result.append(stripe)
    return result


def screen_colours(codebook: Codebook) -> Mapping[str, str]:
    """Return a colour for each code, light enough for a dark screen: its own, or that of its category."""
    groups = {code.id: code.category or code.dimension for code in codebook.codes}
    found = code_colours(codebook, groups, palette(group for group in groups.values() if group))
    return {id: on_dark(colour) for id, colour in found.items()}


def on_dark(colour: str) -> str:
    """Return a colour of the same hue that can be read on a dark screen.

    >>> on_dark("#2f6690")
    '#83b2d7'
    """
    from colorsys import hls_to_rgb, rgb_to_hls

    hue, light, saturation = rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))
    low, high = LIGHTNESS
    parts = hls_to_rgb(hue, low + (high - low) * light, max(saturation, SATURATION))
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


UNKNOWN = "#b8bec6"
"""Colour of a code that the codebook does not have."""
