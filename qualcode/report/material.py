"""What all pages draw on: passages by code and case, names, colours and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from qualcode.model import Case, Code, Codebook, Coder, Coding, Study, Transcript
from qualcode.model.times import clock
from qualcode.report.colours import NEUTRAL, code_colours, palette
from qualcode.report.links import Links, anchor
from qualcode.report.records import ReportInput
from qualcode.tables import coverage
from qualcode.tables.coverage import Coverage

KINDS = {
    "person": "person",
    "machine": "machine coder",
    "reference": "reference codings",
    "consensus": "consensus",
}
# Attributes of a coder that say what it is, first one found.
TELLING = ("made by", "description", "what", "about", "note")


@dataclass(frozen=True, slots=True)
class Passage:
    """One code on one passage, by one or more coders.

    Attributes:
        case: Name of the case.
        transcript: Name of the transcript.
        start: First character.
        end: One past the last.
        code: Identifier.
        quote: The passage, exactly as it stands in the text.
        turn: Number of the turn, 0 outside of any.
        time: "HH:MM:SS" of the turn, or empty.
        speaker: As labelled in the source.
        role: Role of the speaker; empty outside of any turn.
        coders: Names of those who gave the code here, sorted.
        language: ISO 639-1 code of the transcript.
        href: Address of the passage in its transcript.
    """

    case: str
    transcript: str
    start: int
    end: int
    code: str
    quote: str
    turn: int
    time: str
    speaker: str
    role: str
    coders: tuple[str, ...]
    language: str
    href: str

    @property
    def anchor(self) -> str:
        """Its anchor on the transcript's page."""
        return anchor(self.turn, self.start, self.end)

    @property
    def where(self) -> str:
        """Case and time, or the number of the turn where there are no times."""
        return f"{self.case} {self.time}" if self.time else f"{self.case}, turn {self.turn}"


