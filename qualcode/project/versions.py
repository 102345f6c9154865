"""Any version of a codebook by what a person calls it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import UserError
from qualcode.model import Codebook
from qualcode.project.folder import StudyFolder

if TYPE_CHECKING:
    from qualcode.store import Store


LEAST_HASH = 4
"""Digits that a hash is called by at least."""
NOW = "now"
"""Name of the study's codebook as it is in its file."""


def any_codebook(name: str, study: Callable[[], StudyFolder]) -> Codebook:
    """Return a codebook by any of its names.

    Args:
        name: A path, the name of a shipped one, `now`, the number of a version on record (1 is the oldest), or the
            beginning of its hash (4 digits or more; a shorter number is always a version's).
        study: Gives the study whose recorded versions are meant; called only when needed.

    Raises:
        UserError: There is none.
    """
    from qualcode.codebook import load_codebook, parse_codebook
    from qualcode.project.codebook_work import recorded_hash

    if name == NOW and not Path(name).exists():
        return study().codebook()
    is_number = name.isdecimal() and len(name) < LEAST_HASH
    is_hash = LEAST_HASH <= len(name) <= 64 and all(character in "0123456789abcdef" for character in name)
    if not (is_number or is_hash) or Path(name).exists():
        return load_codebook(name)
    with study().store() as store:
        full = _numbered(store, int(name)) if is_number else recorded_hash(store, name)
        text = store.codebook_text(full)
    if text is None:
        raise UserError(f"The text of version {full[:12]} is not on record.")
    return parse_codebook(text, path=f"version {full[:12]}")


def _numbered(store: Store, number: int) -> str:
    recorded = store.codebooks()
    if not 1 <= number <= len(recorded):
        raise UserError(
            f"There is no version {number} of the codebook on record; there {_are(len(recorded))}.",
            hint="List them: qualcode codebook versions",
        )
    return recorded[number - 1].hash


def _are(number: int) -> str:
    return f"is {number}" if number == 1 else f"are {number}"
