"""Times of a recording: seconds from its beginning, and the clock form people read."""

from __future__ import annotations


def clock(time: float | None) -> str | None:
    """Return seconds as `HH:MM:SS` (whole seconds, rounded down), or None for no time.

    >>> clock(3725.9)
    '01:02:05'
    """
    if time is None:
        return None
    whole = int(time)
    return f"{whole // 3600:02d}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def seconds(text: str) -> float:
    """Return the seconds meant by `HH:MM:SS`, `MM:SS` or either with a fraction (`.` or `,`).

    Raises:
        ValueError: The text is not a clock time.

    >>> seconds("01:02:05.5")
    3725.5
    """
    parts = text.strip().replace(",", ".").split(":")
    if not 2 <= len(parts) <= 3:
        raise ValueError(f"not a clock time: {text!r}")
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return total
