"""What a reader hands over: normalised text and turns, before roles are decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a reader was not sure about and a person should look at.

    Attributes:
        message: What was taken for what.
        line: Line in the file, from 1; 0 where it is about the whole file.
    """

    message: str
    line: int = 0

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True, slots=True)
class DraftTurn:
    """A turn whose role is not decided yet.

    Attributes:
        speaker: Label as it stands in the source, without marks and colon; empty where there is none.
        start: First character of the speech in the draft's text.
        end: One past its last character.
        line: Line on which it starts, from 1.
        time: Seconds from the beginning of the recording, or None.
        role: One of `qualcode.model.ROLES` where the layout tells it (a question as a heading); else empty.
        because: How the layout tells the role, in words; else empty.
    """

    speaker: str
    start: int
    end: int
    line: int = 0
    time: float | None = None
    role: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One file as its reader understood it.

    Attributes:
        text: After `qualcode.ingest.normalise.normalise`; all positions are in it.
        turns: In order of position; they do not overlap, none is empty.
        attributes: What the header says, by name, in order.
        doubts: What a person should look at.
        legend: What the file itself says labels mean, as a role word by label ("A": "Interviewer").
        encoding: Name of the encoding that the bytes were read with; empty for formats that fix it.
        article: Whether it has no speakers and was split into paragraphs.
        name: The transcript's name where one file holds several; empty: the file's.
        moments: Positions in the text at which a time is known, with the time in seconds: of each caption or segment,
            more than one to a turn.
    """

    text: str
    turns: tuple[DraftTurn, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    legend: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    article: bool = False
    name: str = ""
    moments: tuple[tuple[int, float], ...] = ()
