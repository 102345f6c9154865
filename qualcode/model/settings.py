"""Settings of a study, as a person edits them in `study.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Numbers that rules of the analysis use; all can be set under `thresholds:` in `study.yaml`.

    Attributes:
        membership: A strategy is assigned when the case's membership in it (0 to 1) is at least this …
        membership_low: … and the lower end of its interval is at least this …
        dimensions: … and at least this many dimensions hold a passage that speaks for it.
        interval: Coverage of the membership intervals, 0 to 1.
        draws: Bootstrap draws for intervals and cluster stability.
        seed: Seed of every random draw.
        cooccurrence: Fewest units that two codes must share for an edge in the network.
    """

    membership: float = 0.2
    membership_low: float = 0.02
    dimensions: int = 3
    interval: float = 0.9
    draws: int = 2000
    seed: int = 20221017
    cooccurrence: int = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """What `study.yaml` says.

    Attributes:
        title: As shown on reports.
        notice: A sentence shown on every page of every report (what the data are); empty for none.
        language: ISO 639-1 code taken where a transcript does not say.
        unit: Unit that agreement and co-occurrence count: "turn", "sentence" or "passage".
        classified_cohorts: Cohorts whose cases are given strategies; empty: all of them.
        coders: Names of the coders whose codings an analysis uses; empty: the consensus of all people and references.
        machines: Names of the machine coders that `qualcode code` and `qualcode run` use.
        roles: Role by speaker label, over what was guessed.
        thresholds: Numbers of the rules.
        published: File (in the study or shipped) with a published result to compare with; empty for none.
        framework: File with a literature framework to compare the categories with; empty for none.
        store: SQLAlchemy URL, or empty for `qualcode.db` in the study's folder.
        extra: Settings of coders and formats that this record does not know, by name.
    """

    title: str = "Untitled study"
    notice: str = ""
    language: str = "en"
    unit: str = "turn"
    classified_cohorts: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    machines: tuple[str, ...] = ("combined",)
    roles: Mapping[str, str] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    published: str = ""
    framework: str = ""
    store: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
