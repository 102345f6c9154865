"""Machine coders at work: their proposals are stored under their own names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from qualcode.errors import UserError
from qualcode.model import Coder, Coding, Study
from qualcode.project.codebook_file import changing
from qualcode.project.folder import StudyFolder
from qualcode.project.safety import keep_copy

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What one machine coder did.

    Attributes:
        coder: Its name.
        proposals: Number of codings it proposes now.
        affirmed: How many of them say that the thing is the case's own practice; only these count.
        added: Proposals that are new.
        removed: Earlier proposals, not yet reviewed, that it no longer makes.
        kept: Proposals that people accepted or rejected before; they are left as they are.
        by_assertion: Number of proposals by assertion.
    """

    coder: str
    proposals: int
    affirmed: int
    added: int
    removed: int
    kept: int
    by_assertion: Mapping[str, int]


def machine_names() -> tuple[str, ...]:
    """Return the names of all machine coders."""
    from qualcode.coders import CODERS

    return tuple(CODERS)


def code(
    folder: StudyFolder,
    names: Sequence[str] = (),
    *,
    dry_run: bool = False,
    actor: str = "",
    progress: Progress | None = None,
) -> list[tuple[Proposed, tuple[Coding, ...]]]:
    """Let machine coders propose codings; each one's are stored under its own name.

    What a person has accepted or rejected stays as it is; proposals not yet reviewed are replaced by the new ones.

    Args:
        folder: The study.
        names: Names of machine coders; empty: those of the settings.
        dry_run: Propose and tell, but write nothing.
        actor: Who asked for it, for the journal.
        progress: Called with (transcripts done, transcripts in all).

    Returns:
        For each coder what it did, and its proposals.

    Raises:
        UserError: There is no such coder, or nothing to code.
    """
    from qualcode.coders import CODERS

    names = tuple(dict.fromkeys(names or folder.settings.machines))
    unknown = [name for name in names if name not in CODERS]
    if unknown:
        raise UserError(
            f"There is no machine coder called {unknown[0]!r}.", hint=f"Machine coders: {', '.join(CODERS)}."
        )
    study = folder.study()
    if not study.transcripts:
        raise UserError("The study has no transcripts to code.", hint="Take some in: qualcode ingest FOLDER")
    results = []
    for name in names:
        coder = CODERS[name](study)
        proposals = tuple(coder.propose(study, progress=progress))
        record = Coder(name, "machine", dict(coder.attributes))
        results.append((_store_proposals(folder, study, record, proposals, actor, dry_run), proposals))
    return results


def _store_proposals(
    folder: StudyFolder, study: Study, coder: Coder, proposals: Sequence[Coding], actor: str, dry_run: bool
) -> Proposed:
    before = {coding.place: coding for coding in study.codings if coding.coder == coder.name}
    now = {coding.place: coding for coding in proposals}
    reviewed = {place for place, coding in before.items() if coding.status != "proposed"}
    new = [coding for place, coding in now.items() if place not in before or _differs(before[place], coding, reviewed)]
    gone = [
        coding
        for place, coding in before.items()
        if place not in reviewed and (place not in now or _differs(coding, now[place], reviewed))
    ]
    if not dry_run:
        detail = f"{coder.name}: {len(new)} proposals added, {len(gone)} taken back"
        keep_copy(folder, "code", len(new) + len(gone))
        with changing(folder, study, coder=actor, action="code", detail=detail) as change:
            change.put_coder(coder)
            change.remove_codings([coding.id for coding in gone])
            change.add_codings(new)
    return Proposed(
        coder=coder.name,
        proposals=len(now),
        affirmed=sum(coding.assertion == "affirmed" for coding in proposals),
        added=len(new),
        removed=len(gone),
        kept=len(reviewed),
        by_assertion=_counts(coding.assertion for coding in proposals),
    )


def _differs(old: Coding, new: Coding, reviewed: Collection[object]) -> bool:
    """Return whether a proposal says something else than before at the same place."""
    if old.place in reviewed:
        return False
    told = (old.confidence, old.assertion, dict(old.evidence), old.definition_hash, old.stage)
    return told != (new.confidence, new.assertion, dict(new.evidence), new.definition_hash, new.stage)


def _counts(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items()))
