"""Unit × code, case × code and code × code tables (pandas)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from qualcode.model import Coding, Study
from qualcode.tables.units import turns_of, units

if TYPE_CHECKING:
    from pandas import DataFrame

COUNTS = ("passages", "turns", "presence")


def code_order(study: Study, codings: Iterable[Coding] = (), stages: Sequence[str] = ()) -> tuple[str, ...]:
    """Return identifiers of codes: the codebook's in its order, then any that only codings name, sorted.

    Args:
        study: The study.
        codings: Codings whose codes are to be among them.
        stages: Only codes of these stages; empty for all. Codes that the codebook does not know count as open.
    """
    known = [code.id for code in study.codebook.codes if not stages or code.stage in stages]
    unknown = {coding.code for coding in codings if coding.code not in study.codebook.by_id}
    return (*known, *(sorted(unknown) if not stages or "open" in stages else ()))


def incidence(
    study: Study, codings: Sequence[Coding], unit: str = "turn", codes: Sequence[str] | None = None
) -> DataFrame:
    """Return which unit holds which code.

    Args:
        study: The study.
        codings: Those that count.
        unit: One of `qualcode.tables.UNITS`.
        codes: Identifiers of the columns; None for all of the codebook.

    Returns:
        0 or 1 (int8), one row per unit, indexed by (case, transcript, start, end), or by case for cases; one column
        per code.
    """
    import numpy as np
    import pandas as pd

    columns = tuple(code_order(study, codings) if codes is None else codes)
    place = {code: column for column, code in enumerate(columns)}
    rows = units(study, [coding for coding in codings if coding.code in place], unit)
    table = np.zeros((len(rows), len(columns)), dtype=np.int8)
    for number, row in enumerate(rows):
        for code in row.codes:
            table[number, place[code]] = 1
    index: pd.Index
    if unit == "case":
        index = pd.Index([row.case for row in rows], name="case", dtype=object)
    else:
        keys = [(row.case, row.transcript, row.start, row.end) for row in rows]
        index = pd.MultiIndex.from_tuples(keys, names=["case", "transcript", "start", "end"])
    return pd.DataFrame(table, index=index, columns=pd.Index(columns, name="code", dtype=object))


def case_by_code(
    study: Study, codings: Iterable[Coding], count: str = "passages", codes: Sequence[str] | None = None
) -> DataFrame:
    """Return how often each case holds each code.

    Args:
        study: The study.
        codings: Those that count.
        count: "passages" (distinct ones), "turns" (a turn counts once per code) or "presence" (0 or 1).
        codes: Identifiers of the columns; None for all of the codebook.

    Returns:
        Whole numbers, one row per case in study order, one column per code.

    Raises:
        ValueError: `count` is none of these.
    """
    import numpy as np
    import pandas as pd

    if count not in COUNTS:
        raise ValueError(f"count must be one of {', '.join(COUNTS)}, not {count!r}")
    codings = tuple(codings)
    columns = tuple(code_order(study, codings) if codes is None else codes)
    row_of = {case.name: number for number, case in enumerate(study.cases)}
    column_of = {code: number for number, code in enumerate(columns)}
    seen: set[tuple[str, str, int, int]] = set()
    for coding in codings:
        if count == "turns":
            turns = turns_of(study.transcript_by_name[coding.transcript], coding)
            seen.update((coding.transcript, coding.code, turn.number, 0) for turn in turns)
        else:
            seen.add((coding.transcript, coding.code, coding.start, coding.end))
    table = np.zeros((len(row_of), len(columns)), dtype=np.int64)
    for transcript, code, _, _ in seen:
        case = study.transcript_by_name[transcript].case
        if code in column_of and case in row_of:
            table[row_of[case], column_of[code]] += 1
    if count == "presence":
        table = np.minimum(table, 1)
    return pd.DataFrame(
        table,
        index=pd.Index(list(row_of), name="case", dtype=object),
        columns=pd.Index(columns, name="code", dtype=object),
    )


def code_by_code(
    study: Study, codings: Sequence[Coding], unit: str = "turn", codes: Sequence[str] | None = None
) -> DataFrame:
    """Return how many units hold both of two codes; the diagonal says how many hold the one.

    Returns:
        Whole numbers, symmetric, one row and one column per code.
    """
    import pandas as pd

    table = incidence(study, codings, unit, codes)
    values = table.to_numpy(dtype="int64")
    return pd.DataFrame(values.T @ values, index=table.columns, columns=table.columns)
