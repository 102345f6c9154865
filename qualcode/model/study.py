"""A whole study as one frozen value: what every coder and analysis takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from qualcode.model.records import Case, Codebook, Coder, Coding, Memo, Relation, Transcript
from qualcode.model.settings import Settings


@dataclass(frozen=True)
class Study:
    """Everything known at one moment; functions over it touch no file.

    Attributes:
        settings: What `study.yaml` says.
        codebook: The codes.
        cases: Sorted as ingested; names unique.
        transcripts: Sorted by name; names unique; only current versions.
        coders: Sorted by name.
        codings: Sorted by `Coding.place`.
        memos: In the order written.
        relations: Typed relations between codes.
        exemplars: Coded interviews that come with the codebook, as a small study of their own, to learn from; their
            own `exemplars` are further ones, which are less like interviews. None where there are none, or nobody
            asked for them.
    """

    settings: Settings
    codebook: Codebook
    cases: tuple[Case, ...] = ()
    transcripts: tuple[Transcript, ...] = ()
    coders: tuple[Coder, ...] = ()
    codings: tuple[Coding, ...] = ()
    memos: tuple[Memo, ...] = ()
    relations: tuple[Relation, ...] = ()
    exemplars: Study | None = None

    @cached_property
    def transcript_by_name(self) -> Mapping[str, Transcript]:
        """Transcripts by name."""
        return {transcript.name: transcript for transcript in self.transcripts}

    @cached_property
    def case_by_name(self) -> Mapping[str, Case]:
        """Cases by name."""
        return {case.name: case for case in self.cases}

    @cached_property
    def coder_by_name(self) -> Mapping[str, Coder]:
        """Coders by name."""
        return {coder.name: coder for coder in self.coders}

    def case_of(self, coding: Coding) -> str:
        """Return the name of the case that a coding is about."""
        return self.transcript_by_name[coding.transcript].case

    def quote(self, coding: Coding) -> str:
        """Return the passage of a coding, exactly as it stands in the text."""
        return self.transcript_by_name[coding.transcript].text[coding.start : coding.end]

    def classified_cases(self) -> tuple[Case, ...]:
        """Return the cases that are given strategies: those of the classified cohorts, or all."""
        cohorts = self.settings.classified_cohorts
        return tuple(case for case in self.cases if not cohorts or case.cohort in cohorts)

    def codings_by(self, coders: Iterable[str], statuses: Iterable[str] = ("accepted",)) -> tuple[Coding, ...]:
        """Return the codings of some coders with some statuses, in order."""
        names, wanted = frozenset(coders), frozenset(statuses)
        return tuple(coding for coding in self.codings if coding.coder in names and coding.status in wanted)

    def with_codings(self, codings: Iterable[Coding]) -> Study:
        """Return the study with these codings in place of its own, sorted."""
        return replace(self, codings=tuple(sorted(codings, key=lambda coding: coding.place)))
