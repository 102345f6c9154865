"""Codings into JSONL and CSV, with the fields that scripts rely on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import Any

from qualcode.interchange.fields import WRITTEN
from qualcode.interchange.locate import turn_of
from qualcode.model import Coding, Study, clock


def write_codings(study: Study, codings: Iterable[Coding], format: str = "jsonl") -> str:
    """Return codings as text, sorted by place; the fields are `qualcode.interchange.fields.WRITTEN`.

    Args:
        study: The study that they belong to.
        codings: Any of its codings.
        format: "jsonl" or "csv", a key of `FORMATS`.

    Raises:
        ValueError: The format is not known.
    """
    if format not in FORMATS:
        raise ValueError(f"format {format!r} is none of {', '.join(FORMATS)}")
    rows = [as_row(study, coding) for coding in sorted(codings, key=lambda coding: coding.place)]
    return FORMATS[format](rows)


def as_row(study: Study, coding: Coding) -> dict[str, Any]:
    """Return one coding as plain data by field name.

    The `time` is that of the last caption or segment that begins at or before the passage, where the transcript has
    such (`Transcript.moments`), else that of the turn.
    """
    transcript = study.transcript_by_name[coding.transcript]
    turn = turn_of(transcript, coding.start, coding.end)
    return {
        "case": transcript.case,
        "transcript": transcript.name,
        "turn": turn.number if turn else None,
        "time": clock(transcript.time_in(turn, coding.start)) if turn else None,
        "start": coding.start,
        "end": coding.end,
        "quote": transcript.text[coding.start : coding.end],
        "code": coding.code,
        "coder": coding.coder,
        "stage": coding.stage,
        "status": coding.status,
        "confidence": coding.confidence,
        "evidence": dict(coding.evidence),
        "assertion": coding.assertion,
        "id": coding.id,
    }


def _jsonl(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, WRITTEN, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        evidence = json.dumps(row["evidence"], ensure_ascii=False) if row["evidence"] else ""
        writer.writerow({**row, "evidence": evidence})
    return text.getvalue()


FORMATS: dict[str, Callable[[list[dict[str, Any]]], str]] = {"jsonl": _jsonl, "csv": _csv}
"""Formats that codings are written in, by name."""
