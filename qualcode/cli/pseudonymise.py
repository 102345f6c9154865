"""`qualcode pseudonymise`: names to pseudonyms, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualcode.cli.common import PATH, actor_name, actor_option, current_study
from qualcode.cli.output import format_option, message, next_step, show_rows, warn
from qualcode.cli.seeing import whole_study
from qualcode.counts import counted

if TYPE_CHECKING:
    from qualcode.ingest.pseudonyms import Pseudonym
    from qualcode.model import Study
    from qualcode.project.folder import StudyFolder
    from qualcode.project.pseudonymising import Pseudonymised

CANDIDATES = ("name", "pseudonym", "kind", "count", "transcripts", "example")
REMAINING = ("where", "name", "found", "count", "example")
STILL_THERE = (
    "The names are still in this study's history: earlier versions of the texts, the journal, copies of the store.\n"
    "Before you give the study away: qualcode pseudonymise --purge --accept (this cannot be undone)."
)


@click.command()
@click.argument("table", required=False, type=PATH, metavar="[TABLE.csv]")
@click.option(
    "--suggest", is_flag=True, help="List what may have to be replaced; with --format csv as a table to fill in."
)
@click.option(
    "--key", type=PATH, default=None, metavar="FILE", help="The key: new, outside the study; brings names back."
)
@click.option("--accept", is_flag=True, help="Do it; without, it is only shown.")
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing (as without --accept).")
@click.option("--any-case", is_flag=True, help="Names in any case of letters; else as written, or ALL IN CAPITALS.")
@click.option("--reverse", is_flag=True, help="Put the names back with the --key.")
@click.option("--purge", is_flag=True, help="Take the history out of the study's folder; with TABLE, after replacing.")
@actor_option
@format_option
@click.pass_context
def pseudonymise(
    ctx: click.Context,
    table: Path | None,
    suggest: bool,
    key: Path | None,
    accept: bool,
    dry_run: bool,
    any_case: bool,
    reverse: bool,
    purge: bool,
    actor: str | None,
    form: str,
) -> None:
    """Replace names by pseudonyms in all texts of the study, or put them back.

    TABLE.csv has the columns name and pseudonym. Names are replaced in transcripts, speaker labels, headers, cases,
    memos and evidence, as whole words, the longest first ("Petteri's" becomes "Mikko's"); codings are carried along
    exactly. The key is the only way back: keep it apart from the study.

    Lists what is left: names in other forms, and files that still hold the texts as they were.
    """
    if accept and dry_run:
        raise click.UsageError("Either --accept or --dry-run.")
    if sum((suggest, reverse, table is not None)) > 1 or (purge and (suggest or reverse)):
        raise click.UsageError("One at a time: TABLE.csv (with or without --purge), --suggest, --reverse, or --purge.")
    folder = current_study(ctx)
    who = actor_name(actor)
    # Everybody's memos, and the evidence of their codings, are gone through and shown.
    study = whole_study(ctx, actor)
    if suggest:
        show_candidates(study, form)
    elif reverse:
        if key is None:
            raise click.UsageError("--reverse needs the key: --key FILE.")
        put_back(folder, key, accept, who)
    elif table is not None:
        replace_names(folder, table, key, accept, any_case, purge, who, form)
    elif not purge:
        raise click.UsageError("Nothing to do: name a TABLE.csv, --suggest, --reverse or --purge.")
    else:
        take_out_history(folder, accept, who)


def show_candidates(study: Study, form: str) -> None:
    """List what may have to be replaced."""
    from qualcode.project.remaining import candidates

    found, how = candidates(study)
    rows = [
        {
            "name": one.name,
            "pseudonym": "",
            "kind": one.kind,
            "count": one.count,
            "transcripts": list(one.transcripts),
            "example": one.example,
        }
        for one in found
    ]
    columns = CANDIDATES if form == "csv" else tuple(column for column in CANDIDATES if column != "pseudonym")
    show_rows(rows, columns, form)
    told = f"{counted(len(found), 'candidate')}, found by {how}"
    message(f"{told}. Read the texts too: rules miss nicknames and descriptions.")
    next_step(
        "qualcode pseudonymise --suggest --format csv > names.csv, fill in pseudonyms, qualcode pseudonymise names.csv"
    )


def replace_names(
    folder: StudyFolder,
    path: Path,
    key: Path | None,
    accept: bool,
    any_case: bool,
    purge: bool,
    actor: str,
    form: str,
) -> None:
    """Replace names, say what was done, and list what is left."""
    from qualcode.ingest.pseudonyms import read_pseudonyms
    from qualcode.project.pseudonymising import pseudonymise as replace_all

    table, empty = read_pseudonyms(path)
    done = replace_all(folder, table, key=key, accept=accept, any_case=any_case, actor=actor)
    if empty:
        message(f"Passed over: {counted(empty, 'row')} without a pseudonym.")
    tell(done, table)
    if not accept:
        show_rows(
            [{"name": row.name, "pseudonym": row.pseudonym, "count": done.names[row.name]} for row in table],
            ("name", "pseudonym", "count"),
            form,
        )
        message("Nothing was written: do it with --accept --key FILE.")
        return
    if purge:
        take_out_history(folder, True, actor)
    show_remaining(folder, table, form)
    if done.written and not purge:
        message(click.style(STILL_THERE, bold=True))


def tell(done: Pseudonymised, table: list[Pseudonym]) -> None:
    """Say what was replaced."""
    verb = "Replaced" if done.written else "Would replace"
    message(
        f"{verb} {counted(sum(done.transcripts.values()), 'occurrence')} in the texts of "
        f"{counted(len(done.transcripts), 'transcript')}; what changes along: {counted(done.codings, 'coding')}, "
        f"{counted(len(done.cases), 'case name')}, {counted(done.memos, 'memo')}."
    )
    warn([row.name for row in table if not done.names[row.name]], what="names of the table found nowhere")
    warn(
        [f"{name} ({counted(count, 'time')})" for name, count in done.collisions.items()],
        what="pseudonyms that the texts use already, of themselves",
    )
    if done.written:
        message(f"The key is {done.key}: keep it apart from the study; without it there is no way back.")


def show_remaining(folder: StudyFolder, table: list[Pseudonym], form: str) -> None:
    """List what is left of names of a table, further candidates, and files with the texts as they were."""
    from qualcode.project.remaining import candidates, files_with_names, remaining

    study = folder.study()
    left = remaining(folder, study, table)
    rows = [
        {"where": one.where, "name": one.name, "found": one.found, "count": one.count, "example": one.example}
        for one in left
    ]
    further, _ = candidates(study, leave=[row.pseudonym for row in table])
    rows += [
        {"where": ", ".join(one.transcripts), "name": "", "found": one.name, "count": one.count, "example": one.example}
        for one in further
    ]
    show_rows(rows, REMAINING, form, title="What is left")
    more = counted(len(further), "further candidate")
    message(f"{counted(len(left), 'place')} where a name of the table is left in another form; {more}.")
    warn(files_with_names(folder, study), what="files with texts as they were", shown=20)


def put_back(folder: StudyFolder, key: Path, accept: bool, actor: str) -> None:
    """Restore the names with the key."""
    from qualcode.project.restoring import restore

    done = restore(folder, key, accept=accept, actor=actor)
    verb = "Restored" if done.written else "Would restore"
    message(f"{verb} {counted(len(done.transcripts), 'transcript')}; {counted(done.codings, 'coding')} carried along.")
    warn(done.left, what="things left as they are, because of changes since")
    if not accept:
        message("Nothing was written: do it with --accept.")


def take_out_history(folder: StudyFolder, accept: bool, actor: str) -> None:
    """Purge, and say what is gone."""
    from qualcode.project.purging import earlier_files, purge

    if not accept:
        message(
            "Would take out of the study's folder: earlier versions of texts and codings left on them, the journal, "
            f"{counted(len(earlier_files(folder)), 'earlier file')} (copies of the store too); source files are "
            "replaced by the present texts.\n"
            "Nothing was written: do it with --accept. It cannot be undone."
        )
        return
    done = purge(folder, actor=actor)
    message(
        f"Took out the history: {counted(done.changes, 'change')}, {counted(done.left_behind, 'coding')} on earlier "
        f"texts, {counted(len(done.removed), 'earlier file')}. Present texts were written over "
        f"{counted(len(done.replaced), 'source file')}."
    )
    warn(done.others, what="files among the transcripts without a transcript, left as they are")
    message("Backups, synchronised folders and the disk's free space may still hold the old files.")
