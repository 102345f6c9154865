"""Read one file into transcripts with roles, and say what was not sure.

A reader is a function from a `Source` to a `Draft`, or to several where a file holds several transcripts. To add a
format: one file with its reader, one line in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from qualcode.counts import counted
from qualcode.errors import InputError, UserError
from qualcode.ingest.binary import ELSEWHERE
from qualcode.ingest.delimited import read_delimited
from qualcode.ingest.docx import read_docx
from qualcode.ingest.draft import Draft
from qualcode.ingest.header import attribute
from qualcode.ingest.language import LEAST_CONFIDENCE, detect_language
from qualcode.ingest.markdown import read_markdown
from qualcode.ingest.odt import read_odt
from qualcode.ingest.pdf import read_pdf
from qualcode.ingest.plain import read_plain
from qualcode.ingest.roles import Decision, RoleRow, check_roles, decide_roles, role_table
from qualcode.ingest.rtf import read_rtf
from qualcode.ingest.segments import read_segments
from qualcode.ingest.source import Source, read_source
from qualcode.ingest.srt import read_srt
from qualcode.ingest.vocabulary import LANGUAGES, key_of
from qualcode.ingest.vtt import read_vtt
from qualcode.ingest.web_page import read_web_page
from qualcode.ingest.workbook import read_workbook
from qualcode.model import Case, Settings, Transcript, Turn

Reader = Callable[[Source], Draft | list[Draft]]

# Ending (lower case, without the dot) -> reader.
READERS: dict[str, Reader] = {
    "txt": read_plain,
    "text": read_plain,
    "md": read_markdown,
    "markdown": read_markdown,
    "docx": read_docx,
    "docm": read_docx,
    "odt": read_odt,
    "rtf": read_rtf,
    "pdf": read_pdf,
    "html": read_web_page,
    "htm": read_web_page,
    "xhtml": read_web_page,
    "vtt": read_vtt,
    "srt": read_srt,
    "csv": read_delimited,
    "tsv": read_delimited,
    "xlsx": read_workbook,
    "xlsm": read_workbook,
    "json": read_segments,
}

# Header keys that are about the text or the conversation, not about the case; all others are attributes of the case.
_NOT_OF_CASE = """
    title case cohort note notes language lang form date time source url link author authors published publisher
    accessed tags keywords description transcriber transcription recorded recording file filename version format
    interviewer moderator facilitator recogniser kind
    titel källa datum språk författare 标题 来源 日期 语言 作者
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
    language: str | None = None,
) -> Reading:
    """Read a file that holds one transcript; the arguments and errors are those of `read_transcripts`.

    Raises:
        InputError: The file holds several.
    """
    readings = read_transcripts(path, settings=settings, roles=roles, encoding=encoding, language=language)
    if len(readings) > 1:
        names = ", ".join(reading.transcript.name for reading in readings[:3])
        raise InputError(f"the file holds {counted(len(readings), 'transcript')}, not one: {names}, …", path=path)
    return readings[0]


def read_transcripts(
    path: Path | str,
    *,
    settings: Settings | None = None,
    roles: Mapping[str, str] | None = None,
    encoding: str | None = None,
    language: str | None = None,
) -> list[Reading]:
    """Read a file.

    Args:
        path: The file; its ending chooses the reader, its name without ending is the transcript's. Where a file holds
            several (a table with several cases), what tells them apart is added to the name ("survey-R12").
        settings: Language where neither header nor text tells; roles by label.
        roles: Role by label, over those of the settings; labels are compared without regard to case.
        encoding: Of text that is neither Unicode nor marked.
        language: ISO 639-1 code, over the header's and what the text looks like.

    Returns:
        Each transcript, what was not sure, and the speakers with their roles; at least one.

    Raises:
        InputError: The file cannot be read or used: missing, unknown ending, binary, empty, no speech, no participant.
        UserError: A role, the encoding or the language is unknown.
    """
    path = Path(path)
    settings = settings or Settings()
    reader = READERS.get(ending_of(path))
    given = {key: Decision(role, "set in study.yaml") for key, role in check_roles(settings.roles).items()}
    given |= {key: Decision(role, "set with --roles") for key, role in check_roles(roles or {}).items()}
    source = read_source(path, encoding=encoding, speakers=(*settings.roles, *(roles or {})))
    if reader is None:
        raise _unknown(path)
    drafts = reader(source)
    chosen = None if language is None else check_language(language)
    return [
        _reading(source, draft, settings, given, chosen) for draft in (drafts if isinstance(drafts, list) else [drafts])
    ]


