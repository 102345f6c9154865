"""One page per transcript: its whole text with the coded passages marked in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qualcode.model import Coding, Transcript, Turn
from qualcode.model.times import clock
from qualcode.report.links import anchor
from qualcode.report.material import CodeView, Material, Passage
from qualcode.report.records import Page
from qualcode.report.segments import Block, blocks, segments

MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A coded stretch of text, with everything it was coded with.

    Attributes:
        number: From 1 within its turn.
        anchor: Its anchor; empty in later turns of a passage that runs over several.
        note: Anchor of its note in the margin.
        codes: (code, initials of its coders).
        names: Names of the codes and coders, for titles and for readers of screens.
    """

    number: int
    anchor: str
    note: str
    codes: tuple[tuple[CodeView, tuple[str, ...]], ...]
    names: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under the same marks.

    Attributes:
        text: As it stands in the transcript.
        begins: Marks that begin here.
        marks: Numbers of the marks that cover it.
        colours: Colours of their codes, at most four, all different.
        title: Names of their codes.
    """

    text: str
    begins: tuple[Mark, ...]
    marks: tuple[int, ...]
    colours: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Part:
    """A turn or a remark.

    Attributes:
        kind: "turn" or "remark".
        anchor: Its anchor.
        turn: The turn, or None.
        time: "HH:MM:SS" or empty.
        pieces: Its text.
        marks: Its marks, for the margin.
        uncounted: (code, initials) given in this turn by some coder but not counted.
    """

    kind: str
    anchor: str
    turn: Turn | None
    time: str
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]
    uncounted: tuple[tuple[CodeView, tuple[str, ...]], ...]


def transcript_pages(material: Material) -> list[Page]:
    """Collect the pages of transcripts."""
    by_transcript: dict[str, list[Passage]] = {item.name: [] for item in material.study.transcripts}
    for passage in material.passages:
        by_transcript[passage.transcript].append(passage)
    uncounted = uncounted_codings(material)
    pages = []
    for transcript in material.study.transcripts:
        found = parts(material, transcript, by_transcript[transcript.name], uncounted.get(transcript.name, ()))
        pages.append(
            Page(
                material.links.transcript_page(transcript.name),
                "transcript.html",
                f"Transcript {transcript.name}",
                "cases",
                {
                    "transcript": transcript,
                    "parts": found,
                    "case": transcript.case,
                    "case_page": material.links.case_page(transcript.case),
                    "initials": _legend(material, found),
                    "number": len(by_transcript[transcript.name]),
                    "uncounted": any(part.uncounted for part in found),
                },
            )
        )
    return pages


def parts(
    material: Material, transcript: Transcript, passages: Sequence[Passage], uncounted: Sequence[Coding]
) -> list[Part]:
    """Cut a transcript into turns and remarks with their marks, in order."""
    result = []
    others = _by_turn(material, transcript, uncounted)
    waiting = sorted(passages, key=lambda item: item.start)
    first = 0
    longest = max((item.end - item.start for item in passages), default=0)
    for block in blocks(transcript):
        while first < len(waiting) and waiting[first].start + longest <= block.start:
            first += 1
        inside = []
        for passage in waiting[first:]:
            if passage.start >= block.end:
                break
            if passage.end > block.start:
                inside.append(passage)
        # Labels are told by a turn's head, unless somebody coded one.
        shown = block.kind in ("turn", "remark") or any(
            block.start <= item.start < item.end <= block.end for item in inside
        )
        if shown:
            result.append(_part(material, transcript, block, inside, others))
    return result


def _part(
    material: Material,
    transcript: Transcript,
    block: Block,
    passages: Sequence[Passage],
    uncounted: Mapping[int, tuple[tuple[CodeView, tuple[str, ...]], ...]],
) -> Part:
    turn = block.turn if block.kind == "turn" else None
    number = turn.number if turn else 0
    place = f"t{number}" if turn else f"r{block.start}"
    spans: dict[tuple[int, int], list[Passage]] = {}
    for passage in sorted(passages, key=lambda item: (item.start, -item.end)):
        spans.setdefault((passage.start, passage.end), []).append(passage)
    marks = []
    for count, ((start, end), same) in enumerate(spans.items(), start=1):
        # The anchor stands where the passage begins, and in one place only.
        here = same[0].turn == number and _holds_start(transcript, block, start, end)
        marks.append(_mark(material, count, anchor(number, start, end) if here else "", f"{place}-n{count}", same))
    pieces = []
    for segment in segments(block.start, block.end, list(spans)):
        covering = [marks[index] for index in segment.marks]
        colours = tuple(dict.fromkeys(view.colour for mark in covering for view, _ in mark.codes))
        pieces.append(
            Piece(
                transcript.text[segment.start : segment.end],
                tuple(marks[index] for index in segment.begins),
                tuple(mark.number for mark in covering),
                colours[:MOST_LINES],
                "; ".join(dict.fromkeys(name for mark in covering for name in mark.names.split("; "))),
            )
        )
    return Part(
        "turn" if turn else "remark",
        place,
        turn,
        (clock(turn.time) or "") if turn else "",
        tuple(pieces),
        tuple(marks),
        uncounted.get(number, ()) if turn else (),
    )


def _holds_start(transcript: Transcript, block: Block, start: int, end: int) -> bool:
    """Return whether a passage's first visible character lies in a block."""
    while start < end - 1 and start < block.start and not transcript.text[start : start + 1].strip():
        start += 1
    if block.kind == "turn" and block.turn:
        # A passage that begins in a label is shown from the turn on.
        touching = transcript.turns_touching(start, end)
        return bool(touching) and touching[0].number == block.turn.number
    return block.start <= start < block.end


