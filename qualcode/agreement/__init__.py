"""Reliability of coders and saturation: measures over arrays, and what they say about a study."""

from qualcode.agreement.agree import agree
from qualcode.agreement.clinic import clinic
from qualcode.agreement.disagreements import disagreements
from qualcode.agreement.findings import (
    Agreement,
    Clinic,
    CodeAgreement,
    Disagreement,
    PairAgreement,
    Rounds,
    Saturation,
    Value,
)
from qualcode.agreement.measures import MEASURES, Measure
from qualcode.agreement.rounds import rounds
from qualcode.agreement.saturation import saturation
from qualcode.agreement.spans import unitized
from qualcode.agreement.units import UNITS, Units, units_of

__all__ = [
    "MEASURES",
    "UNITS",
    "Agreement",
    "Clinic",
    "CodeAgreement",
    "Disagreement",
    "Measure",
    "PairAgreement",
    "Rounds",
    "Saturation",
    "Units",
    "Value",
    "agree",
    "clinic",
    "disagreements",
    "rounds",
    "saturation",
    "unitized",
    "units_of",
]