@dataclass(frozen=True, slots=True)
class CodeView:
    """A code as pages show it.

    Attributes:
        id: Identifier.
        name: As shown.
        colour: "#rrggbb".
        group: Identifier of its main category or its dimension; empty for none.
        group_name: As shown.
        page: File that lists its passages.
        code: Entry of the codebook, or None for a code that only codings name.
    """

    id: str
    name: str
    colour: str
    group: str
    group_name: str
    page: str
    code: Code | None

    @property
    def definition(self) -> str:
        """What it means; empty where the codebook says nothing."""
        return self.code.definition if self.code else ""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of cases by cohort, with how many there are.

    Attributes:
        cohort: Name; empty where there are no cohorts.
        cases: Cases counted.
        of: Cases in the cohort.
    """

    cohort: str
    cases: int
    of: int


class Material:
    """A study's findings with everything that pages look up in them.

    Args:
        findings: What is reported.
    """

    def __init__(self, findings: ReportInput) -> None:
        self.findings = findings
        self.study: Study = findings.study
        self.codebook: Codebook = findings.study.codebook
        self._case_order = {case.name: number for number, case in enumerate(self.cases)}
        self.links = Links(
            (case.name for case in self.cases),
            (transcript.name for transcript in self.study.transcripts),
            self.code_ids,
            (*self.groups, *self.codebook.strategies, *self._considerations()),
        )

    def _considerations(self) -> Iterable[str]:
        return (item.id for item in self.findings.axial.considerations) if self.findings.axial else ()

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The study's cases, then any that only transcripts name."""
        known = {case.name for case in self.study.cases}
        others = dict.fromkeys(item.case for item in self.study.transcripts if item.case not in known)
        return (*self.study.cases, *(Case(name) for name in others))

    @cached_property
    def case_by_name(self) -> dict[str, Case]:
        """All cases by name."""
        return {case.name: case for case in self.cases}

    @cached_property
    def transcripts_of(self) -> dict[str, list[Transcript]]:
        """Transcripts by case, every case included."""
        result: dict[str, list[Transcript]] = {case.name: [] for case in self.cases}
        for transcript in self.study.transcripts:
            result[transcript.case].append(transcript)
        return result

    @cached_property
    def coding_by_id(self) -> dict[str, Coding]:
        """All codings of the study by identifier."""
        return {coding.id: coding for coding in self.study.codings}

    @cached_property
    def cohorts(self) -> tuple[str, ...]:
        """Names of the cohorts in order of first mention; empty where there are fewer than two."""
        found = tuple(dict.fromkeys(case.cohort for case in self.cases))
        return found if len(found) > 1 else ()

    @cached_property
    def code_ids(self) -> tuple[str, ...]:
        """The codebook's codes in its order, then any that only codings name, sorted."""
        known = self.codebook.by_id
        others = {coding.code for coding in self.findings.codings if coding.code not in known}
        return (*known, *sorted(others))

    @cached_property
    def groups(self) -> dict[str, str]:
        """Names of categories and dimensions by identifier; the empty one holds codes without either."""
        categories = {category.id: category.name for category in self.codebook.categories}
        used = dict.fromkeys(self._group(code) for code in self.codebook.codes)
        rest = {group: self.codebook.dimensions.get(group, group) for group in used if group not in categories}
        rest.pop("", None)
        return {**categories, **rest, "": "Other codes"}

    @staticmethod
    def _group(code: Code) -> str:
        return code.dimension or code.category

    @cached_property
    def group_colours(self) -> dict[str, str]:
        """Colour by category or dimension."""
        return {**palette(group for group in self.groups if group), "": NEUTRAL}

    @cached_property
    def strategy_colours(self) -> dict[str, str]:
        """Colour by strategy."""
        return palette(self.codebook.strategies)

    @cached_property
    def codes(self) -> dict[str, CodeView]:
        """Codes by identifier, in order of `code_ids`."""
        groups = {code.id: self._group(code) for code in self.codebook.codes}
        colours = code_colours(self.codebook, groups, self.group_colours)
        known = self.codebook.by_id
        result = {}
        for identifier in self.code_ids:
            code = known.get(identifier)
            group = groups.get(identifier, "")
            result[identifier] = CodeView(
                identifier,
                (code.name if code else "") or identifier,
                colours.get(identifier, NEUTRAL),
                group,
                self.groups.get(group, group),
                self.links.code_page(identifier),
                code,
            )
        return result

    def codes_by_group(self, stages: Sequence[str] = ()) -> list[tuple[str, str, list[CodeView]]]:
        """Return (group identifier, group name, codes) for groups with codes of these stages (empty: all)."""
        found: dict[str, list[CodeView]] = {group: [] for group in self.groups}
        for view in self.codes.values():
            stage = view.code.stage if view.code else "open"
            if not stages or stage in stages:
                found[view.group].append(view)
        return [(group, self.groups[group], views) for group, views in found.items() if views]

    def passage(self, coding: Coding, coders: Iterable[str] = ()) -> Passage:
        """Return a coding as pages show it."""
        transcript = self.study.transcript_by_name[coding.transcript]
        turn = transcript.turn_at(coding.start)
        if turn is None:
            # A passage may begin in the space before a turn.
            touching = transcript.turns_touching(coding.start, coding.end)
            turn = touching[0] if touching else None
        number = turn.number if turn else 0
        return Passage(
            case=transcript.case,
            transcript=transcript.name,
            start=coding.start,
            end=coding.end,
            code=coding.code,
            quote=transcript.text[coding.start : coding.end],
            turn=number,
            time=(clock(transcript.time_in(turn, coding.start)) or "") if turn else "",
            speaker=turn.speaker if turn else "",
            role=turn.role if turn else "",
            coders=tuple(sorted(set(coders) or set(givers(coding)))),
            language=transcript.language,
            href=self.links.passage(transcript.name, number, coding.start, coding.end),
        )

    def merged(self, codings: Iterable[Coding]) -> list[Passage]:
        """Return codings as passages, the same code on the same place once, sorted by case and place."""
        together: dict[tuple[str, int, int, str], list[Coding]] = {}
        for coding in codings:
            if coding.transcript in self.study.transcript_by_name:
                together.setdefault((coding.transcript, coding.start, coding.end, coding.code), []).append(coding)
        passages = [
            self.passage(same[0], (name for coding in same for name in givers(coding))) for same in together.values()
        ]
        passages.sort(key=lambda item: (self._case_order[item.case], item.transcript, item.start, item.end, item.code))
        return passages

    @cached_property
    def passages(self) -> list[Passage]:
        """All passages that count."""
        return self.merged(self.findings.codings)

    @cached_property
    def by_code(self) -> dict[str, list[Passage]]:
        """Passages by code, every code included."""
        result: dict[str, list[Passage]] = {code: [] for code in self.code_ids}
        for passage in self.passages:
            result[passage.code].append(passage)
        return result

    @cached_property
    def by_case(self) -> dict[str, list[Passage]]:
        """Passages by case, every case included."""
        result: dict[str, list[Passage]] = {case.name: [] for case in self.cases}
        for passage in self.passages:
            result[passage.case].append(passage)
        return result

    @cached_property
    def by_cell(self) -> dict[tuple[str, str], list[Passage]]:
        """Passages by (code, case), only cells that have some."""
        result: dict[tuple[str, str], list[Passage]] = {}
        for passage in self.passages:
            result.setdefault((passage.code, passage.case), []).append(passage)
        return result

    def counts(self, cases: Iterable[str]) -> list[Count]:
        """Return numbers of cases by cohort; one number for all where there are no cohorts."""
        wanted = set(cases)
        result = []
        for cohort in self.cohorts or ("",):
            names = [case.name for case in self.cases if not self.cohorts or case.cohort == cohort]
            result.append(Count(cohort, sum(name in wanted for name in names), len(names)))
        return result

    @cached_property
    def citations(self) -> dict[str, str]:
        """Citations by key."""
        return dict(self.findings.citations)

    @cached_property
    def coverage(self) -> dict[str, Coverage]:
        """How much of each case is coded, by case."""
        return {row.case: row for row in coverage(self.study, self.findings.codings)}

    @cached_property
    def coders(self) -> tuple[Coder, ...]:
        """The coders whose codings count, as far as the study knows them."""
        known = self.study.coder_by_name
        return tuple(
            known.get(name) or Coder(name, "consensus" if name == "consensus" else "person")
            for name in self.findings.coders
        )

    @cached_property
    def counted(self) -> str:
        """Whose codings the pages count, in words."""
        if not self.coders:
            return "No codings are counted."
        if not self.findings.codings:
            return f"No codings yet by {_listed([coder.name for coder in self.coders])}."
        names = _listed([described(coder) for coder in self.coders])
        agreed = any(coding.coder == "consensus" for coding in self.findings.codings)
        return f"Counted here: {'what is agreed between ' if agreed else 'codings by '}{names}."

    @cached_property
    def initials(self) -> dict[str, str]:
        """Short, different marks of all coders by name."""
        names = [coder.name for coder in self.study.coders]
        names += [name for passage in self.passages for name in passage.coders if name not in names]
        result: dict[str, str] = {}
        for name in dict.fromkeys(names):
            words = [word for word in "".join(c if c.isalnum() else " " for c in name).split() if word]
            base = "".join(word if word.isdigit() else word[0] for word in words).upper()[:4] or "?"
            candidate, number = base, 1
            while candidate in result.values():
                number += 1
                candidate = f"{base}{number}"
            result[name] = candidate
        return result


def givers(coding: Coding) -> tuple[str, ...]:
    """Return who gave a code: for a consensus those who agreed, else its coder."""
    agreed = coding.evidence.get("coders") if coding.coder == "consensus" else None
    return tuple(str(name) for name in agreed) if agreed else (coding.coder,)


def described(coder: Coder) -> str:
    """Return a coder's name with what it is, in brackets."""
    told = next((coder.attributes[key] for key in TELLING if coder.attributes.get(key)), "")
    kind = KINDS.get(coder.kind, coder.kind)
    return f"{coder.name} ({kind}{': ' + told if told else ''})"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
