"""The first page: what was found, the sample, who coded it, and which code is found in which case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from qualcode.model import Case, Coder
from qualcode.report.material import KINDS, CodeView, Material
from qualcode.report.records import Page

Fragment = tuple[str, str]
"""Words, and the address that they lead to (empty for none)."""

MINUTES = ("duration", "minutes", "min", "length")
MOST_ATTRIBUTES = 4
LEVELS = 5


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One case in the sample table.

    Attributes:
        case: Name.
        href: Its page.
        cohort: Its cohort.
        attributes: Values of the columns shown; empty where it has none.
        minutes: Length of its recordings as stated, else up to the last turn's time; None where neither is known.
        words: Words in participants' turns.
        turns: Participants' turns.
        coded_turns: Share of them with a coding, 0 to 1.
        coded_words: Share of words coded, 0 to 1.
        codings: Passages with a code.
        codes: Different codes.
        transcripts: (name, address) of its transcripts.
    """

    case: str
    href: str
    cohort: str
    attributes: tuple[str, ...]
    minutes: int | None
    words: int
    turns: int
    coded_turns: float
    coded_words: float
    codings: int
    codes: int
    transcripts: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One code in the table of codes and cases.

    Attributes:
        code: The code.
        cells: Per case: (passages, address, level from 0 to 5).
        cases: Number of cases with it.
        passages: Number of passages.
    """

    code: CodeView
    cells: tuple[tuple[int, str, int], ...]
    cases: int
    passages: int


@dataclass(frozen=True, slots=True)
class CoderRow:
    """One coder of the study.

    Attributes:
        coder: Name, kind and attributes.
        kind: As shown.
        statuses: (status, number of codings), those that there are.
        transcripts: Transcripts with at least one of its codings.
        counts: Whether its codings count in this report.
    """

    coder: Coder
    kind: str
    statuses: tuple[tuple[str, int], ...]
    transcripts: int
    counts: bool


def overview(material: Material) -> Page:
    """Collect the first page."""
    columns = attribute_columns(material.cases)
    rows = [_sample_row(material, case, columns) for case in material.cases]
    return Page(
        "index.html",
        "overview.html",
        "Overview",
        "overview",
        {
            "sentences": sentences(material, rows),
            "columns": columns,
            "cohorts": bool(material.cohorts),
            "rows": rows,
            "minutes": sum(row.minutes or 0 for row in rows),
            "words": sum(row.words for row in rows),
            "turns": sum(row.turns for row in rows),
            "codings": sum(row.codings for row in rows),
            "coders": coder_rows(material),
            "heat": heat(material),
            "cases": [(case.name, material.links.case_page(case.name), case.cohort) for case in material.cases],
            "spans": _cohort_spans(material.cases) if material.cohorts else [],
        },
    )


def attribute_columns(cases: Iterable[Case]) -> tuple[str, ...]:
    """Return names of the attributes that most cases have, at most four, without lengths and notes."""
    cases = tuple(cases)
    names = dict.fromkeys(name for case in cases for name in case.attributes)
    shown = [name for name in names if name.lower() not in (*MINUTES, "note", "title", "case", "cohort")]
    return tuple(name for name in shown if sum(name in case.attributes for case in cases) * 2 > len(cases))[
        :MOST_ATTRIBUTES
    ]


def minutes(material: Material, case: Case) -> int | None:
    """Return the minutes recorded with a case: as a header or attribute states, else up to the last turn or caption."""
    total, known = 0, False
    for transcript in material.transcripts_of[case.name]:
        stated = _stated(transcript.attributes.items())
        last = transcript.last_time
        if stated is None and last is not None:
            stated = round(last / 60)
        if stated is not None:
            total, known = total + stated, True
    of_case = _stated(case.attributes.items())
    return total if known else of_case


def _stated(attributes: Iterable[tuple[str, str]]) -> int | None:
    for name, value in attributes:
        if name.lower() in MINUTES:
            number = re.match(r"\s*(\d{1,4})(?:[.,]\d+)?\s*(?:min\b.*|minutes\b.*)?$", str(value), re.IGNORECASE)
            if number:
                return int(number[1])
    return None


def _sample_row(material: Material, case: Case, columns: tuple[str, ...]) -> SampleRow:
    covered = material.coverage.get(case.name)
    passages = material.by_case[case.name]
    return SampleRow(
        case.name,
        material.links.case_page(case.name),
        case.cohort,
        tuple(str(case.attributes.get(name, "")) for name in columns),
        minutes(material, case),
        covered.words if covered else 0,
        covered.turns if covered else 0,
        covered.coded_turns / covered.turns if covered and covered.turns else 0.0,
        covered.share if covered else 0.0,
        len(passages),
        len({passage.code for passage in passages}),
        tuple((item.name, material.links.transcript_page(item.name)) for item in material.transcripts_of[case.name]),
    )


def coder_rows(material: Material) -> list[CoderRow]:
    """Return the study's coders with what each of them has coded."""
    counting = set(material.findings.coders)
    result = []
    for coder in material.study.coders:
        own = [coding for coding in material.study.codings if coding.coder == coder.name]
        statuses = [(status, sum(coding.status == status for coding in own)) for status in STATUS_ORDER]
        result.append(
            CoderRow(
                coder,
                KINDS.get(coder.kind, coder.kind),
                tuple((status, number) for status, number in statuses if number),
                len({coding.transcript for coding in own}),
                coder.name in counting,
            )
        )
    return result


