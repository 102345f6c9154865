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


def _combined(study: Study) -> MachineCoder:
    from qualcode.coders.combined import combined_coder

    return combined_coder(study)


def _learned(study: Study) -> MachineCoder:
    from qualcode.coders.learned import learned_coder

    return learned_coder(study)


def _llm(study: Study) -> MachineCoder:
    from qualcode.coders.llm import llm_coder

    return llm_coder(study)


def _similar(study: Study) -> MachineCoder:
    from qualcode.coders.similar import similar_coder

    return similar_coder(study)


# Those that load numpy and scikit-learn are imported when they are asked for.
CODERS: dict[str, CoderFactory] = {
    "cues": cue_coder,
    "similar": _similar,
    "learned": _learned,
    "combined": _combined,
    "llm": _llm,
}

__all__ = ["CODERS", "CoderFactory", "CueCoder", "CueError", "MachineCoder", "check_cue"]
