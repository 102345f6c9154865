"""The case × dimension matrix of focused coding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from qualcode.cases.findings import Cell, FocusMatrix
from qualcode.cases.memberships import dimension_order
from qualcode.model import Coding, Study
from qualcode.tables import chosen


def focus(study: Study, coders: Sequence[str] = ()) -> FocusMatrix:
    """Return what is told about each classified case in each dimension, with the passages.

    Args:
        study: The study.
        coders: Whose codings to use; empty for the settings' (see `qualcode.tables.chosen`).

    Returns:
        The matrix; without columns for a codebook without dimensions.

    Raises:
        UserError: An unknown coder.
    """
    names, codings = chosen(study, coders)
    found: dict[tuple[str, str], list[Coding]] = defaultdict(list)
    for coding in codings:
        found[study.case_of(coding), coding.code].append(coding)
    cases = tuple(case.name for case in study.classified_cases())
    dimensions = dimension_order(study)
    cells = tuple(
        Cell(
            case,
            dimension,
            tuple(
                (code.id, code.strategy, tuple(found[case, code.id]))
                for code in study.codebook.codes
                if code.dimension == dimension and (case, code.id) in found
            ),
        )
        for case in cases
        for dimension in dimensions
    )
    return FocusMatrix(names, cases, dimensions, cells)
