"""What a person makes of candidates for codes: named, merged into a code there is, or rejected for good."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcode.errors import UserError
from qualcode.model import Code, Study
from qualcode.project import codebook_work
from qualcode.project.blindness import codes_blind, own_only
from qualcode.project.codebook_file import changing
from qualcode.project.folder import StudyFolder
from qualcode.project.searching import Coded, code_found

if TYPE_CHECKING:
    from qualcode.tables.candidates import Candidates
    from qualcode.tables.search import Hit

REJECTED = "candidates-rejected"
"""Key in the store of what was rejected: a JSON list of keys of candidates."""
ORIGIN = "candidate: "
"""How the origin of a code begins that was made of a candidate."""
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Named:
    """What came of naming a candidate.

    Attributes:
        code: The new code.
        occurrences: How many passages have the phrase, or belong to the cluster.
        coded: What came of coding them; None where that was not asked for.
    """

    code: Code
    occurrences: int
    coded: Coded | None


def open_candidates(
    folder: StudyFolder,
    study: Study,
    *,
    kinds: Sequence[str],
    coders: Sequence[str] = (),
    cases: Sequence[str] = (),
    least: int = 2,
    least_cases: int = 2,
    top: int | None = 20,
) -> Candidates:
    """Return the candidates that nobody has rejected.

    Args:
        folder: The study.
        study: The study as the person who asks may see it.
        kinds: See `qualcode.tables.candidates.candidates`, as for the others.
        coders: See there.
        cases: See there.
        least: See there.
        least_cases: See there.
        top: See there.

    Raises:
        UserError: See there.
    """
    from qualcode.tables.candidates import candidates

    return candidates(
        study,
        kinds=kinds,
        coders=coders,
        cases=cases,
        least=least,
        least_cases=least_cases,
        top=top,
        rejected=rejected(folder),
    )


def rejected(folder: StudyFolder) -> tuple[str, ...]:
    """Return the keys of the candidates that were rejected, sorted."""
    with folder.store() as store:
        return tuple(json.loads(store.info().get(REJECTED, "[]")))


def reject(folder: StudyFolder, phrase: str, *, actor: str, again: bool = False) -> tuple[str, ...]:
    """Remember that a phrase, or a cluster by its label, is no candidate; undo takes it back.

    Args:
        folder: The study.
        phrase: The phrase in any of its forms, or the label.
        actor: Who does it.
        again: Make it a candidate again instead.

    Returns:
        The keys that changed; nothing where that was known.

    Raises:
        UserError: The phrase holds no word, or (with `again`) was not rejected.
    """
    study = folder.study()
    keys = _keys(study, phrase)
    before = set(rejected(folder))
    changed = sorted(keys & before if again else keys - before)
    if again and not changed:
        raise UserError(f"{phrase!r} was not rejected.", hint="List what was: qualcode candidates --rejected")
    if changed:
        after = sorted(before - keys if again else before | keys)
        action = "candidates take back" if again else "candidates reject"
        with changing(folder, study, action=action, coder=actor, detail=phrase) as change:
            change.put_setting(REJECTED, json.dumps(after, ensure_ascii=False) if after else None)
    return tuple(changed)


def name(
    folder: StudyFolder,
    phrase: str,
    id: str,
    *,
    actor: str,
    code_name: str = "",
    definition: str = "",
    categories: Sequence[str] = (),
    coders: Sequence[str] = (),
    code_occurrences: bool = False,
    span: str = "sentence",
    dry_run: bool = False,
) -> Named:
    """Make a code of a candidate, then code it if asked for, each in a change of its own.

    Args:
        folder: The study.
        phrase: The phrase in any of its forms, or the label of a cluster.
        id: Identifier of the new code.
        actor: Who does it, and who codes.
        code_name: Its name; empty: the phrase.
        definition: What it means.
        categories: Its categories; new ones are made.
        coders: Whose codings cover text, which clusters depend on.
        code_occurrences: Code every sentence of a participant that has the phrase, or the cluster's passages.
        span: What gets the code: see `code_found`; a cluster's passages get it as they are.
        dry_run: Tell, but write nothing.

    Raises:
        UserError: Nobody says the phrase, the identifier is taken, or the name is a machine's.
    """
    from qualcode.project.codings import known_or_new_coder

    study = folder.study()
    if codes_blind(study, actor):
        study = own_only(study, actor)
    hits = _hits(folder, study, phrase, coders)
    said = " ".join(phrase.split())
    examples = dict.fromkeys(" ".join(_sentence(study, hit).split()) for hit in hits)
    made = Code(
        id,
        code_name or said[:1].upper() + said[1:],
        definition,
        examples=tuple(examples)[:EXAMPLES],
        categories=tuple(categories),
        origin=f"{ORIGIN}{said}",
    )
    if code_occurrences:
        # Before anything is written: a name that cannot code must not leave a code without codings.
        known_or_new_coder(study, actor)
    codebook_work.add(folder, made, actor=actor, dry_run=dry_run)
    coded = None
    if code_occurrences and not dry_run:
        whole = "match" if _is_label(phrase) else span
        coded = code_found(folder, lambda _: hits, [id], coder=actor, span=whole, query=said, actor=actor)
    return Named(made, len(hits), coded)


def merge(folder: StudyFolder, phrase: str, id: str, *, actor: str, dry_run: bool = False) -> str:
    """Make a cue of a code there is of a phrase, so that the coder `cues` finds it; return the cue.

    Args:
        folder: The study.
        phrase: The phrase in any of its forms; each word of the cue stands for all forms of it.
        id: The code.
        actor: Who does it.
        dry_run: Tell, but write nothing.

    Raises:
        UserError: It is the label of a cluster, nobody says it, it cannot be a cue, or the code is unknown.
    """
    from qualcode.coders.cue_language import CueError, parse

    if _is_label(phrase):
        raise UserError(
            "A cluster has no wording of its own that could be a cue.",
            hint="Merge a phrase of it; or make it a code with --name, then: qualcode codebook merge",
        )
    study = folder.study()
    hits = _hits(folder, study, phrase, ())
    pattern = " ".join(phrase.split()).lower()
    try:
        parse(pattern)
    except CueError as error:
        raise UserError(f"{phrase!r} cannot be a cue: {error.message}") from error
    language = _base(study, hits[0].transcript)
    codebook_work.add_cue(folder, id, language, pattern, actor=actor, dry_run=dry_run)
    return pattern


def _is_label(phrase: str) -> bool:
    from qualcode.tables.candidates import JOIN

    return JOIN in phrase


def _base(study: Study, transcript: str) -> str:
    from qualcode.language import get_language

    return get_language(study.transcript_by_name[transcript].language).code


def _keys(study: Study, phrase: str) -> set[str]:
    """Return the keys of a phrase in each language of the study."""
    from qualcode.tables.candidates import key_of

    languages = {transcript.language for transcript in study.transcripts}
    keys = {key_of(phrase, language) for language in languages}
    if not keys or any(key.endswith(":") for key in keys):
        raise UserError(f"{phrase!r} holds no word.", hint="List candidates: qualcode candidates")
    return keys


def _hits(folder: StudyFolder, study: Study, phrase: str, coders: Sequence[str]) -> list[Hit]:
    """Return where participants say a phrase, or the passages of a cluster.

    Raises:
        UserError: There are none.
    """
    from qualcode.tables.candidates import candidates
    from qualcode.tables.search import Hit
    from qualcode.tables.uncoded import lemmas_of, occurrences, participant_sentences

    keys = _keys(study, phrase)
    if _is_label(phrase):
        found = candidates(study, kinds=("clusters",), coders=coders, top=None).found
        spans = sorted(place for one in found if one.key in keys for place in one.places)
    else:
        languages = {transcript.language for transcript in study.transcripts}
        wanted = {key.partition(":")[0]: lemmas_of(phrase, key.partition(":")[0]) for key in sorted(keys)}
        assert len(wanted) <= len(languages)
        sentences = participant_sentences(study, ())
        spans = [(sentence.transcript, *span) for sentence, span in occurrences(sentences, wanted)]
    if not spans:
        raise UserError(
            f"No {'cluster is called' if _is_label(phrase) else 'participant says'} {phrase!r}.",
            hint="List candidates: qualcode candidates",
        )
    texts = study.transcript_by_name
    return [Hit(name, texts[name].case, texts[name].turn_at(start), start, end, ()) for name, start, end in spans]


def _sentence(study: Study, hit: Hit) -> str:
    from qualcode.tables.search import sentence_spans

    transcript = study.transcript_by_name[hit.transcript]
    assert hit.turn is not None, "candidates stand in turns"
    touched = [span for span in sentence_spans(transcript, hit.turn) if span[0] < hit.end and hit.start < span[1]]
    return transcript.text[touched[0][0] : touched[-1][1]]
