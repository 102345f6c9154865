"""Axial coding: which codes occur together, what categories that proposes, how the literature fits."""

from qualcode.axial.analysis import axial
from qualcode.axial.categories import category_findings, uncategorised
from qualcode.axial.communities import Communities, adjusted_rand, communities
from qualcode.axial.cooccurrence import associations, cooccurrence, graph_of
from qualcode.axial.findings import (
    AxialFindings,
    CategoryFinding,
    Consideration,
    Edge,
    ProposedCategory,
    RelationFinding,
)
from qualcode.axial.frameworks import considerations
from qualcode.axial.relations import relation_findings

__all__ = [
    "AxialFindings",
    "CategoryFinding",
    "Communities",
    "Consideration",
    "Edge",
    "ProposedCategory",
    "RelationFinding",
    "adjusted_rand",
    "associations",
    "axial",
    "category_findings",
    "communities",
    "considerations",
    "cooccurrence",
    "graph_of",
    "relation_findings",
    "uncategorised",
]
