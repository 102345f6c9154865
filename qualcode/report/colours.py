"""Colours of categories and codes: the codebook's own, or a fixed palette."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from qualcode.model import Codebook

# Dark enough (contrast of 4.5 and more on white) to stand behind thin lines and small dots.
PALETTE = (
    "#2f6690",
    "#b04a26",
    "#3a7a4a",
    "#7a4b94",
    "#a23b5a",
    "#5f6b2b",
    "#00707a",
    "#86651a",
    "#5b5ea6",
    "#94508a",
    "#4d5a66",
    "#8c3b3b",
)
NEUTRAL = "#56606b"
LEAST_CONTRAST = 3.0
_HEXADECIMAL = re.compile(r"#[0-9a-fA-F]{6}\Z")


def palette(names: Iterable[str]) -> dict[str, str]:
    """Return a colour for each name, in order; after the last colour the first one comes again."""
    return {name: PALETTE[number % len(PALETTE)] for number, name in enumerate(dict.fromkeys(names))}


def code_colours(codebook: Codebook, groups: Mapping[str, str], colours: Mapping[str, str]) -> dict[str, str]:
    """Return a colour for each code of the codebook.

    Args:
        codebook: The codebook; its own colours come first.
        groups: Group (category or dimension) by code.
        colours: Colour by group; codes of a group get tints of it.
    """
    seen: dict[str, int] = {}
    result = {}
    for code in codebook.codes:
        group = groups.get(code.id, "")
        number = seen[group] = seen.get(group, -1) + 1
        own = code.colour if _HEXADECIMAL.match(code.colour) else ""
        result[code.id] = readable(own) if own else tint(colours.get(group, NEUTRAL), (0, 18, 9, 27)[number % 4])
    return result


def readable(colour: str) -> str:
    """Return a colour, darkened where its contrast on white is below 3 (WCAG 2.1, 1.4.11).

    >>> readable("#123456"), readable("#ffe0b0") != "#ffe0b0"
    ('#123456', True)
    """
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    for share in range(100, 0, -4):
        darker = [part * share // 100 for part in parts]
        if 1.05 / (luminance(darker) + 0.05) >= LEAST_CONTRAST:
            break
    return "#" + "".join(f"{part:02x}" for part in darker)


def luminance(parts: Sequence[int]) -> float:
    """Return the relative luminance of red, green and blue (0 to 255), 0 to 1 (WCAG 2.1)."""
    red, green, blue = (part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def tint(colour: str, share: int) -> str:
    """Return a colour mixed with white.

    Args:
        colour: "#rrggbb".
        share: Of white, per cent.

    >>> tint("#000000", 100)
    '#ffffff'
    """
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{part + (255 - part) * share // 100:02x}" for part in parts)
