"""Blind coding: a coder who must not see what others did sees only their own codings, memos and relations.

Blindness is a fact about a coder (attribute `blind`), set by the first blind look or by `coders add --blind`, and kept
in the history; from then on every listing for that coder is blind, until it is lifted, which is in the history too.
A coding made blind says so itself, in its evidence, and goes on saying so whatever becomes of its coder's blindness.

As long as somebody codes blind, whoever is shown what others did has to be somebody: a coder of the study by login
name, or anybody who is named. In a study in which nobody codes blind nobody is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from qualcode.errors import UserError
from qualcode.model import Coder, Coding, Study
from qualcode.project.folder import StudyFolder

BLIND, YES, LIFTED = "blind", "yes", "lifted"


@dataclass(frozen=True, slots=True)
class Seen:
    """A study as one coder may see it.

    Attributes:
        study: With all that is hidden left out.
        coder: Who looks.
        blind: Whether anything may be hidden.
        hidden: How many codings are.
    """

    study: Study
    coder: str
    blind: bool
    hidden: int


def seen_by(folder: StudyFolder, coder: str, *, blind: bool = False, named: bool = True, what: str = "this") -> Seen:
    """Return the study as a coder may see it; a blind look of one who was not blind before is recorded.

    Args:
        folder: The study.
        coder: Who looks.
        blind: Look blind from now on.
        named: See `need_looker`.
        what: See `need_looker`.

    Raises:
        UserError: Somebody who is to be blind has a name that a coder cannot have, or nobody says who looks.
    """
    study = folder.study()
    if not looks_blind(folder, study, coder, blind=blind, named=named, what=what):
        return Seen(study, coder, False, 0)
    return Seen(own_only(study, coder), coder, True, sum(coding.coder != coder for coding in study.codings))


def looks_blind(folder: StudyFolder, study: Study, coder: str, *, blind: bool, named: bool, what: str) -> bool:
    """Return whether a coder may see no more than what is their own; record a first blind look.

    Args:
        folder: The study.
        study: It, with its coders at least.
        coder: Who looks.
        blind: Look blind from now on.
        named: See `need_looker`.
        what: See `need_looker`.

    Raises:
        UserError: As by `seen_by`.
    """
    was_blind = codes_blind(study, coder)
    if blind and not was_blind:
        set_blind(folder, coder, True)
    if not (blind or was_blind):
        need_looker(study, coder, what, named=named)
    return blind or was_blind


def codes_blind(study: Study, coder: str) -> bool:
    """Return whether a coder works blind."""
    known = study.coder_by_name.get(coder)
    return known is not None and is_blind(known)


def is_blind(coder: Coder) -> bool:
    """Return whether a coder works blind."""
    return coder.attributes.get(BLIND) == YES


def blind_coders(study: Study) -> tuple[str, ...]:
    """Return who codes blind at present, sorted."""
    return tuple(sorted(coder.name for coder in study.coders if is_blind(coder)))


def need_looker(study: Study, coder: str, what: str, *, named: bool) -> None:
    """Refuse to show others' codings to nobody in particular while somebody codes blind.

    Args:
        study: The study.
        coder: Who looks, as far as is known.
        what: Named in the message: "compare", "codings list".
        named: Somebody said who looks; else `coder` is but a login name, which may be that of a blind coder.

    Raises:
        UserError: Somebody codes blind, and who looks is not known.
    """
    if is_looker_unknown(study.coders, coder, named=named):
        raise UserError(
            f"Who looks? {' and '.join(blind_coders(study))} must not see what others code, which {what} shows, and "
            f"{coder!r} is no coder of this study.",
            hint=f"Give --by NAME, or set QUALCODE_CODER for all commands; or once: qualcode coders add {coder}",
        )


def is_looker_unknown(coders: Collection[Coder], coder: str, *, named: bool) -> bool:
    """Return whether somebody codes blind, and who looks may be that coder, for all that is known.

    Args:
        coders: Of the study.
        coder: Who looks, as far as is known.
        named: See `need_looker`.
    """
    return not named and any(map(is_blind, coders)) and all(one.name != coder for one in coders)


def refuse_blind(study: Study, coder: str, what: str, *, named: bool = True) -> None:
    """Refuse a blind coder what cannot be done, or shown, without others' codings.

    Args:
        study: The study.
        coder: Who asks.
        what: Named in the message: "review", "adjudicate".
        named: See `need_looker`.

    Raises:
        UserError: The coder works blind, or somebody does and who asks is not known.
    """
    need_looker(study, coder, what, named=named)
    if codes_blind(study, coder):
        raise UserError(
            f"{coder} codes blind: {what} would show what others and machines have done.",
            hint=f"To end that, on record: qualcode coders add {coder} --not-blind",
        )


def own_only(study: Study, coder: str) -> Study:
    """Return a study without the codings, memos and relations of all but one coder."""
    return replace(
        study,
        codings=tuple(coding for coding in study.codings if coding.coder == coder),
        memos=tuple(memo for memo in study.memos if memo.coder == coder),
        relations=tuple(relation for relation in study.relations if relation.coder == coder),
    )


def as_seen(study: Study, coder: str) -> Study:
    """Return a study as a coder may see it: whole, or what is their own where they code blind."""
    return own_only(study, coder) if codes_blind(study, coder) else study


def set_blind(folder: StudyFolder, coder: str, blind: bool, *, actor: str = "") -> None:
    """Record that a coder works blind from now on, or no longer."""
    from qualcode.project.codebook_file import changing
    from qualcode.project.codings import known_or_new_coder

    study = folder.study()
    record = known_or_new_coder(study, coder, attributes={BLIND: YES if blind else LIFTED})
    action = "coder blind" if blind else "coder no longer blind"
    with changing(folder, study, coder=actor or coder, action=action, detail=coder) as change:
        change.put_coder(record)


def made_blind(study: Study, coder: str, codings: Iterable[Coding]) -> tuple[Coding, ...]:
    """Return new codings of a coder, which say that they were made blind if the coder works so."""
    if not codes_blind(study, coder):
        return tuple(codings)
    return tuple(note_blind(coding) for coding in codings)


def note_blind(coding: Coding) -> Coding:
    """Return a coding that says that it was made blind."""
    return replace(coding, evidence={**coding.evidence, BLIND: True})


def was_made_blind(coding: Coding) -> bool:
    """Return whether a coding says that it was made blind."""
    return coding.evidence.get(BLIND) is True


def blindness_changed(before: Iterable[Coder], after: Iterable[Coder]) -> tuple[str, ...]:
    """Return in words who codes blind now and did not, and the other way round: what a taking back did beside.

    Args:
        before: The coders as they were.
        after: As they are.
    """
    was = {coder.name for coder in before if is_blind(coder)}
    now = {coder.name for coder in after if is_blind(coder)}
    lifted = [
        f"{name} no longer codes blind by this: it was taken back too. Codings made blind go on saying so. "
        f"To code blind on: qualcode coders add {name} --blind"
        for name in sorted(was - now)
    ]
    again = [
        f"{name} codes blind again by this, but may have seen what others did; the history shows since when (log)."
        for name in sorted(now - was)
    ]
    return (*lifted, *again)
