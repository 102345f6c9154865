"""Reports written into a study's folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import UserError
from qualcode.project.analysis import Analyses, analyse
from qualcode.project.folder import StudyFolder

if TYPE_CHECKING:
    from qualcode.report import ReportInput


def report_input(analyses: Analyses, coders: Sequence[str] = ()) -> ReportInput:
    """Return what reports are made from."""
    from qualcode.report import ReportInput
    from qualcode.tables import chosen

    names, codings = chosen(analyses.study, coders)
    provenance = []
    if analyses.published:
        provenance.append(("Published result", analyses.published.source))
    if analyses.framework:
        provenance.append(("Literature framework", analyses.framework.source))
    return ReportInput(
        study=analyses.study,
        axial=analyses.axial,
        focus=analyses.focus,
        comparison=analyses.comparison,
        agreements=analyses.agreements,
        coders=names,
        codings=codings,
        citations=tuple(analyses.framework.sources.items()) if analyses.framework else (),
        provenance=tuple(provenance),
        clinics=analyses.clinics,
        disagreements=analyses.disagreements,
        saturation=analyses.saturation,
    )


def known_reports(names: Sequence[str]) -> None:
    """Refuse names of reports that there are not.

    Raises:
        UserError: There is no such report.
    """
    from qualcode.report import REPORTS

    unknown = [name for name in names if name not in REPORTS]
    if unknown:
        raise UserError(f"There is no report called {unknown[0]!r}.", hint=f"Reports: {', '.join(REPORTS)}.")


def write_reports(
    folder: StudyFolder,
    names: Sequence[str] = (),
    *,
    coders: Sequence[str] = (),
    analyses: Analyses | None = None,
    target: Path | None = None,
) -> list[Path]:
    """Write reports; one that was there is replaced whole, or not at all.

    Args:
        folder: The study.
        names: Names of reports; empty: all.
        coders: Whose codings to use.
        analyses: What was found already, for these coders.
        target: Folder to write into; None: the study's `reports/`.

    Returns:
        The file to open of each report.

    Raises:
        UserError: There is no such report, or it cannot be written.
    """
    from qualcode.report import REPORTS, write_site

    known_reports(names)
    findings = report_input(analyses or analyse(folder, coders), coders)
    written = []
    for name in names or REPORTS:
        place = target or folder.reports_path
        written.append(write_site(REPORTS[name].build(findings), place))
    return written
