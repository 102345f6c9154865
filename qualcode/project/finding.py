"""Searching in a study without reading all of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from qualcode.model import Case, Codebook, Coder, Coding, Settings, Study, Transcript
from qualcode.project.blindness import codes_blind, looks_blind
from qualcode.project.folder import StudyFolder
from qualcode.tables.coverage import union
from qualcode.tables.query import codes_needed, terms
from qualcode.tables.search import Hit, Scope, cases_in, search

if TYPE_CHECKING:
    from qualcode.store import Look
    from qualcode.tables.query import Query, Term

Span = tuple[int, int]
Fields = tuple[Any, ...]
START, END = 3, 4
"""Where the fields of a turn (see `Look.turns`) have its span."""

PATTERN = frozenset("*?[")
"""What has a meaning in the pattern of a code."""
FEW = 10
"""With fewer codings a transcript their turns are looked up by coding; with more it is faster to read all turns."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found.

    Attributes:
        hits: By transcript and position.
        transcripts: By name, those in which something was found; with no more of their turns than the search needed.
        cases: How many cases the study has.
    """

    hits: tuple[Hit, ...]
    transcripts: Mapping[str, Transcript]
    cases: int


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody may see of a study.

    Attributes:
        coder: Who looks.
        blind: Nothing but what is the coder's own.
        hidden: How many codings are hidden.
    """

    coder: str
    blind: bool = False
    hidden: int = 0


def sight_of(folder: StudyFolder, coder: str, *, blind: bool = False, named: bool = True, what: str = "this") -> Sight:
    """Return what a coder may see, as `qualcode.project.blindness.seen_by` does, without reading the study.

    Args:
        folder: The study.
        coder: Who looks.
        blind: Look blind from now on, on record.
        named: See `need_looker`.
        what: See `need_looker`.

    Raises:
        UserError: As by `seen_by`.
    """
    with folder.look() as look:
        coders = _without_content(coders=look.coders())
        hides = blind or codes_blind(coders, coder)
        hidden = sum(count for (by, *_), count in look.coded().items() if by != coder) if hides else 0
    return Sight(coder, looks_blind(folder, coders, coder, blind=blind, named=named, what=what), hidden)


def find(folder: StudyFolder, query: Query, scope: Scope, *, sight: Sight) -> Found:
    """Return what `qualcode.tables.search.search` finds in the whole study.

    Args:
        folder: The study.
        query: From `parse_query`.
        scope: Where to look.
        sight: What may be seen.

    Raises:
        UserError: A case or attribute is unknown.
    """
    own = sight.coder if sight.blind else None
    with folder.look() as look:
        study = part_for(look, query, scope, own=own)
    hits = search(study, query, scope)
    return Found(hits, study.transcript_by_name, len(study.cases))


def part_for(look: Look, query: Query, scope: Scope, *, own: str | None = None) -> Study:
    """Return as much of a study as a query can find something in, and as it takes to say which codes a find has.

    Args:
        look: The study.
        query: From `parse_query`.
        scope: Where to look.
        own: Leave out the codings of all but this coder; None: of nobody.

    Raises:
        UserError: A case or attribute is unknown.
    """
    cases = look.cases()
    inside = cases_in(cases, scope)
    names = {name for name, known in look.transcripts.items() if known.case in inside}

    def counting(codings: Iterable[Coding]) -> tuple[Coding, ...]:
        return tuple(coding for coding in codings if scope.counts(coding) and own in (None, coding.coder))

    def part(turns: Mapping[str, Sequence[Fields]], codings: Iterable[Coding]) -> Study:
        return _without_content(cases, look.whole_transcripts(turns), counting(codings))

    needed = codes_needed(query)
    if needed is None:
        return part(_turns(look, names), look.codings())
    wanted = _codes(look, needed)
    anchors = [coding for coding in counting(look.codings(wanted)) if coding.transcript in names]
    inside_of = {coding.transcript for coding in anchors}
    if scope.within == "passage":
        # What is looked at as one reaches as far as passages that overlap the anchors, and has codes beyond them.
        return part(_turns(look, inside_of), look.codings())
    others = {term for term in terms(query) if term.kind == "code"} - set(needed)
    few = not others and len(anchors) < FEW * len(look.transcripts)
    turns = _turns(look, inside_of, wanted if few else None)
    touched, spans = _around(turns, anchors)
    if others:
        # Passages of other codes in these turns are found too, and reach into further turns with codes of their own.
        near = counting(look.codings_overlapping(spans))
        touched, spans = _around(turns, [*anchors, *(coding for coding in near if _is_one_of(coding.code, others))])
    return part(touched, look.codings_overlapping(spans))


def _codes(look: Look, asked: Sequence[Term]) -> list[str]:
    """Return the codes that are asked for: what is in use need only be known where a pattern stands for several."""
    if not any(set(term.wanted) & PATTERN for term in asked):
        return [term.wanted for term in asked]
    return [code for code in look.codes() if _is_one_of(code, asked)]


def _is_one_of(code: str, asked: Iterable[Term]) -> bool:
    return any(fnmatchcase(code, term.wanted) for term in asked)


def _without_content(
    cases: tuple[Case, ...] = (),
    transcripts: tuple[Transcript, ...] = (),
    codings: tuple[Coding, ...] = (),
    coders: tuple[Coder, ...] = (),
) -> Study:
    """Return a study for those who ask neither for its settings nor for its codebook."""
    return Study(Settings(), Codebook("", "", ()), cases, transcripts, coders, codings)


def _turns(look: Look, names: Collection[str], codes: Collection[str] | None = None) -> dict[str, Sequence[Fields]]:
    """Return the turns of some transcripts; at least those that codings with some codes touch, or all."""
    turns = look.turns(names) if codes is None else look.turns_coded(codes)
    return {name: turns.get(name, ()) for name in names}


def _around(
    turns: Mapping[str, Sequence[Fields]], anchors: Iterable[Coding]
) -> tuple[dict[str, Sequence[Fields]], dict[str, list[Span]]]:
    """Return by transcript the turns that some codings touch, and spans that hold both the codings and these turns."""
    by_transcript: dict[str, list[Coding]] = {}
    for coding in anchors:
        by_transcript.setdefault(coding.transcript, []).append(coding)
    touched: dict[str, Sequence[Fields]] = {}
    spans: dict[str, list[Span]] = {}
    for name, codings in by_transcript.items():
        own = turns[name]
        starts, ends = [turn[START] for turn in own], [turn[END] for turn in own]
        kept: set[int] = set()
        places: list[Span] = []
        for coding in codings:
            # Turns do not overlap, so they end in the order in which they begin.
            first, last = bisect_right(ends, coding.start), bisect_left(starts, coding.end)
            kept.update(range(first, last))
            low = min(coding.start, starts[first]) if first < last else coding.start
            high = max(coding.end, ends[last - 1]) if first < last else coding.end
            places.append((low, high))
        touched[name] = [own[at] for at in sorted(kept)]
        spans[name] = union(places)
    return touched, spans
