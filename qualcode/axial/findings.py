"""What axial coding finds, as plain records; every count keeps the passages that it counts."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode.model import Coding


@dataclass(frozen=True, slots=True)
class Edge:
    """Two codes that occur together.

    Attributes:
        first: Identifier of a code, the alphabetically first of the two.
        second: Identifier of the other.
        together: Units that hold both.
        first_units: Units that hold the first.
        second_units: Units that hold the second.
        jaccard: together / (first_units + second_units - together), the c-coefficient of ATLAS.ti.
        inclusion: together / min(first_units, second_units).
        lift: How many times more often than if the two were independent.
        cases: Names of the cases where they occur together, sorted.
        passages: The codings of the shared units, sorted by place.
    """

    first: str
    second: str
    together: int
    first_units: int
    second_units: int
    jaccard: float
    inclusion: float
    lift: float
    cases: tuple[str, ...]
    passages: tuple[Coding, ...]


@dataclass(frozen=True, slots=True)
class ProposedCategory:
    """A community of codes in the co-occurrence network.

    Attributes:
        number: From 1, largest first.
        codes: Identifiers, sorted by weight in the community, heaviest first.
        overlaps: (category identifier, number of codes shared), most shared first.
        stability: Mean share of runs in which two of its codes were together, 0 to 1.
    """

    number: int
    codes: tuple[str, ...]
    overlaps: tuple[tuple[str, int], ...]
    stability: float


@dataclass(frozen=True, slots=True)
class CategoryFinding:
    """One category of the codebook, with what was found in it.

    Attributes:
        category: Identifier.
        codes: (code identifier, names of cases, codings) in codebook order, codes without codings included.
        cases: Names of the cases with at least one coding in it, sorted.
        codings: How many.
    """

    category: str
    codes: tuple[tuple[str, tuple[str, ...], tuple[Coding, ...]], ...]
    cases: tuple[str, ...]
    codings: int


@dataclass(frozen=True, slots=True)
class Consideration:
    """One consideration of the literature framework against the data.

    Attributes:
        id: As in the framework ("1a").
        stage: Identifier of its stage, a category ("planning").
        name: As in the framework.
        sources: Literature that supports it.
        verdict: "confirmed" (its codes are found in enough cases), "extended" (confirmed, and codes marked as going
            beyond the literature are found too), "weak" (found in too few cases) or "not found".
        codes: Identifiers of the codes that speak for it.
        beyond: Identifiers of those among the codes found that go beyond the literature.
        cases: Names of the cases, sorted.
        passages: The codings.
        note: What the published study found, in one sentence.
    """

    id: str
    stage: str
    name: str
    sources: tuple[str, ...]
    verdict: str
    codes: tuple[str, ...]
    beyond: tuple[str, ...]
    cases: tuple[str, ...]
    passages: tuple[Coding, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class RelationFinding:
    """A typed relation that coders drew between two codes, with where the two occur together.

    Attributes:
        source: Identifier of the code that it starts from.
        kind: "condition", "context", "strategy", "consequence", "part-of" or "contradicts".
        target: Identifier of the code that it leads to.
        coders: Who drew it, sorted.
        together: Units that hold both codes.
        cases: Names of the cases where they occur together, sorted.
        passages: The codings of the two codes in the shared units, sorted by place.
    """

    source: str
    kind: str
    target: str
    coders: tuple[str, ...]
    together: int
    cases: tuple[str, ...]
    passages: tuple[Coding, ...]


@dataclass(frozen=True, slots=True)
class AxialFindings:
    """All of axial coding.

    Attributes:
        coders: Whose codings were used.
        unit: "passage", "turn" or "case".
        units: Number of units counted.
        categories: Per category of the codebook, in its order.
        edges: Co-occurrences at or above the threshold, most together first.
        proposed: Categories that the network proposes.
        modularity: Of the proposed categories, or None without edges.
        category_agreement: Adjusted Rand index of proposed and codebook's categories, or None where undefined.
        considerations: Of the framework, in its order; empty without a framework.
        settings: What rules and thresholds were used, as shown.
        uncategorised: Codes (open and axial) of no category, as a finding whose `category` is empty; None when every
            code has one.
        relations: Typed relations between codes, sorted by source, kind and target.
    """

    coders: tuple[str, ...]
    unit: str
    units: int
    categories: tuple[CategoryFinding, ...]
    edges: tuple[Edge, ...]
    proposed: tuple[ProposedCategory, ...]
    modularity: float | None
    category_agreement: float | None
    considerations: tuple[Consideration, ...]
    settings: tuple[tuple[str, str], ...]
    uncategorised: CategoryFinding | None = None
    relations: tuple[RelationFinding, ...] = ()
