"""Any version of a codebook by what a person calls it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qualcode.errors import UserError
from qualcode.model import Codebook
from qualcode.project.folder import StudyFolder


def any_codebook(name: str, study: Callable[[], StudyFolder]) -> Codebook:
    """Return a codebook by a path, the name of a shipped one, or the beginning of a recorded hash (4 digits or more).

    Args:
        name: What it is called.
        study: Gives the study whose recorded versions are meant; called only when needed.

    Raises:
        UserError: There is none.
    """
    from qualcode.codebook import load_codebook, parse_codebook
    from qualcode.project.codebook_work import recorded_hash

    is_hash = 4 <= len(name) <= 64 and all(character in "0123456789abcdef" for character in name)
    if not is_hash or Path(name).exists():
        return load_codebook(name)
    with study().store() as store:
        full = recorded_hash(store, name)
        text = store.codebook_text(full)
    if text is None:
        raise UserError(f"The text of version {full[:12]} is not on record.")
    return parse_codebook(text, path=f"version {full[:12]}")
