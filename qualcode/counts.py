"""Counts in words."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, which is in the plural unless the number is one.

    Args:
        number: How many.
        noun: One of them; what belongs to it may come before ("new coding").
        plural: Several of them; empty: the noun with an s.

    >>> counted(1, "coding"), counted(0, "case"), counted(2, "category", "categories")
    ('1 coding', '0 cases', '2 categories')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {plural or f'{noun}s'}"


def were(number: int) -> str:
    """Return `was` for one, else `were`.

    >>> were(1), were(0)
    ('was', 'were')
    """
    return "was" if number == 1 else "were"
