"""The disagreements behind the numbers: per code the units on which coders differ, with what each of them gave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from qualcode.agreement.findings import CodeTrouble, Disagreement
from qualcode.model import Coding
from qualcode.model.times import clock
from qualcode.report.material import CodeView, Material
from qualcode.report.records import Page

# How many units are listed per code, and on a page: enough to see what is at issue, small enough to load.
MOST_BY_PEOPLE, MOST_BY_MACHINES, MOST_ON_PAGE, FEWEST = 60, 15, 450, 3
QUOTED, GLIMPSE = 320, 110

T = TypeVar("T")

Quotation = tuple[str, str]
"""A passage's text, and its address in the transcript."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """One unit on which coders differ about a code.

    Attributes:
        where: Case and time, or number of the turn.
        href: Address of the unit.
        language: ISO 639-1 code of its text.
        gave: (coders, their passages), coders with the same passages together.
        withheld: (coder, (code given instead, its passage) …).
    """

    where: str
    href: str
    language: str
    gave: list[tuple[str, list[Quotation]]]
    withheld: list[tuple[str, list[tuple[CodeView, Quotation]]]]


@dataclass(frozen=True, slots=True)
class CodeDisputes:
    """All units on which coders differ about one code.

    Attributes:
        code: The code.
        anchor: Its anchor.
        number: How many there are.
        shown: Those that are listed.
        trouble: What the clinic says about it, or None.
    """

    code: CodeView
    anchor: str
    number: int
    shown: list[Dispute]
    trouble: CodeTrouble | None


def disagreement_page(material: Material, number: int) -> str:
    """Return the file that lists the disagreements of a comparison, empty for none.

    Args:
        material: What pages draw on.
        number: Of the comparison, from 1.
    """
    found = material.findings.disagreements
    if number > len(found) or not any(one.code in material.codes for one in found[number - 1]):
        return ""
    return "disagreements.html" if number == 1 else f"disagreements-{number}.html"


def disagreement_pages(material: Material) -> list[Page]:
    """Collect the pages of disagreements, one for each comparison that has any."""
    pages = []
    finder = Finder(material)
    for number, item in enumerate(material.findings.agreements, start=1):
        file = disagreement_page(material, number)
        if not file:
            continue
        kinds = {coder.name: coder.kind for coder in material.study.coders}
        machine = any(kinds.get(name) == "machine" for name in item.coders)
        sections = _sections(material, finder, number, MOST_BY_MACHINES if machine else MOST_BY_PEOPLE)
        pages.append(
            Page(
                file,
                "disagreements.html",
                f"Disagreements of {joined(item.coders)}",
                "agreement",
                {
                    "agreement": item,
                    "back": f"agreement.html#agreement-{number}",
                    "coders": joined(item.coders),
                    "sections": sections,
                    "number": sum(section.number for section in sections),
                    "shown": sum(len(section.shown) for section in sections),
                    "machine": machine,
                },
            )
        )
    return pages


def _sections(material: Material, finder: Finder, number: int, most: int) -> list[CodeDisputes]:
    by_code: dict[str, list[Disagreement]] = {}
    for one in material.findings.disagreements[number - 1]:
        by_code.setdefault(one.code, []).append(one)
    clinics = material.findings.clinics
    troubles = {one.code: one for one in clinics[number - 1].codes} if number <= len(clinics) else {}
    limit = fair([len(found) for found in by_code.values()], most, MOST_ON_PAGE)
    return [
        CodeDisputes(
            view,
            material.links.code_anchor(code),
            len(by_code[code]),
            [finder.dispute(one) for one in spread(by_code[code], limit)],
            troubles.get(code),
        )
        for code, view in material.codes.items()
        if code in by_code
    ]


def fair(numbers: Iterable[int], each: int, together: int) -> int:
    """Return the greatest number per code, at most `each`, with which at most `together` are listed.

    >>> fair([100, 2, 50], 60, 62), fair([1, 1], 15, 450)
    (30, 15)
    """
    numbers = list(numbers)
    while each > FEWEST and sum(min(number, each) for number in numbers) > together:
        each -= 1
    return each


def spread(found: Sequence[T], number: int) -> list[T]:
    """Return at most so many, spread evenly over all interviews rather than from the first ones."""
    if len(found) <= number:
        return list(found)
    return [found[place * len(found) // number] for place in range(number)]


class Finder:
    """Finds passages in transcripts: what a coder gave, and where that is shown.

    Args:
        material: What pages draw on.
    """

    def __init__(self, material: Material) -> None:
        self._material = material
        self._counted = {(one.transcript, one.start, one.end): one.href for one in material.passages}
        self._given: dict[tuple[str, str, str], list[Coding]] = {}
        for coding in (*material.study.codings, *material.findings.codings):
            self._given.setdefault((coding.transcript, coding.coder, coding.code), []).append(coding)

    def dispute(self, one: Disagreement) -> Dispute:
        """Return a disagreement as it is shown."""
        transcript = self._material.study.transcript_by_name[one.transcript]
        turn = transcript.turn_at(one.start)
        time = clock(turn.time) if turn else None
        return Dispute(
            f"{one.case} {time}" if time else f"{one.case}, turn {one.turn}",
            self._turn(one.transcript, one.turn),
            transcript.language,
            self._gave(one),
            [
                (
                    name,
                    [found for coder, code in one.instead if coder == name for found in self._instead(one, name, code)],
                )
                for name in one.withheld
            ],
        )

    def _gave(self, one: Disagreement) -> list[tuple[str, list[Quotation]]]:
        together: dict[tuple[Quotation, ...], list[str]] = {}
        for name in one.gave:
            own = [
                (shortened(quote, QUOTED), self.place(coding, one.turn))
                for coding, quote in zip(one.codings, one.quotes, strict=True)
                if coding.coder == name
            ]
            together.setdefault(tuple(own), []).append(name)
        return [(joined(names), list(own)) for own, names in together.items()]

    def _instead(self, one: Disagreement, name: str, code: str) -> list[tuple[CodeView, Quotation]]:
        """Return (code, passage) for what a coder gave in the unit instead; its first passage there."""
        view = self._material.codes.get(code)
        if view is None:
            return []
        for coding in self._given.get((one.transcript, name, code), ()):
            if coding.start < one.end and one.start < coding.end:
                quote = shortened(self._material.study.quote(coding), GLIMPSE)
                return [(view, (quote, self.place(coding, one.turn)))]
        return [(view, ("", self._turn(one.transcript, one.turn)))]

    def place(self, coding: Coding, turn: int) -> str:
        """Return a coding's address: its own where it counts, else that of the turn."""
        return self._counted.get((coding.transcript, coding.start, coding.end)) or self._turn(coding.transcript, turn)

    def _turn(self, transcript: str, turn: int) -> str:
        page = self._material.links.transcript_page(transcript)
        return f"{page}#t{turn}" if turn else page


def shortened(text: str, most: int) -> str:
    """Return a text cut after a whole word, with dots where something is left out.

    >>> shortened("one two three", 8), shortened("short", 8)
    ('one two …', 'short')
    """
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = text[: most + 1].rsplit(" ", 1)[0]
    return f"{cut[:most]} …"


def joined(names: Sequence[str]) -> str:
    """Return names as people list them.

    >>> joined(["a", "b"]), joined(["a", "b", "c"])
    ('a and b', 'a, b and c')
    """
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
