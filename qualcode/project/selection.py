"""Which codings a command means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qualcode.errors import UserError, nearest
from qualcode.model import Coding, Study


@dataclass(frozen=True, slots=True)
class Selection:
    """Which codings a command means; empty fields mean any.

    Attributes:
        ids: Identifiers, or beginnings of them that only one coding has.
        coders: Names.
        codes: Identifiers of codes.
        cases: Names of cases.
        statuses: Statuses.
        stages: Stages.
        least_confidence: Only those at least so sure, 0 to 1.
    """

    ids: tuple[str, ...] = ()
    coders: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    least_confidence: float | None = None

    @property
    def is_everything(self) -> bool:
        """Whether no field narrows it."""
        return self == Selection()


def select(study: Study, selection: Selection) -> tuple[Coding, ...]:
    """Return the codings that a selection means, in order.

    Raises:
        UserError: It names a coding, coder, code or case that the study does not have.
    """
    _check_known(study, selection)
    wanted = _full_ids(study, selection.ids)
    cases = {name.casefold() for name in selection.cases}
    return tuple(
        coding
        for coding in study.codings
        if (not wanted or coding.id in wanted)
        and (not selection.coders or coding.coder in selection.coders)
        and (not selection.codes or coding.code in selection.codes)
        and (not cases or study.case_of(coding).casefold() in cases)
        and (not selection.statuses or coding.status in selection.statuses)
        and (not selection.stages or coding.stage in selection.stages)
        and (selection.least_confidence is None or (coding.confidence or 0.0) >= selection.least_confidence)
    )


def _check_known(study: Study, selection: Selection) -> None:
    for what, names, known in (
        ("coder", selection.coders, tuple(study.coder_by_name)),
        # Codings may have codes that the codebook has lost.
        ("code", selection.codes, tuple({**study.codebook.by_id, **{coding.code: None for coding in study.codings}})),
    ):
        for name in names:
            if name not in known:
                raise UserError(f"The study has no {what} {name!r}{nearest(name, known) or '.'}")
    folded = {name.casefold() for name in study.case_by_name}
    for name in selection.cases:
        if name.casefold() not in folded:
            raise UserError(f"The study has no case {name!r}{nearest(name, study.case_by_name) or '.'}")


def _full_ids(study: Study, ids: Sequence[str]) -> frozenset[str]:
    full = set()
    for beginning in ids:
        found = [coding.id for coding in study.codings if coding.id.startswith(beginning)]
        if len(found) != 1 or not beginning:
            raise UserError(
                f"{'No coding has' if not found else f'{len(found)} codings have'} an id that begins {beginning!r}.",
                hint="Ids are listed by: qualcode codings list --format csv",
            )
        full.add(found[0])
    return frozenset(full)
