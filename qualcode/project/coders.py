"""Coders of a study: who they are, and what each is to code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from qualcode.counts import counted
from qualcode.errors import UserError
from qualcode.model import Study
from qualcode.project.blindness import BLIND
from qualcode.project.codebook_file import changing
from qualcode.project.codings import known_or_new_coder
from qualcode.project.folder import StudyFolder
from qualcode.project.progress import ASSIGNMENTS, Assignment, parse_assignment

if TYPE_CHECKING:
    from qualcode.store import Store


def add_coder(
    folder: StudyFolder, name: str, *, kind: str = "person", attributes: Mapping[str, str] | None = None, actor: str
) -> bool:
    """Add a coder, or give one that is there further attributes; return whether anything changed.

    Raises:
        UserError: The name is a machine's or not fit for one, the kind is unknown, or an attribute is kept by qualcode.
    """
    if BLIND in (attributes or {}):
        raise UserError(
            f"Whether {name} codes blind is not set as an attribute, so that the history shows it.",
            hint=f"Set it with: qualcode coders add {name} --blind, or --not-blind",
        )
    study = folder.study()
    record = known_or_new_coder(study, name, kind, attributes)
    if record == study.coder_by_name.get(name):
        return False
    with changing(folder, study, coder=actor, action="coders add", detail=name) as change:
        change.put_coder(record)
    return True


def draw(study: Study, shares: Mapping[str, Fraction], *, overlap: Fraction | None, seed: int) -> Assignment:
    """Draw what each coder codes, alike over cohorts.

    With an overlap, that share of the transcripts goes to all coders, and the others are dealt out one by one. With
    shares, each coder in turn gets that share, beginning with what fewest coders have: 100 %, 50 % and 50 % means that
    the first codes everything and the other two one half each.

    Args:
        study: Its transcripts and cohorts.
        shares: Share by coder, 0 to 1.
        overlap: Share that all code, 0 to 1; None: by shares.
        seed: Of the draw.
    """
    order = _mixed(study, seed)
    given: dict[str, list[str]] = {coder: [] for coder in shares}
    if overlap is not None:
        both = round(overlap * len(order))
        for name in order[:both]:
            for names in given.values():
                names.append(name)
        coders = list(given)
        for at, name in enumerate(order[both:]):
            given[coders[at % len(coders)]].append(name)
    else:
        covered = dict.fromkeys(order, 0)
        for coder, share in shares.items():
            least = sorted(order, key=lambda name: (covered[name], order.index(name)))
            for name in least[: round(share * len(order))]:
                given[coder].append(name)
                covered[name] += 1
    return Assignment({coder: tuple(sorted(names)) for coder, names in given.items()}, seed)


def _mixed(study: Study, seed: int) -> list[str]:
    """Return the transcripts in a drawn order in which every stretch holds the cohorts as the whole does."""
    random = Random(seed)
    by_cohort: dict[str, list[str]] = {}
    for transcript in study.transcripts:
        case = study.case_by_name.get(transcript.case)
        by_cohort.setdefault(case.cohort if case else "", []).append(transcript.name)
    placed = []
    for cohort, names in sorted(by_cohort.items()):
        random.shuffle(names)
        placed += [((at + Fraction(1, 2)) / len(names), cohort, name) for at, name in enumerate(names)]
    return [name for _, _, name in sorted(placed)]


def assign(
    folder: StudyFolder,
    shares: Mapping[str, Fraction],
    *,
    overlap: Fraction | None = None,
    seed: int | None = None,
    actor: str,
    dry_run: bool = False,
) -> Assignment:
    """Draw what each coder codes and keep it in the store, in place of an earlier assignment.

    Raises:
        UserError: There is nothing to assign, or a name is not fit for a coder.
    """
    study = folder.study()
    if not study.transcripts:
        raise UserError("The study has no transcripts to assign.", hint="Take some in: qualcode ingest FOLDER")
    records = [known_or_new_coder(study, coder) for coder in shares]
    drawn = draw(study, shares, overlap=overlap, seed=study.settings.thresholds.seed if seed is None else seed)
    if not dry_run:
        told = {coder: counted(len(names), "transcript") for coder, names in drawn.transcripts.items()}
        detail = ", ".join(f"{coder}: {number}" for coder, number in told.items())
        with changing(folder, study, coder=actor, action="assign", detail=detail) as change:
            for record in records:
                change.put_coder(record)
            kept = {
                "seed": drawn.seed,
                "transcripts": {coder: list(names) for coder, names in drawn.transcripts.items()},
            }
            change.put_setting(ASSIGNMENTS, json.dumps(kept, ensure_ascii=False))
    return drawn


def read_assignment(store: Store) -> Assignment:
    """Return who is to code what; nothing where nothing was assigned."""
    return parse_assignment(store.info())
