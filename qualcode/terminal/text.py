"""Texts cut to fit the screen."""

from __future__ import annotations

from rich.cells import cell_len


def clipped(text: str, width: int) -> str:
    """Return a text on one line, cut where it is wider than some cells."""
    flat = " ".join(text.split("\n")).strip()
    if cell_len(flat) <= width:
        return flat
    while flat and cell_len(flat) > width - 1:
        flat = flat[:-1]
    return flat + "…"
