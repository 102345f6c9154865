"""Blind coding: a coder who must not see what others did sees only their own codings and memos.

Blindness is a fact about a coder (attribute `blind`), set by the first blind look or by `coders add --blind`, and kept
in the history; from then on every listing for that coder is blind, until it is lifted, which is in the history too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from qualcode.errors import UserError
from qualcode.model import Study
from qualcode.project.codebook_file import changing
from qualcode.project.codings import known_or_new_coder
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


def seen_by(folder: StudyFolder, coder: str, *, blind: bool = False) -> Seen:
    """Return the study as a coder may see it; a blind look of one who was not blind before is recorded.

    Args:
        folder: The study.
        coder: Who looks.
        blind: Look blind from now on.

    Raises:
        UserError: Somebody who is to be blind has a name that a coder cannot have.
    """
    study = folder.study()
    is_blind = codes_blind(study, coder)
    if blind and not is_blind:
        set_blind(folder, coder, True)
    if not (blind or is_blind):
        return Seen(study, coder, False, 0)
    return Seen(own_only(study, coder), coder, True, sum(coding.coder != coder for coding in study.codings))


def codes_blind(study: Study, coder: str) -> bool:
    """Return whether a coder works blind."""
    known = study.coder_by_name.get(coder)
    return known is not None and known.attributes.get(BLIND) == YES


def refuse_blind(study: Study, coder: str, what: str) -> None:
    """Refuse a blind coder what cannot be done, or shown, without others' codings.

    Args:
        study: The study.
        coder: Who asks.
        what: Named in the message: "review", "adjudicate".

    Raises:
        UserError: The coder works blind.
    """
    if codes_blind(study, coder):
        raise UserError(
            f"{coder} codes blind: {what} would show what others and machines have done.",
            hint=f"To end that, on record: qualcode coders add {coder} --not-blind",
        )


def own_only(study: Study, coder: str) -> Study:
    """Return a study without the codings and memos of all but one coder."""
    memos = tuple(memo for memo in study.memos if memo.coder == coder)
    codings = tuple(coding for coding in study.codings if coding.coder == coder)
    return replace(study, codings=codings, memos=memos)


def set_blind(folder: StudyFolder, coder: str, blind: bool, *, actor: str = "") -> None:
    """Record that a coder works blind from now on, or no longer."""
    study = folder.study()
    record = known_or_new_coder(study, coder, attributes={BLIND: YES if blind else LIFTED})
    action = "coder blind" if blind else "coder no longer blind"
    with changing(folder, study, coder=actor or coder, action=action, detail=coder) as change:
        change.put_coder(record)
