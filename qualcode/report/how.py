"""How the report was made: coders, codebook, rules, settings, sources, texts."""

from __future__ import annotations

from dataclasses import fields

from qualcode import __version__
from qualcode.report.case_pages import MemoView
from qualcode.report.material import Material
from qualcode.report.overview import coder_rows
from qualcode.report.records import Page

THRESHOLDS = {
    "membership": "Least membership in a strategy that is assigned (0 to 1)",
    "membership_low": "Least lower end of that membership’s interval",
    "dimensions": "Fewest dimensions with a passage for an assigned strategy",
    "interval": "Coverage of the membership intervals",
    "draws": "Bootstrap draws for intervals and cluster stability",
    "seed": "Seed of random draws",
    "cooccurrence": "Fewest units that two codes share to be joined in the network",
}


def how(material: Material) -> Page:
    """Collect the page on how the report was made."""
    study, findings = material.study, material.findings
    return Page(
        "how.html",
        "how.html",
        "How this was made",
        "how",
        {
            "coders": coder_rows(material),
            "codebook": material.codebook,
            "groups": material.codes_by_group(),
            "definitions": {category.id: category.definition for category in material.codebook.categories},
            "rule": findings.comparison.rule if findings.comparison else "",
            "settings": settings(material),
            "thresholds": [
                (THRESHOLDS.get(field.name, field.name), _shown(getattr(study.settings.thresholds, field.name)))
                for field in fields(study.settings.thresholds)
            ],
            "transcripts": [
                (item, material.links.transcript_page(item.name), material.links.case_page(item.case))
                for item in study.transcripts
            ],
            "sources": sources(material),
            "provenance": findings.provenance,
            "version": __version__,
            "memos": [MemoView(memo) for memo in study.memos if memo.target == "study"],
            "machines": any(coder.kind == "machine" for coder in study.coders),
            "references": any(coder.kind == "reference" for coder in study.coders),
            "compared": bool(findings.comparison and findings.comparison.cases),
            "relations": [
                (material.codes[item.source], item.kind, material.codes[item.target], item.coder)
                for item in study.relations
                if item.source in material.codes and item.target in material.codes
            ],
        },
    )


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def settings(material: Material) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the settings of each analysis, as shown."""
    study, findings = material.study, material.findings
    result = [
        (
            "Study",
            [
                ("Unit", study.settings.unit),
                ("Language", study.settings.language),
                ("Classified cohorts", ", ".join(study.settings.classified_cohorts) or "all"),
                ("Coders that count", ", ".join(findings.coders) or "none"),
            ],
        )
    ]
    if findings.axial and findings.axial.settings:
        result.append(("Axial coding", list(findings.axial.settings)))
    if findings.comparison and findings.comparison.settings:
        result.append(("Comparison of cases", list(findings.comparison.settings)))
    for item in findings.agreements:
        if item.settings:
            result.append((f"Agreement of {', '.join(item.coders)}", list(item.settings)))
    if findings.saturation and findings.saturation.settings:
        result.append(("Saturation", list(findings.saturation.settings)))
    return result


def sources(material: Material) -> list[tuple[str, str]]:
    """Return what is cited: (what for, citation), each citation once."""
    findings = material.findings
    told = [("Codebook", material.codebook.source)]
    if findings.comparison:
        told.append(("Published result", findings.comparison.published_source))
    if findings.axial:
        told += [
            ("Literature framework", material.citations.get(key, key))
            for item in findings.axial.considerations
            for key in item.sources
        ]
    result: dict[str, str] = {}
    for use, citation in told:
        if citation and citation not in result:
            result[citation] = use
    return [(use, citation) for citation, use in result.items()]
