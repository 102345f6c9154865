"""Transcripts as marked text, so that tests show where turns begin and end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from qualcode.ingest import Reading, read_transcript
from qualcode.model import Settings, Transcript


def marked(transcript: Transcript) -> str:
    """Return the text with `{` before and `}` after what each turn's speaker says."""
    parts, position = [], 0
    for turn in transcript.turns:
        parts += [transcript.text[position : turn.start], "{", transcript.speech(turn), "}"]
        position = turn.end
    return "".join([*parts, transcript.text[position:]])


def spoken(transcript: Transcript) -> list[tuple[str, float | None, str]]:
    """Return label, time and words of each turn."""
    return [(turn.speaker, turn.time, transcript.speech(turn)) for turn in transcript.turns]


def roles_of(reading: Reading) -> dict[str, str]:
    """Return the role by label."""
    return {row.speaker: row.role for row in reading.roles}


def read_text(
    folder: Path,
    text: str | bytes,
    *,
    name: str = "talk.txt",
    settings: Settings | None = None,
    roles: Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> Reading:
    """Write a file and read it."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_transcript(path, settings=settings, roles=roles, encoding=encoding)