def _unknown(path: Path) -> InputError:
    """Return the error for a file that no reader is meant for, with what to save it as where that is known."""
    ending = f'the ending ".{ending_of(path)}"' if ending_of(path) else "a name without ending"
    what, advice = ELSEWHERE.get(ending_of(path), ("", ""))
    return InputError(
        f"files with {ending} cannot be read" + (f": it is {what}" if what else ""),
        path=path,
        hint=advice or f"Known endings: {known_endings()}",
    )


def _reading(
    source: Source, draft: Draft, settings: Settings, given: Mapping[str, Decision], chosen: str | None
) -> Reading:
    """Return a draft as a transcript with roles and language."""
    path = source.path
    decided = decide_roles(draft.text, draft.turns, said=given, legend=draft.legend)
    spoken = "\n".join(draft.text[turn.start : turn.end] for turn in decided.turns if turn.role == "participant")
    language, wrong = (chosen, ()) if chosen else _language(draft, spoken, settings)
    name = draft.name or path.stem
    transcript = Transcript(
        name=name,
        case=attribute(draft.attributes, "case") or name,
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
        moments=draft.moments,
    )
    table = role_table(transcript, decided.how)
    if not transcript.participant_turns():
        raise _no_participant(path, table)
    doubts = sorted([*draft.doubts, *decided.doubts], key=lambda doubt: doubt.line)
    return Reading(transcript, (*map(str, doubts), *wrong), table, draft.encoding, draft.article)


def check_language(said: str) -> str:
    """Return the code of a language by its code or its name ("sv", "sv-SE", "Swedish", "svenska").

    Raises:
        UserError: It is neither.
    """
    code = _code(said)
    if not code:
        raise UserError(f'"{said}" is no language', hint="Give its two-letter code (ISO 639-1): en, fi, sv, zh, ….")
    return code


def _code(said: str) -> str:
    """Return the code that a word for a language means, or ""."""
    said = said.strip().casefold()
    if said in LANGUAGES:
        return LANGUAGES[said]
    code = said.replace("_", "-").split("-")[0]
    return code if code.isascii() and code.isalpha() and len(code) in (2, 3) else ""


def _language(draft: Draft, spoken: str, settings: Settings) -> tuple[str, tuple[str, ...]]:
    """Return the language's code, from the header or from how the text looks, and what is doubtful about it."""
    said = attribute(draft.attributes, "language", "lang")
    code = _code(said)
    if code:
        return code, ()
    detected, confidence = detect_language(spoken)
    sure = bool(detected) and confidence >= LEAST_CONFIDENCE
    language = detected if sure else settings.language
    doubts: tuple[str, ...] = ()
    if said.strip():
        doubts = (f'the header\'s language "{said.strip().casefold()}" is unknown: taken as "{language}"',)
    if sure and detected != settings.language:
        message = (
            f'the text looks like "{detected}" and is taken for that ({confidence:.0%} sure), although the study is'
        )
        doubts += (f'{message} in "{settings.language}"; --language {settings.language} says otherwise',)
    elif detected and detected != language and not said.strip():
        message = f'the language cannot be told (perhaps "{detected}", {confidence:.0%} sure): taken as the study\'s'
        doubts += (f'{message}, "{language}"; --language says otherwise',)
    return language, doubts


def _no_participant(path: Path, table: tuple[RoleRow, ...]) -> InputError:
    """Return the error for a transcript in which nobody can be coded."""
    speakers = ", ".join(f'"{row.speaker}" is {row.role} ({row.how})' for row in table)
    label = max(table, key=lambda row: row.words).speaker if table else "LABEL"
    return InputError(
        f"a transcript with no participant: {speakers}",
        path=path,
        hint=f'Say who is one: --roles "{label}=participant"',
    )
