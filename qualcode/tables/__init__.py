"""Codings counted: which of them an analysis uses, in what units, per case and per code."""

from qualcode.tables.chosen import CONSENSUS, chosen, consensus
from qualcode.tables.coverage import Coverage, coverage, coverage_table, words
from qualcode.tables.matrices import case_by_code, code_by_code, code_order, incidence
from qualcode.tables.units import UNITS, Unit, turns_of, units

__all__ = [
    "CONSENSUS",
    "UNITS",
    "Coverage",
    "Unit",
    "case_by_code",
    "chosen",
    "code_by_code",
    "code_order",
    "consensus",
    "coverage",
    "coverage_table",
    "incidence",
    "turns_of",
    "units",
    "words",
]
