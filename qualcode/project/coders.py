"""Coders of a study: who they are, and what each is to code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

from qualcode.errors import UserError
from qualcode.model import Study, Transcript
from qualcode.project.codebook_file import changing
from qualcode.project.codings import known_or_new_coder
from qualcode.project.folder import StudyFolder

if TYPE_CHECKING:
    from qualcode.store import Store

ASSIGNMENTS = "assignments"
"""Key under which the store keeps who is to code what, as JSON."""


def add_coder(
    folder: StudyFolder, name: str, *, kind: str = "person", attributes: Mapping[str, str] | None = None, actor: str
) -> bool:
    """Add a coder, or give one that is there further attributes; return whether anything changed.

    Raises:
        UserError: The name is a machine's or not fit for one, or the kind is unknown.
    """
    study = folder.study()
    record = known_or_new_coder(study, name, kind, attributes)
    if record == study.coder_by_name.get(name):
        return False
    with changing(folder, study, coder=actor, action="coders add", detail=name) as change:
        change.put_coder(record)
    return True


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is to code what.

    Attributes:
        transcripts: Names of transcripts by coder, sorted.
        seed: Of the draw.
    """

    transcripts: Mapping[str, tuple[str, ...]]
    seed: int = 0

    def coders_of(self, transcript: str) -> tuple[str, ...]:
        """Return who is to code a transcript."""
        return tuple(coder for coder, names in self.transcripts.items() if transcript in names)


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
        detail = ", ".join(f"{coder}: {len(names)} transcripts" for coder, names in drawn.transcripts.items())
        with changing(folder, study, coder=actor, action="assign", detail=detail) as change:
            for record in records:
                change.put_coder(record)
            told = {
                "seed": drawn.seed,
                "transcripts": {coder: list(names) for coder, names in drawn.transcripts.items()},
            }
            change.put_setting(ASSIGNMENTS, json.dumps(told, ensure_ascii=False))
    return drawn


def read_assignment(store: Store) -> Assignment:
    """Return who is to code what; nothing where nothing was assigned."""
    text = store.info().get(ASSIGNMENTS, "")
    told: dict[str, Any] = json.loads(text) if text else {"seed": 0, "transcripts": {}}
    return Assignment({coder: tuple(names) for coder, names in told["transcripts"].items()}, told["seed"])


def progress_rows(study: Study, assignment: Assignment) -> tuple[dict[str, Any], ...]:
    """Return how far each coder is with what is theirs: transcripts begun, participants' turns with a coding."""
    rows = []
    for coder, names in assignment.transcripts.items():
        own = [study.transcript_by_name[name] for name in names if name in study.transcript_by_name]
        places: dict[str, list[tuple[int, int]]] = {}
        for coding in study.codings:
            if coding.coder == coder:
                places.setdefault(coding.transcript, []).append((coding.start, coding.end))
        turns = sum(len(transcript.participant_turns()) for transcript in own)
        rows.append(
            {
                "coder": coder,
                "assigned": len(own),
                "begun": sum(transcript.name in places for transcript in own),
                "turns": turns,
                "turns coded": sum(_turns_coded(transcript, places.get(transcript.name, [])) for transcript in own),
                "not begun": [transcript.name for transcript in own if transcript.name not in places],
                "beside": sorted(set(places) - {transcript.name for transcript in own}),
            }
        )
    return tuple(rows)


def _turns_coded(transcript: Transcript, spans: list[tuple[int, int]]) -> int:
    return sum(
        any(start < turn.end and turn.start < end for start, end in spans) for turn in transcript.participant_turns()
    )
