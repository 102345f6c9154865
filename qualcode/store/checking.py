"""Whether a store holds together: hashes, spans, references, and a journal that replays to the present."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from qualcode.model import ASSERTIONS, STAGES, STATUSES
from qualcode.store import schema
from qualcode.store.journal import REDO, UNDO, replay, stacks
from qualcode.store.rows import Key, Row, key_text, row_key, text_mapping

SHOWN = 20
"""Rows named one by one where history and present state differ; beyond that they are counted."""


def check(connection: Connection) -> list[str]:
    """Return what is wrong with a store, in plain words; empty when nothing is."""
    present = {
        name: {row_key(table, row): row for row in map(dict, connection.execute(select(table)).mappings())}
        for name, table in schema.JOURNALLED.items()
    }
    texts = _text_hashes(connection)
    return [
        *_check_texts(texts),
        *_check_transcripts(present, texts),
        *_check_codings(present),
        *_check_references(present, texts),
        *_check_journal(connection, present),
    ]


def turn_problems(transcript: str, length: int, turns: Sequence[tuple[int, int, int]]) -> list[str]:
    """Return what is wrong with the turns of a transcript.

    Args:
        transcript: Its name, for the messages.
        length: Characters of its text.
        turns: (number, start, end) of each turn, in order.
    """
    problems, last_number, last_end = [], 0, 0
    for number, start, end in turns:
        if number <= last_number:
            problems.append(f"{transcript}: turn {number} comes after turn {last_number}")
        if not 0 <= start <= end <= length:
            problems.append(f"{transcript}: turn {number} [{start}, {end}) is outside the text of {length} characters")
        elif start < last_end:
            problems.append(
                f"{transcript}: turn {number} begins at {start}, before the turn above it ends at {last_end}"
            )
        last_number, last_end = number, max(last_end, end)
    return problems


def moments_problem(transcript: str, length: int, moments: Sequence[tuple[int, float]]) -> str | None:
    """Return what is wrong with the moments of a transcript, or None.

    Args:
        transcript: Its name, for the message.
        length: Characters of its text.
        moments: Position and seconds of each, in order.
    """
    before = -1
    for position, time in moments:
        if not before < position < length:
            return f"{transcript}: the time at {position} is out of order or outside the text of {length} characters"
        if not (math.isfinite(time) and time >= 0):
            return f"{transcript}: the time at {position} is {time} seconds"
        before = position
    return None


def _text_hashes(connection: Connection) -> dict[str, tuple[str, int]]:
    """Return (SHA-256, length in characters) of each kept text, computed anew, by the hash it is kept under."""
    found = {}
    for row in connection.execute(select(schema.texts)):
        found[row.hash] = (hashlib.sha256(row.text.encode("utf-8", "surrogatepass")).hexdigest(), len(row.text))
    return found


def _check_texts(texts: dict[str, tuple[str, int]]) -> list[str]:
    return [
        f"text {kept[:12]}…: the frozen text is not what it was (its hash is now {now[:12]}…)"
        for kept, (now, _) in sorted(texts.items())
        if kept != now
    ]


def _check_transcripts(present: dict[str, dict[Key, Row]], texts: dict[str, tuple[str, int]]) -> list[str]:
    problems = []
    turns: dict[Key, list[tuple[int, int, int]]] = {}
    for _, row in sorted(present["turns"].items()):
        turns.setdefault((row["transcript"], row["version"]), []).append((row["number"], row["start"], row["end"]))
    current: dict[str, int] = {}
    for key, row in sorted(present["transcripts"].items()):
        current[row["name"]] = current.get(row["name"], 0) + row["current"]
        hash_, length = texts.get(row["text_hash"], ("", 0))
        if hash_ != row["text_hash"]:
            problems.append(f"{row['name']}, version {row['version']}: text and hash do not agree")
        elif length != row["length"]:
            problems.append(f"{row['name']}, version {row['version']}: {length} characters, not {row['length']}")
        problems += turn_problems(row["name"], row["length"], turns.get(key, []))
        moments = [(int(position), time) for position, time in text_mapping(row["moments"]).items()]
        if problem := moments_problem(row["name"], row["length"], moments):
            problems.append(problem)
    problems += [
        f"{name}: {count} versions are the current one" for name, count in sorted(current.items()) if count != 1
    ]
    return problems


def _check_codings(present: dict[str, dict[Key, Row]]) -> list[str]:
    problems = []
    seen: dict[Key, str] = {}
    for _, row in sorted(present["codings"].items()):
        where = f"coding {row['id']} on {row['transcript']}"
        transcript = present["transcripts"].get((row["transcript"], row["version"]))
        if transcript and not 0 <= row["start"] < row["end"] <= transcript["length"]:
            problems.append(f"{where}: [{row['start']}, {row['end']}) is outside its text")
        for column, values in (("stage", STAGES), ("status", STATUSES), ("assertion", ASSERTIONS)):
            if row[column] not in values:
                problems.append(f"{where}: unknown {column} {row[column]!r}")
        place = tuple(row[name] for name in ("transcript", "version", "start", "end", "code", "coder", "stage"))
        if place in seen:
            problems.append(f"{where}: the same as coding {seen[place]}")
        seen[place] = row["id"]
    return problems


def _check_references(present: dict[str, dict[Key, Row]], texts: dict[str, tuple[str, int]]) -> list[str]:
    problems = []
    tables: dict[str, Any] = {**present, "texts": {(hash_,): None for hash_ in texts}}
    for name, table in schema.JOURNALLED.items():
        for constraint in table.foreign_key_constraints:
            columns, other = list(constraint.column_keys), constraint.referred_table.name
            for key, row in sorted(present[name].items()):
                wanted = tuple(row[column] for column in columns)
                if wanted not in tables[other]:
                    problems.append(f"{name} {key_text(key)}: refers to {other} {key_text(wanted)}, which is not there")
    return problems


def _check_journal(connection: Connection, present: dict[str, dict[Key, Row]]) -> list[str]:
    j, r = schema.journal, schema.journal_rows
    entries = [
        tuple(row) for row in connection.execute(select(j.c.number, j.c.action, j.c.undoes).order_by(j.c.number))
    ]
    numbers = [number for number, _, _ in entries]
    if numbers != list(range(1, len(numbers) + 1)):
        return ["journal: its changes are not numbered without gaps"]
    try:
        stacks(entries)
    except (KeyError, IndexError):
        return [f"journal: an {UNDO} or {REDO} takes back what was not there to take back"]
    state, problems = replay(connection.execute(select(r).order_by(r.c.number, r.c.sequence)))
    different = [
        f"{name} {key_text(key)}: {_differs(state[name].get(key), present[name].get(key))}"
        for name in schema.JOURNALLED
        for key in sorted(state[name].keys() | present[name].keys())
        if state[name].get(key) != present[name].get(key)
    ]
    problems += different[:SHOWN]
    if len(different) > SHOWN:
        problems.append(f"… and {len(different) - SHOWN} more rows that differ from the history")
    return problems


def _differs(told: Row | None, present: Row | None) -> str:
    if told is None:
        return "is there, but not by the history"
    if present is None:
        return "is not there, but should be by the history"
    columns = sorted(name for name in told.keys() | present.keys() if told.get(name) != present.get(name))
    return f"differs from the history in {', '.join(columns)}"
