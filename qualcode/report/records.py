"""What goes into a report, and the plain data that it is rendered from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from qualcode.agreement.findings import Agreement, Clinic, Disagreement, Saturation
from qualcode.axial.findings import AxialFindings
from qualcode.cases.findings import Comparison, FocusMatrix
from qualcode.model import Coding, Study

Files = Mapping[str, str | bytes]
"""Files of a report by name (no folders): text is written in UTF-8."""


@dataclass(frozen=True)
class ReportInput:
    """A study and what was found in it.

    Attributes:
        study: The study.
        axial: What axial coding found, or None where it was not run.
        focus: Case × dimension matrix, or None.
        comparison: Cross-case analysis, or None.
        agreements: Agreement of coders, one record per comparison, in the order shown.
        clinics: For each comparison, in the same order, what the codebook leaves open; may be shorter.
        disagreements: For each comparison, in the same order, the disagreements behind its numbers; may be shorter.
        saturation: How far the interviews have told what they have to tell, or None where it was not looked at.
        coders: Names of the coders whose codings count.
        codings: The codings that count, sorted by place.
        citations: (key, citation) for the keys that the framework's sources are given as.
        provenance: Further facts shown in the foot and under "how it was made", as shown.
    """

    study: Study
    axial: AxialFindings | None = None
    focus: FocusMatrix | None = None
    comparison: Comparison | None = None
    agreements: tuple[Agreement, ...] = ()
    coders: tuple[str, ...] = ()
    codings: tuple[Coding, ...] = ()
    citations: tuple[tuple[str, str], ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    clinics: tuple[Clinic, ...] = ()
    disagreements: tuple[tuple[Disagreement, ...], ...] = ()
    saturation: Saturation | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a site before it is rendered.

    Attributes:
        file: Name of the file ("index.html").
        template: Name of its template ("overview.html").
        title: As shown.
        section: Entry of the navigation that it belongs to ("process").
        data: What the template places, as plain data.
    """

    file: str
    template: str
    title: str
    section: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """A whole site before it is rendered.

    Attributes:
        title: The study's title.
        notice: What the data are; shown on every page; empty for none.
        language: ISO 639-1 code of the codebook's names.
        counted: Whose codings the pages count, in words.
        everyone: Coders of most passages; passages by others say by whom.
        navigation: (section, file, title) in order.
        foot: (name, value) pairs of every page's foot: coders, codebook, settings, version.
        pages: The pages, in order of the navigation.
    """

    title: str
    notice: str
    language: str
    counted: str
    everyone: tuple[str, ...]
    navigation: tuple[tuple[str, str, str], ...]
    foot: tuple[tuple[str, str], ...]
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A kind of report: `REPORTS` lists them.

    Attributes:
        name: As asked for by name ("site").
        ending: Of the format ("html").
        title: What it is, in a few words, for help texts.
        collect: From findings to plain data.
        render: From plain data to files by name.
    """

    name: str
    ending: str
    title: str
    collect: Callable[[ReportInput], Any] = field(repr=False)
    render: Callable[[Any], dict[str, str | bytes]] = field(repr=False)

    def build(self, findings: ReportInput) -> dict[str, str | bytes]:
        """Return the report's files by name."""
        return self.render(self.collect(findings))
