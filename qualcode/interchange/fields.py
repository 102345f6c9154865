"""The fields of a coding in JSONL and CSV, and their values read from either with the checks that both need."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from qualcode.errors import nearest
from qualcode.model import seconds

WRITTEN = (
    *("case", "transcript", "turn", "time", "start", "end", "quote", "code", "coder", "stage", "status"),
    *("confidence", "evidence", "assertion", "id"),
)
"""Fields of a written coding, in order; the last two are additions to what scripts rely on."""

READ = (*WRITTEN, "occurrence")
_CLOCK = re.compile(r"\d+:\d{1,2}(:\d{1,2})?([.,]\d+)?")
_LONGEST_SHOWN = 80


class Wrong(Exception):
    """A row cannot be read; the message says why. Becomes a `Problem` with its file and line."""


def shown(text: str) -> str:
    """Return a text short enough, and printable on every terminal, for a message."""
    cut = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
    cut = re.sub(r"\s+", " ", cut)
    return f"'{cut}'".encode("utf-8", "backslashreplace").decode("utf-8")


class Row:
    """The values of one coding as read: typed in JSONL, text in CSV.

    Args:
        values: By field name; empty texts and nulls count as not given.

    Raises:
        Wrong: A field looks misspelt.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = {key: value for key, value in values.items() if value is not None and value != ""}
        for key in self.values:
            if key not in READ:
                meant = nearest(key, tuple(field for field in READ if field not in self.values), cutoff=0.8)
                if meant:
                    raise Wrong(f"unknown field {shown(key)}{meant}")

    def __contains__(self, field: str) -> bool:
        return field in self.values

    def text(self, field: str) -> str:
        """Return a text in NFC, or an empty one where it is not given."""
        value = self.values.get(field, "")
        if not isinstance(value, str):
            raise Wrong(f"'{field}' must be text, found {shown(json.dumps(value))}")
        return unicodedata.normalize("NFC", value)

    def required(self, field: str) -> str:
        """Return a text that must be given."""
        if field not in self.values:
            raise Wrong(f"'{field}' is missing")
        return self.text(field)

    def whole(self, field: str) -> int | None:
        """Return a whole number, or None where it is not given."""
        value = self.values.get(field)
        if value is None:
            return None
        number = self._number(field, "a whole number")
        if not number.is_integer():
            raise Wrong(f"'{field}' must be a whole number, found {shown(str(value))}")
        return int(number)

    def confidence(self) -> float | None:
        """Return a number from 0 to 1, or None where it is not given."""
        if "confidence" not in self.values:
            return None
        number = self._number("confidence", "a number from 0 to 1")
        if not 0 <= number <= 1:
            raise Wrong(f"'confidence' must be a number from 0 to 1, found {number:g}")
        return number

    def time(self) -> int | None:
        """Return whole seconds from a clock time, or None where it is not given."""
        if "time" not in self.values:
            return None
        text = self.text("time").strip()
        if not _CLOCK.fullmatch(text):
            raise Wrong(f"'time' must be like 00:03:08, found {shown(text)}")
        return int(seconds(text))

    def one_of(self, field: str, known: tuple[str, ...], default: str) -> str:
        """Return one of some words, or the default where none is given."""
        word = self.text(field) or default
        if word not in known:
            raise Wrong(f"unknown {field} {shown(word)}{nearest(word, known) or '; known: ' + ', '.join(known)}")
        return word

    def evidence(self) -> dict[str, Any]:
        """Return the evidence: an object, or text that holds one as JSON."""
        value = self.values.get("evidence", {})
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError) as error:
                raise Wrong(f"'evidence' must be a JSON object, found {shown(value)}") from error
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise Wrong(f"'evidence' must be a JSON object, found {shown(json.dumps(value))}")
        return value

    def _number(self, field: str, what: str) -> float:
        value = self.values[field]
        try:
            if isinstance(value, bool) or not isinstance(value, int | float | str):
                raise ValueError
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            raise Wrong(f"'{field}' must be {what}, found {shown(str(value))}")
        return number
