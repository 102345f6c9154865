"""Places that a selection can begin and end at: sentences, words, characters of the turns of a transcript."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from qualcode.model import Transcript

Span = tuple[int, int]

# Scripts written without spaces go character by character.
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+(?:['’\-](?:(?![{_UNSPACED}])\w)+)*")
UNITS = ("sentence", "word", "character")


class Places:
    """What can be selected in one transcript.

    Attributes:
        turns: Spans of what is said: the turns, or the whole text where there are none.
        sentences: Spans of the sentences within them, in order.
    """

    def __init__(self, transcript: Transcript) -> None:
        self._text = transcript.text
        self.turns: tuple[Span, ...] = tuple(
            (turn.start, turn.end) for turn in transcript.turns if turn.start < turn.end
        ) or ((0, len(transcript.text)),)
        self.sentences = _sentences(transcript, self.turns)
        self._words: tuple[Span, ...] | None = None

    @property
    def words(self) -> tuple[Span, ...]:
        """Spans of the words, without marks around them, in order."""
        if self._words is None:
            found = (_WORD.finditer(self._text, start, end) for start, end in self.turns)
            self._words = tuple(match.span() for matches in found for match in matches)
        return self._words

    def spans(self, unit: str) -> tuple[Span, ...]:
        """Return the spans of a unit, "sentence", "word" or "turn", in order."""
        return {"sentence": self.sentences, "turn": self.turns}.get(unit) or self.words

    def at(self, unit: str, position: int) -> Span:
        """Return the span of a unit that holds a position, or else the next one, or the last."""
        spans = self.spans(unit) or self.turns
        at = bisect_right([start for start, _ in spans], position) - 1
        if at >= 0 and position < spans[at][1]:
            return spans[at]
        return spans[min(at + 1, len(spans) - 1)]

    def forward(self, unit: str, edge: str, position: int) -> int:
        """Return where an edge ("start" or "end") at a position comes to rest one unit further on."""
        if unit == "character":
            return self._one_character(position, edge, 1)
        edges = [span[0 if edge == "start" else 1] for span in self.spans(unit)]
        at = bisect_right(edges, position)
        return edges[at] if at < len(edges) else position

    def back(self, unit: str, edge: str, position: int) -> int:
        """Return where an edge at a position comes to rest one unit further back."""
        if unit == "character":
            return self._one_character(position, edge, -1)
        edges = [span[0 if edge == "start" else 1] for span in self.spans(unit)]
        at = bisect_left(edges, position) - 1
        return edges[at] if at >= 0 else position

    def trimmed(self, start: int, end: int) -> Span:
        """Return a span without white space at its ends; as it is when there is nothing else."""
        piece = self._text[start:end]
        bare = piece.strip()
        if not bare:
            return start, end
        left = start + len(piece) - len(piece.lstrip())
        return left, left + len(bare)

    def _one_character(self, position: int, edge: str, step: int) -> int:
        moved = position + step
        # A letter and its accents are one.
        while 0 < moved < len(self._text) and unicodedata.combining(self._text[moved]):
            moved += step
        inside = 0 if edge == "start" else 1
        for start, end in self.turns:
            if start + inside <= moved < end + inside:
                return moved
        # Between two turns stands a label, which nobody said.
        if step > 0:
            return next((start + inside for start, _ in self.turns if start + inside > position), position)
        return next((end - 1 + inside for _, end in reversed(self.turns) if end - 1 + inside < position), position)


def _sentences(transcript: Transcript, turns: Sequence[Span]) -> tuple[Span, ...]:
    from qualcode.language import get_language

    language = get_language(transcript.language)
    found = []
    for start, end in turns:
        cut = language.sentences(transcript.text[start:end]) or [(0, end - start)]
        found += [(start + left, start + right) for left, right in cut]
    return tuple(found)
