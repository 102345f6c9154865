"""A transcript whose file has changed: the new text taken in, and codings carried over to it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import UserError
from qualcode.model import Case, Coding, Memo, Study, Transcript, Turn
from qualcode.project.carrying import carried_evidence, memo_passage, passage_key
from qualcode.project.folder import StudyFolder
from qualcode.project.ingesting import keep_source

if TYPE_CHECKING:
    from qualcode.ingest import Reading
    from qualcode.ingest.align import Alignment, Carried

EARLIER = "snapshots/transcripts"
"""Folder of a study for the files that a newer one took the place of."""
_ORDER = ("unchanged", "moved", "changed", "lost")


@dataclass(frozen=True, slots=True)
class CarriedPassage:
    """A passage with a coding or a memo, and where it stands in the new text.

    Attributes:
        kind: "coding" or "memo".
        id: Identifier of the coding or memo.
        coder: Whose it is.
        code: The coding's code; empty for a memo.
        status: "unchanged", "moved", "changed" or "lost"; see `qualcode.ingest.align.Carried`.
        start: First character in the old text.
        end: One past the last.
        new_start: First character in the new text; -1 when lost.
        new_end: One past the last; -1 when lost.
        before: The passage as it was.
        after: The passage as it is; empty when lost.
        remark: Why it is lost, or what else to look at; else empty.
    """

    kind: str
    id: str
    coder: str
    code: str
    status: str
    start: int
    end: int
    new_start: int
    new_end: int
    before: str
    after: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """A new version of a transcript and what it means for the passages of the old one.

    Attributes:
        transcript: Name.
        reading: The file as it was read.
        version: Number of the old version.
        same: Whether text, turns and header are those that the study holds; then there is nothing to do.
        passages: Codings and then memos, by their place in the old text.
        written: Whether it was done, not only shown.
        copy: The copy of the store that was kept before; None where nothing was written, or on a server.
    """

    transcript: str
    reading: Reading
    version: int
    same: bool
    passages: tuple[CarriedPassage, ...]
    written: bool
    copy: Path | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Number of passages by status."""
        return {status: sum(one.status == status for one in self.passages) for status in _ORDER}


def revise(
    folder: StudyFolder,
    file: Path,
    *,
    accept: bool = False,
    roles: Mapping[str, str] | None = None,
    encoding: str | None = None,
    actor: str = "",
) -> Revision:
    """Work out what a changed file means for the codings of its transcript, and take it in if that is accepted.

    A coding is carried over when its text is found again in a turn of the same role; what is changed under it is noted
    in its evidence (`carried`, `before`). A lost coding stays on the old text (`Store.left_behind`); a memo on a lost
    passage becomes one on the transcript, with the passage in its text. All of it is one change, which `undo` takes
    back; a copy of the store is kept before.

    Args:
        folder: The study.
        file: The file; its name without ending is the transcript's.
        accept: Write; else only work out.
        roles: Role by speaker label, over what the settings and the reader say.
        encoding: Of the file, where it is not UTF-8.
        actor: Who does it, for the journal.

    Raises:
        UserError: The file cannot be used, or the study has no transcript of its name.
        StoreError: The study was changed meanwhile.
    """
    from qualcode.ingest import read_transcript

    reading = read_transcript(file, settings=folder.settings, roles=roles, encoding=encoding)
    with folder.store() as store:
        number = store.number
        study = store.snapshot(folder.settings, folder.codebook())
        old = study.transcript_by_name.get(reading.transcript.name)
        if old is None:
            raise UserError(
                f"{file}: the study holds no transcript called {reading.transcript.name!r} to revise.",
                hint="Take it in as a new one, without --revise; or give the file the name that the old one had.",
            )
        reading = _with_case_of(study, old, reading)
        new = reading.transcript
        passages = _carried(study, old, new)
        result = Revision(new.name, reading, old.version, _same(old, new), passages, written=False)
        if not accept or result.same:
            return result
        copy = store.snapshot_copy(f"revise {new.name}")
        told = ", ".join(f"{count} {status}" for status, count in result.counts.items())
        detail = f"{new.name}, version {old.version} to the next: {told}"
        with store.change(coder=actor, action="ingest revise", detail=detail, based_on=number) as change:
            if new.case in study.case_by_name:
                change.put_case(_case(study, reading))
            else:
                change.add_case(_case(study, reading))
            change.add_transcript(new, replace=True)
            by_id = {one.id: one for one in passages}
            change.put_codings(_put(coding, by_id[coding.id], old, new) for coding in _kept(study, by_id))
            for memo in study.memos:
                if memo.id in by_id:
                    change.put_memo(_put_memo(memo, by_id[memo.id], new.name))
            # Copies are made before the commit: if the disk is full, the store stays as it was.
            earlier = _keep_earlier(folder, old, file)
            keep_source(file, folder.transcripts_path)
    if earlier is not None and earlier.name != file.name:
        earlier.unlink(missing_ok=True)
    return replace(result, written=True, copy=copy)


