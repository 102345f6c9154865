"""`qualcode ingest`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from qualcode.cli.common import PATH, actor_name, actor_option, current_study
from qualcode.cli.output import format_option, message, next_step, progress, show_rows, there_already, warn
from qualcode.counts import counted
from qualcode.errors import UserError, nearest

COLUMNS = ("transcript", "case", "format", "language", "turns", "speaker", "role", "decided by", "words", "share")
FILE_COLUMNS = ("transcript", "case", "format", "encoding", "language", "turns", "words", "duration", "doubts")
SPEAKER_COLUMNS = ("transcript", "speaker", "role", "decided by", "turns", "words", "share")
MOST_DOUBTS = 10
MOST_DOUBTS_DRY = 1000


@click.command()
@click.argument("paths", nargs=-1, type=PATH, metavar="PATH...")
@click.option("--cases", "cases_file", type=PATH, metavar="FILE", help="Case attributes: CSV or xlsx, a column 'case'.")
@click.option(
    "--roles",
    multiple=True,
    metavar="LABEL=ROLE",
    help="Role of a speaker (participant, interviewer, other); may be given several times.",
)
@click.option(
    "--encoding",
    default=None,
    callback=lambda ctx, option, name: known_encoding(name),
    help="Encoding of files that are not UTF-8, such as cp1252.",
)
@click.option("--language", default=None, metavar="CODE", help="Language of the files (en, sv, …) [default: detected].")
@click.option("--dry-run", is_flag=True, help="Show what would be taken in; write nothing.")
@click.option("--revise", is_flag=True, help="PATHs are changed files: show what becomes of each coding.")
@click.option("--accept", is_flag=True, help="With --revise: take the new texts in and carry the codings over.")
@actor_option
@format_option
@click.pass_context
def ingest(
    ctx: click.Context,
    paths: tuple[Path, ...],
    cases_file: Path | None,
    roles: tuple[str, ...],
    encoding: str | None,
    language: str | None,
    dry_run: bool,
    revise: bool,
    accept: bool,
    actor: str | None,
    form: str,
) -> None:
    """Take transcripts (files, folders) and case attributes into the study.

    The text is frozen: positions of codings stay valid for ever. A file taken in before is left alone.
    Shows each speaker with the role that was understood; check it before coding.
    """
    from qualcode.project.ingesting import ingest as take_in

    if revise or accept:
        from qualcode.cli.revise import check_usage, revise_files

        check_usage(paths, revise=revise, accept=accept, dry_run=dry_run, cases_file=cases_file)
        given = roles_from(roles)
        revise_files(ctx, paths, roles=given, encoding=encoding, accept=accept, actor=actor_name(actor), form=form)
        return
    if not paths and cases_file is None:
        raise click.UsageError("Nothing to take in: name files, folders or --cases FILE.")
    folder = current_study(ctx)
    given = roles_from(roles)
    with progress("Reading transcripts") as report:
        done = take_in(
            folder,
            paths,
            cases_file=cases_file,
            roles=given,
            encoding=encoding,
            language=language,
            dry_run=dry_run,
            actor=actor_name(actor),
            progress=report,
        )
    if form != "table":
        show_rows(speaker_rows(done.added), (*COLUMNS, "encoding", "duration"), form)
    elif done.added and dry_run:
        show_rows(file_rows(done.added, done.doubts), FILE_COLUMNS, form)
        show_rows(speaker_rows(done.added), SPEAKER_COLUMNS, form)
    elif done.added:
        show_rows(speaker_rows(done.added), COLUMNS, form)
    verb = "Would take in" if dry_run else "Took in"
    message(
        f"{verb} {counted(len(done.added), 'transcript')}; {there_already(len(done.unchanged))}; "
        f"{counted(len(done.cases_added), 'new case')}, {len(done.cases_changed)} changed."
    )
    lines = [f"{number}. {doubt}" for number, doubt in enumerate(done.doubts, start=1)]
    warn(lines, what="doubts", shown=MOST_DOUBTS_DRY if dry_run else MOST_DOUBTS)
    warn(unused_labels(done.added, given), what="labels of --roles without a speaker")
    warn(done.skipped, what="files skipped")
    warn(done.cases_without_transcript, what="cases of the case file without a transcript")
    warn(done.cases_without_attributes, what="cases that the case file does not name")
    warn(done.failed, what="files left out", shown=20)
    if done.failed:
        ctx.exit(1)
    next_step("qualcode code (machine coders propose) or qualcode codings import FILE --coder NAME")


def roles_from(texts: tuple[str, ...]) -> dict[str, str]:
    """Return roles by speaker label from `LABEL=ROLE` texts.

    Raises:
        click.UsageError: A text is not of that form, or the role is unknown.
    """
    from qualcode.model import ROLES

    roles = {}
    for text in texts:
        label, equals, role = (part.strip() for part in text.rpartition("="))
        role = role.casefold()
        if not equals or not label or role not in ROLES:
            near = nearest(role, ROLES) if equals and label else ""
            expected = f"LABEL=ROLE is expected, with a role of {', '.join(ROLES)}"
            raise click.UsageError(f"--roles {text!r}: {expected}{near or '.'}")
        roles[label] = role
    return roles


def unused_labels(readings: Sequence[Any], roles: Mapping[str, str]) -> list[str]:
    """Return the labels that no speaker of what was read has, each with the nearest that one has."""
    from qualcode.ingest import unused_roles

    if not readings:
        return []
    transcripts = [reading.transcript for reading in readings]
    speakers = sorted({turn.speaker for transcript in transcripts for turn in transcript.turns})
    return [f"{label!r}{nearest(label, speakers)}" for label in unused_roles(transcripts, roles)]


def known_encoding(name: str | None) -> str | None:
    """Return the name of an encoding as it was given.

    Raises:
        click.BadParameter: There is no such encoding.
    """
    from qualcode.ingest.source import check_encoding

    if name is not None:
        try:
            check_encoding(name)
        except UserError as error:
            raise click.BadParameter(str(error)) from None
    return name


def file_rows(readings: tuple[Any, ...], doubts: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return one row per transcript; `doubts` are numbers, from 1, in the list given."""
    from qualcode.model import clock
    from qualcode.project.ingesting import doubts_of

    numbers = {doubt: number for number, doubt in enumerate(doubts, start=1)}
    rows = []
    for reading in readings:
        transcript = reading.transcript
        rows.append(
            {
                "transcript": transcript.name,
                "case": transcript.case,
                "format": transcript.format,
                "encoding": reading.encoding or "(fixed)",
                "language": transcript.language,
                "turns": len(transcript.turns),
                "words": sum(speaker.words for speaker in reading.roles),
                "duration": clock(transcript.last_time),
                "doubts": ", ".join(str(numbers[doubt]) for doubt in doubts_of(reading)),
            }
        )
    return rows


def speaker_rows(readings: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Return one row per speaker of each transcript; the duration is the time of its last turn or caption."""
    from qualcode.model import clock

    rows = []
    for reading in readings:
        transcript = reading.transcript
        for speaker in reading.roles:
            rows.append(
                {
                    "transcript": transcript.name,
                    "case": transcript.case,
                    "format": transcript.format,
                    "language": transcript.language,
                    "turns": speaker.turns,
                    "speaker": speaker.speaker or "(none)",
                    "role": speaker.role,
                    "decided by": speaker.how,
                    "words": speaker.words,
                    "share": f"{speaker.share:.0%}",
                    "encoding": reading.encoding,
                    "duration": clock(transcript.last_time),
                }
            )
    return rows
