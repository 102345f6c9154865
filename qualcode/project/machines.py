"""Machine coders at work: their proposals are stored under their own names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qualcode.errors import UserError
from qualcode.model import Coder, Coding, Study
from qualcode.project.asking import asking_coder
from qualcode.project.batches import BY_TRANSCRIPT, Batch, added_up, check_can_batch, propose_in_batches
from qualcode.project.codebook_file import changing
from qualcode.project.exemplars import USES_EXEMPLARS, with_exemplars
from qualcode.project.folder import StudyFolder
from qualcode.project.safety import BULK, keep_copy

if TYPE_CHECKING:
    from qualcode.coders import MachineCoder

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
        notes: What a person should know of the run, one line each.
    """

    coder: str
    proposals: int
    affirmed: int
    added: int
    removed: int
    kept: int
    by_assertion: Mapping[str, int]
    notes: tuple[str, ...] = ()


def machine_names() -> tuple[str, ...]:
    """Return the names of all machine coders."""
    from qualcode.coders import CODERS

    return tuple(CODERS)


def code(
    folder: StudyFolder,
    names: Sequence[str] = (),
    *,
    learn_from: Sequence[str] = (),
    dry_run: bool = False,
    send_away: bool = False,
    jobs: int = 1,
    batch: int = 0,
    actor: str = "",
    progress: Progress | None = None,
) -> list[tuple[Proposed, tuple[Coding, ...]]]:
    """Let machine coders propose codings; each one's are stored under its own name.

    What a person has accepted or rejected stays as it is; proposals not yet reviewed are replaced by the new ones.

    Args:
        folder: The study.
        names: Names of machine coders; empty: those of the settings, with `jobs` or `batch` as far as these allow.
        learn_from: Names of the coders whose codings are learned from; empty: as the settings say.
        dry_run: Propose and tell, but write nothing (and ask no language model).
        send_away: Transcripts may be sent to a language model on another machine, as far as the settings allow it too.
        jobs: Number of processes; more than one only for coders that look at one transcript at a time.
        batch: Store after so many transcripts, each time as a change of its own, so that an interrupted run keeps what
            was finished and the next one goes on; 0: all in one change. For the same coders as `jobs`.
        actor: Who asked for it, for the journal.
        progress: Called with (transcripts done, transcripts in all).

    Returns:
        For each coder what it did, and its proposals; with `batch` none of these, since they are not kept in memory.

    Raises:
        UserError: There is no such coder, or nothing to code.
    """
    from qualcode.coders import CODERS

    named = names
    names = tuple(dict.fromkeys(names or _by_default(folder, in_bulk=jobs > 1 or batch > 0)))
    unknown = [name for name in names if name not in CODERS]
    if unknown:
        raise UserError(
            f"There is no machine coder called {unknown[0]!r}.", hint=f"Machine coders: {', '.join(CODERS)}."
        )
    if jobs > 1 or batch:
        check_can_batch(names)
    study = _learning_from(folder.study(), learn_from)
    if USES_EXEMPLARS in names:
        study = with_exemplars(study, folder)
    if not study.transcripts:
        raise UserError("The study has no transcripts to code.", hint="Take some in: qualcode ingest FOLDER")
    results = []
    for name in names:
        coder: MachineCoder = CODERS[name](study)
        if jobs > 1 or batch:
            results.append(_in_bulk(folder, study, coder, jobs, batch, actor, dry_run, progress))
            continue
        if name == "llm":
            coder = asking_coder(folder, study, send_away=send_away, dry_run=dry_run, by_name=name in named)
        proposals = tuple(coder.propose(study, progress=progress))
        record = Coder(name, "machine", dict(coder.attributes))
        done = _store_proposals(folder, study, record, proposals, actor, dry_run)
        results.append((replace(done, notes=tuple(getattr(coder, "notes", ()))), proposals))
    return results


def _by_default(folder: StudyFolder, *, in_bulk: bool) -> Sequence[str]:
    """Return the machine coders of the settings; in bulk those of them that can be divided, or else those that can."""
    names = folder.settings.machines
    return ([name for name in names if name in BY_TRANSCRIPT] or BY_TRANSCRIPT) if in_bulk else names


def _learning_from(study: Study, names: Sequence[str]) -> Study:
    """Return the study with settings that name whose codings are learned from."""
    if not names:
        return study
    own = {**(study.settings.extra.get("learned") or {}), "from": list(names)}
    return replace(study, settings=replace(study.settings, extra={**study.settings.extra, "learned": own}))