def _same(old: Transcript, new: Transcript) -> bool:
    return replace(new, version=old.version, source=old.source, source_hash=old.source_hash) == old


def _with_case_of(study: Study, old: Transcript, reading: Reading) -> Reading:
    """Spell the case as the study does; a file whose header names none stays with the case it had."""
    from qualcode.ingest.header import attribute

    named = attribute(reading.transcript.attributes, "case")
    spelled = {name.casefold(): name for name in study.case_by_name}
    case = spelled.get(named.casefold(), named) if named else old.case
    return replace(reading, transcript=replace(reading.transcript, case=case))


def _case(study: Study, reading: Reading) -> Case:
    told = replace(reading.case, name=reading.transcript.case)
    known = study.case_by_name.get(told.name)
    if known is None:
        return told
    return Case(told.name, told.cohort or known.cohort, {**known.attributes, **told.attributes})


def _carried(study: Study, old: Transcript, new: Transcript) -> tuple[CarriedPassage, ...]:
    """Return all passages of a transcript with where they stand in its new version."""
    from qualcode.ingest.align import align

    alignment = align(old.text, new.text)
    found = [
        _passage("coding", coding.id, coding.coder, coding.code, coding.start, coding.end, old, new, alignment)
        for coding in study.codings
        if coding.transcript == old.name
    ]
    stages = {coding.id: coding.stage for coding in study.codings}
    found = _without_doubles(found, stages)
    for memo in study.memos:
        place = memo_passage(memo)
        if place is not None and place[0] == old.name and place[2] <= len(old.text):
            found.append(_passage("memo", memo.id, memo.coder, "", place[1], place[2], old, new, alignment))
    return tuple(sorted(found, key=lambda one: (one.kind, one.start, one.end, one.code, one.coder, one.id)))


def _passage(
    kind: str,
    id_: str,
    coder: str,
    code: str,
    start: int,
    end: int,
    old: Transcript,
    new: Transcript,
    alignment: Alignment,
) -> CarriedPassage:
    carried, remark = carry_in_turns(old, new, alignment, start, end)
    after = "" if carried.status == "lost" else new.text[carried.start : carried.end]
    span = (carried.start, carried.end)
    return CarriedPassage(kind, id_, coder, code, carried.status, start, end, *span, old.text[start:end], after, remark)


def carry_in_turns(old: Transcript, new: Transcript, alignment: Alignment, start: int, end: int) -> tuple[Carried, str]:
    """Return where a passage stands in a new version, kept inside turns of the role that it was in.

    Args:
        old: The version that the passage is of.
        new: The next version.
        alignment: Of their texts.
        start: First character of the passage.
        end: One past its last.

    Returns:
        The passage, and a remark: why it is lost, or that its speaker has another label now.
    """
    from qualcode.ingest.align import LOST, carry

    carried = carry(alignment, start, end)
    if carried.status == "lost":
        return carried, "its text is gone"
    before, after = old.turns_touching(start, end), new.turns_touching(carried.start, carried.end)
    if not before:
        return (carried, "") if not after else (LOST, "it was in no turn, and its text is now in one")
    roles = {turn.role for turn in before}
    allowed = [turn for turn in after if turn.role in roles]
    inside = before[0].start <= start and end <= before[-1].end
    fits = len(allowed) == len(after) <= len(before) and bool(after)
    if fits and not (inside and not (after[0].start <= carried.start and carried.end <= after[-1].end)):
        return carried, _speakers(before, after)
    # What survives is spread over more than it was, or over turns of another role: keep the turn with most of it.
    parts = [(carry(alignment, start, end, within=(turn.start, turn.end)), turn) for turn in allowed]
    parts = [(part, turn) for part, turn in parts if part.status != "lost"]
    if not parts:
        where = ", ".join(sorted({turn.role for turn in after})) if after else "no turn"
        return LOST, f"its text is now in {'turns of: ' if after else ''}{where}"
    part, turn = max(parts, key=lambda one: (one[0].end - one[0].start, -one[0].start))
    return part, _speakers(before, (turn,)) or f"kept in turn {turn.number} only"


