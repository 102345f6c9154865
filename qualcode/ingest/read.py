"""Read one file into a transcript with roles, and say what was not sure.

A reader is a function from a `Source` to a `Draft`. To add a format: one file with its reader, one line in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from qualcode.errors import InputError
from qualcode.ingest.draft import Draft
from qualcode.ingest.header import attribute
from qualcode.ingest.markdown import read_markdown
from qualcode.ingest.plain import read_plain
from qualcode.ingest.roles import Decision, RoleRow, check_roles, decide_roles, role_table
from qualcode.ingest.source import Source, read_source
from qualcode.ingest.vocabulary import LANGUAGES, key_of
from qualcode.model import Case, Settings, Transcript, Turn

Reader = Callable[[Source], Draft]

# Ending (lower case, without the dot) -> reader.
READERS: dict[str, Reader] = {
    "txt": read_plain,
    "text": read_plain,
    "md": read_markdown,
    "markdown": read_markdown,
}

# Header keys that are about the text or the conversation, not about the case; all others are attributes of the case.
_NOT_OF_CASE = """
    title case cohort note notes language lang form date time source url link author authors published publisher
    accessed tags keywords description transcriber transcription recorded recording file filename version format
    interviewer moderator facilitator
"""
NOT_OF_CASE = frozenset(_NOT_OF_CASE.split())


@dataclass(frozen=True, slots=True)
class Reading:
    """A transcript as it was read.

    Attributes:
        transcript: Frozen text and turns.
        doubts: What a person should look at, by line ("line 12: …"); what is about the whole file first.
        roles: One row per speaker and role.
        encoding: What the bytes were read with; empty for formats that fix it.
        article: Whether it has no speakers and was split into paragraphs.
    """

    transcript: Transcript
    doubts: tuple[str, ...]
    roles: tuple[RoleRow, ...]
    encoding: str = ""
    article: bool = False

    @property
    def case(self) -> Case:
        """What the header says about the case: name, cohort, and every key that is not in `NOT_OF_CASE`."""
        facts = self.transcript.attributes
        about = {key: value for key, value in facts.items() if key_of(key) not in NOT_OF_CASE}
        return Case(self.transcript.case, attribute(facts, "cohort"), about)


def ending_of(path: Path | str) -> str:
    """Return what a file's name ends in, as a key of `READERS`."""
    return Path(path).suffix.lower().removeprefix(".")


def known_endings() -> str:
    """Return the endings that can be read, for a message (".md, .txt")."""
    return ", ".join(f".{ending}" for ending in sorted(READERS))


def read_transcript(
    path: Path | str,
    *,
    settings: Settings | None = None,
    roles: Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> Reading:
    """Read a file.

    Args:
        path: The file; its ending chooses the reader, its name without ending is the transcript's.
        settings: Language where the header says none; roles by label.
        roles: Role by label, over those of the settings; labels are compared without regard to case.
        encoding: Of text that is neither Unicode nor marked.

    Returns:
        The transcript, what was not sure, and the speakers with their roles.

    Raises:
        InputError: The file cannot be read or used: missing, unknown ending, binary, empty, no speech, no participant.
        UserError: A role or the encoding is unknown.
    """
    path = Path(path)
    settings = settings or Settings()
    reader = READERS.get(ending_of(path))
    given = {key: Decision(role, "set in study.yaml") for key, role in check_roles(settings.roles).items()}
    given |= {key: Decision(role, "set with --roles") for key, role in check_roles(roles or {}).items()}
    source = read_source(path, encoding=encoding, speakers=(*settings.roles, *(roles or {})))
    if reader is None:
        ending = f'the ending ".{ending_of(path)}"' if ending_of(path) else "a name without ending"
        raise InputError(f"files with {ending} cannot be read", path=path, hint=f"Known endings: {known_endings()}")
    draft = reader(source)
    decided = decide_roles(draft.text, draft.turns, said=given, legend=draft.legend)
    language, wrong = _language(draft, settings)
    transcript = Transcript(
        name=path.stem,
        case=attribute(draft.attributes, "case") or path.stem,
        text=draft.text,
        turns=tuple(
            Turn(number, turn.speaker, turn.role, turn.start, turn.end, turn.time)
            for number, turn in enumerate(decided.turns, start=1)
        ),
        language=language,
        format=ending_of(path),
        source=path.name,
        source_hash=source.hash,
        attributes=draft.attributes,
    )
    table = role_table(transcript, decided.how)
    if not transcript.participant_turns():
        raise _no_participant(path, table)
    doubts = sorted([*draft.doubts, *decided.doubts], key=lambda doubt: doubt.line)
    return Reading(transcript, (*map(str, doubts), *wrong), table, draft.encoding, draft.article)


def _language(draft: Draft, settings: Settings) -> tuple[str, tuple[str, ...]]:
    """Return the language's code and a doubt where the header's word for it is unknown."""
    said = attribute(draft.attributes, "language", "lang").strip().casefold()
    if not said:
        return settings.language, ()
    if said in LANGUAGES:
        return LANGUAGES[said], ()
    code = said.replace("_", "-").split("-")[0]
    if code.isascii() and code.isalpha() and len(code) in (2, 3):
        return code, ()
    return settings.language, (f'the header\'s language "{said}" is unknown: taken as "{settings.language}"',)


def _no_participant(path: Path, table: tuple[RoleRow, ...]) -> InputError:
    """Return the error for a transcript in which nobody can be coded."""
    speakers = ", ".join(f'"{row.speaker}" is {row.role} ({row.how})' for row in table)
    label = max(table, key=lambda row: row.words).speaker if table else "LABEL"
    return InputError(
        f"a transcript with no participant: {speakers}",
        path=path,
        hint=f'Say who is one: --roles "{label}=participant"',
    )
