"""The nouns of the method as frozen records; imports nothing else of the package but `errors`."""

from qualcode.model.records import (
    ASSERTIONS,
    CODER_KINDS,
    MEMO_KINDS,
    ROLES,
    STAGES,
    STATUSES,
    Case,
    Category,
    Code,
    Codebook,
    Coder,
    Coding,
    Cue,
    Memo,
    Relation,
    Transcript,
    Turn,
    new_id,
)
from qualcode.model.settings import Settings, Thresholds
from qualcode.model.study import Study
from qualcode.model.times import clock, seconds

__all__ = [
    "ASSERTIONS",
    "CODER_KINDS",
    "MEMO_KINDS",
    "ROLES",
    "STAGES",
    "STATUSES",
    "Case",
    "Category",
    "Code",
    "Codebook",
    "Coder",
    "Coding",
    "Cue",
    "Memo",
    "Relation",
    "Settings",
    "Study",
    "Thresholds",
    "Transcript",
    "Turn",
    "clock",
    "new_id",
    "seconds",
]
