"""Frozen records of a study.

Positions everywhere are Python string indices (code points) into `Transcript.text`, half-open:
`transcript.text[start:end]`. Times are seconds from the beginning of the recording.
"""

from __future__ import annotations

import hashlib
import math
import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

ROLES = ("participant", "interviewer", "other")
STAGES = ("open", "axial", "focused")
STATUSES = ("proposed", "accepted", "rejected")
CODER_KINDS = ("person", "machine", "reference", "consensus")
MEMO_KINDS = ("observation", "definition", "theory", "method")
ASSERTIONS = ("affirmed", "negated", "others", "dropped", "hypothetical", "sarcastic")


def new_id() -> str:
    """Return a new identifier, unique over all copies of all studies (32 hexadecimal digits)."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Case:
    """What is compared: a firm, an agency, a person, a site.

    Attributes:
        name: Unique within the study, as shown ("Alpha").
        cohort: The group it belongs to ("firm", "agency"); empty where there are no cohorts.
        attributes: Further facts by name, as text ("Industry": "Forestry"), in the order given.
    """

    name: str
    cohort: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says before another takes over.

    Attributes:
        number: Position in the transcript, from 1.
        speaker: The label as it stands in the source; empty where there is none.
        role: One of `ROLES`.
        start: First character of the speech (after label and time) in the transcript's text.
        end: One past the last character of the speech.
        time: Seconds from the beginning of the recording at which the turn starts, or None.
    """

    number: int
    speaker: str
    role: str
    start: int
    end: int
    time: float | None = None


@dataclass(frozen=True)
class Transcript:
    """A text under study, frozen at ingest.

    Attributes:
        name: Unique within the study: the file's name without its ending ("alpha").
        case: Name of the case that it belongs to.
        text: The whole text after normalisation (UTF-8, NFC, `\\n`). Never changed.
        turns: In order of position; they do not overlap.
        language: ISO 639-1 code ("en").
        format: Name of the reader that read it ("txt").
        source: Name of the file it came from, without folders.
        source_hash: SHA-256 of the file's bytes, hexadecimal.
        attributes: What its header says, by name, in order.
        version: 1 for the first text ingested under this name.
        moments: Positions in the text at which a time is known, each with the seconds from the beginning of the
            recording: of every caption or recogniser's segment, so more than one to a turn. In order of position, each
            position once. Empty where the source has times for turns only, or none.
    """

    name: str
    case: str
    text: str
    turns: tuple[Turn, ...]
    language: str = "en"
    format: str = "txt"
    source: str = ""
    source_hash: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    version: int = 1
    moments: tuple[tuple[int, float], ...] = ()

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the frozen text in UTF-8, hexadecimal: what positions are valid for."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    def speech(self, turn: Turn) -> str:
        """Return the words of a turn, exactly as they stand in the text."""
        return self.text[turn.start : turn.end]

    def turn_at(self, position: int) -> Turn | None:
        """Return the turn whose speech holds the character at `position`, or None."""
        low, high = 0, len(self.turns)
        while low < high:
            middle = (low + high) // 2
            if self.turns[middle].end <= position:
                low = middle + 1
            else:
                high = middle
        if low < len(self.turns) and self.turns[low].start <= position:
            return self.turns[low]
        return None

    def turns_touching(self, start: int, end: int) -> tuple[Turn, ...]:
        """Return the turns that share at least one character with `[start, end)`."""
        # In order and apart from each other: found by bisection, since many codings ask.
        first = bisect_right(self.turns, start, key=lambda turn: turn.end)
        return self.turns[first : bisect_left(self.turns, end, key=lambda turn: turn.start)]

    def moments_in(self, turn: Turn) -> tuple[tuple[int, float], ...]:
        """Return the moments within a turn."""
        first = bisect_left(self.moments, (turn.start,))
        return self.moments[first : bisect_left(self.moments, (turn.end,))]

    def time_in(self, turn: Turn, position: int) -> float | None:
        """Return the time at a position: that of the last moment of the turn at or before it, else of the turn.

        Args:
            turn: The turn that the position belongs to.
            position: A character of the text; one before the turn's speech counts as its beginning.

        Returns:
            Seconds from the beginning of the recording, or None where no time is known.
        """
        last = bisect_right(self.moments, (position, math.inf)) - 1
        if last >= 0 and self.moments[last][0] >= turn.start:
            return self.moments[last][1]
        return turn.time

    @property
    def last_time(self) -> float | None:
        """Seconds from the beginning of the recording of the last turn, caption or segment that has a time, or None."""
        times = [turn.time for turn in self.turns if turn.time is not None]
        return max([*times, *(time for _, time in self.moments)], default=None)

    def participant_turns(self) -> tuple[Turn, ...]:
        """Return the turns of participants: the units that coding and agreement are about."""
        return tuple(turn for turn in self.turns if turn.role == "participant")


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern that hints at a code; its language is documented in `qualcode.coders.cue_language`.

    Attributes:
        pattern: What is to be found within one sentence.
        requires: Patterns of which at least one must be found too, or the cue does not count.
        excludes: Patterns of which none may be found.
        question: Patterns of which at least one must be found in the interviewer's turn before.
        within: Where `requires` and `excludes` look: "sentence" or "turn".
        confidence: How surely a match means the code, 0 to 1.
        line: Line in the codebook file, from 1; 0 where it came from elsewhere.
    """

    pattern: str
    requires: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    question: tuple[str, ...] = ()
    within: str = "sentence"
    confidence: float = 0.6
    line: int = 0


@dataclass(frozen=True, slots=True)
class Category:
    """A higher-order heading that codes belong to (an axial category or a strategy dimension).

    Attributes:
        id: Stable identifier ("planning").
        name: As shown ("Planning").
        definition: What its codes share.
        parent: Identifier of the category above, or empty.
    """

    id: str
    name: str
    definition: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a codebook.

    Attributes:
        id: Stable identifier ("planning/branding-goal"); codings point to it.
        name: As shown ("Branding goal").
        definition: What it means.
        include: When to use it, one rule each.
        exclude: When not to use it, one rule each.
        examples: Passages it would be given to, written for the codebook.
        categories: Identifiers of its categories, the first one being its main one.
        parent: Identifier of a code above it, or empty.
        stage: One of `STAGES`.
        dimension: For focused codes: what is told about a case ("goal"); else empty.
        strategy: For focused codes: the strategy or pole that this value speaks for; else empty.
        cues: Patterns by language (ISO 639-1).
        colour: "#rrggbb", or empty: the report chooses.
        origin: Where it came from ("in vivo: alpha 00:01:48", "split from …"); empty if it was there from the start.
    """

    id: str
    name: str
    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    parent: str = ""
    stage: str = "open"
    dimension: str = ""
    strategy: str = ""
    cues: Mapping[str, tuple[Cue, ...]] = field(default_factory=dict)
    colour: str = ""
    origin: str = ""

    @property
    def category(self) -> str:
        """Its main category, or empty."""
        return self.categories[0] if self.categories else ""

    @property
    def definition_hash(self) -> str:
        """First 16 digits of the SHA-256 of what a coder goes by: name, definition, rules, examples."""
        told = [self.name, self.definition, *self.include, "\0", *self.exclude, "\0", *self.examples]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Codebook:
    """The codes of a study, in the order of the file.

    Attributes:
        name: Short name ("b2b-influencer-marketing").
        title: As shown.
        codes: In the order of the file; identifiers are unique.
        categories: In the order of the file; identifiers are unique.
        strategies: Names shown by identifier of the strategies (or poles) that focused codes speak for, in order.
        dimensions: Names shown by identifier of the dimensions of focused codes, in order.
        language: ISO 639-1 code of its definitions.
        source: Where it comes from: a citation.
        hash: SHA-256 of its normal form, hexadecimal (see `qualcode.codebook`); names a version of it.
    """

    name: str
    title: str
    codes: tuple[Code, ...]
    categories: tuple[Category, ...] = ()
    strategies: Mapping[str, str] = field(default_factory=dict)
    dimensions: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    source: str = ""
    hash: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Code]:
        """Codes by identifier."""
        return {code.id: code for code in self.codes}

    def in_stage(self, stage: str) -> tuple[Code, ...]:
        """Return the codes of one stage, in order."""
        return tuple(code for code in self.codes if code.stage == stage)


