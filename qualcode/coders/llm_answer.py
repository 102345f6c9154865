"""Answers of language models, read with distrust: a coding stands only where its quotation stands in the turn."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qualcode.language.quotes import find_quote
from qualcode.model import ASSERTIONS, Codebook, Coding, Transcript, Turn

# Names under which models wrap the list, though asked for the list alone.
WRAPPERS = ("codings", "codes", "results", "items", "answer", "annotations")
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_BEGINNING = re.compile(r"\[\s*[{\]]|\{\s*[\"}]")
_OUTER_MARKS = "\"'“”„‟«»‘’‚ \t\r\n"
_MOST_SHOWN = 200


class AnswerError(Exception):
    """An answer cannot be read as a whole: it is cut off, or not in the form asked for."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """An entry of an answer that is not used.

    Attributes:
        transcript: Name of the transcript.
        turn: Number of the turn it was for, or None.
        code: As the model wrote it.
        quote: As the model wrote it, shortened.
        reason: Why it is not used.
    """

    transcript: str
    turn: int | None
    code: str
    quote: str
    reason: str

    def __str__(self) -> str:
        where = self.transcript if self.turn is None else f"{self.transcript}, turn {self.turn}"
        return f"{where}: {self.reason}: {self.code} “{self.quote}”"


class _Reject(Exception):
    """Why an entry is not used."""


def entries(answer: str) -> list[Any]:
    """Return the entries of an answer.

    Tolerated: thoughts and talk around the list, code fences, an object around the list, one object in place of a list.

    Args:
        answer: As the model wrote it.

    Raises:
        AnswerError: There is no list, or it is cut off or otherwise broken. Nothing of a broken list is used.

    >>> entries('Sure:\\n```json\\n[{"code": "a", "quote": "b"}]\\n```')
    [{'code': 'a', 'quote': 'b'}]
    """
    text = _THOUGHT.sub("", answer).strip()
    if not text:
        raise AnswerError("it is empty")
    beginning = _BEGINNING.search(text)
    if not beginning:
        raise AnswerError("it holds no JSON list")
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(text, beginning.start())
    except json.JSONDecodeError as error:
        cut = "it is cut off" if error.pos >= len(text.rstrip("`\n ")) - 1 or _open(text) else "it is not valid JSON"
        raise AnswerError(f"{cut}: {error.msg}") from error
    except (RecursionError, ValueError):
        raise AnswerError("it is not the JSON asked for") from None
    if isinstance(found, list):
        return found
    if "code" in found and "quote" in found:
        return [found]
    for name in WRAPPERS:
        if isinstance(found.get(name), list):
            return list(found[name])
    raise AnswerError("it holds an object in place of a list")


def read_answer(
    answer: str, transcript: Transcript, turns: tuple[int, ...], codebook: Codebook, coder: str
) -> tuple[list[Coding], list[Rejected]]:
    """Return the codings of an answer, and what is not used of it.

    Args:
        answer: As the model wrote it.
        transcript: What it is about.
        turns: Numbers of the turns that were to be coded; nothing outside them is used.
        codebook: Other codes are not used.
        coder: Name that the codings are given.

    Returns:
        Proposed codings sorted by place, one per place; rejected entries in the order of the answer.

    Raises:
        AnswerError: The answer cannot be read as a whole.
    """
    asked = {turn.number: turn for turn in transcript.turns if turn.number in turns}
    codings: dict[object, Coding] = {}
    rejected: list[Rejected] = []
    for entry in entries(answer):
        try:
            coding = _coding(entry, transcript, asked, codebook, coder)
            if coding.place in codings:
                raise _Reject("the same code is given to the same passage twice")
        except _Reject as why:
            rejected.append(_rejected(entry, transcript.name, str(why)))
        else:
            codings[coding.place] = coding
    return sorted(codings.values(), key=lambda coding: coding.place), rejected


def locate(speech: str, quote: str) -> tuple[int, int, bool] | None:
    """Return where a quotation stands in a speech: start, end (offsets into the speech), and whether letter by letter.

    Letter by letter first, then with white space and marks made alike, then without marks set around it. A quotation
    that begins or ends within a word is not one.

    >>> locate("They start to pay.", "art")
    >>> locate("They start  to pay.", "“start to pay.”")
    (5, 18, False)
    """
    for wanted in dict.fromkeys((quote.strip(), quote.strip(_OUTER_MARKS))):
        for start, end in _places(speech, wanted):
            if not _cuts_word(speech, start) and not _cuts_word(speech, end):
                return start, end, speech[start:end] == quote.strip()
    return None


def _places(speech: str, wanted: str) -> Iterator[tuple[int, int]]:
    occurrence = 1
    while wanted and (found := find_quote(speech, wanted, occurrence)):
        yield found
        occurrence += 1


def _cuts_word(text: str, position: int) -> bool:
    return 0 < position < len(text) and _of_word(text[position - 1]) and _of_word(text[position])


def _of_word(letter: str) -> bool:
    # Scripts without capitals are mostly written without spaces: any place may be the edge of a word there.
    return letter.isdigit() or letter.lower() != letter.upper()


def _coding(entry: Any, transcript: Transcript, asked: Mapping[int, Turn], codebook: Codebook, coder: str) -> Coding:
    if not isinstance(entry, Mapping):
        raise _Reject("it is not an object with code and quote")
    name, quote = entry.get("code"), entry.get("quote")
    code = codebook.by_id.get(name.strip()) if isinstance(name, str) else None
    if code is None:
        raise _Reject("the codebook has no such code")
    if not isinstance(quote, str) or not quote.strip(_OUTER_MARKS):
        raise _Reject("there is no quotation")
    assertion = str(entry.get("assertion") or "affirmed").strip().casefold()
    if assertion not in ASSERTIONS:
        raise _Reject(f"'{_short(assertion)}' is no assertion")
    turn, start, end, exact = _located(entry, transcript, asked, quote)
    evidence: dict[str, Any] = {"turn": turn.number, "verbatim": "exact" if exact else "apart from spaces and marks"}
    if not exact:
        evidence["quoted"] = quote
    return Coding(
        coder=coder,
        transcript=transcript.name,
        start=turn.start + start,
        end=turn.start + end,
        code=code.id,
        stage=code.stage,
        status="proposed",
        confidence=_confidence(entry.get("confidence")),
        assertion=assertion,
        evidence=evidence,
        definition_hash=code.definition_hash,
    )


def _located(
    entry: Mapping[str, Any], transcript: Transcript, asked: Mapping[int, Turn], quote: str
) -> tuple[Turn, int, int, bool]:
    number = _turn_number(entry)
    if number is not None and number not in asked:
        raise _Reject("this turn was not to be coded")
    if entry.get("turn") is not None and number is None:
        raise _Reject("the turn is not a number")
    searched = list(asked.values()) if number is None else [asked[number]]
    found = [(turn, *place) for turn in searched if (place := locate(transcript.speech(turn), quote))]
    if not found:
        raise _Reject(
            "the quotation is not in the turn" if len(searched) == 1 else "the quotation is in none of the turns"
        )
    if len(found) > 1:
        raise _Reject("the quotation is in several turns, and the answer does not say which")
    return found[0]


def _turn_number(entry: Any) -> int | None:
    given = entry.get("turn") if isinstance(entry, Mapping) else None
    if isinstance(given, str) and re.fullmatch(r"\s*\d{1,9}\s*", given):
        return int(given)
    return given if isinstance(given, int) and not isinstance(given, bool) else None


def _confidence(given: Any) -> float | None:
    """Return a confidence from 0 to 1, or None where the model gave none that can be understood."""
    try:
        number = float(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return round(number, 4) if 0 <= number <= 1 else None


def _rejected(entry: Any, transcript: str, reason: str) -> Rejected:
    told = entry if isinstance(entry, Mapping) else {"quote": entry}
    return Rejected(
        transcript, _turn_number(entry), _short(told.get("code") or "?"), _short(told.get("quote") or ""), reason
    )


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _open(text: str) -> bool:
    """Return whether more brackets are opened than closed: a sign that the end is missing."""
    return text.count("[") + text.count("{") > text.count("]") + text.count("}")
