"""What refers to positions in a text, put on another version of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qualcode.model import Memo

Place = Callable[[int, int], tuple[int, int] | None]
"""Start and end of a passage in the old text to those in the new one; None when it is gone."""


def memo_passage(memo: Memo) -> tuple[str, int, int] | None:
    """Return transcript, start and end of the passage that a memo is about; None when it is about something else."""
    if memo.target != "passage":
        return None
    name, _, span = memo.key.rpartition(":")
    start, _, end = span.partition("-")
    if not (name and start.isdigit() and end.isdigit() and int(start) < int(end)):
        return None
    return name, int(start), int(end)


def passage_key(transcript: str, start: int, end: int) -> str:
    """Return the key of a memo on a passage."""
    return f"{transcript}:{start}-{end}"


def evidence_spans(evidence: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the positions of matched words that evidence names under `spans`; empty where it names none."""
    spans = evidence.get("spans")
    if not isinstance(spans, list) or not all(_is_span(span) for span in spans):
        return []
    return [(span[0], span[1]) for span in spans]


def carried_evidence(evidence: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Return evidence with the positions under `spans` carried over; those of words that are gone are left out."""
    spans = evidence_spans(evidence)
    if not spans:
        return dict(evidence)
    carried = [place(start, end) for start, end in spans]
    return {**evidence, "spans": [list(span) for span in carried if span is not None]}


def _is_span(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(part, int) for part in value)
