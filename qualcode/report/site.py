"""A study as a self-contained HTML site: collect plain data, then let templates place it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qualcode import __version__
from qualcode.report.agreement_page import agreement
from qualcode.report.case_pages import case_pages
from qualcode.report.code_pages import code_pages
from qualcode.report.comparison import comparison, cooccurrence
from qualcode.report.disagreement_pages import disagreement_pages
from qualcode.report.how import how
from qualcode.report.machines_page import machines
from qualcode.report.material import Material
from qualcode.report.overview import overview, plural
from qualcode.report.process import process
from qualcode.report.records import ReportInput, Site
from qualcode.report.saturation_page import saturation
from qualcode.report.strategies import strategies
from qualcode.report.transcript_pages import transcript_pages
from qualcode.resources import shipped

ASSETS = ("style.css", "site.js")
NAVIGATION = (
    ("overview", "index.html", "Overview"),
    ("cases", "index.html#sample", "Cases"),
    ("process", "process.html", "Process"),
    ("strategies", "strategies.html", "Strategies"),
    ("comparison", "comparison.html", "Comparison"),
    ("codes", "index.html#codes", "Codes"),
    ("agreement", "agreement.html", "Agreement"),
    ("machines", "machines.html", "Machines"),
    ("saturation", "saturation.html", "Saturation"),
    ("how", "how.html", "How this was made"),
)


def collect(findings: ReportInput) -> Site:
    """Collect everything that the site shows, as plain data.

    Args:
        findings: The study and what was found in it.
    """
    material = Material(findings)
    pages = [
        overview(material),
        process(material),
        strategies(material),
        comparison(material),
        cooccurrence(material),
        agreement(material),
        *disagreement_pages(material),
        machines(material),
        saturation(material),
        how(material),
        *case_pages(material),
        *transcript_pages(material),
        *code_pages(material),
    ]
    settings = findings.study.settings
    return Site(
        title=settings.title,
        notice=settings.notice,
        language=material.codebook.language or "en",
        counted=material.counted,
        everyone=_usual(material),
        navigation=_navigation(page.section for page in pages if page is not None),
        foot=_foot(material),
        pages=tuple(page for page in pages if page is not None),
    )


def _navigation(sections: Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    """Return the navigation without machines where there is no page of them."""
    found = set(sections)
    return tuple(entry for entry in NAVIGATION if entry[0] != "machines" or "machines" in found)


def _usual(material: Material) -> tuple[str, ...]:
    """Return the coders who together gave most of the passages; of two such groups, the larger one."""
    groups = Counter(passage.coders for passage in material.passages)
    return max(groups, key=lambda coders: (groups[coders], len(coders), coders), default=())


def _foot(material: Material) -> tuple[tuple[str, str], ...]:
    settings = material.study.settings
    limits = settings.thresholds
    codebook = material.codebook
    return (
        ("Coders", ", ".join(material.findings.coders) or "none"),
        ("Codebook", f"{codebook.name} {codebook.hash[:12]}".strip()),
        (
            "Settings",
            f"unit {settings.unit}, membership ≥ {limits.membership:g} (lower end ≥ {limits.membership_low:g}, "
            f"{limits.dimensions} dimensions), {limits.draws} draws, seed {limits.seed}",
        ),
        ("Made with", f"qualcode {__version__}"),
        *material.findings.provenance,
    )


def render(site: Site, templates: Path | None = None) -> dict[str, str | bytes]:
    """Place a site's data in its templates.

    Args:
        site: As collected.
        templates: Folder of templates; None for the shipped ones.

    Returns:
        Text of each file by name: HTML pages, one style sheet, one script.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = templates or shipped("templates")
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        share=lambda value: f"{100 * value:.0f} %",
        number=lambda value: f"{value:,}",
        decimal=_decimal,
        plural=plural,
        verdict=lambda value: re.sub(r"[^a-z]+", "-", value.lower()),
    )
    files: dict[str, str | bytes] = {name: (folder / name).read_text("utf-8") for name in ASSETS}
    for page in site.pages:
        data: dict[str, Any] = {"site": site, "page": page, **page.data}
        files[page.file] = environment.get_template(page.template).render(data)
    return files


def _decimal(value: float, digits: int = 2) -> str:
    """Return a number with a fixed number of decimals, minus zero as zero."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")
