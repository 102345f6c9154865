"""Names put back in a study with the key that pseudonymising wrote, as one change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.counts import counted
from qualcode.errors import ManyErrors
from qualcode.model import Study, Transcript
from qualcode.project.carrying import carried_evidence, memo_passage, passage_key
from qualcode.project.folder import StudyFolder
from qualcode.project.name_key import data_case, no_key, read_key
from qualcode.project.name_plan import Plan, moved_moments, moved_turn, write_plan

if TYPE_CHECKING:
    from qualcode.ingest.pseudonyms import Replaced


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring did.

    Attributes:
        transcripts: Names of the transcripts restored.
        codings: Number of codings carried along.
        left: What could not be restored because it was changed since, one line each.
        written: Whether it was done.
        copy: The copy of the store that was kept before, or None.
    """

    transcripts: tuple[str, ...]
    codings: int
    left: tuple[str, ...]
    written: bool = False
    copy: Path | None = None


@dataclass
class _Plan(Plan):
    """What is to be written.

    Attributes:
        left: What cannot be restored, one line each.
    """

    left: list[str] = field(default_factory=list)


def restore(folder: StudyFolder, key: Path, *, accept: bool = False, actor: str = "") -> Restored:
    """Put the names back, exactly, as one change.

    Args:
        folder: The study.
        key: The key file that `pseudonymise` wrote. Of several, the newest comes first.
        accept: Write; else only work out.
        actor: Who does it, for the journal.

    Raises:
        InputError: The file is no key.
        ManyErrors: Transcripts are not as pseudonymising left them; nothing was written.
        StoreError: The study was changed meanwhile.
    """
    told = read_key(key)
    with folder.store() as store:
        number = store.number
        study = store.snapshot(folder.settings, folder.codebook())
        plan = _plan(study, told, key)
        result = Restored(tuple(one.name for one in plan.transcripts), len(plan.codings), tuple(plan.left))
        if not accept or plan.empty:
            return result
        copy = store.snapshot_copy("restore names")
        detail = counted(len(plan.transcripts), "transcript")
        with store.change(coder=actor, action="restore names", detail=detail, based_on=number) as change:
            write_plan(change, plan)
    return replace(result, written=True, copy=copy)


def _plan(study: Study, told: Mapping[str, Any], path: Path) -> _Plan:
    plan = _Plan()
    problems = []
    cases = {case.name: case for case in study.cases}
    leaving = {entry["after"]["name"] for entry in told["cases"] if entry["before"]["name"] != entry["after"]["name"]}
    for entry in told["cases"]:
        before, after = data_case(entry["before"]), data_case(entry["after"])
        now = cases.get(after.name)
        if now is None or (before.name != after.name and before.name in cases and before.name not in leaving):
            plan.left.append(f"case {after.name}: it was renamed or removed since")
        elif (now.cohort, dict(now.attributes)) != (after.cohort, dict(after.attributes)):
            plan.left.append(f"case {after.name}: its attributes were changed since; only its name was restored")
            plan.cases.append((after.name, replace(now, name=before.name)))
        else:
            plan.cases.append((after.name, before))
    renamed = {old: case.name for old, case in plan.cases}
    texts: dict[str, Replaced] = {}
    for entry in told["transcripts"]:
        transcript = study.transcript_by_name.get(entry["name"])
        if transcript is None or transcript.hash != entry["after"]:
            problems.append(f"{entry['name']}: the text is not the one that this key belongs to")
            continue
        texts[transcript.name] = _transcript_back(plan, transcript, entry, renamed, path)
    if problems:
        raise ManyErrors(
            "Nothing was restored:",
            problems,
            hint="A key fits the texts that it was written with. If names were replaced again later, restore those "
            "first, with the later key.",
        )
    for transcript in study.transcripts:
        if transcript.name not in texts and transcript.case in renamed:
            plan.transcripts.append(replace(transcript, case=renamed[transcript.case]))
    _codings_back(plan, study, told["codings"], texts)
    _memos_back(plan, study, told["memos"], texts)
    return plan


def _transcript_back(
    plan: _Plan, now: Transcript, entry: Mapping[str, Any], renamed: Mapping[str, str], path: Path
) -> Replaced:
    from qualcode.ingest.pseudonyms import Occurrence, replace_all

    try:
        text = replace_all(now.text, [Occurrence(*one) for one in entry["occurrences"]])
    except (ValueError, TypeError) as error:
        raise no_key(path, f"{entry['name']}: {error}") from error
    speakers = entry["speakers"]
    turns = tuple(moved_turn(turn, text, speakers.get(str(turn.number), turn.speaker)) for turn in now.turns)
    facts = {(key, value): (old_key, old_value) for old_key, old_value, key, value in entry["attributes"]}
    attributes = dict(facts.get(item, item) for item in now.attributes.items())
    exact = tuple((position, time) for position, time in entry["moments"])
    moments = exact or moved_moments(now.moments, text)
    case = renamed.get(now.case, now.case)
    before = replace(now, text=text.text, turns=turns, attributes=attributes, case=case, moments=moments)
    if before.hash != entry["before"]:
        raise no_key(path, f"{entry['name']}: what it restores is not the text that was there")
    plan.transcripts.append(before)
    return text


def _codings_back(
    plan: _Plan, study: Study, entries: Sequence[Mapping[str, Any]], texts: Mapping[str, Replaced]
) -> None:
    exact = {entry["id"]: entry for entry in entries}
    changed = {one.name for one in plan.transcripts}
    for coding in study.codings:
        entry = exact.get(coding.id)
        if coding.transcript not in changed and entry is None:
            continue
        text = texts.get(coding.transcript)
        evidence: Mapping[str, Any] = coding.evidence
        place = (coding.start, coding.end)
        if text is not None:
            evidence, place = carried_evidence(evidence, text.span), text.span(*place)
        if entry is not None:
            if [coding.start, coding.end] == entry["after"][:2]:
                place = tuple(entry["before"][:2])
            if dict(coding.evidence) == entry["after"][2]:
                evidence = entry["before"][2]
            else:
                plan.left.append(f"coding {coding.id[:8]}: its evidence was changed since")
        plan.codings.append(replace(coding, start=place[0], end=place[1], evidence=evidence))


def _memos_back(plan: _Plan, study: Study, entries: Sequence[Mapping[str, Any]], texts: Mapping[str, Replaced]) -> None:
    exact = {entry["id"]: entry for entry in entries}
    for memo in study.memos:
        place = memo_passage(memo)
        new = memo
        if place is not None and place[0] in texts:
            new = replace(memo, key=passage_key(place[0], *texts[place[0]].span(place[1], place[2])))
        entry = exact.get(memo.id)
        if entry is not None:
            if memo.key == entry["after"][1] and place is not None:
                new = replace(new, key=entry["before"][1])
            if memo.text == entry["after"][0]:
                new = replace(new, text=entry["before"][0])
            else:
                plan.left.append(f"memo {memo.id[:8]}: its text was changed since")
        if new != memo:
            plan.memos.append(new)
