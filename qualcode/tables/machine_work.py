"""What machine coders proposed: what became of it, what share is left to people, and whether confidences hold.

A machine's confidence is compared with what the counted coders gave to the same turns, in the transcripts that they
read. The machine's own codings never count as what it is compared with, accepted or not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum
from statistics import NormalDist

from qualcode.model import Coder, Coding, Study, Transcript, Turn
from qualcode.model.records import ASSERTIONS
from qualcode.tables.chosen import consensus
from qualcode.tables.units import turns_of

HUMAN = ("person", "reference")
# Attributes of a coder that hold what it says of one code: see `qualcode.coders.limits.Verdict.told`.
CODE_LINE = "code "
LEARNED_FROM = "learned from"
ACCEPTED = "accepted proposals"
"""What machines' accepted proposals are called among those learned from: see `qualcode.coders.targets`."""
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Decided:
    """Proposals of one assertion, by what became of them.

    Attributes:
        assertion: One of `qualcode.model.records.ASSERTIONS`.
        open: Not reviewed yet.
        accepted: Accepted.
        rejected: Rejected.
    """

    assertion: str
    open: int
    accepted: int
    rejected: int

    @property
    def proposals(self) -> int:
        """All of them."""
        return self.open + self.accepted + self.rejected


@dataclass(frozen=True, slots=True)
class TranscriptWork:
    """What a machine did in one transcript.

    Attributes:
        transcript: Name.
        turns: Participants' turns.
        left: Those without an affirmed proposal, whatever became of it: left to people.
        is_touched: Whether the machine proposed anything here, affirmed or flagged.
        is_read: Whether the coders that it is compared with have coded here.
        coded_left: Numbers of those of `left` to which these coders gave some code; None where they did not read it.
    """

    transcript: str
    turns: int
    left: tuple[Turn, ...]
    is_touched: bool
    is_read: bool
    coded_left: frozenset[int] | None

    @property
    def proposed(self) -> int:
        """Participants' turns with at least one affirmed proposal."""
        return self.turns - len(self.left)


@dataclass(frozen=True, slots=True)
class CodeWork:
    """What a machine did with one code.

    Attributes:
        code: Identifier.
        affirmed: Affirmed proposals, by place.
        flagged: Proposals with another assertion, by place.
        said: What the machine says of itself; empty where it says nothing.
    """

    code: str
    affirmed: tuple[Coding, ...]
    flagged: tuple[Coding, ...]
    said: str

    @property
    def verdict(self) -> str:
        """What it says, in short ("enough", "weak", "not automatable yet"); empty where it says nothing."""
        return self.said.partition(":")[0].strip()


@dataclass(frozen=True)
class Bin:
    """Affirmed proposals of about the same confidence.

    Attributes:
        low: Least confidence.
        high: Confidence below which they are; the last bin holds 1.
        given: Those whose code the counted coders gave to the same turn, by place.
        not_given: The others.
    """

    low: float
    high: float
    given: tuple[Coding, ...]
    not_given: tuple[Coding, ...]

    @property
    def proposals(self) -> int:
        """All of them; at least one."""
        return len(self.given) + len(self.not_given)

    @property
    def share(self) -> float:
        """Share that was given, 0 to 1."""
        return len(self.given) / self.proposals

    @cached_property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share by Wilson's score, as if proposals did not hang together."""
        return wilson(len(self.given), self.proposals)

    @cached_property
    def stated(self) -> float:
        """Mean confidence, 0 to 1."""
        return fsum(coding.confidence or 0.0 for coding in (*self.given, *self.not_given)) / self.proposals

    @property
    def verdict(self) -> str:
        """How the mean confidence stands to the interval of the share: "within", "too high" or "too low"."""
        low, high = self.interval
        return "too high" if self.stated > high else "too low" if self.stated < low else "within"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Stated confidences beside what the counted coders gave.

    Attributes:
        coders: Names of those compared with; several: their consensus.
        transcripts: Names of the transcripts that they read.
        compared: Affirmed proposals in these.
        unstated: Those of them without a confidence: they are in no bin.
        bins: By confidence; empty ones left out.
        whole: All that state a confidence, or None.
        taught: Coders of the study (or `ACCEPTED`) whose codings the machine learned from.
        not_held_out: Compared proposals by a model that had learned from these and was not kept from this transcript.
    """

    coders: tuple[str, ...]
    transcripts: tuple[str, ...]
    compared: int
    unstated: int
    bins: tuple[Bin, ...]
    whole: Bin | None
    taught: tuple[str, ...]
    not_held_out: int


@dataclass(frozen=True)
class MachineWork:
    """What one machine coder proposed.

    Attributes:
        coder: The machine.
        facts: Its attributes without what it says of single codes.
        decided: Proposals by assertion, affirmed first; assertions that do not occur left out.
        transcripts: In study order.
        codes: The codebook's codes in its order, then any others proposed, sorted.
        calibration: None where there is nobody to compare with.
    """

    coder: Coder
    facts: Mapping[str, str]
    decided: tuple[Decided, ...]
    transcripts: tuple[TranscriptWork, ...]
    codes: tuple[CodeWork, ...]
    calibration: Calibration | None

    @property
    def proposals(self) -> int:
        """All proposals, affirmed or flagged, reviewed or not."""
        return sum(row.proposals for row in self.decided)

    @property
    def affirmed(self) -> int:
        """Affirmed proposals."""
        return sum(row.proposals for row in self.decided if row.assertion == "affirmed")

    @property
    def turns(self) -> int:
        """Participants' turns in all transcripts."""
        return sum(row.turns for row in self.transcripts)

    @property
    def left(self) -> int:
        """Participants' turns without an affirmed proposal."""
        return sum(len(row.left) for row in self.transcripts)

    @property
    def coded_left(self) -> int:
        """Those of them to which the coders compared with gave some code."""
        return sum(len(row.coded_left or ()) for row in self.transcripts)

    @property
    def left_share(self) -> float | None:
        """Share of participants' turns left to people, 0 to 1; None where there are no turns."""
        return self.left / self.turns if self.turns else None


