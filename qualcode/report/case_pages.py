"""One page per case: what it is, its place among the strategies with evidence for and against, and all its passages."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode.cases.findings import Membership
from qualcode.model import Case, Memo
from qualcode.report.comparison import case_rows
from qualcode.report.material import CodeView, Material, Passage
from qualcode.report.overview import minutes
from qualcode.report.quotations import representative
from qualcode.report.records import Page

QUOTED = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a membership and what against it.

    Attributes:
        item: The membership.
        anchor: Its anchor on the page.
        name: Name of the strategy.
        colour: "#rrggbb".
        support: (code, passages, address) for the values that speak for it.
        quotations: Some of them.
        against: (code, passages, address) for values of other strategies on the same dimensions and on others.
        silent: Names of dimensions of which nothing is told.
    """

    item: Membership
    anchor: str
    name: str
    colour: str
    support: list[tuple[CodeView, int, str]]
    quotations: list[Passage]
    against: list[tuple[CodeView, int, str]]
    silent: list[str]


@dataclass(frozen=True, slots=True)
class MemoView:
    """A memo with what it is about.

    Attributes:
        memo: The memo.
        about: In words; empty where the page says it.
        href: Address of what it is about; empty for none.
    """

    memo: Memo
    about: str = ""
    href: str = ""


def case_pages(material: Material) -> list[Page]:
    """Collect the pages of cases."""
    rows = {row.result.case: row for row in case_rows(material)}
    names = [case.name for case in material.cases]
    pages = []
    for number, case in enumerate(material.cases):
        passages = material.by_case[case.name]
        focused = [item for item in passages if _stage(material, item.code) == "focused"]
        pages.append(
            Page(
                material.links.case_page(case.name),
                "case.html",
                case.name,
                "cases",
                {
                    "case": case,
                    "minutes": minutes(material, case),
                    "covered": material.coverage.get(case.name),
                    "transcripts": [
                        (item.name, material.links.transcript_page(item.name))
                        for item in material.transcripts_of[case.name]
                    ],
                    "row": rows.get(case.name),
                    "evidence": _evidence(material, case),
                    "threshold": material.study.settings.thresholds.membership,
                    "dimensions": _dimensions(material, focused),
                    "groups": _groups(material, passages),
                    "number": len(passages),
                    "memos": case_memos(material, case),
                    "previous": _beside(material, names, number - 1),
                    "next": _beside(material, names, number + 1),
                },
            )
        )
    return pages


def _beside(material: Material, names: list[str], number: int) -> tuple[str, str] | None:
    return (names[number], material.links.case_page(names[number])) if 0 <= number < len(names) else None


def _stage(material: Material, code: str) -> str:
    found = material.codes[code].code
    return found.stage if found else "open"


def _evidence(material: Material, case: Case) -> list[Evidence]:
    found = material.findings.comparison
    result = next((item for item in found.cases if item.case == case.name), None) if found else None
    names = material.codebook.strategies
    values = [
        view for view in material.codes.values() if view.code and view.code.stage == "focused" and view.code.strategy
    ]
    told = {view.code.dimension for view in values if view.code and (view.id, case.name) in material.by_cell}
    evidence = []
    for item in result.memberships if result else ():
        if item.strategy not in names:
            continue
        rows = [
            (view, len(material.by_cell[view.id, case.name]), f"#{material.links.code_anchor(view.id)}")
            for view in values
            if (view.id, case.name) in material.by_cell
        ]
        own = [row for row in rows if row[0].code and row[0].code.strategy == item.strategy]
        evidence.append(
            Evidence(
                item,
                material.links.other_anchor("strategy", item.strategy),
                names[item.strategy],
                material.strategy_colours[item.strategy],
                own,
                _one_per_dimension(material, material.merged(item.passages)),
                [row for row in rows if row[0].code and row[0].code.strategy != item.strategy],
                [name for key, name in material.codebook.dimensions.items() if key not in told],
            )
        )
    return evidence


def _one_per_dimension(material: Material, passages: list[Passage]) -> list[Passage]:
    """Return the best passage of each dimension, the first few dimensions only."""
    groups: dict[str, list[Passage]] = {}
    for passage in passages:
        groups.setdefault(material.codes[passage.code].group, []).append(passage)
    return [representative(group, 1)[0] for group in list(groups.values())[:QUOTED]]


def _dimensions(
    material: Material, focused: list[Passage]
) -> list[tuple[str, list[tuple[CodeView, str, int, str, Passage]]]]:
    """Return, by dimension, the values found: (code, strategy's name, passages, address of them, one quotation)."""
    result = []
    for key, name in material.codebook.dimensions.items():
        cells = []
        for view in material.codes.values():
            own = [item for item in focused if item.code == view.id]
            if own and view.code and view.code.dimension == key:
                strategy = material.codebook.strategies.get(view.code.strategy, "")
                href = material.links.code_in_case(view.id, own[0].case)
                cells.append((view, strategy, len(own), href, representative(own, 1)[0]))
        result.append((name, cells))
    return result


def _groups(material: Material, passages: list[Passage]) -> list[tuple[str, list[tuple[CodeView, str, list[Passage]]]]]:
    """Return, by category, the case's codes with their passages: (code, anchor, passages)."""
    by_code: dict[str, list[Passage]] = {}
    for passage in passages:
        by_code.setdefault(passage.code, []).append(passage)
    result = []
    for _, name, views in material.codes_by_group():
        found = [(view, material.links.code_anchor(view.id), by_code[view.id]) for view in views if view.id in by_code]
        if found:
            result.append((name, found))
    return result


def case_memos(material: Material, case: Case) -> list[MemoView]:
    """Return the memos on a case, its transcripts, and passages and codings in them, in the order written."""
    transcripts = {item.name for item in material.transcripts_of[case.name]}
    codings = material.coding_by_id
    shown = {(item.transcript, item.start, item.end): item.href for item in material.by_case[case.name]}
    result = []
    for memo in material.study.memos:
        if memo.target == "case" and memo.key == case.name:
            result.append(MemoView(memo))
        elif memo.target == "transcript" and memo.key in transcripts:
            result.append(MemoView(memo, f"transcript {memo.key}", material.links.transcript_page(memo.key)))
        elif memo.target == "coding" and memo.key in codings and codings[memo.key].transcript in transcripts:
            coding = codings[memo.key]
            page = material.links.transcript_page(coding.transcript)
            quote = material.study.quote(coding)
            result.append(MemoView(memo, f"“{quote}”", shown.get((coding.transcript, coding.start, coding.end), page)))
        elif memo.target == "passage" and memo.key.rpartition(":")[0] in transcripts:
            result.append(_passage_memo(material, memo, shown))
    return result


def _passage_memo(material: Material, memo: Memo, shown: dict[tuple[str, int, int], str]) -> MemoView:
    name, _, span = memo.key.rpartition(":")
    left, _, right = span.partition("-")
    page = material.links.transcript_page(name)
    if not (left.isdecimal() and right.isdecimal()):
        return MemoView(memo, f"transcript {name}", page)
    place = (name, int(left), int(right))
    quote = material.study.transcript_by_name[name].text[place[1] : place[2]]
    return MemoView(memo, f"“{quote}”", shown.get(place, page))
