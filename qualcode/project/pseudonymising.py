"""Names replaced by pseudonyms throughout a study, as one change (put back by `qualcode.project.restoring`).

The key is a file of its own. It holds for each occurrence what stood there, so that restoring is exact; it is written
outside the study's folder, so that whoever is given the study is not given the names. The store keeps earlier versions
of texts and the journal, so the names are out of it only after `qualcode.project.purging.purge`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.counts import counted
from qualcode.errors import UserError
from qualcode.model import Case, Coding, Memo, Study, Transcript
from qualcode.project.carrying import carried_evidence, evidence_spans, memo_passage, passage_key
from qualcode.project.folder import StudyFolder
from qualcode.project.name_key import case_data, check_key_path, new_key, write_key
from qualcode.project.name_plan import Plan, moved_moments, moved_turn, write_plan

if TYPE_CHECKING:
    from qualcode.ingest.pseudonyms import Pseudonym, Replaced, Replacer

# Evidence that names records, not words of a text.
_NOT_TEXT = frozenset({"spans", "parents", "coders", "carried"})


@dataclass(frozen=True, slots=True)
class Pseudonymised:
    """What pseudonymising did, or would do.

    Attributes:
        names: Number of occurrences replaced, by name in the table, in its order; 0 for names that occur nowhere.
        transcripts: Number of occurrences in the text, by name of the transcript that changes.
        codings: Number of codings carried along.
        memos: Number of memos whose text or place changes.
        cases: New name by old, of cases whose name changes.
        collisions: Pseudonyms that occur in the texts already, with the number of occurrences.
        written: Whether it was done.
        key: The key file that was written, or None.
        copy: The copy of the store that was kept before, or None.
    """

    names: Mapping[str, int]
    transcripts: Mapping[str, int]
    codings: int
    memos: int
    cases: Mapping[str, str]
    collisions: Mapping[str, int]
    written: bool = False
    key: Path | None = None
    copy: Path | None = None


@dataclass
class _Plan(Plan):
    """What is to be written.

    Attributes:
        key: What takes it back.
        found: Each occurrence of a name, wherever it stands.
    """

    key: dict[str, Any] = field(default_factory=new_key)
    found: list[str] = field(default_factory=list)


def pseudonymise(
    folder: StudyFolder,
    table: Sequence[Pseudonym],
    *,
    key: Path | None = None,
    accept: bool = False,
    any_case: bool = False,
    actor: str = "",
) -> Pseudonymised:
    """Replace names in transcripts, speaker labels, headers, cases, memos and evidence, as one change.

    Codings and memos on passages are carried along exactly: their positions are computed from the replacements. One
    that begins or ends inside a name is widened to the whole pseudonym; the key keeps its exact place.

    Args:
        folder: The study.
        table: Names and pseudonyms.
        key: The key file to write: new, outside the study's folder. Needed to write.
        accept: Write; else only work out.
        any_case: Take names in any case of letters.
        actor: Who does it, for the journal.

    Raises:
        UserError: The key file cannot be used, two cases would get one name, or two codings one place.
        StoreError: The study was changed meanwhile.
    """
    if accept:
        check_key_path(folder, key)
    with folder.store() as store:
        number = store.number
        study = store.snapshot(folder.settings, folder.codebook())
        plan = _plan(study, table, any_case)
        result = _result(study, table, plan, any_case)
        if not accept or plan.empty:
            return result
        assert key is not None
        copy = store.snapshot_copy("pseudonymise")
        occurrences = sum(len(one["occurrences"]) for one in plan.key["transcripts"])
        detail = f"{counted(occurrences, 'occurrence')} in {counted(len(plan.transcripts), 'transcript')}"
        written = False
        try:
            with store.change(coder=actor, action="pseudonymise", detail=detail, based_on=number) as change:
                write_plan(change, plan)
                # Before the commit: without its key, nothing is pseudonymised.
                write_key(key, plan.key)
                written = True
        except BaseException:
            if written:
                key.unlink(missing_ok=True)
            raise
    return replace(result, written=True, key=key, copy=copy)


def _plan(study: Study, table: Sequence[Pseudonym], any_case: bool) -> _Plan:
    from qualcode.ingest.pseudonyms import Replacer

    plan = _Plan()
    plain = Replacer(table, language=study.settings.language, any_case=any_case)
    texts: dict[str, Replaced] = {}
    for case in study.cases:
        _plan_case(plan, case, plain)
    renamed = {old: case.name for old, case in plan.cases}
    _check_case_names(study, renamed)
    for transcript in study.transcripts:
        replacer = Replacer(table, language=transcript.language, any_case=any_case)
        texts[transcript.name] = _plan_transcript(plan, transcript, replacer, renamed)
    changed = {one.name for one in plan.transcripts}
    for coding in study.codings:
        _plan_coding(plan, coding, texts[coding.transcript], coding.transcript in changed, plain)
    for memo in study.memos:
        _plan_memo(plan, memo, texts, plain)
    _check_places(plan)
    return plan


def _plan_case(plan: _Plan, case: Case, replacer: Replacer) -> None:
    new = Case(
        _text(plan, case.name, replacer), _text(plan, case.cohort, replacer), _facts(plan, case.attributes, replacer)
    )
    if new != case or list(new.attributes) != list(case.attributes):
        plan.cases.append((case.name, new))
        plan.key["cases"].append({"before": case_data(case), "after": case_data(new)})


def _plan_transcript(plan: _Plan, old: Transcript, replacer: Replacer, renamed: Mapping[str, str]) -> Replaced:
    cuts = [position for turn in old.turns for position in (turn.start, turn.end)]
    text = replacer.replaced(old.text, cuts)
    plan.found += [one.found for one in text.occurrences]
    # Labels stand in the text, where they are counted.
    turns = tuple(moved_turn(turn, text, replacer.replaced(turn.speaker).text) for turn in old.turns)
    attributes = _facts(plan, old.attributes, replacer)
    moments = moved_moments(old.moments, text)
    case = renamed.get(old.case, old.case)
    new = replace(old, text=text.text, turns=turns, attributes=attributes, case=case, moments=moments)
    if (new.text, new.turns, dict(new.attributes), new.case) != (old.text, old.turns, dict(old.attributes), old.case):
        plan.transcripts.append(new)
        plan.key["transcripts"].append(
            {
                "name": old.name,
                "before": old.hash,
                "after": new.hash,
                "occurrences": [[one.start, one.found, one.replacement] for one in text.inverse()],
                "speakers": {
                    str(turn.number): turn.speaker
                    for turn, now in zip(old.turns, new.turns, strict=True)
                    if turn.speaker != now.speaker
                },
                "attributes": [
                    [*was, *now]
                    for was, now in zip(old.attributes.items(), new.attributes.items(), strict=True)
                    if was != now
                ],
                # A name may run over two captions; the time inside it has no place in the pseudonym.
                "moments": [list(one) for one in old.moments] if _cut_by(text, old.moments) else [],
            }
        )
    return text


def _cut_by(text: Replaced, moments: Sequence[tuple[int, float]]) -> bool:
    """Return whether a moment lies inside a name, so that its exact position cannot be told from the new text."""
    return any(text.cuts(position, position) for position, _ in moments)


def _plan_coding(plan: _Plan, old: Coding, text: Replaced, moved: bool, replacer: Replacer) -> None:
    start, end = text.span(old.start, old.end)
    evidence = _evidence(plan, carried_evidence(old.evidence, text.span), replacer)
    new = replace(old, start=start, end=end, evidence=evidence)
    if not moved and new == old:
        return
    plan.codings.append(new)
    cut_spans = any(text.cuts(low, high) for low, high in evidence_spans(old.evidence))
    shifted = carried_evidence(old.evidence, text.span)
    if text.cuts(old.start, old.end) or evidence != shifted or cut_spans:
        plan.key["codings"].append(
            {
                "id": old.id,
                "before": [old.start, old.end, dict(old.evidence)],
                "after": [new.start, new.end, evidence],
            }
        )


def _plan_memo(plan: _Plan, old: Memo, texts: Mapping[str, Replaced], replacer: Replacer) -> None:
    new = replace(old, text=_text(plan, old.text, replacer))
    place = memo_passage(old)
    exact = new.text == old.text
    if place is not None and place[0] in texts and place[2] <= len(texts[place[0]].before):
        text = texts[place[0]]
        new = replace(new, key=passage_key(place[0], *text.span(place[1], place[2])))
        exact = exact and not text.cuts(place[1], place[2])
    if new != old:
        plan.memos.append(new)
    if not exact:
        plan.key["memos"].append({"id": old.id, "before": [old.text, old.key], "after": [new.text, new.key]})


def _text(plan: _Plan, text: str, replacer: Replacer) -> str:
    replaced = replacer.replaced(text)
    plan.found += [one.found for one in replaced.occurrences]
    return replaced.text


def _facts(plan: _Plan, facts: Mapping[str, str], replacer: Replacer) -> dict[str, str]:
    """Return attributes with names replaced, in keys too where that leaves them apart."""
    keys = {key: replacer.replaced(key).text for key in facts}
    if len(set(keys.values())) < len(keys):
        keys = {key: key for key in facts}
    return {keys[key]: _text(plan, value, replacer) for key, value in facts.items()}


def _evidence(plan: _Plan, value: Any, replacer: Replacer) -> Any:
    if isinstance(value, str):
        return _text(plan, value, replacer)
    if isinstance(value, list | tuple):
        return [_evidence(plan, part, replacer) for part in value]
    if isinstance(value, Mapping):
        return {key: part if key in _NOT_TEXT else _evidence(plan, part, replacer) for key, part in value.items()}
    return value


def _check_case_names(study: Study, renamed: Mapping[str, str]) -> None:
    names: dict[str, str] = {}
    for case in study.cases:
        name = renamed.get(case.name, case.name)
        other = names.setdefault(name.casefold(), case.name)
        if other != case.name:
            raise UserError(
                f"The cases {other!r} and {case.name!r} would both be called {name!r}.",
                hint="Give them different pseudonyms.",
            )


def _check_places(plan: _Plan) -> None:
    taken: dict[tuple[Any, ...], Coding] = {}
    for coding in plan.codings:
        other = taken.setdefault((*coding.place, coding.stage), coding)
        if other is not coding:
            raise UserError(
                f"Two codings of {coding.coder} with the code {coding.code} on {coding.transcript} end inside the same "
                f"name, and would become one: {other.id[:8]} and {coding.id[:8]}.",
                hint=f"Remove one of them: qualcode codings remove {coding.id[:8]}",
            )


def _result(study: Study, table: Sequence[Pseudonym], plan: _Plan, any_case: bool) -> Pseudonymised:
    from qualcode.ingest.pseudonyms import Pseudonym, Replacer

    names = {row.name: 0 for row in table}
    # Each form that was found is counted for the name of the table that it is a form of.
    rows = sorted(table, key=lambda row: (-len(row.name), row.name))
    by_form: dict[str, str] = {}
    for found in plan.found:
        if found not in by_form:
            by_form[found] = next(
                row.name
                for row in rows
                if Replacer([Pseudonym(row.name, "\ufffd")], language="sv", any_case=any_case).find(found)
            )
        names[by_form[found]] += 1
    marks = Replacer([Pseudonym(name, "\ufffd") for name in dict.fromkeys(row.pseudonym for row in table)])
    collisions: dict[str, int] = {}
    for transcript in study.transcripts:
        for one in marks.find(transcript.text):
            collisions[one.found] = collisions.get(one.found, 0) + 1
    return Pseudonymised(
        names=names,
        transcripts={one["name"]: len(one["occurrences"]) for one in plan.key["transcripts"]},
        codings=len(plan.codings),
        memos=len(plan.memos),
        cases={old: case.name for old, case in plan.cases if old != case.name},
        collisions=dict(sorted(collisions.items())),
    )
