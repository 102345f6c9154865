"""What focused coding and cross-case analysis find, as plain records that keep their passages."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode.model import Coding


@dataclass(frozen=True, slots=True)
class Cell:
    """One dimension of one case.

    Attributes:
        case: Name.
        dimension: Identifier.
        values: (code identifier, strategy identifier, codings), in codebook order, only values that were found.
    """

    case: str
    dimension: str
    values: tuple[tuple[str, str, tuple[Coding, ...]], ...]


@dataclass(frozen=True, slots=True)
class FocusMatrix:
    """Case × dimension matrix.

    Attributes:
        coders: Whose codings were used.
        cases: Names of rows, classified cases, in study order.
        dimensions: Identifiers of columns, in codebook order.
        cells: One per row and column, row by row; empty cells have no values.
    """

    coders: tuple[str, ...]
    cases: tuple[str, ...]
    dimensions: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """How far a case belongs to a strategy.

    Attributes:
        strategy: Identifier.
        value: 0 to 1: mean over the case's filled dimensions of the strategy's share of passages.
        low: Lower end of the bootstrap interval.
        high: Upper end.
        dimensions: Number of dimensions with at least one passage for it.
        passages: The codings that speak for it.
        assigned: Whether the rule gives the case this strategy.
        because: The rule applied to these numbers, in words.
    """

    strategy: str
    value: float
    low: float
    high: float
    dimensions: int
    passages: tuple[Coding, ...]
    assigned: bool
    because: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case's place among the strategies.

    Attributes:
        case: Name.
        memberships: One per strategy of the codebook, in its order.
        assigned: Identifiers of assigned strategies, in codebook order; two or more make a hybrid; empty: undecided.
        published: Identifiers in the published result, in codebook order; None when the case is not in it.
        agrees: Whether the two sets are equal; None without a published result.
        because: The outcome in words: alone, hybrid, or undecided and which strategy is nearest.
        turns: Number of turns that carry focused codes: what the intervals are drawn from.
        dimensions: Number of dimensions with at least one passage.
    """

    case: str
    memberships: tuple[Membership, ...]
    assigned: tuple[str, ...]
    published: tuple[str, ...] | None
    agrees: bool | None
    because: str = ""
    turns: int = 0
    dimensions: int = 0


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group of cases found without looking at strategies' names.

    Attributes:
        number: From 1, in dendrogram order.
        cases: Names, in dendrogram order.
        stability: Mean Jaccard similarity with its best match over bootstrap draws (Hennig 2007), 0 to 1.
        properties: (code identifier, share of its cases that have it), those in at least half, most shared first.
    """

    number: int
    cases: tuple[str, ...]
    stability: float
    properties: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Clustering:
    """Clusters of cases by their focused codes.

    Attributes:
        cases: Names in dendrogram (leaf) order.
        merges: Linkage rows (left, right, height, size) as of scipy: indices below n are cases in `order_of_rows`.
        order_of_rows: Names of the cases by linkage index.
        clusters: At the chosen number of clusters.
        silhouettes: (number of clusters, mean silhouette width) for each number tried.
        cophenetic: Cophenetic correlation, or None where undefined.
        left_out: Names of cases without any focused code, which cannot be clustered.
        draws: Bootstrap draws that the stabilities are means of.
        codes: "focused", or "all" where the codebook has no focused codes.
    """

    cases: tuple[str, ...]
    merges: tuple[tuple[int, int, float, int], ...]
    order_of_rows: tuple[str, ...]
    clusters: tuple[Cluster, ...]
    silhouettes: tuple[tuple[int, float], ...]
    cophenetic: float | None
    left_out: tuple[str, ...] = ()
    draws: int = 0
    codes: str = "focused"


@dataclass(frozen=True, slots=True)
class Contrast:
    """How often a code is found in the cases of one strategy (or cohort) and in the others.

    Attributes:
        group: Identifier of the strategy or name of the cohort.
        code: Identifier.
        inside: Cases of the group with the code.
        inside_of: Cases of the group.
        outside: Other cases with the code.
        outside_of: Other cases.
        difference: Share inside minus share outside.
        kind: "strategy" or "cohort": what the group is.
    """

    group: str
    code: str
    inside: int
    inside_of: int
    outside: int
    outside_of: int
    difference: float
    kind: str = "strategy"


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of cross-case analysis.

    Attributes:
        coders: Whose codings were used.
        cases: One per classified case, in study order.
        counts: (strategy identifier, cases here, cases published or None), in codebook order.
        hybrids: (here, published or None).
        clustering: Clusters of cases, or None with fewer than three cases that have focused codes.
        contrasts: By strategy and by cohort, largest difference first within a group. Only cases with codings are
            counted, and groups that all or none of these belong to have none.
        rule: The assignment rule with its thresholds, in words.
        published_source: Citation of the published result, or empty.
        settings: What was set, as shown.
        agreed: (cases placed as published, cases that are in both); None without a published result.
    """

    coders: tuple[str, ...]
    cases: tuple[CaseResult, ...]
    counts: tuple[tuple[str, int, int | None], ...]
    hybrids: tuple[int, int | None]
    clustering: Clustering | None
    contrasts: tuple[Contrast, ...]
    rule: str
    published_source: str
    settings: tuple[tuple[str, str], ...]
    agreed: tuple[int, int] | None = None
