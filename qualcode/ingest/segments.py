"""Reader of JSON (.json): what speech recognisers and meeting programs write, and lists of one's own.

Which program wrote it is told by its keys (`ADAPTERS`, first match). The text is set as `qualcode.ingest.speech` says:
white space within a segment is collapsed, everything but speaker, time and text is left out. A segment whose words name
several speakers (WhisperX) is parted where the speaker changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from qualcode.counts import counted
from qualcode.errors import InputError
from qualcode.ingest.draft import Doubt, Draft
from qualcode.ingest.source import Source, decode
from qualcode.ingest.speech import Utterance, find_labels, spoken
from qualcode.model import seconds

# Brackets and commas: each costs a parsed file dozens of bytes of memory, whatever the file's size.
MOST_MARKS = 4_000_000
# No recording is longer than a month, in whatever unit; an infinite or absurd number is no time.
LATEST = 30 * 24 * 3600 * 48_000
_CLOCK = re.compile(r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d+)?")
_ISO_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")


@dataclass(frozen=True, slots=True)
class Adapter:
    """Where a program puts speech. Keys within keys are parted by dots; the first that is there counts.

    Attributes:
        items: Where the list of segments is; "" for the top.
        text: Keys of a segment's words.
        speaker: Keys of who says them.
        start: Keys of when they begin.
        end: Keys of when they end.
        unit: Seconds that a number stands for.
    """

    items: str
    text: tuple[str, ...]
    speaker: tuple[str, ...] = ("speaker",)
    start: tuple[str, ...] = ("start",)
    end: tuple[str, ...] = ("end",)
    unit: float = 1.0


_TEXT = ("text", "transcript", "content", "speech", "utterance", "sentence", "caption")
_SPEAKER = ("speaker", "speaker_name", "speakerName", "speaker_label", "speaker_id", "name", "who", "label", "role")
_START = ("start", "start_time", "startTime", "begin", "time", "timestamp", "offset", "from")
_END = ("end", "end_time", "endTime", "to")

# Name of the program -> where it puts speech. The order counts: the more particular first.
ADAPTERS: dict[str, Adapter] = {
    # Samples of a recording at 16 kHz.
    "Otter": Adapter(
        "speech.transcripts",
        ("transcript",),
        ("speaker_name", "speaker.speaker_name", "speaker_model_label", "speaker_id"),
        ("start_offset",),
        ("end_offset",),
        1 / 16_000,
    ),
    "Zoom": Adapter(
        "timeline", ("text",), ("users.0.username", "users.0.display_name", "userId"), ("ts",), ("end_ts",)
    ),
    "Teams": Adapter("entries", ("text",), ("speakerDisplayName", "speakerId"), ("startOffset",), ("endOffset",)),
    "AssemblyAI": Adapter("utterances", ("text",), unit=0.001),
    "Deepgram": Adapter("results.utterances", ("transcript",)),
    "Amazon Transcribe": Adapter(
        "results.audio_segments", ("transcript",), ("speaker_label",), ("start_time",), ("end_time",)
    ),
    "whisper.cpp": Adapter("transcription", ("text",), ("speaker",), ("timestamps.from",), ("timestamps.to",)),
    "Whisper": Adapter("segments", _TEXT, _SPEAKER, _START, _END),
    "segments": Adapter("", _TEXT, _SPEAKER, _START, _END),
    "transcript": Adapter("transcript", _TEXT, _SPEAKER, _START, _END),
    "turns": Adapter("turns", _TEXT, _SPEAKER, _START, _END),
    "cues": Adapter("cues", _TEXT, _SPEAKER, _START, _END),
    "data": Adapter("data", _TEXT, _SPEAKER, _START, _END),
}


def read_segments(source: Source) -> Draft:
    """Return a JSON file's segments as turns.

    Raises:
        InputError: See `decode`; or the file is no JSON, nested too deep, or holds no segments that are known.
    """
    decoded = decode(source)
    data = _parsed(source, decoded.text)
    name, adapter, items = _adapter(source, data)
    utterances, doubts = [], list(decoded.doubts)
    without_text = 0
    for item in items:
        found = list(_utterances(item, adapter))
        without_text += not found
        utterances += found
    if without_text:
        doubts.append(Doubt(f"no text in {without_text} of {counted(len(items), 'segment')}"))
    if utterances and not any(utterance.speaker for utterance in utterances):
        utterances, unsure = find_labels(utterances, source.speakers)
        doubts += unsure
    attributes = {"Recogniser": name} if name not in ("segments", "transcript", "turns", "data", "cues") else {}
    language = _value(data, ("language", "result.language", "language_code")) if isinstance(data, dict) else None
    if isinstance(language, str) and language:
        attributes["Language"] = language
    return spoken(utterances, path=source.path, attributes=attributes, encoding=decoded.encoding, doubts=doubts)


def _parsed(source: Source, text: str) -> Any:
    """Return what the JSON says, unless it would fill memory."""
    if sum(text.count(mark) for mark in ",[{") > MOST_MARKS:
        raise InputError("the file holds too many values for a transcript", path=source.path)
    try:
        return json.loads(text.lstrip("\ufeff"))
    except RecursionError as error:
        raise InputError("the JSON is nested too deep", path=source.path) from error
    except json.JSONDecodeError as error:
        raise InputError(f"the file is no JSON ({error.msg})", path=source.path, line=error.lineno) from error
    except ValueError as error:
        raise InputError(f"the file is no JSON ({error})", path=source.path) from error


def _adapter(source: Source, data: Any) -> tuple[str, Adapter, list[dict[str, Any]]]:
    """Return the program's name, where it puts speech, and the segments."""
    for name, adapter in ADAPTERS.items():
        items = _value(data, (adapter.items,)) if adapter.items else data
        if not isinstance(items, list):
            continue
        kept = [item for item in items if isinstance(item, dict)]
        if kept and any(isinstance(_value(item, adapter.text), str) for item in kept[:50]):
            return name, adapter, kept
    if isinstance(data, dict) and isinstance(data.get("text"), str) and data["text"].strip():
        return "segments", ADAPTERS["segments"], [{"text": data["text"]}]
    keys = ", ".join(sorted(map(str, data))[:8]) if isinstance(data, dict) else type(data).__name__
    raise InputError(
        f"no segments of speech are known in this JSON (it holds: {keys})",
        path=source.path,
        hint='Known: Whisper, WhisperX, Otter, Zoom, Teams, or a list of {"speaker": …, "text": …, "start": …}.',
    )


