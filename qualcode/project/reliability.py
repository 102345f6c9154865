"""Further measures of agreement on a study: spans as marked, Shaffer's rho, gamma."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcode.errors import UserError
from qualcode.model import Study

if TYPE_CHECKING:
    from qualcode.agreement import Value
    from qualcode.agreement.gamma import Gamma
    from qualcode.agreement.unitizing import UnitizedAlpha

GAMMA_SAMPLES = 30


@dataclass(frozen=True)
class SpanAlphas:
    """The u-alpha family for one domain of codes that exclude each other.

    Attributes:
        domain: What it is called: a category, a dimension, or the code.
        codes: Identifiers of its codes.
        found: The family.
    """

    domain: str
    codes: tuple[str, ...]
    found: UnitizedAlpha


@dataclass(frozen=True)
class CodeRho:
    """Shaffer's rho for one code.

    Attributes:
        code: Identifier.
        units: Units in the test set, read by both coders.
        base_rate: Share of them that the first coder gave it to, 0 to 1.
        kappa: Cohen's kappa observed.
        rho: Its rho.
    """

    code: str
    units: int
    base_rate: float
    kappa: Value
    rho: Value


@dataclass(frozen=True)
class TranscriptGamma:
    """Gamma of one transcript.

    Attributes:
        transcript: Name.
        passages: Passages by coder.
        found: Gamma.
    """

    transcript: str
    passages: dict[str, int]
    found: Gamma


def domains_of(study: Study, names: Sequence[str], codes: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return domains of codes: (name, identifiers).

    Args:
        study: The study.
        names: Categories or dimensions; the codes of each make one domain.
        codes: Codes that make one more domain together.

    Returns:
        Where neither is given, each code of the codebook alone: one code always makes a domain.

    Raises:
        UserError: An unknown category or dimension.
    """
    entries = study.codebook.codes
    found = []
    for name in names:
        members = tuple(code.id for code in entries if name in code.categories or code.dimension == name)
        if not members:
            known = sorted({*(key for code in entries for key in code.categories), *study.codebook.dimensions})
            raise UserError(
                f"No code is in a category or dimension {name!r}.", hint=f"There are: {', '.join(known) or 'none'}."
            )
        found.append((name, members))
    if codes:
        found.append((", ".join(codes), tuple(codes)))
    return found or [(code.id, (code.id,)) for code in entries]


def span_alphas(
    study: Study, coders: Sequence[str], domains: Sequence[tuple[str, tuple[str, ...]]]
) -> list[SpanAlphas]:
    """Return the u-alpha family of 2016 for each domain.

    Raises:
        UserError: A coder gave two codes of a domain to the same text, or an unknown coder or code.
    """
    from qualcode.agreement import unitized

    return [SpanAlphas(name, codes, unitized(study, coders, codes=codes)) for name, codes in domains]


def rho_by_code(
    study: Study, coders: Sequence[str], *, unit: str, codes: Sequence[str] = (), threshold: float, seed: int
) -> list[CodeRho]:
    """Return Shaffer's rho for each code that one of two coders gave.

    Args:
        study: The study.
        coders: Names of two.
        unit: "turn", "sentence" or "passage".
        codes: Identifiers; empty for all.
        threshold: Kappa that is to be shown to hold, above 0.4.
        seed: Of the simulated sets.

    Raises:
        UserError: Other than two coders, characters as units, or what `agree` refuses.
    """
    from qualcode.agreement import agree

    if len(coders) != 2:
        raise UserError(f"Rho is for two coders, not {len(coders)}.", hint="Name the two with `--coder NAME`.")
    if unit == "character":
        raise UserError(
            "Rho is not for characters: they are not independent of each other.", hint="Say `--unit turn`, or sentence."
        )
    found = agree(study, coders, unit=unit, codes=codes or None, draws=0, measures=("cohen",))
    first, second = coders
    return [
        _rho(
            one.code, one.both, one.units[first], one.units[second], found.units, one.measures["cohen"], threshold, seed
        )
        for one in found.codes
    ]


def _rho(
    code: str, both: int, ours: int, theirs: int, units: int, kappa: Value, threshold: float, seed: int
) -> CodeRho:
    from qualcode.agreement import Value
    from qualcode.agreement.rho import rho_of_table

    rate = ours / units
    if kappa.value is None:
        found = Value(None, kappa.reason)
    elif kappa.value < 0:
        found = Value(None, "kappa is below 0: there is nothing to be shown to hold")
    elif rate == 1:
        found = Value(None, "the first coder gave it everywhere")
    else:
        table = [[both, ours - both], [theirs - both, units - ours - theirs + both]]
        found = rho_of_table(table, threshold=threshold, seed=seed)
    return CodeRho(code, units, rate, kappa, found)


def gamma_by_transcript(
    study: Study, coders: Sequence[str], *, codes: Sequence[str] = (), seed: int, samples: int = GAMMA_SAMPLES
) -> list[TranscriptGamma]:
    """Return gamma of each transcript in which at least two of the coders marked passages of participants' speech.

    Args:
        study: The study.
        coders: Names of at least two.
        codes: Identifiers; empty for all.
        seed: Of the random continua.
        samples: Random continua for each transcript.

    Raises:
        UserError: The package that computes it is not installed; or an unknown coder or code.
    """
    from qualcode.agreement import units_of
    from qualcode.agreement.gamma import gamma

    units = units_of(study, coders, unit="character", codes=codes or None)
    marked: dict[str, dict[str, set[tuple[int, int, str]]]] = defaultdict(lambda: defaultdict(set))
    for place in sorted({int(place) for place, _ in units.touches}):
        coding = units.codings[place]
        marked[coding.transcript][coding.coder].add((coding.start, coding.end, coding.code))
    shared = [(name, own) for name, own in sorted(marked.items()) if len(own) > 1]
    if not shared:
        raise UserError("No transcript holds passages by two of these coders.", hint="See `qualcode status`.")
    return [
        TranscriptGamma(
            name,
            {coder: len(spans) for coder, spans in sorted(own.items())},
            gamma({coder: sorted(spans) for coder, spans in own.items()}, seed=seed, samples=samples),
        )
        for name, own in shared
    ]