STATUS_ORDER = ("accepted", "proposed", "rejected")


def heat(material: Material) -> list[tuple[str, list[HeatRow]]]:
    """Return, by category or dimension, a row of counts per code; colour grows with the square root of the count."""
    most = max((len(passages) for passages in material.by_cell.values()), default=1)
    result = []
    for _, name, views in material.codes_by_group():
        rows = []
        for view in views:
            cells = []
            for case in material.cases:
                number = len(material.by_cell.get((view.id, case.name), ()))
                level = 1 + int((LEVELS - 0.01) * ((number - 1) / max(most - 1, 1)) ** 0.5) if number else 0
                cells.append((number, material.links.code_in_case(view.id, case.name) if number else "", level))
            found = sum(1 for number, _, _ in cells if number)
            rows.append(HeatRow(view, tuple(cells), found, len(material.by_code[view.id])))
        result.append((name, rows))
    return result


def _cohort_spans(cases: Iterable[Case]) -> list[tuple[str, int]]:
    """Return runs of cases of one cohort: (cohort, length)."""
    result: list[tuple[str, int]] = []
    for case in cases:
        if result and result[-1][0] == case.cohort:
            result[-1] = (case.cohort, result[-1][1] + 1)
        else:
            result.append((case.cohort, 1))
    return result


def sentences(material: Material, rows: Iterable[SampleRow]) -> list[list[Fragment]]:
    """Return what was found, in three sentences made from the numbers."""
    return [
        sentence for sentence in (_coded(material, list(rows)), _process(material), _strategies(material)) if sentence
    ]


def _coded(material: Material, rows: list[SampleRow]) -> list[Fragment]:
    interviews = len(material.study.transcripts)
    words = sum(row.words for row in rows)
    used = sum(1 for passages in material.by_code.values() if passages)
    turns = sum(row.turns for row in material.coverage.values())
    coded = sum(row.coded_turns for row in material.coverage.values())
    head = [
        (f"{plural(interviews, 'transcript')} of {plural(len(rows), 'case')}", "#sample"),
        (f" ({words:,} words by participants) were read", ""),
    ]
    if not material.passages:
        return [*head, ("; no codings count yet.", "")]
    return [
        *head,
        (": ", ""),
        (f"{plural(len(material.passages), 'coded passage')}", "#codes"),
        (f" with {used} of the codebook’s {len(material.code_ids)} codes, in ", ""),
        (f"{coded} of {plural(turns, 'participant turn')}.", "#sample"),
    ]


def _process(material: Material) -> list[Fragment]:
    found = {code: len({item.case for item in passages}) for code, passages in material.by_code.items()}
    shown = [code for code, view in material.codes.items() if not view.code or view.code.stage != "focused"]
    if not any(found[code] for code in shown):
        return []
    widest = min(shown, key=lambda code: (-found[code], -len(material.by_code[code])))
    considerations = material.findings.axial.considerations if material.findings.axial else ()
    result: list[Fragment] = [
        ("The most widespread process code is ", ""),
        (material.codes[widest].name, material.codes[widest].page),
        (f", found in {found[widest]} of {plural(len(material.cases), 'case')}", ""),
    ]
    if considerations:
        verdicts = dict.fromkeys(item.verdict for item in considerations)
        parts = [f"{sum(item.verdict == verdict for item in considerations)} {verdict}" for verdict in verdicts]
        result += [
            (f"; of the literature’s {plural(len(considerations), 'consideration')} ", ""),
            (", ".join(parts), "process.html#framework"),
        ]
    return [*result, (".", "")]


def _strategies(material: Material) -> list[Fragment]:
    comparison = material.findings.comparison
    if not comparison or not comparison.cases or not comparison.counts:
        return []
    names = material.codebook.strategies
    result: list[Fragment] = [(f"Of {plural(len(comparison.cases), 'classified case')}, ", "")]
    for number, (strategy, here, _) in enumerate(comparison.counts):
        lead = "" if number == 0 else ", " if number < len(comparison.counts) - 1 else " and "
        verb = ("is " if here == 1 else "are ") * (number == 0)
        result += [(f"{lead}{here} {verb}", ""), (names.get(strategy, strategy).lower(), "comparison.html#counts")]
    hybrids, _ = comparison.hybrids
    result += [("; ", ""), (plural(hybrids, "hybrid"), "comparison.html#memberships")]
    compared = [case for case in comparison.cases if case.agrees is not None]
    if compared:
        same = sum(bool(case.agrees) for case in compared)
        result += [
            ("; ", ""),
            (f"{same} of {len(compared)} as published", "comparison.html#memberships"),
        ]
    return [*result, (".", "")]


def plural(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> plural(1, "case"), plural(1200, "passage")
    ('1 case', '1,200 passages')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