def _mark(material: Material, number: int, place: str, note: str, same: Sequence[Passage]) -> Mark:
    codes = tuple((material.codes[item.code], tuple(material.initials[name] for name in item.coders)) for item in same)
    names = "; ".join(f"{view.name} ({', '.join(initials)})" for view, initials in codes)
    return Mark(number, place, note, codes, names)


def _legend(material: Material, found: Sequence[Part]) -> list[tuple[str, str]]:
    used = {mark for part in found for item in part.marks for _, marks in item.codes for mark in marks}
    used |= {mark for part in found for _, marks in part.uncounted for mark in marks}
    return [(mark, name) for name, mark in material.initials.items() if mark in used]


def uncounted_codings(material: Material) -> dict[str, list[Coding]]:
    """Return, by transcript, what single coders of a consensus gave and the others did not.

    Only codings of the coders whose agreement is reported, and only people's and references': a machine's are
    never shown among them.
    """
    kinds = {coder.name: coder.kind for coder in material.study.coders}
    names = {name for name in material.findings.coders if kinds.get(name) in ("person", "reference")}
    if len(names) < 2:
        return {}
    standing: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for passage in material.passages:
        standing.setdefault((passage.transcript, passage.code), []).append((passage.start, passage.end))
    result: dict[str, list[Coding]] = {}
    for coding in material.study.codings_by(names):
        spans = standing.get((coding.transcript, coding.code), ())
        if coding.code in material.codes and not any(start < coding.end and coding.start < end for start, end in spans):
            result.setdefault(coding.transcript, []).append(coding)
    return result


def _by_turn(
    material: Material, transcript: Transcript, uncounted: Sequence[Coding]
) -> dict[int, tuple[tuple[CodeView, tuple[str, ...]], ...]]:
    """Return, by number of the turn, (code, initials) of codings that do not count."""
    found: dict[int, dict[str, set[str]]] = {}
    for coding in uncounted:
        turn = transcript.turn_at(coding.start)
        if turn:
            codes = found.setdefault(turn.number, {})
            codes.setdefault(coding.code, set()).add(material.initials[coding.coder])
    order = {code: number for number, code in enumerate(material.codes)}
    return {
        turn: tuple((material.codes[code], tuple(sorted(codes[code]))) for code in sorted(codes, key=order.__getitem__))
        for turn, codes in found.items()
    }
