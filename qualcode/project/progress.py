"""Who is to code what, and how far they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Span = tuple[int, int]
ASSIGNMENTS = "assignments"
"""Key under which the store keeps who is to code what, as JSON."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is to code what.

    Attributes:
        transcripts: Names of transcripts by coder, sorted.
        seed: Of the draw.
    """

    transcripts: Mapping[str, tuple[str, ...]]
    seed: int = 0

    def coders_of(self, transcript: str) -> tuple[str, ...]:
        """Return who is to code a transcript."""
        return tuple(coder for coder, names in self.transcripts.items() if transcript in names)


def parse_assignment(info: Mapping[str, str]) -> Assignment:
    """Return who is to code what, from what the store keeps about the study; nothing where nothing was assigned."""
    text = info.get(ASSIGNMENTS, "")
    told: dict[str, Any] = json.loads(text) if text else {"seed": 0, "transcripts": {}}
    return Assignment({coder: tuple(names) for coder, names in told["transcripts"].items()}, told["seed"])


def progress(
    assignment: Assignment,
    turns: Mapping[str, Sequence[Span]],
    places_of: Callable[[str], Mapping[str, Sequence[Span]]],
) -> tuple[dict[str, Any], ...]:
    """Return how far each coder is with what is theirs: transcripts begun, participants' turns with a coding.

    Args:
        assignment: Who is to code what.
        turns: Participants' turns of each transcript, sorted.
        places_of: Called with a coder; returns the passages coded, sorted, by transcript.
    """
    rows = []
    for coder, names in assignment.transcripts.items():
        own = [name for name in names if name in turns]
        places = places_of(coder)
        rows.append(
            {
                "coder": coder,
                "assigned": len(own),
                "begun": sum(name in places for name in own),
                "turns": sum(len(turns[name]) for name in own),
                "turns coded": sum(_turns_coded(turns[name], places.get(name, ())) for name in own),
                "not begun": [name for name in own if name not in places],
                "beside": sorted(set(places) - set(own)),
            }
        )
    return tuple(rows)


def _turns_coded(turns: Sequence[Span], places: Sequence[Span]) -> int:
    """Return how many turns at least one of the sorted passages overlaps."""
    count, following, reached = 0, 0, 0
    for start, end in turns:
        while following < len(places) and places[following][0] < end:
            reached = max(reached, places[following][1])
            following += 1
        count += reached > start
    return count
