"""What machine coders proposed: what became of it, what share was left to people, and whether confidences hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qualcode.coders.limits import ENOUGH_SAID, NOT_YET_SAID, WEAK_SAID
from qualcode.model import Coding
from qualcode.model.times import clock
from qualcode.report.disagreement_pages import QUOTED, Finder, fair, joined, shortened, spread
from qualcode.report.material import CodeView, Material, described
from qualcode.report.overview import plural
from qualcode.report.records import Page
from qualcode.tables.machine_work import Bin, Calibration, CodeWork, MachineWork, TranscriptWork, machine_work

FILE = "machines.html"
# What a coder is, said first; further attributes follow as they are.
FACTS = ("version", "learned from", "codings", "turns", "cases", "exemplars", "embeddings", "model")
GROUPS = (
    (NOT_YET_SAID, "Left to people: it says that it cannot do these yet"),
    (WEAK_SAID, "Weak: to be read with care"),
    (ENOUGH_SAID, "Enough, by its own measure"),
)
OTHER, SILENT = "Said otherwise", "It says nothing of these"
# How much is listed per row, and over all machines: enough to look into, small enough to load.
MOST_TURNS, MOST_TURNS_ON_PAGE = 80, 1500
MOST_PLACES, MOST_PLACES_ON_PAGE = 12, 1200
MOST_PASSAGES = 4

Place = tuple[str, str]
"""A place as shown, and its address."""


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """One transcript.

    Attributes:
        item: As found.
        href: Its page.
        left: (turn, whether others coded it) of those left to people that are listed.
        more: How many further ones there are.
    """

    item: TranscriptWork
    href: str
    left: list[tuple[Place, bool]]
    more: int


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code.

    Attributes:
        item: As found.
        code: The code, or None where neither the codebook nor a counted coding names it.
        places: Affirmed proposals that are listed.
        more: How many further ones there are.
        flagged: (assertion, place) of flagged proposals that are listed.
        more_flagged: How many further ones there are.
    """

    item: CodeWork
    code: CodeView | None
    places: list[Place]
    more: int
    flagged: list[tuple[str, Place]]
    more_flagged: int


@dataclass(frozen=True, slots=True)
class Example:
    """A proposal as it is quoted.

    Attributes:
        quote: The passage.
        language: ISO 639-1 code of its text.
        where: Case and time, or number of the turn.
        href: Its address.
        code: The code proposed, or None as in `CodeRow`.
        name: Of the code, as shown.
        confidence: As stated.
    """

    quote: str
    language: str
    where: str
    href: str
    code: CodeView | None
    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class BinView:
    """Proposals of about the same confidence.

    Attributes:
        item: As found.
        name: Its limits, as shown.
        given: Some that the others gave, too.
        not_given: Some that they did not.
    """

    item: Bin
    name: str
    given: list[Example]
    not_given: list[Example]


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """Stated confidences beside what others gave.

    Attributes:
        item: As found.
        against: Whom it is compared with, in words.
        bins: Rows of the table.
        whole: All together, or None.
        remarks: What to know about the numbers.
    """

    item: Calibration
    against: str
    bins: list[BinView]
    whole: BinView | None
    remarks: list[str]


@dataclass(frozen=True, slots=True)
class MachineView:
    """One machine coder.

    Attributes:
        work: As found.
        anchor: Its anchor.
        facts: (name, value) of what it is.
        transcripts: Rows of the table.
        untouched: Transcripts in which it proposes nothing.
        within: (turns, turns left to people) in the others.
        groups: (heading, rows) of codes by what it says of itself; one group without a heading where it says nothing.
        speaks: Whether it says anything of single codes.
        not_yet: Number of codes that it says it cannot do yet.
        calibration: None where there is nobody to compare with.
    """

    work: MachineWork
    anchor: str
    facts: list[tuple[str, str]]
    transcripts: list[TranscriptRow]
    untouched: int
    within: tuple[int, int]
    groups: list[tuple[str, list[CodeRow]]]
    speaks: bool
    not_yet: int
    calibration: CalibrationView | None


def machines(material: Material) -> Page | None:
    """Collect the page of machine coders; None where no machine has codings."""
    found = machine_work(material.study, material.findings.coders)
    if not found:
        return None
    finder = Finder(material)
    views = [_view(material, finder, number, work, len(found)) for number, work in enumerate(found, start=1)]
    return Page(FILE, "machines.html", "What the machines proposed", "machines", {"machines": views})


