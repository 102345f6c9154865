"""Focused coding and cross-case analysis: where each case stands among the strategies, and what sets groups apart."""

from qualcode.cases.clustering import Tree, cluster, clustering, silhouette, stability
from qualcode.cases.comparison import compare
from qualcode.cases.contrasts import contrasts
from qualcode.cases.findings import (
    CaseResult,
    Cell,
    Cluster,
    Clustering,
    Comparison,
    Contrast,
    FocusMatrix,
    Membership,
)
from qualcode.cases.focus import focus
from qualcode.cases.memberships import (
    Evidence,
    case_result,
    dimension_order,
    evidence,
    interval,
    rule,
    shares,
    strategy_order,
)

__all__ = [
    "CaseResult",
    "Cell",
    "Cluster",
    "Clustering",
    "Comparison",
    "Contrast",
    "Evidence",
    "FocusMatrix",
    "Membership",
    "Tree",
    "case_result",
    "cluster",
    "clustering",
    "compare",
    "contrasts",
    "dimension_order",
    "evidence",
    "focus",
    "interval",
    "rule",
    "shares",
    "silhouette",
    "stability",
    "strategy_order",
]