@dataclass(frozen=True, slots=True)
class Coder:
    """Who codes: a person, a machine, a set of reference codings, or a consensus of others.

    Attributes:
        name: Unique within the study ("reader-1", "cues").
        kind: One of `CODER_KINDS`.
        attributes: Further facts: what a machine's settings and version are, what a reference is.
    """

    name: str
    kind: str = "person"
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coding:
    """One code on one passage by one coder.

    Attributes:
        coder: Name of the coder.
        transcript: Name of the transcript.
        start: First character of the passage.
        end: One past its last character; `start < end`.
        code: Identifier of the code.
        stage: One of `STAGES`.
        status: One of `STATUSES`. Only accepted codings count in an analysis unless others are asked for.
        confidence: 0 to 1, or None: people give none.
        assertion: One of `ASSERTIONS`; what the passage does with the thing that the code is about.
        evidence: Why: for a machine, plain data (cue, matched words, their positions); empty for a person.
        definition_hash: `Code.definition_hash` under which it was made; empty where unknown.
        id: Unique over all copies of the study.
        created: UTC, ISO 8601 to the second; the store fills it in. Never shown in reports.
    """

    coder: str
    transcript: str
    start: int
    end: int
    code: str
    stage: str = "open"
    status: str = "accepted"
    confidence: float | None = None
    assertion: str = "affirmed"
    evidence: Mapping[str, Any] = field(default_factory=dict)
    definition_hash: str = ""
    id: str = field(default_factory=new_id)
    created: str = ""

    @property
    def place(self) -> tuple[str, int, int, str, str]:
        """Sort key: transcript, start, end, code, coder. Says which two codings are the same one."""
        return (self.transcript, self.start, self.end, self.code, self.coder)


@dataclass(frozen=True, slots=True)
class Memo:
    """A note by a coder on something of the study.

    Attributes:
        coder: Who wrote it.
        text: What it says.
        kind: One of `MEMO_KINDS`.
        target: What it is about: "study", "case", "transcript", "code", "coding" or "passage".
        key: Which one: name or identifier; for a passage `transcript:start-end`; empty for the study.
        id: Unique over all copies of the study.
        created: UTC, ISO 8601 to the second.
    """

    coder: str
    text: str
    kind: str = "observation"
    target: str = "study"
    key: str = ""
    id: str = field(default_factory=new_id)
    created: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A typed relation between two codes, drawn by a coder in axial coding.

    Attributes:
        source: Identifier of the code that it starts from.
        kind: "condition", "context", "strategy", "consequence", "part-of" or "contradicts"
            (after the paradigm of Corbin & Strauss).
        target: Identifier of the code that it leads to.
        coder: Who drew it.
        id: Unique over all copies of the study.
    """

    source: str
    kind: str
    target: str
    coder: str
    id: str = field(default_factory=new_id)
