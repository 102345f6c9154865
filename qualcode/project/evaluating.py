"""How well a machine codes, measured against people on cases that it did not learn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qualcode.errors import UserError
from qualcode.model import Coder, Coding, Study
from qualcode.project.analysis import coders_at_work, with_consensus
from qualcode.tables import CONSENSUS

if TYPE_CHECKING:
    from qualcode.agreement import Agreement, Disagreement
    from qualcode.agreement.findings import ConfusedPair

Progress = Callable[[int, int], None]

# Coders that are asked afresh; what others proposed is taken as it is stored.
LEARNING = ("learned", "combined")
ASKED = ("cues", "similar", *LEARNING)
KINDS = {
    "missed": "the reference gave it, the machine nothing",
    "wrong code": "the machine gave the unit another code instead",
    "wrong assertion": "the machine found it, but took it for negated, dropped, or others' practice",
    "too much": "the machine gave it, the reference did not",
    "span": "both gave it, to passages that have little in common",
}
# Passages that share less than this of their union are told apart as a span error.
SHARED = 0.25


@dataclass(frozen=True, slots=True)
class Mistake:
    """One unit and code on which machine and reference differ.

    Attributes:
        kind: One of `KINDS`.
        code: Identifier of the code that one of them gave.
        case: Name of the case.
        transcript: Name of the transcript.
        turn: Number of the turn.
        start: First character of the unit.
        end: One past its last.
        quote: What the one passage says, or the whole unit.
        other: What the machine gave instead, its assertion, or its passage; empty for none.
        confidence: Of the machine, where it gave something.
    """

    kind: str
    code: str
    case: str
    transcript: str
    turn: int
    start: int
    end: int
    quote: str
    other: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Expected:
    """Point of a learning curve.

    Attributes:
        cases: Coded cases learned from, on average.
        examples: Codings (turn × code) learned from, on average.
        precision: On the other cases, over turn × code.
        recall: The same.
        f1: The same.
    """

    cases: float
    examples: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Evaluation:
    """How well a machine codes.

    Attributes:
        coder: The machine.
        against: Name of the reference ("consensus" for several coders).
        of: Names of the coders behind the reference.
        how: What kept it from being measured on what it had learned from.
        attributes: Version and settings of the machine.
        agreement: Measures per code and pooled, with intervals by interview.
        proposals: What the machine proposed, sorted by place.
        mistakes: By code and place.
        confused: Pairs of codes used for the same units.
        curve: Learning curve, if asked for.
    """

    coder: str
    against: str
    of: tuple[str, ...]
    how: str
    attributes: dict[str, str]
    agreement: Agreement
    proposals: tuple[Coding, ...]
    mistakes: tuple[Mistake, ...]
    confused: tuple[ConfusedPair, ...]
    curve: tuple[Expected, ...] = ()


def evaluate(
    study: Study,
    coder: str,
    against: Sequence[str] = (),
    *,
    unit: str = "",
    curve: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure a machine against people.

    A machine that learns is cross-fitted: the cases are cut into parts, and each part is coded by a model that saw
    nothing of its cases, neither in learning nor in setting limits. Only transcripts that the reference read count.

    Args:
        study: The study.
        coder: Name of a machine: asked afresh, or (such as `llm`) what it proposed and nobody rejected.
        against: Names of coders; several: their consensus; none: that of all people and references.
        unit: See `qualcode.agreement.agree`; empty: that of the settings.
        curve: Measure how well it codes after fewer cases, too; takes several times as long.
        progress: Called with (transcripts done, transcripts in all).

    Raises:
        UserError: There is no such coder, no coding to measure against, or too little to learn from.
    """
    from qualcode.agreement import agree, clinic, disagreements

    people = tuple(name for name in dict.fromkeys(against) if name != CONSENSUS) or coders_at_work(study)[0]
    _check(study, coder, people)
    read = sorted({coding.transcript for coding in study.codings if coding.coder in people})
    proposals, attributes, how = _proposals(_only(study, read), coder, people, progress)
    beside = _with_machine(study, coder, attributes, proposals)
    reference = people[0]
    if len(people) > 1:
        beside, reference = with_consensus(beside, people), CONSENSUS
    thresholds = study.settings.thresholds
    unit = unit or study.settings.unit
    names = (reference, coder)
    differing = disagreements(beside, names, unit=unit, transcripts=read)
    return Evaluation(
        coder=coder,
        against=reference,
        of=people,
        how=how,
        attributes=attributes,
        agreement=agree(
            beside,
            names,
            unit=unit,
            reference=reference,
            transcripts=read,
            draws=thresholds.draws,
            seed=thresholds.seed,
        ),
        proposals=tuple(proposals),
        mistakes=_mistakes(beside, coder, reference, proposals, differing, read),
        confused=clinic(beside, names, unit=unit, transcripts=read).pairs,
        curve=learning_curve(_only(study, read), coder, people) if curve else (),
    )