def _in_bulk(
    folder: StudyFolder,
    study: Study,
    coder: MachineCoder,
    jobs: int,
    size: int,
    actor: str,
    dry_run: bool,
    progress: Progress | None,
) -> tuple[Proposed, tuple[Coding, ...]]:
    from qualcode.coders.processes import ByTranscript

    assert isinstance(coder, ByTranscript), "see check_can_batch"
    parts: list[Proposed] = []
    proposals: list[Coding] = []
    text = folder.codebook_text()

    def put(batch: Batch) -> None:
        if folder.codebook_text() != text:
            raise UserError(
                "The codebook was edited while transcripts were coded; what is stored was coded by it as it was.",
                hint="Run it again: every transcript is then coded by the codebook as it is now.",
            )
        parts.append(_store_proposals(folder, study, batch.coder, batch.proposals, actor, dry_run, batch))
        if not size:
            proposals.extend(batch.proposals)

    skipped = propose_in_batches(
        folder, study, coder.name, coder, put, jobs=jobs, size=size, go_on=not dry_run, progress=progress
    )
    total = len(study.transcripts)
    notes = (f"went on behind {skipped} of {total} transcripts, which an interrupted run had finished",)
    done = Proposed(
        coder=coder.name,
        proposals=sum(part.proposals for part in parts),
        affirmed=sum(part.affirmed for part in parts),
        added=sum(part.added for part in parts),
        removed=sum(part.removed for part in parts),
        kept=sum(part.kept for part in parts),
        by_assertion=added_up([part.by_assertion for part in parts]),
        notes=notes if skipped else (),
    )
    return done, tuple(proposals)


def _store_proposals(
    folder: StudyFolder,
    study: Study,
    coder: Coder,
    proposals: Sequence[Coding],
    actor: str,
    dry_run: bool,
    batch: Batch | None = None,
) -> Proposed:
    within = None if batch is None else batch.transcripts
    found = _difference(_codings_of(study, coder.name, within), proposals)
    if not dry_run:
        if batch is None or batch.is_first:
            # Of a run in batches too: what was before it, not what was before its last batches.
            count = len(found.new) + len(found.gone)
            keep_copy(folder, "code", max(count, BULK) if count and batch and batch.notes else count)
        with changing(folder, study, coder=actor, action="code") as change:
            # Coding takes time, and people go on meanwhile: what they decided is looked up under the lock. The rest of
            # the study is not read again, or many batches would take a time in the square of their number.
            _check_texts(study, change.text_hashes(), proposals)
            found = _difference(change.codings_of(coder.name, within), proposals)
            change.describe(f"{coder.name}: {len(found.new)} proposals added, {len(found.gone)} taken back")
            change.put_coder(coder)
            change.remove_codings([coding.id for coding in found.gone])
            change.add_codings(found.new)
            for key, note in (batch.notes if batch else {}).items():
                change.put_setting(key, note)
    return Proposed(
        coder=coder.name,
        proposals=len({coding.place for coding in proposals}),
        affirmed=sum(coding.assertion == "affirmed" for coding in proposals),
        added=len(found.new),
        removed=len(found.gone),
        kept=found.reviewed,
        by_assertion=dict(sorted(Counter(coding.assertion for coding in proposals).items())),
    )


@dataclass(frozen=True, slots=True)
class _Difference:
    """What a coder's proposals change in a study; `reviewed` counts its codings that people have decided on."""

    new: tuple[Coding, ...]
    gone: tuple[Coding, ...]
    reviewed: int


def _codings_of(study: Study, coder: str, transcripts: Collection[str] | None) -> Iterator[Coding]:
    for coding in study.codings:
        if coding.coder == coder and (transcripts is None or coding.transcript in transcripts):
            yield coding


def _difference(standing: Iterable[Coding], proposals: Sequence[Coding]) -> _Difference:
    """Return what proposals change in the codings of their coder."""
    held = {coding.place: coding for coding in standing}
    open_ = {place: coding for place, coding in held.items() if coding.status == "proposed"}
    now = {coding.place: coding for coding in proposals}
    same = {place for place in open_.keys() & now.keys() if _told(open_[place]) == _told(now[place])}
    return _Difference(
        new=tuple(
            coding for place, coding in now.items() if place not in same and (place in open_ or place not in held)
        ),
        gone=tuple(coding for place, coding in open_.items() if place not in same),
        reviewed=len(held) - len(open_),
    )


def _told(coding: Coding) -> tuple[object, ...]:
    """Return what a proposal says of its place."""
    return (coding.confidence, coding.assertion, dict(coding.evidence), coding.definition_hash, coding.stage)


def _check_texts(study: Study, now: Mapping[str, str], proposals: Sequence[Coding]) -> None:
    """Raise a `UserError` if a transcript with proposals is another text (hashes `now`) than the one that was coded."""
    changed = [
        name
        for name in sorted({coding.transcript for coding in proposals})
        if now.get(name) != study.transcript_by_name[name].hash
    ]
    if changed:
        raise UserError(
            f"Transcripts were changed while they were coded: {', '.join(changed[:5])}"
            f"{' …' if len(changed) > 5 else ''}. Positions in their old texts were not stored.",
            hint="Run it again on the study as it is now.",
        )
