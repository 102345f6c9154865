"""Findings as plain data for JSON: every number keeps the passages that it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from qualcode.model import Coding, Study, clock

if TYPE_CHECKING:
    from qualcode.agreement import Agreement, Clinic, Disagreement, Rounds, Saturation
    from qualcode.agreement.findings import Value
    from qualcode.axial import AxialFindings
    from qualcode.cases import CaseResult, Comparison, FocusMatrix
    from qualcode.codebook import Published
    from qualcode.project.reliability import CodeRho, SpanAlphas, TranscriptGamma

DIGITS = 6


def passages(study: Study, codings: Iterable[Coding]) -> list[dict[str, Any]]:
    """Return where codings stand and what they say."""
    found = []
    for coding in codings:
        transcript = study.transcript_by_name[coding.transcript]
        turn = transcript.turn_at(coding.start)
        found.append(
            {
                "transcript": coding.transcript,
                "turn": turn.number if turn else None,
                "time": clock(transcript.time_in(turn, coding.start)) if turn else None,
                "start": coding.start,
                "end": coding.end,
                "code": coding.code,
                "coder": coding.coder,
                "quote": study.quote(coding),
            }
        )
    return found


def comparison_data(study: Study, comparison: Comparison, published: Published | None) -> dict[str, Any]:
    """Return a comparison as `qualcode compare --format json` shows it."""
    right, of = comparison.agreed or (None, None)
    clustering = comparison.clustering
    return {
        **how(study, comparison.coders, comparison.settings),
        "rule": comparison.rule,
        "cases": [_case_data(study, result) for result in comparison.cases],
        "counts": {strategy: {"here": here, "published": there} for strategy, here, there in comparison.counts},
        "hybrids": {"here": comparison.hybrids[0], "published": comparison.hybrids[1]},
        "clusters": [
            {"number": cluster.number, "cases": list(cluster.cases), "stability": rounded(cluster.stability)}
            for cluster in (clustering.clusters if clustering else ())
        ],
        "published": {
            "source": published.source,
            "cases": {case: list(strategies) for case, strategies in published.cases.items()},
        }
        if published
        else {},
        "agreement": {"as published": right, "of": of} if published else {},
    }


def _case_data(study: Study, result: CaseResult) -> dict[str, Any]:
    return {
        "case": result.case,
        "memberships": {one.strategy: rounded(one.value) for one in result.memberships},
        "intervals": {one.strategy: [rounded(one.low), rounded(one.high)] for one in result.memberships},
        "assigned": list(result.assigned),
        "because": {one.strategy: one.because for one in result.memberships},
        "published": None if result.published is None else list(result.published),
        "agrees": result.agrees,
        "evidence": {one.strategy: passages(study, one.passages) for one in result.memberships},
    }


def focus_data(study: Study, matrix: FocusMatrix) -> dict[str, Any]:
    """Return a case × dimension matrix with the passages of each filled cell."""
    return {
        **how(study, matrix.coders, ()),
        "cases": list(matrix.cases),
        "dimensions": list(matrix.dimensions),
        "cells": [
            {
                "case": cell.case,
                "dimension": cell.dimension,
                "values": [
                    {"code": code, "strategy": strategy, "passages": passages(study, codings)}
                    for code, strategy, codings in cell.values
                ],
            }
            for cell in matrix.cells
        ],
    }


def axial_data(study: Study, findings: AxialFindings) -> dict[str, Any]:
    """Return what axial coding found."""
    return {
        **how(study, findings.coders, findings.settings),
        "unit": findings.unit,
        "units": findings.units,
        "categories": [
            {
                "category": category.category,
                "cases": list(category.cases),
                "codings": category.codings,
                "codes": [
                    {"code": code, "cases": list(cases), "codings": len(codings)}
                    for code, cases, codings in category.codes
                ],
            }
            for category in findings.categories
        ],
        "edges": [
            {
                "first": edge.first,
                "second": edge.second,
                "together": edge.together,
                "jaccard": rounded(edge.jaccard),
                "inclusion": rounded(edge.inclusion),
                "lift": rounded(edge.lift),
                "cases": list(edge.cases),
                "passages": passages(study, edge.passages),
            }
            for edge in findings.edges
        ],
        "proposed": [
            {"number": one.number, "codes": list(one.codes), "stability": rounded(one.stability)}
            for one in findings.proposed
        ],
        "relations": [
            {
                "source": one.source,
                "kind": one.kind,
                "target": one.target,
                "coders": list(one.coders),
                "together": one.together,
                "cases": list(one.cases),
                "passages": passages(study, one.passages),
            }
            for one in findings.relations
        ],
        "modularity": rounded(findings.modularity),
        "category_agreement": rounded(findings.category_agreement),
        "considerations": [
            {
                "id": one.id,
                "stage": one.stage,
                "name": one.name,
                "verdict": one.verdict,
                "codes": list(one.codes),
                "beyond": list(one.beyond),
                "cases": list(one.cases),
                "passages": passages(study, one.passages),
            }
            for one in findings.considerations
        ],
    }


def agreement_data(study: Study, agreement: Agreement) -> dict[str, Any]:
    """Return agreement as `qualcode agree --format json` shows it."""
    return {
        **how(study, agreement.coders, agreement.settings),
        "unit": agreement.unit,
        "reference": agreement.reference or None,
        "units": agreement.units,
        "pooled": {name: _number(value) for name, value in agreement.pooled.items()},
        "intervals": {name: _interval(value) for name, value in agreement.pooled.items() if value.low is not None},
        "codes": [
            {
                "code": one.code,
                "units": dict(one.units),
                "prevalence": rounded(one.prevalence),
                "measures": {name: _number(value) for name, value in one.measures.items()},
                "intervals": {name: _interval(value) for name, value in one.measures.items() if value.low is not None},
                "errors": {
                    name: rounded(value.error) for name, value in one.measures.items() if value.error is not None
                },
                "undefined": {name: value.reason for name, value in one.measures.items() if value.value is None},
            }
            for one in agreement.codes
        ],
        "pairs": [
            {
                "first": pair.first,
                "second": pair.second,
                "units": pair.units,
                "measures": {name: _number(value) for name, value in pair.measures.items()},
                "codes": {code: _number(value) for code, value in pair.codes.items()},
            }
            for pair in agreement.pairs
        ],
        "influence": [{"without": case, "pooled_kappa": rounded(value)} for case, value in agreement.influence],
        "unused": list(agreement.unused),
        "remarks": list(agreement.remarks),
    }


def how(study: Study, coders: Iterable[str], settings: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return where a result comes from: coders, codebook, settings, version."""
    from qualcode import __version__

    return {
        "coders": list(coders),
        "codebook": {"name": study.codebook.name, "hash": study.codebook.hash},
        "settings": dict(settings),
        "version": __version__,
    }