def learning_curve(study: Study, coder: str, people: Sequence[str]) -> tuple[Expected, ...]:
    """Return how well a machine that learns codes other cases after a quarter, a half, and all of the cases at hand.

    Raises:
        UserError: The machine does not learn.
    """
    if coder not in LEARNING:
        raise UserError(f"{coder!r} does not learn from codings: it has no learning curve.")
    from qualcode.coders.embeddings import chosen_embedder
    from qualcode.coders.exemplar_model import lessons_of, scorer_of
    from qualcode.coders.learner import curve_of, known_of
    from qualcode.coders.targets import training_of

    embedder = chosen_embedder(study.settings)
    lessons = lessons_of(study, training_of(study, people), study.exemplars if coder == "combined" else None)
    known = known_of(lessons.study, lessons.training, embedder, scorer_of(lessons.helped_by, embedder))
    points = curve_of(known, with_codebook=coder == "combined", of=lessons.own.transcripts)
    return tuple(Expected(*point) for point in points)


def _check(study: Study, coder: str, people: Sequence[str]) -> None:
    from qualcode.coders import CODERS

    if coder not in CODERS and coder not in study.coder_by_name:
        raise UserError(f"There is no machine coder called {coder!r}.", hint=f"Machine coders: {', '.join(CODERS)}.")
    unknown = [name for name in people if name not in study.coder_by_name]
    if unknown:
        raise UserError(
            f"There is no coder called {unknown[0]!r} in this study.",
            hint=f"Coders are: {', '.join(one.name for one in study.coders) or 'none yet'}.",
        )
    if not any(coding.coder in people for coding in study.codings):
        raise UserError(
            "There is nothing to measure against: nobody has coded.",
            hint="Import codings with 'qualcode codings import', or code some interviews.",
        )
    if coder in people:
        raise UserError(f"{coder!r} cannot be measured against itself.")


def _only(study: Study, names: Sequence[str]) -> Study:
    kept = frozenset(names)
    return replace(
        study,
        transcripts=tuple(transcript for transcript in study.transcripts if transcript.name in kept),
        codings=tuple(coding for coding in study.codings if coding.transcript in kept),
    )


def _proposals(
    study: Study, coder: str, people: Sequence[str], progress: Progress | None
) -> tuple[list[Coding], dict[str, str], str]:
    from qualcode.coders import CODERS

    if coder in LEARNING:
        from qualcode.coders.combined import CombinedCoder
        from qualcode.coders.learned import LearnedCoder

        kind = CombinedCoder if coder == "combined" else LearnedCoder
        learner = kind(study.codebook, study.settings, coders=people, coded="yes")
        proposed = learner.propose(study, progress=progress)
        how = "each case coded by a model that saw nothing of it"
        if lacking := learner.learned_from_nothing:
            how = f"too little to learn from ({lacking}): coded by what comes with the codebook"
        return proposed, dict(learner.attributes), how
    if coder in ASKED:
        machine = CODERS[coder](study)
        proposals = machine.propose(study, progress=progress)
        return (
            proposals,
            dict(machine.attributes),
            "it learns from no codings; the codebook may have been written with them in view",
        )
    stored = [coding for coding in study.codings if coding.coder == coder and coding.status != "rejected"]
    known = study.coder_by_name.get(coder)
    if not stored:
        raise UserError(f"{coder!r} has proposed nothing yet.", hint=f"Let it code: qualcode code --coder {coder}")
    return stored, dict(known.attributes) if known else {}, "what it proposed earlier and nobody rejected"