def machine_work(study: Study, coders: Sequence[str] = ()) -> tuple[MachineWork, ...]:
    """Return what each machine with codings proposed, in the order of the study's coders.

    Args:
        study: The study.
        coders: Whose codings count, as `qualcode.tables.chosen` names them: the people and references among them are
            what machines are compared with; where none is among them, all people and references who have coded.
    """
    own: dict[str, list[Coding]] = defaultdict(list)
    for coding in study.codings:
        if coding.transcript in study.transcript_by_name:
            own[coding.coder].append(coding)
    machines = [coder for coder in study.coders if coder.kind == "machine" and own[coder.name]]
    if not machines:
        return ()
    compared = _Compared(study, reference_coders(study, coders))
    return tuple(_work(study, coder, own[coder.name], compared) for coder in machines)


def reference_coders(study: Study, coders: Sequence[str] = ()) -> tuple[str, ...]:
    """Return whom a machine is compared with: see `machine_work`; empty where no person or reference has coded."""
    coded = {coding.coder for coding in study.codings}
    people = tuple(coder.name for coder in study.coders if coder.kind in HUMAN and coder.name in coded)
    return tuple(name for name in people if name in coders) or people


def wilson(hits: int, number: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the score interval of a proportion.

    Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22, pp. 209-212. The numbers below are those of Newcombe (1998), "Two-sided
    confidence intervals for the single proportion", Statistics in Medicine 17, p. 861, table I, method 3.

    Args:
        hits: How many of them.
        number: Of how many, at least 1.
        level: Coverage, between 0 and 1.

    Returns:
        Lower and upper end, 0 to 1.

    Raises:
        ValueError: There is nothing to take a share of.

    >>> [[round(end, 4) for end in wilson(*pair)] for pair in ((81, 263), (15, 148), (0, 20), (1, 29))]
    [[0.2553, 0.3662], [0.0624, 0.1605], [0.0, 0.1611], [0.0061, 0.1718]]
    """
    if not 0 <= hits <= number or number < 1:
        raise ValueError(f"no share: {hits} of {number}")
    z = NormalDist().inv_cdf((1 + level) / 2)
    centre = hits + z * z / 2
    half = z * (hits * (number - hits) / number + z * z / 4) ** 0.5
    # None and all are exactly the ends; rounding would put 1 outside of the interval.
    low = (centre - half) / (number + z * z) if hits else 0.0
    high = (centre + half) / (number + z * z) if hits < number else 1.0
    return low, high


class _Compared:
    """What a machine is compared with.

    Args:
        study: The study.
        coders: Names of people and references; may be empty.
    """

    def __init__(self, study: Study, coders: tuple[str, ...]) -> None:
        self.coders = coders
        self.read = frozenset(coding.transcript for coding in study.codings if coding.coder in coders)
        standing = consensus(study, coders) if coders else ()
        self.given = {
            (coding.transcript, turn.number, coding.code)
            for coding in standing
            if coding.transcript in study.transcript_by_name
            for turn in turns_of(study.transcript_by_name[coding.transcript], coding)
        }
        self.coded = {(transcript, turn) for transcript, turn, _ in self.given}


def _work(study: Study, coder: Coder, codings: Sequence[Coding], compared: _Compared) -> MachineWork:
    affirmed = tuple(coding for coding in codings if coding.assertion == "affirmed")
    touched = {coding.transcript for coding in codings}
    proposed = {
        (coding.transcript, turn.number)
        for coding in affirmed
        for turn in turns_of(study.transcript_by_name[coding.transcript], coding)
    }
    return MachineWork(
        coder=coder,
        facts={name: text for name, text in coder.attributes.items() if not name.startswith(CODE_LINE)},
        decided=_decided(codings),
        transcripts=tuple(_transcript_work(item, touched, proposed, compared) for item in study.transcripts),
        codes=_code_work(study, coder, codings),
        calibration=_calibration(study, coder, affirmed, compared) if compared.coders else None,
    )


def _decided(codings: Iterable[Coding]) -> tuple[Decided, ...]:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for coding in codings:
        counts[coding.assertion][coding.status] += 1
    order = [*ASSERTIONS, *sorted(counts.keys() - set(ASSERTIONS))]
    return tuple(
        Decided(name, counts[name]["proposed"], counts[name]["accepted"], counts[name]["rejected"])
        for name in order
        if name in counts
    )


def _transcript_work(
    transcript: Transcript, touched: Collection[str], proposed: Collection[tuple[str, int]], compared: _Compared
) -> TranscriptWork:
    name = transcript.name
    turns = transcript.participant_turns()
    left = tuple(turn for turn in turns if (name, turn.number) not in proposed)
    is_read = name in compared.read
    coded = frozenset(turn.number for turn in left if (name, turn.number) in compared.coded) if is_read else None
    return TranscriptWork(name, len(turns), left, name in touched, is_read, coded)


def _code_work(study: Study, coder: Coder, codings: Sequence[Coding]) -> tuple[CodeWork, ...]:
    affirmed: dict[str, list[Coding]] = defaultdict(list)
    flagged: dict[str, list[Coding]] = defaultdict(list)
    for coding in sorted(codings, key=lambda coding: coding.place):
        (affirmed if coding.assertion == "affirmed" else flagged)[coding.code].append(coding)
    known = study.codebook.by_id
    others = sorted((affirmed.keys() | flagged.keys()) - known.keys())
    return tuple(
        CodeWork(
            code,
            tuple(affirmed.get(code, ())),
            tuple(flagged.get(code, ())),
            str(coder.attributes.get(f"{CODE_LINE}{code}", "")),
        )
        for code in (*known, *others)
    )


def _calibration(study: Study, coder: Coder, affirmed: Sequence[Coding], compared: _Compared) -> Calibration:
    known = (*(one.name for one in study.coders if one.kind != "machine"), ACCEPTED)
    pairs: list[tuple[Coding, bool]] = []
    unstated = not_held_out = 0
    taught: set[str] = set()
    for coding in affirmed:
        is_read = coding.transcript in compared.read
        turns = turns_of(study.transcript_by_name[coding.transcript], coding) if is_read else ()
        if not turns:
            continue
        pairs.append((coding, any((coding.transcript, turn.number, coding.code) in compared.given for turn in turns)))
        unstated += coding.confidence is None
        teachers = _taught_by(coder, coding, known)
        taught.update(teachers)
        not_held_out += bool(teachers) and not coding.evidence.get("held_out")
    stated = sorted((pair for pair in pairs if pair[0].confidence is not None), key=lambda pair: pair[0].place)
    return Calibration(
        coders=compared.coders,
        transcripts=tuple(item.name for item in study.transcripts if item.name in compared.read),
        compared=len(pairs),
        unstated=unstated,
        bins=_bins(stated),
        whole=_bin(EDGES[0], EDGES[-1], stated) if stated else None,
        taught=tuple(sorted(taught)),
        not_held_out=not_held_out,
    )


def _taught_by(coder: Coder, coding: Coding, known: Iterable[str]) -> tuple[str, ...]:
    """Return whose codings of the study a proposal was learned from: as it says itself, else as its coder says."""
    told = str(coding.evidence.get("learned_from") or coder.attributes.get(LEARNED_FROM, ""))
    return tuple(name for name in known if f", {name}, " in f", {told}, ")


def _bins(pairs: Sequence[tuple[Coding, bool]]) -> tuple[Bin, ...]:
    inner = EDGES[1:-1]
    held: list[list[tuple[Coding, bool]]] = [[] for _ in EDGES[1:]]
    for coding, given in pairs:
        held[bisect_right(inner, coding.confidence or 0.0)].append((coding, given))
    return tuple(_bin(low, high, inside) for low, high, inside in zip(EDGES, EDGES[1:], held, strict=False) if inside)


def _bin(low: float, high: float, pairs: Iterable[tuple[Coding, bool]]) -> Bin:
    pairs = tuple(pairs)
    return Bin(
        low,
        high,
        tuple(coding for coding, given in pairs if given),
        tuple(coding for coding, given in pairs if not given),
    )
