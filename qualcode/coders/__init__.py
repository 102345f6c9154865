"""Machine coders: they propose codings, each with its evidence; people decide.

A coder is an object with `.name`, `.attributes` (version and settings as text) and `.propose(study, progress=None)`.
To add one: write its file, and add one line to `CODERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from qualcode.coders.cue_language import CueError, check_cue
from qualcode.coders.cues import CueCoder, cue_coder
from qualcode.model import Coding, Study


class MachineCoder(Protocol):
    """What every machine coder offers."""

    name: str

    @property
    def attributes(self) -> Mapping[str, str]:
        """Version and settings, as text; complete after `propose`."""
        ...

    def propose(self, study: Study, *, progress: Callable[[int, int], None] | None = None) -> list[Coding]:
        """Return proposed codings, sorted by place; touch no file."""
        ...


CoderFactory = Callable[[Study], MachineCoder]

CODERS: dict[str, CoderFactory] = {
    "cues": cue_coder,
}

__all__ = ["CODERS", "CoderFactory", "CueCoder", "CueError", "MachineCoder", "check_cue"]
