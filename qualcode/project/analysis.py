"""The analyses of a study, in order, as one value: what reports and the command line show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import UserError
from qualcode.model import Coder, Study
from qualcode.project.folder import StudyFolder
from qualcode.tables import CONSENSUS

if TYPE_CHECKING:
    from qualcode.agreement import Agreement, Clinic, Disagreement, Saturation
    from qualcode.axial import AxialFindings
    from qualcode.cases import Comparison, FocusMatrix
    from qualcode.codebook import Framework, Published


@dataclass(frozen=True)
class Analyses:
    """All analyses of a study on the codings of some coders.

    Attributes:
        study: What was analysed.
        axial: Categories, network, framework.
        focus: Case × dimension matrix.
        comparison: Cases among strategies.
        agreements: Agreement of the people and references with each other, then of each machine with them.
        published: The published result compared with, or None.
        framework: The framework compared with, or None.
        clinics: For each of `agreements`, what the codebook leaves open.
        disagreements: For each of `agreements`, the disagreements behind its numbers.
        saturation: How the codes came, interview by interview; None where nothing is coded.
    """

    study: Study
    axial: AxialFindings
    focus: FocusMatrix
    comparison: Comparison
    agreements: tuple[Agreement, ...]
    published: Published | None
    framework: Framework | None
    clinics: tuple[Clinic, ...] = ()
    disagreements: tuple[tuple[Disagreement, ...], ...] = ()
    saturation: Saturation | None = None


def analyse(folder: StudyFolder, coders: Sequence[str] = (), *, study: Study | None = None) -> Analyses:
    """Run all analyses.

    Args:
        folder: The study.
        coders: Whose codings to use; empty: those of the settings, or what people and references agree on.
        study: Its present state, where that was read already.

    Raises:
        UserError: A coder is unknown, or a file that the settings name is missing or has mistakes.
    """
    from qualcode.agreement import clinic, disagreements
    from qualcode.axial import axial
    from qualcode.cases import compare, focus

    study = study or folder.study()
    published, framework = load_beside(folder)
    compared = comparisons(study)
    unit = study.settings.unit
    return Analyses(
        study=study,
        axial=axial(study, coders, framework=framework),
        focus=focus(study, coders),
        comparison=compare(study, coders, published=published),
        agreements=tuple(measured(beside, names, reference=reference) for beside, names, reference in compared),
        published=published,
        framework=framework,
        clinics=tuple(clinic(beside, names, unit=unit) for beside, names, _ in compared),
        disagreements=tuple(disagreements(beside, names, unit=unit) for beside, names, _ in compared),
        saturation=saturation_of(study, coders),
    )


def saturation_of(study: Study, coders: Sequence[str] = ()) -> Saturation | None:
    """Return how the codes of some coders came, interview by interview; None where they gave none.

    Raises:
        UserError: A coder is unknown.
    """
    from qualcode.agreement import saturation
    from qualcode.tables import chosen

    _, codings = chosen(study, coders)
    return saturation(study, codings) if codings else None


def load_beside(folder: StudyFolder) -> tuple[Published | None, Framework | None]:
    """Return the published result and the framework that the settings name, or None for each that they do not."""
    from qualcode.codebook import load_framework, load_published

    settings = folder.settings
    published = load_published(beside(folder.path, settings.published)) if settings.published else None
    framework = load_framework(beside(folder.path, settings.framework)) if settings.framework else None
    return published, framework


def beside(folder: Path, name: str) -> str | Path:
    """Return the file of that name in the study's folder if there is one, else the name of a shipped one."""
    return folder / name if (folder / name).is_file() else name


def agreements(study: Study) -> tuple[Agreement, ...]:
    """Measure agreement between the people and references, and of each machine with them; see `comparisons`."""
    return tuple(measured(beside, names, reference=reference) for beside, names, reference in comparisons(study))


def comparisons(study: Study) -> list[tuple[Study, tuple[str, ...], str]]:
    """Return whom to compare: the people and references with each other, then each machine with them.

    With several people or references a machine is measured against their consensus, else against the one there is.

    Returns:
        (study, with the consensus as a coder where it is one of those compared; coders; reference or nothing) for
        each; none where fewer than two coders have coded.
    """
    people, machines = coders_at_work(study)
    found: list[tuple[Study, tuple[str, ...], str]] = [(study, people, "")] if len(people) > 1 else []
    if not people or not machines:
        return found
    beside, reference = (with_consensus(study, people), CONSENSUS) if len(people) > 1 else (study, people[0])
    return [*found, *((beside, (reference, machine), reference) for machine in machines)]


def agreement_of(
    study: Study, coders: Sequence[str], *, unit: str = "", reference: str = "", codes: Sequence[str] = ()
) -> Agreement:
    """Measure the agreement of the named coders; of all people and references where none is named.

    Raises:
        UserError: Fewer than two coders, or an unknown coder, reference, code or unit.
    """
    compared, names = coders_to_compare(study, coders, reference)
    return measured(compared, names, unit=unit, reference=reference, codes=codes)


def coders_to_compare(study: Study, coders: Sequence[str], reference: str = "") -> tuple[Study, tuple[str, ...]]:
    """Return whom to compare, and the study with the consensus as a coder of its own if that is one of them."""
    people, _ = coders_at_work(study)
    names = tuple(coders) or people
    if reference and reference not in names:
        names = (reference, *names)
    if CONSENSUS in names:
        study = with_consensus(study, people)
    return study, names


def with_consensus(study: Study, coders: Sequence[str]) -> Study:
    """Return the study with the consensus of some coders beside them, as a coder of its own."""
    from qualcode.tables import consensus

    joint = Coder(CONSENSUS, "consensus", {"of": ", ".join(coders)})
    # What was adjudicated is kept under the same name, and is part of the consensus already.
    others = [coder for coder in study.coders if coder.name != CONSENSUS]
    beside = replace(study, coders=tuple(sorted((*others, joint), key=lambda coder: coder.name)))
    codings = [coding for coding in study.codings if coding.coder != CONSENSUS]
    return beside.with_codings((*codings, *consensus(study, coders)))


def measured(
    study: Study, coders: Sequence[str], *, unit: str = "", reference: str = "", codes: Sequence[str] = ()
) -> Agreement:
    """Measure the agreement of some coders with the study's unit and thresholds."""
    from qualcode.agreement import agree

    thresholds = study.settings.thresholds
    return agree(
        study,
        tuple(coders),
        unit=unit or study.settings.unit,
        reference=reference,
        codes=codes or None,
        draws=thresholds.draws,
        seed=thresholds.seed,
    )


def coders_at_work(study: Study) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return names of the people and references who have coded, and of the machines that have."""
    coded = {coding.coder for coding in study.codings}
    people = tuple(
        coder.name for coder in study.coders if coder.name in coded and coder.kind in ("person", "reference")
    )
    machines = tuple(coder.name for coder in study.coders if coder.name in coded and coder.kind == "machine")
    return people, machines


def missing_codes(study: Study) -> dict[str, int]:
    """Return how many codings have each code that the codebook does not have, sorted by code."""
    counts = Counter(coding.code for coding in study.codings if coding.code not in study.codebook.by_id)
    return dict(sorted(counts.items()))


def need_codings(study: Study) -> None:
    """Refuse to analyse a study in which nothing is coded.

    Raises:
        UserError: It has no codings.
    """
    if not study.codings:
        raise UserError(
            "The study has no codings yet.",
            hint="Let a machine propose some with 'qualcode code', or import your own with 'qualcode codings import'.",
        )
