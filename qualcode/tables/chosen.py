"""Which codings an analysis uses: those of named coders, or what several coders agree on.

In words, without names: what people and references agree on counts, and what a machine proposed counts
where a person accepted it. Only where nobody has coded anything do unreviewed proposals stand in.
Where a disagreement was adjudicated, the outcome stands in place of the count of heads.
Negated, hypothetical and other people's practice (`Coding.assertion` other than "affirmed") never counts.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from qualcode.errors import UserError
from qualcode.model import Coding, Study, Turn

CONSENSUS = "consensus"
"""Name under which the consensus of several coders can be asked for, and which its codings carry."""

_HUMAN = ("person", "reference")


def chosen(study: Study, coders: Sequence[str] = ()) -> tuple[tuple[str, ...], tuple[Coding, ...]]:
    """Choose the codings that an analysis uses.

    1. Coders named here, or else in the settings: one coder's codings, or the consensus of several. A machine
       that is named counts with everything it proposed, unless rejected.
    2. Nobody named (or "consensus" named): the consensus of all people and references who have coded, and
       beside it the machines' codings that were accepted.
    3. Only machines have coded: what was accepted of theirs; where nothing was yet, all that was not rejected.

    Args:
        study: The study.
        coders: Names of coders; empty for those of the settings.

    Returns:
        Names of the coders whose codings they are (sorted as in the study), and the codings, sorted by place.

    Raises:
        UserError: A name is not that of a coder in the study.
    """
    names = tuple(dict.fromkeys(coders or study.settings.coders))
    if names and names != (CONSENSUS,):
        _check_names(study, names)
        counted = {name: _counted(study, name, _statuses(study, name)) for name in names}
        return names, _agreed(study, counted)
    people = _with_codings(study, (coder.name for coder in study.coders if coder.kind in _HUMAN), ("accepted",))
    machines = [coder.name for coder in study.coders if coder.kind == "machine"]
    accepted = _with_codings(study, machines, ("accepted",))
    if people:
        agreed = _agreed(study, people)
        extra = _not_covered(agreed, _merged(accepted))
        beside = tuple(name for name in accepted if any(coding.coder == name for coding in extra))
        return (*people, *beside), _in_order((*agreed, *extra))
    found = accepted or _with_codings(study, machines, ("accepted", "proposed"))
    return tuple(found), _merged(found)


def consensus(study: Study, coders: Sequence[str]) -> tuple[Coding, ...]:
    """Return what several coders agree on, as codings of the coder "consensus".

    A code stands on a participant's turn when more than half of the coders that coded the transcript gave it
    there. Its passages are the unions of their overlapping passages, kept within the turn; `evidence` names the
    parents' identifiers and the coders. A transcript that only one of the coders has coded keeps that coder's
    codings: there is nobody to disagree. Whether a coder has coded a transcript is read from their codings, so one
    who read it and found nothing counts as not having coded it.

    Args:
        study: The study.
        coders: Names of coders; of a single one the own codings are returned as they are.

    Returns:
        Codings sorted by place, with identifiers that depend on nothing but the place.

    Raises:
        UserError: A name is not that of a coder in the study.
    """
    _check_names(study, coders)
    # Of several coders what was adjudicated between them goes before the count of heads: see `_settled`.
    return _agreed(study, {name: _counted(study, name, _statuses(study, name)) for name in dict.fromkeys(coders)})


def _check_names(study: Study, names: Iterable[str]) -> None:
    unknown = [name for name in names if name not in study.coder_by_name]
    if unknown:
        known = ", ".join(coder.name for coder in study.coders) or "none yet"
        raise UserError(
            f"There is no coder called {', '.join(repr(name) for name in unknown)} in this study.",
            hint=f"Coders are: {known}; or {CONSENSUS!r} for what people and references agree on.",
        )


def _statuses(study: Study, name: str) -> tuple[str, ...]:
    return ("accepted", "proposed") if study.coder_by_name[name].kind == "machine" else ("accepted",)


def _counted(study: Study, name: str, statuses: tuple[str, ...]) -> tuple[Coding, ...]:
    return tuple(coding for coding in study.codings_by((name,), statuses) if coding.assertion == "affirmed")


def _with_codings(study: Study, names: Iterable[str], statuses: tuple[str, ...]) -> dict[str, tuple[Coding, ...]]:
    counted = {name: _counted(study, name, statuses) for name in names}
    return {name: codings for name, codings in counted.items() if codings}


def _in_order(codings: Iterable[Coding]) -> tuple[Coding, ...]:
    return tuple(sorted(codings, key=lambda coding: coding.place))


def _merged(codings: Mapping[str, tuple[Coding, ...]]) -> tuple[Coding, ...]:
    return _in_order(coding for of_one in codings.values() for coding in of_one)


def _not_covered(standing: Iterable[Coding], more: Iterable[Coding]) -> tuple[Coding, ...]:
    """Return those of `more` that overlap no standing passage of the same code: the others say nothing new."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for coding in standing:
        spans[coding.transcript, coding.code].append((coding.start, coding.end))
    return tuple(
        coding
        for coding in more
        if not any(start < coding.end and coding.start < end for start, end in spans[coding.transcript, coding.code])
    )


