"""Machine coders in bulk: several processes, and batches of transcripts that are stored one after the other.

Without batches all proposals are one change, which one undo takes back. With batches each is a change of its own: an
interrupted run keeps what was finished, and the next run goes on behind it, as long as coder, codebook and transcripts
are the same. How far it came is kept in the store by the same change, so that undo takes that back too.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualcode.errors import UserError
from qualcode.model import Coder, Coding, Study
from qualcode.project.folder import StudyFolder

if TYPE_CHECKING:
    from qualcode.coders.processes import ByTranscript

BY_TRANSCRIPT = ("cues",)
"""Machine coders that look at one transcript at a time."""
PROGRESS = "code-progress:"
"""How the key in the store begins under which it is kept how far a coder came."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """Proposals for some transcripts.

    Attributes:
        coder: The coder as it is to be recorded.
        transcripts: Names of the transcripts.
        proposals: All that the coder proposes for them, sorted by place.
        notes: What is to be kept in the store with them, by key; None removes it.
        is_first: Whether it is the first one that this run writes.
    """

    coder: Coder
    transcripts: frozenset[str]
    proposals: tuple[Coding, ...]
    notes: Mapping[str, str | None] = field(default_factory=dict)
    is_first: bool = True


def check_can_batch(names: Sequence[str]) -> None:
    """Raise a `UserError` unless the coders look at one transcript at a time."""
    if other := [name for name in names if name not in BY_TRANSCRIPT]:
        raise UserError(
            f"The machine coder {other[0]!r} looks at all transcripts together: --jobs and --batch cannot divide them.",
            hint=f"Leave them out, or name another coder: --coder {BY_TRANSCRIPT[0]}",
        )


def propose_in_batches(
    folder: StudyFolder,
    study: Study,
    name: str,
    coder: ByTranscript,
    put: Callable[[Batch], None],
    *,
    jobs: int = 1,
    size: int = 0,
    go_on: bool = True,
    progress: Progress | None = None,
) -> int:
    """Let a coder propose, and hand over the proposals batch by batch as they come.

    Args:
        folder: The study's folder.
        study: The study.
        name: The coder's name.
        coder: The coder.
        put: Called with each batch, in the order of the transcripts.
        jobs: Number of processes.
        size: Transcripts in a batch; 0: all in one.
        go_on: Go on where an interrupted run of the same work left off.
        progress: Called with (transcripts done, transcripts in all).

    Returns:
        How many transcripts an earlier run had finished.

    Raises:
        UserError: See `qualcode.coders.processes.propose_each`.
    """
    from qualcode.coders.processes import propose_each

    total = len(study.transcripts)
    work = [
        (one, study.case_by_name[one.case].cohort if one.case in study.case_by_name else "")
        for one in study.transcripts
    ]
    mark = _fingerprint(study, name, coder)
    key = f"{PROGRESS}{name}"
    done = skipped = _finished(folder, key, mark) if size and go_on else 0
    known = study.coder_by_name.get(name)
    attributes: dict[str, str] = dict(known.attributes) if skipped and known else {}
    held: list[Coding] = []
    first = True
    begin = done
    for codings, told in propose_each(coder, work[done:], jobs):
        done += 1
        held += codings
        attributes.update(told)
        if progress:
            progress(done, total)
        if done == total or (size and (done - skipped) % size == 0):
            note = None if done == total else json.dumps({"of": mark, "done": done})
            put(
                Batch(
                    Coder(name, "machine", dict(sorted(attributes.items()))),
                    frozenset(one.name for one, _ in work[begin:done]),
                    tuple(sorted(held, key=lambda coding: coding.place)),
                    {key: note} if size else {},
                    first,
                )
            )
            held, begin, first = [], done, False
    return skipped


def _fingerprint(study: Study, name: str, coder: ByTranscript) -> str:
    """Return what says that it is the same work: coder, codebook, texts, roles, cohorts."""
    told = {key: value for key, value in coder.attributes.items() if not key.startswith("language ")}
    digest = hashlib.sha256(json.dumps([name, told, study.codebook.hash], sort_keys=True).encode())
    for transcript in study.transcripts:
        case = study.case_by_name.get(transcript.case)
        roles = [(turn.start, turn.end, turn.role) for turn in transcript.turns]
        cohort = case.cohort if case else ""
        one = [transcript.name, transcript.language, cohort, transcript.hash, roles]
        digest.update(json.dumps(one).encode())
    return digest.hexdigest()[:16]


def _finished(folder: StudyFolder, key: str, mark: str) -> int:
    with folder.store() as store:
        told = json.loads(store.info().get(key, "{}"))
    return int(told["done"]) if told.get("of") == mark else 0


def added_up(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Return the sums of counts by name, sorted by name."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(sorted(total.items()))