def _view(material: Material, finder: Finder, number: int, work: MachineWork, machines: int) -> MachineView:
    touched = [row for row in work.transcripts if row.is_touched]
    groups = _groups(_code_rows(material, finder, work.codes, MOST_PLACES_ON_PAGE // machines))
    return MachineView(
        work,
        f"machine-{number}",
        _facts(work),
        _transcript_rows(material, work.transcripts, MOST_TURNS_ON_PAGE // machines),
        len(work.transcripts) - len(touched),
        (sum(row.turns for row in touched), sum(len(row.left) for row in touched)),
        groups,
        any(row.said for row in work.codes),
        sum(row.verdict == NOT_YET_SAID for row in work.codes),
        _calibration(material, finder, work.calibration) if work.calibration else None,
    )


def _facts(work: MachineWork) -> list[tuple[str, str]]:
    names = [*(name for name in FACTS if name in work.facts), *(name for name in work.facts if name not in FACTS)]
    return [(f"{name[:1].upper()}{name[1:]}".replace("_", " "), str(work.facts[name])) for name in names]


def _transcript_rows(material: Material, rows: Sequence[TranscriptWork], most: int) -> list[TranscriptRow]:
    limit = fair([len(row.left) for row in rows], MOST_TURNS, most)
    result = []
    for row in rows:
        href = material.links.transcript_page(row.transcript)
        coded = row.coded_left or frozenset()
        shown = [
            ((clock(turn.time) or f"turn {turn.number}", f"{href}#t{turn.number}"), turn.number in coded)
            for turn in spread(row.left, limit)
        ]
        result.append(TranscriptRow(row, href, shown, len(row.left) - len(shown)))
    return result


def _code_rows(material: Material, finder: Finder, rows: Sequence[CodeWork], most: int) -> list[CodeRow]:
    limit = fair([len(row.affirmed) for row in rows], MOST_PLACES, most)
    flags = fair([len(row.flagged) for row in rows], MOST_PLACES, most // 2)
    return [
        CodeRow(
            row,
            material.codes.get(row.code),
            [_place(material, finder, coding) for coding in spread(row.affirmed, limit)],
            max(0, len(row.affirmed) - limit),
            [(coding.assertion, _place(material, finder, coding)) for coding in spread(row.flagged, flags)],
            max(0, len(row.flagged) - flags),
        )
        for row in rows
    ]


def _groups(rows: Sequence[CodeRow]) -> list[tuple[str, list[CodeRow]]]:
    """Return (heading, rows) by what the machine says of itself; headings only where it says anything."""
    if not any(row.item.said for row in rows):
        return [("", list(rows))]
    headings = dict(GROUPS)
    found: dict[str, list[CodeRow]] = {heading: [] for heading in (*headings.values(), OTHER, SILENT)}
    for row in rows:
        found[headings.get(row.item.verdict, OTHER) if row.item.said else SILENT].append(row)
    return [(heading, inside) for heading, inside in found.items() if inside]


def _place(material: Material, finder: Finder, coding: Coding) -> Place:
    passage = material.passage(coding)
    return passage.where, finder.place(coding, passage.turn)


def _calibration(material: Material, finder: Finder, item: Calibration) -> CalibrationView:
    return CalibrationView(
        item,
        joined([described(material.study.coder_by_name[name]) for name in item.coders]),
        [_bin(material, finder, one, examples=True) for one in item.bins],
        _bin(material, finder, item.whole, examples=False) if item.whole else None,
        _remarks(material, item),
    )


def _bin(material: Material, finder: Finder, item: Bin, *, examples: bool) -> BinView:
    def quoted(codings: Sequence[Coding]) -> list[Example]:
        return [_example(material, finder, one) for one in spread(codings, MOST_PASSAGES)] if examples else []

    name = f"{item.low:.1f} to {item.high:.1f}" if examples else "all"
    return BinView(item, name, quoted(item.given), quoted(item.not_given))


def _example(material: Material, finder: Finder, coding: Coding) -> Example:
    where, href = _place(material, finder, coding)
    code = material.codes.get(coding.code)
    return Example(
        shortened(material.study.quote(coding), QUOTED),
        material.study.transcript_by_name[coding.transcript].language,
        where,
        href,
        code,
        code.name if code else coding.code,
        coding.confidence or 0.0,
    )


def _remarks(material: Material, item: Calibration) -> list[str]:
    """Return what to know about the comparison."""
    said = []
    references = [name for name in item.coders if material.study.coder_by_name[name].kind == "reference"]
    if references:
        said.append(
            f"{joined(references)}: reference codings, made by a machine and not by people. What is measured here is "
            "how far one machine is borne out by another, which says less than agreement with people would."
        )
    said += _held_out(item)
    if item.unstated:
        said.append(f"{plural(item.unstated, 'proposal')} without a stated confidence: not in the table.")
    said += [
        "Only what was proposed is seen: a machine proposes what it is sure enough of, so the table says nothing about "
        "what it left out.",
        "Intervals: 95 %, by Wilson’s score (Wilson 1927, Journal of the American Statistical Association 22, "
        "pp. 209–212), as if proposals were independent. Those of one interview hang together, so the intervals are "
        "rather too narrow.",
    ]
    return said


def _held_out(item: Calibration) -> Iterable[str]:
    if not item.taught or not item.compared:
        return []
    teachers = joined(item.taught)
    if not item.not_held_out:
        return [
            f"It learned from {teachers}, but each proposal compared here is by a model that saw nothing of that case."
        ]
    return [
        f"It learned from {teachers}, and {plural(item.not_held_out, 'proposal')} of {item.compared:,} compared here "
        "are not marked as held out: where these transcripts were among what it learned from, the comparison flatters "
        "it. ‘qualcode evaluate’ measures it on cases that it has not seen."
    ]