def _speakers(before: tuple[Turn, ...], after: tuple[Turn, ...]) -> str:
    were, are = sorted({turn.speaker for turn in before}), sorted({turn.speaker for turn in after})
    return "" if set(are) <= set(were) else f"the speaker was {', '.join(were)} and is now {', '.join(are)}"


def _without_doubles(found: list[CarriedPassage], stages: Mapping[str, str]) -> list[CarriedPassage]:
    """Leave behind codings that would become the same as another one of their coder."""
    taken: dict[tuple[str, ...], str] = {}
    result = []
    for one in sorted(found, key=lambda one: (_ORDER.index(one.status), one.start, one.end, one.id)):
        place = (one.coder, one.code, stages[one.id], str(one.new_start), str(one.new_end))
        if one.status != "lost" and taken.setdefault(place, one.id) != one.id:
            remark = f"it would be the same as coding {taken[place][:8]}"
            one = replace(one, status="lost", new_start=-1, new_end=-1, after="", remark=remark)
        result.append(one)
    return result


def _kept(study: Study, by_id: Mapping[str, CarriedPassage]) -> list[Coding]:
    return [coding for coding in study.codings if coding.id in by_id and by_id[coding.id].status != "lost"]


def _put(coding: Coding, passage: CarriedPassage, old: Transcript, new: Transcript) -> Coding:
    from qualcode.ingest.align import align, carry

    evidence = dict(coding.evidence)
    if "spans" in evidence:
        alignment = align(passage.before, passage.after)

        def place(start: int, end: int) -> tuple[int, int] | None:
            if not passage.start <= start < end <= passage.end:
                return None
            found = carry(alignment, start - passage.start, end - passage.start)
            return None if found.status == "lost" else (found.start + passage.new_start, found.end + passage.new_start)

        evidence = carried_evidence(evidence, place)
    if passage.status == "changed":
        # The oldest wording stays: it is what the coder saw.
        evidence = {**evidence, "carried": "changed", "before": evidence.get("before", passage.before)}
    return replace(coding, start=passage.new_start, end=passage.new_end, evidence=evidence)


def _put_memo(memo: Memo, passage: CarriedPassage, transcript: str) -> Memo:
    if passage.status != "lost":
        return replace(memo, key=passage_key(transcript, passage.new_start, passage.new_end))
    text = f"{memo.text}\n\n[On a passage that a newer version of the text no longer holds: “{passage.before}”]"
    return replace(memo, text=text, target="transcript", key=transcript)


def _keep_earlier(folder: StudyFolder, old: Transcript, file: Path) -> Path | None:
    """Copy the file that the old version was read from to where earlier files are kept.

    Returns:
        The file, which may be taken away now; None where it is not there, or no longer what it was.
    """
    import hashlib

    present = folder.transcripts_path / old.source
    if not old.source or not present.is_file():
        return None
    try:
        if present.resolve() == file.resolve() or hashlib.sha256(present.read_bytes()).hexdigest() != old.source_hash:
            return None
        earlier = folder.path / EARLIER
        earlier.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(present, earlier / f"{old.name}.version-{old.version}{present.suffix}")
    except OSError as error:
        raise UserError(f"{present} cannot be put aside ({error.strerror or error}).") from error
    return present
