"""What agreement and saturation analyses find, as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qualcode.model import Coding


@dataclass(frozen=True, slots=True)
class Value:
    """A measure's value, or why there is none.

    Attributes:
        value: The number, or None where it is undefined.
        reason: Why it is undefined, or why it has no interval, in words; empty otherwise.
        low: Lower end of its bootstrap interval, or None.
        high: Upper end, or None.
        error: Its standard error, or None: Gwet's linearised one from a measure called by itself, the
            delete-one-interview jackknife's from `agree`.
        undefined: Share of bootstrap draws in which it was undefined, 0 to 1.
        below: For alphas: (threshold, share of bootstrap draws below it), one pair each.
    """

    value: float | None
    reason: str = ""
    low: float | None = None
    high: float | None = None
    error: float | None = None
    undefined: float = 0.0
    below: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class CodeAgreement:
    """Agreement on one code.

    Attributes:
        code: Identifier.
        units: How many units (for characters: characters) each coder gave it to, by coder name.
        both: Units where all coders who read them gave it.
        prevalence: Mean share of units with it, 0 to 1.
        measures: Values by name of the measure.
    """

    code: str
    units: Mapping[str, int]
    both: int
    prevalence: float
    measures: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Agreement of two of the coders.

    Attributes:
        first: Name of a coder.
        second: Name of another.
        units: Units that both read.
        measures: Over all codes: "f1", "pooled_kappa", "mean_kappa" by name.
        codes: Cohen's kappa by code identifier.
    """

    first: str
    second: str
    units: int
    measures: Mapping[str, Value]
    codes: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of coders.

    Attributes:
        unit: "turn", "sentence", "passage" or "character".
        coders: Names.
        units: Units that all coders read (for characters: characters).
        reference: For precision and recall: name of the coder taken as the reference; empty otherwise.
        pooled: Values by name of the measure over all codes.
        codes: Per code, in codebook order; codes that no coder used are left out and named in `unused`.
        unused: Identifiers of codes that none of the coders used.
        remarks: Explanations in plain words.
        settings: What was set, as shown.
        pairs: Each pair of coders, in the order of `coders`.
        influence: (case, pooled kappa without it), one for each case: which interview drives the number.
    """

    unit: str
    coders: tuple[str, ...]
    units: int
    reference: str
    pooled: Mapping[str, Value]
    codes: tuple[CodeAgreement, ...]
    unused: tuple[str, ...]
    remarks: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    pairs: tuple[PairAgreement, ...] = ()
    influence: tuple[tuple[str, float | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One unit on which the coders who read it differ about one code.

    Attributes:
        code: Identifier.
        case: Name of the case.
        transcript: Name of the transcript.
        turn: Number of the turn that the unit belongs to, from 1.
        start: First character of the unit in the transcript's text.
        end: One past its last character.
        text: The unit, exactly as it stands there.
        gave: Names of the coders who gave the code, in the order asked for.
        withheld: Names of those who read the unit and did not.
        codings: The codings behind `gave`, sorted by place: what an adjudicator decides on.
        quotes: Their passages, one for each coding, exactly as they stand in the text.
        instead: For those who withheld it: (coder, code) for what they gave the unit instead, sorted.
    """

    code: str
    case: str
    transcript: str
    turn: int
    start: int
    end: int
    text: str
    gave: tuple[str, ...]
    withheld: tuple[str, ...]
    codings: tuple[Coding, ...]
    quotes: tuple[str, ...]
    instead: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CodeTrouble:
    """How much disagreement one definition causes.

    Attributes:
        code: Identifier.
        disagreements: Units on which the coders differ about it.
        agreed: Units to which all who read them gave it.
        share: Of the units that any of them gave it to, the share on which they differ, 0 to 1.
        alone: Units that a coder gave it to while some other withheld it, by coder name.
        confused: Codes that the others gave there instead: (code, units), most frequent first.
        suggestions: Notes for the codebook that a person may want to write.
    """

    code: str
    disagreements: int
    agreed: int
    share: float
    alone: Mapping[str, int]
    confused: tuple[tuple[str, int], ...]
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """Two codes that coders use for the same units, each for another one.

    Attributes:
        first: Identifier of a code.
        second: Identifier of the other.
        units: Units where one coder gave only the first of them and another only the second.
        expected: How many there would be if the places of the disagreements about each of them were independent.
        uses: (coder who gave the first, coder who gave the second, units), most frequent first.
        examples: Some of these units: (transcript, start, end).
    """

    first: str
    second: str
    units: int
    expected: float
    uses: tuple[tuple[str, str, int], ...]
    examples: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Clinic:
    """What a codebook's wording leaves open, seen from its coders' disagreements.

    Attributes:
        unit: Unit that was counted.
        coders: Names.
        codes: Codes with disagreement, most of it first.
        pairs: Confused pairs, most frequent first.
    """

    unit: str
    coders: tuple[str, ...]
    codes: tuple[CodeTrouble, ...]
    pairs: tuple[ConfusedPair, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """Agreement in one round of coding.

    Attributes:
        name: What the round is called: a date, a month, an attribute's value.
        transcripts: Names of the transcripts coded in it.
        agreement: Agreement on these alone.
    """

    name: str
    transcripts: tuple[str, ...]
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Rounds:
    """Agreement over rounds of coding.

    Attributes:
        by: How rounds were told apart.
        rounds: In order.
        left_out: Transcripts that belong to no round (no date, no attribute, or read by one coder only).
        remarks: In plain words, whether agreement rises.
    """

    by: str
    rounds: tuple[Round, ...]
    left_out: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewCodes:
    """One interview's row of the new-code table.

    Attributes:
        number: Place in the order, from 1.
        interview: Name of the transcript.
        codes: Distinct codes in it.
        new: Codes that no earlier interview held.
        repeated: Codes that an earlier interview held.
        total: Distinct codes up to and including it.
        which: Identifiers of the new codes, in codebook order.
    """

    number: int
    interview: str
    codes: int
    new: int
    repeated: int
    total: int
    which: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One run of Guest, Namey & Chen's procedure.

    Attributes:
        first: Number of its first interview, from 1.
        last: Number of its last interview.
        new: Codes new in it.
        ratio: `new` over the codes of the base, 0 upwards.
    """

    first: int
    last: int
    new: int
    ratio: float


@dataclass(frozen=True, slots=True)
class BaseRun:
    """Saturation after Guest, Namey & Chen 2020 for one setting.

    Attributes:
        base: Base size: interviews at the beginning whose codes make the base.
        run: Run length, in interviews.
        threshold: Greatest ratio of new codes to the base that counts as saturated.
        base_codes: Distinct codes in the base.
        runs: All runs, in order.
        saturated_at: Interviews needed (those of the deciding run not counted), or None when not reached.
        notation: As the authors write it ("6+2"); empty when not reached.
        reached: Share of permuted orders of the interviews in which it is reached, 0 to 1.
        median: Median over these orders of `saturated_at`, or None.
        low: Their 5th percentile, or None.
        high: Their 95th percentile, or None.
    """

    base: int
    run: int
    threshold: float
    base_codes: int
    runs: tuple[Run, ...]
    saturated_at: int | None
    notation: str
    reached: float | None = None
    median: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Lowe:
    """A growth curve after Lowe et al. 2018.

    Attributes:
        model: "IW", "IS" or "SW".
        method: "direct" (from the first and last point) or "fit" (least squares over the curve).
        total: Codes there would be in the end.
        rate: Parameter b, 0 to 1.
        index: Share of them that has been found, 0 to 1.
        misfit: Root mean square distance of curve and data, in codes.
        reason: Why there is no result; empty otherwise.
    """

    model: str
    method: str
    total: float | None
    rate: float | None
    index: float | None
    misfit: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of the curve of codes over interviews, independent of the interviews' order.

    Attributes:
        interviews: How many.
        codes: Expected distinct codes.
        coverage: Expected share of code mentions that belong to codes found, 0 to 1; None where undefined.
        kind: "rarefaction", "observed" or "extrapolation".
    """

    interviews: int
    codes: float
    coverage: float | None
    kind: str


@dataclass(frozen=True, slots=True)
class CodeHistory:
    """When one code came and how it went on (for Hennink & Kaiser's grid).

    Attributes:
        code: Identifier.
        first: Number of the first interview that held it, from 1.
        interviews: How many interviews held it.
        last_aspect: Number of the last interview that added a new aspect (a sub-code), or None: none declared.
        blocks: Per block of interviews: in how many of the block's interviews it occurs.
    """

    code: str
    first: int
    interviews: int
    last_aspect: int | None
    blocks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Code and meaning saturation after Hennink & Kaiser.

    Attributes:
        block: Interviews in a block.
        shares: Share of all codes found by interview 1, 2, …, 0 to 1.
        lines: (share of the codes, interviews by which it was reached), for the usual lines.
        rows: One row for each code, in the order of their coming.
    """

    block: int
    shares: tuple[float, ...]
    lines: tuple[tuple[float, int], ...]
    rows: tuple[CodeHistory, ...]


@dataclass(frozen=True, slots=True)
class Richness:
    """Estimates of how many codes there are (interviews as sampling units, codes as species).

    Attributes:
        interviews: How many (T).
        codes: Distinct codes found (S).
        mentions: Sum over codes of the interviews holding them (U).
        once: Codes in exactly one interview (Q1).
        twice: Codes in exactly two (Q2).
        chao2: Lower bound for the number of codes; its error is the standard error, low and high its
            log-normal interval.
        jackknife1: First-order jackknife.
        jackknife2: Second-order jackknife.
        coverage: Share of code mentions, among all there could be, that belong to codes found.
    """

    interviews: int
    codes: int
    mentions: int
    once: int
    twice: int
    chao2: Value
    jackknife1: Value
    jackknife2: Value
    coverage: Value


@dataclass(frozen=True, slots=True)
class Saturation:
    """How far the interviews have told what they have to tell. Descriptive.

    Attributes:
        interviews: Names of the transcripts, in the order used.
        coders: Names of the coders whose codings were used.
        codebook: Hash of the codebook under which they were made.
        table: New codes per interview.
        base_runs: Guest, Namey & Chen for each setting.
        grid: Hennink & Kaiser.
        lowe: Lowe et al., each model and method.
        richness: Estimates of the number of codes.
        curve: Rarefaction, what was observed, extrapolation.
        target: Coverage aimed at, 0 to 1.
        more: How many more interviews would bring the coverage to `target` (0: reached), or why that is not known.
        cohorts: The same for each cohort with at least two interviews, by name.
        remarks: Caveats and explanations in plain words.
        settings: What was set, as shown.
    """

    interviews: tuple[str, ...]
    coders: tuple[str, ...]
    codebook: str
    table: tuple[NewCodes, ...]
    base_runs: tuple[BaseRun, ...]
    grid: Grid
    lowe: tuple[Lowe, ...]
    richness: Richness
    curve: tuple[CurvePoint, ...]
    target: float
    more: Value
    cohorts: Mapping[str, Saturation]
    remarks: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
