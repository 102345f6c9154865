"""Which coded interviews come with a study's codebook, for machines to learn from before anybody has coded the study.

Exemplars show what each code sounds like (`qualcode.codebook.exemplars`). The sample study, coded by two readers, shows
what whole interviews are like. Both are made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from qualcode.errors import UserError
from qualcode.model import Case, Codebook, Study
from qualcode.project.folder import StudyFolder

USES_EXEMPLARS = "combined"
"""The machine coder that learns from exemplars."""
# Turns of at least so many characters that two studies share are no coincidence.
TELLING = 60


def with_exemplars(study: Study, folder: StudyFolder) -> Study:
    """Return the study with the coded interviews that go with its codebook, as `Study.exemplars`.

    If the study has a folder `exemplars` of its own, those alone. Else, if its codebook has the name of a shipped one,
    what is shipped for it, for the codes that are still defined as they were: the sample study's interviews, and the
    exemplars as what these are helped by. `extra: {learned: {exemplars: none}}` in `study.yaml` leaves them all out.

    Args:
        study: The study.
        folder: Where it is.

    Raises:
        UserError: The study's exemplars have mistakes, or the setting does.
    """
    from qualcode.codebook.exemplars import FOLDER, load_exemplars

    if not _wanted(study):
        return study
    own = folder.path / FOLDER
    found = load_exemplars(own, study.codebook) if own.is_dir() else shipped_for(study)
    if found is None or not found.codings:
        return study
    return replace(study, exemplars=_in_its_settings(found, study))


def shipped_for(study: Study) -> Study | None:
    """Return the coded interviews that are shipped for a study's codebook, or None."""
    from qualcode.codebook.exemplars import shipped_exemplars

    exemplars = shipped_exemplars(study.codebook)
    if exemplars is None or not exemplars.codings:
        return None
    sample = _sample_for(study)
    return exemplars if sample is None else replace(sample, exemplars=exemplars)


def _wanted(study: Study) -> bool:
    own = study.settings.extra.get("learned")
    wanted = own.get("exemplars", "auto") if isinstance(own, dict) else "auto"
    if wanted not in ("auto", "none", None):
        raise UserError(f"extra.learned.exemplars in study.yaml is {wanted!r}; it is auto or none.")
    return bool(wanted == "auto")


def _in_its_settings(found: Study, study: Study) -> Study:
    further = found.exemplars
    return replace(
        found, settings=study.settings, exemplars=None if further is None else _in_its_settings(further, study)
    )


def _sample_for(study: Study) -> Study | None:
    """Return the sample's coded interviews in a study's codes; None for other codebooks, and for the sample itself.

    What has learned from an interview must not code it: a study that holds anything of the sample learns nothing of it.
    """
    from qualcode.codebook.exemplars import names_of_codes, shipped_codebook
    from qualcode.project.sample import CODEBOOK, read_sample

    if study.codebook.name != CODEBOOK:
        return None
    book = shipped_codebook(CODEBOOK)
    sample = read_sample(book)
    if _telling_turns(sample) & _telling_turns(study):
        return None
    return _in_codes_of(sample, study.codebook, names_of_codes(book, study.codebook))


def _telling_turns(study: Study) -> frozenset[str]:
    speeches = (
        " ".join(transcript.speech(turn).split())
        for transcript in study.transcripts
        for turn in transcript.participant_turns()
    )
    return frozenset(speech for speech in speeches if len(speech) >= TELLING)


def _in_codes_of(sample: Study, codebook: Codebook, names: Mapping[str, str]) -> Study:
    """Return the sample with its codings in the codes of another codebook, and names that no study's own can have."""

    def case(name: str) -> str:
        return f"{name} (sample study)"

    return replace(
        sample,
        codebook=codebook,
        cases=tuple(Case(case(one.name), one.cohort, one.attributes) for one in sample.cases),
        transcripts=tuple(replace(one, name=f"sample/{one.name}", case=case(one.case)) for one in sample.transcripts),
    ).with_codings(
        replace(one, transcript=f"sample/{one.transcript}", code=names[one.code])
        for one in sample.codings
        if one.code in names
    )