def _with_machine(study: Study, coder: str, attributes: dict[str, str], proposals: Sequence[Coding]) -> Study:
    others = tuple(one for one in study.coders if one.name != coder)
    coders = tuple(sorted((*others, Coder(coder, "machine", attributes)), key=lambda one: one.name))
    kept = [coding for coding in study.codings if coding.coder != coder]
    return replace(study, coders=coders).with_codings((*kept, *proposals))


def _mistakes(
    study: Study,
    coder: str,
    reference: str,
    proposals: Sequence[Coding],
    differing: Sequence[Disagreement],
    transcripts: Sequence[str],
) -> tuple[Mistake, ...]:
    found = [_mistake(study, coder, reference, proposals, one) for one in differing]
    found += _spans(study, coder, reference, frozenset(transcripts))
    return tuple(sorted(found, key=lambda one: (one.code, one.transcript, one.start, one.kind)))


def _mistake(study: Study, coder: str, reference: str, proposals: Sequence[Coding], one: Disagreement) -> Mistake:
    quote = " … ".join(one.quotes) or one.text
    place: dict[str, Any] = {
        "code": one.code,
        "case": one.case,
        "transcript": one.transcript,
        "turn": one.turn,
        "start": one.start,
        "end": one.end,
        "quote": quote,
    }
    if coder in one.gave:
        sure = max((coding.confidence or 0.0 for coding in one.codings), default=None)
        return Mistake(kind="too much", other="", confidence=sure, **place)
    flagged = [
        coding
        for coding in proposals
        if coding.code == one.code
        and coding.transcript == one.transcript
        and coding.start < one.end
        and one.start < coding.end
        and coding.assertion != "affirmed"
    ]
    if flagged:
        told = f"{flagged[0].assertion}: {study.quote(flagged[0])}"
        return Mistake(kind="wrong assertion", other=told, confidence=flagged[0].confidence, **place)
    instead = [code for name, code in one.instead if name == coder]
    return Mistake(
        kind="wrong code" if instead else "missed", other=", ".join(sorted(instead)), confidence=None, **place
    )


def _spans(study: Study, coder: str, reference: str, transcripts: frozenset[str]) -> list[Mistake]:
    """Return where both gave a code to a turn, but no passages of it have much in common."""
    from collections import defaultdict

    from qualcode.tables import turns_of

    by_turn: dict[tuple[str, int, str], dict[str, list[Coding]]] = defaultdict(lambda: defaultdict(list))
    for coding in study.codings:
        if coding.transcript in transcripts and coding.coder in (coder, reference) and coding.assertion == "affirmed":
            for turn in turns_of(study.transcript_by_name[coding.transcript], coding):
                by_turn[coding.transcript, turn.number, coding.code][coding.coder].append(coding)
    found = []
    for (transcript, turn_number, code), by_coder in sorted(by_turn.items()):
        ours, theirs = by_coder.get(coder, []), by_coder.get(reference, [])
        if not ours or not theirs or any(_shared(one, other) >= SHARED for one in ours for other in theirs):
            continue
        first = theirs[0]
        found.append(
            Mistake(
                kind="span",
                code=code,
                case=study.case_of(first),
                transcript=transcript,
                turn=turn_number,
                start=first.start,
                end=first.end,
                quote=study.quote(first),
                other=study.quote(ours[0]),
                confidence=ours[0].confidence,
            )
        )
    return found


def _shared(one: Coding, other: Coding) -> float:
    common = min(one.end, other.end) - max(one.start, other.start)
    return max(0, common) / (max(one.end, other.end) - min(one.start, other.start))
