"""Identifiers given by their beginning, as people type them."""

from __future__ import annotations

from collections.abc import Iterable

from qualcode.errors import UserError


def full_id(ids: Iterable[str], beginning: str, what: str, listing: str) -> str:
    """Return the only identifier that begins so.

    Args:
        ids: All there are.
        beginning: What was typed.
        what: What they are of, for the message ("memo").
        listing: The command that lists them.

    Raises:
        UserError: None or several begin so.
    """
    found = [id for id in ids if id.startswith(beginning)] if beginning else []
    if len(found) != 1:
        count = f"No {what} has" if not found else f"{len(found)} {what}s have"
        raise UserError(f"{count} an id that begins {beginning!r}.", hint=f"Ids are listed by: {listing}")
    return found[0]