def _agreed(study: Study, counted: Mapping[str, tuple[Coding, ...]]) -> tuple[Coding, ...]:
    if len(counted) < 2:
        return _merged(counted)
    by_transcript: dict[str, dict[str, list[Coding]]] = defaultdict(lambda: defaultdict(list))
    for name, codings in counted.items():
        for coding in codings:
            by_transcript[coding.transcript][name].append(coding)
    result: list[Coding] = []
    for transcript in study.transcripts:
        readers = by_transcript.get(transcript.name, {})
        if len(readers) == 1:
            result.extend(next(iter(readers.values())))
        elif readers:
            for turn in transcript.participant_turns():
                result.extend(_standing(turn, readers))
    return _settled(study, counted, result)


def _settled(study: Study, counted: Mapping[str, tuple[Coding, ...]], codings: Sequence[Coding]) -> tuple[Coding, ...]:
    """Return codings with the outcomes of adjudication in place of the count of heads.

    An outcome is a coding of the coder "consensus" whose evidence says `adjudicated`: accepted where the code stands on
    the turn, rejected where it does not. It holds where all coders that it is about are among those counted here.
    """
    outcomes = [
        coding
        for coding in study.codings
        if coding.coder == CONSENSUS
        and coding.evidence.get("adjudicated")
        and set(coding.evidence.get("coders", ())) <= set(counted)
    ]
    if not outcomes:
        return _in_order(codings)

    def places(coding: Coding) -> set[tuple[str, int, str]]:
        touched = study.transcript_by_name[coding.transcript].turns_touching(coding.start, coding.end)
        return {(coding.transcript, turn.number, coding.code) for turn in touched}

    decided = {place for coding in outcomes for place in places(coding)}
    kept = [coding for coding in codings if not places(coding) & decided]
    return _in_order((*kept, *(coding for coding in outcomes if coding.status == "accepted")))


def _standing(turn: Turn, readers: Mapping[str, Sequence[Coding]]) -> list[Coding]:
    """Return the consensus codings of one turn that several coders read."""
    by_code: dict[str, list[Coding]] = defaultdict(list)
    for codings in readers.values():
        for coding in codings:
            if coding.start < turn.end and turn.start < coding.end:
                by_code[coding.code].append(coding)
    result: list[Coding] = []
    for code in sorted(by_code):
        if 2 * len({coding.coder for coding in by_code[code]}) > len(readers):
            result.extend(_joined(turn, by_code[code]))
    return result


def _joined(turn: Turn, parents: Sequence[Coding]) -> list[Coding]:
    """Return one coding for each stretch of the turn that overlapping passages of the parents cover."""
    ordered = sorted(parents, key=lambda coding: coding.place)
    groups = [[ordered[0]]]
    reach = ordered[0].end
    for coding in ordered[1:]:
        if coding.start < reach:
            groups[-1].append(coding)
        else:
            groups.append([coding])
        reach = max(reach, coding.end)
    return [_joint(turn, group) for group in groups]


def _joint(turn: Turn, group: Sequence[Coding]) -> Coding:
    first = group[0]
    start = max(turn.start, min(coding.start for coding in group))
    end = min(turn.end, max(coding.end for coding in group))
    place = f"{CONSENSUS}\0{first.transcript}\0{start}\0{end}\0{first.code}"
    hashes = {coding.definition_hash for coding in group}
    return Coding(
        coder=CONSENSUS,
        transcript=first.transcript,
        start=start,
        end=end,
        code=first.code,
        stage=first.stage,
        evidence={
            "parents": [coding.id for coding in group],
            "coders": sorted({coding.coder for coding in group}),
        },
        definition_hash=hashes.pop() if len(hashes) == 1 else "",
        id=hashlib.sha256(place.encode()).hexdigest()[:32],
    )