def _value(item: Any, keys: Sequence[str]) -> Any:
    """Return the first value that is there."""
    for key in keys:
        found = item
        for part in key.split("."):
            if isinstance(found, dict):
                found = found.get(part)
            elif isinstance(found, list) and part.isdigit() and int(part) < len(found):
                found = found[int(part)]
            else:
                found = None
        if found is not None:
            return found
    return None


def _utterances(item: Mapping[str, Any], adapter: Adapter) -> Iterator[Utterance]:
    """Yield what a segment says, parted where its words' speaker changes."""
    text = _value(item, adapter.text)
    speaker = _label(_value(item, adapter.speaker))
    start = _seconds(_value(item, adapter.start), adapter.unit)
    end = _seconds(_value(item, adapter.end), adapter.unit)
    words = item.get("words")
    if isinstance(words, list) and len({_label(w.get("speaker")) for w in words if _speaks(w)}) > 1:
        yield from _by_word(words, speaker, adapter)
    elif isinstance(text, str) and text.strip():
        yield Utterance(" ".join(text.split()), speaker, start, end)


def _speaks(word: Any) -> bool:
    return isinstance(word, dict) and bool(word.get("speaker")) and isinstance(word.get("word"), str)


def _by_word(words: list[Any], speaker: str, adapter: Adapter) -> Iterator[Utterance]:
    """Yield the runs of words of one speaker; a word without one belongs to the run before."""
    told: list[tuple[str, Mapping[str, Any]]] = []
    current = next((_label(word["speaker"]) for word in words if _speaks(word)), speaker)
    for word in words:
        if isinstance(word, dict) and isinstance(word.get("word"), str):
            current = _label(word.get("speaker")) or current
            told.append((current, word))
    for label, run in groupby(told, key=lambda pair: pair[0]):
        said = [word for _, word in run]
        text = " ".join(" ".join(str(word["word"]) for word in said).split())
        if text:
            starts = (_seconds(_value(word, adapter.start), adapter.unit) for word in said)
            yield Utterance(text, label, next((start for start in starts if start is not None), None))


def _label(value: Any) -> str:
    """Return a speaker's label: text as it is, a number as "Speaker 1"."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return f"Speaker {value}"
    if isinstance(value, dict):
        return _label(_value(value, ("name", "display_name", "displayName", "id")))
    return " ".join(value.split()) if isinstance(value, str) else ""


def _seconds(value: Any, unit: float) -> float | None:
    """Return a time in seconds: a number, a clock time, an ISO duration; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, list) and value:
        return _seconds(value[0], unit)
    if isinstance(value, int | float):
        return value * unit if 0 <= value < LATEST else None
    if not isinstance(value, str):
        return None
    value = value.strip()
    if _CLOCK.fullmatch(value):
        return seconds(value)
    duration = _ISO_DURATION.fullmatch(value)
    if duration and any(duration.groups()):
        hours, minutes, rest = (float(part or 0) for part in duration.groups())
        return hours * 3600 + minutes * 60 + rest
    try:
        return _seconds(float(value.removesuffix("s")), unit)
    except ValueError:
        return None
