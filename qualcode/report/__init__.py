"""Reports on a study: findings become plain data, plain data become files.

To add a kind of report: one module with `collect` and `render`, and one line in `REPORTS`.
"""

from __future__ import annotations

from qualcode.report.folders import write_site
from qualcode.report.records import Page, Report, ReportInput, Site
from qualcode.report.site import collect, render

REPORTS: dict[str, Report] = {
    "site": Report(
        "site", "html", "self-contained HTML site with every passage marked in its transcript", collect, render
    ),
}

__all__ = ["REPORTS", "Page", "Report", "ReportInput", "Site", "collect", "render", "write_site"]