def rounded(value: float | None) -> float | None:
    """Return a number with six decimals: enough for people, and the same on every machine."""
    return None if value is None else round(float(value), DIGITS)


def _number(value: Value) -> float | None:
    return rounded(value.value)


def _interval(value: Value) -> list[float | None]:
    return [rounded(value.low), rounded(value.high)]


def saturation_data(study: Study, found: Saturation) -> dict[str, Any]:
    """Return what was found about saturation."""
    from dataclasses import asdict

    return {**_plain(asdict(found)), **how(study, found.coders, found.settings)}


def disagreement_data(found: Iterable[Disagreement]) -> list[dict[str, Any]]:
    """Return disagreements, each with the passages it is about."""
    return [
        {
            "code": one.code,
            "case": one.case,
            "transcript": one.transcript,
            "turn": one.turn,
            "start": one.start,
            "end": one.end,
            "gave": list(one.gave),
            "withheld": list(one.withheld),
            "quotes": list(one.quotes),
            "instead": [list(pair) for pair in one.instead],
            "codings": [coding.id for coding in one.codings],
            "text": one.text,
        }
        for one in found
    ]


def clinic_data(study: Study, found: Clinic) -> dict[str, Any]:
    """Return what the codebook's wording leaves open."""
    from dataclasses import asdict

    return {**how(study, found.coders, ()), **_plain(asdict(found))}


def rounds_data(study: Study, found: Rounds) -> dict[str, Any]:
    """Return agreement over rounds of coding."""
    return {
        "by": found.by,
        "rounds": [
            {
                "round": one.name,
                "transcripts": list(one.transcripts),
                "agreement": agreement_data(study, one.agreement),
            }
            for one in found.rounds
        ],
        "left_out": list(found.left_out),
        "remarks": list(found.remarks),
    }


def span_data(study: Study, coders: Iterable[str], found: Iterable[SpanAlphas]) -> dict[str, Any]:
    """Return the u-alpha family for each domain of codes."""
    return {
        **how(study, coders, (("measures", "u-alpha family of Krippendorff et al. 2016"), ("unit", "character"))),
        "domains": [
            {
                "domain": one.domain,
                "codes": list(one.codes),
                "u": _number(one.found.u),
                "binary": _number(one.found.binary),
                "coding": _number(one.found.coding),
                "coverage": rounded(one.found.coverage),
                "values": {
                    str(value): {"alpha": _number(alpha), "coverage": rounded(share)}
                    for value, (alpha, share) in one.found.values.items()
                },
                "undefined": {
                    name: value.reason
                    for name, value in (
                        ("u", one.found.u),
                        ("binary", one.found.binary),
                        ("coding", one.found.coding),
                    )
                    if value.value is None
                },
            }
            for one in found
        ],
    }


def rho_data(
    study: Study, coders: Iterable[str], found: Iterable[CodeRho], settings: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """Return Shaffer's rho per code."""
    return {
        **how(study, coders, settings),
        "codes": [
            {
                "code": one.code,
                "units": one.units,
                "base_rate": rounded(one.base_rate),
                "kappa": _number(one.kappa),
                "rho": _number(one.rho),
                "undefined": one.rho.reason or None,
            }
            for one in found
        ],
    }


def gamma_data(
    study: Study, coders: Iterable[str], found: Iterable[TranscriptGamma], settings: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """Return gamma per transcript."""
    return {
        **how(study, coders, settings),
        "transcripts": [
            {
                "transcript": one.transcript,
                "passages": dict(one.passages),
                "gamma": _number(one.found.gamma),
                "coding": _number(one.found.coding),
                "disorder": rounded(one.found.disorder),
            }
            for one in found
        ],
    }


def _plain(value: Any) -> Any:
    """Return nested records as JSON can hold them, numbers rounded."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items() if key != "settings"}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return rounded(value) if isinstance(value, float) else value
