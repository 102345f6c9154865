"""`qualcode codings`: list, add, remove, accept, reject, import, export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from qualcode.cli.common import PATH, actor_name, actor_option, current_study, selection_options
from qualcode.cli.output import format_option, message, next_step, show_rows, there_already, warn
from qualcode.cli.search import query_and_scope, search_options
from qualcode.cli.seeing import seeing_options, seen_study, whole_study
from qualcode.counts import counted

COLUMNS = ("id", "case", "turn", "time", "code", "coder", "status", "confidence", "assertion", "quote")


@click.group()
def codings() -> None:
    """List, add, remove, accept, reject, import and export codings."""


def selection_from(values: dict[str, Any]):  # type: ignore[no-untyped-def]
    """Return the selection that the options describe."""
    from qualcode.project.selection import Selection

    return Selection(**values)


@codings.command(name="list")
@selection_options
@click.option("--limit", type=click.IntRange(1), default=None, help="Show at most so many.")
@seeing_options
@format_option
@click.pass_context
def list_codings(
    ctx: click.Context, /, limit: int | None, blind: bool, actor: str | None, form: str, **values: Any
) -> None:
    """List codings with their passages."""
    from qualcode.interchange import as_row
    from qualcode.project.selection import select

    study = seen_study(ctx, blind, actor)
    found = select(study, selection_from(values))
    rows = [as_row(study, coding) for coding in found[:limit]]
    if form == "table":
        rows = [{**row, "id": row["id"][:8], "quote": shortened(row["quote"])} for row in rows]
    show_rows(rows, COLUMNS, form)
    message(counted(len(found), "coding") + (f", {limit} shown" if limit and limit < len(found) else ""))


def shortened(text: str, longest: int = 70) -> str:
    """Return a passage on one line, cut where it is longer than a table bears."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def beside(present: int, doubles: int) -> str:
    """Return what of a file was not added, in words."""
    return f"{there_already(present)}, {counted(doubles, 'double')}"


@codings.command()
@click.argument("file", type=PATH, required=False)
@click.option("--coder", required=True, metavar="NAME", help="Who codes.")
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Identifier of the code; several may be given.")
@click.option("--from-search", "query", default=None, metavar="QUERY", help="Code all that the search finds.")
@click.option(
    "--span",
    type=click.Choice(["turn", "sentence", "match"]),
    default="sentence",
    show_default=True,
    help="What is coded of what the search finds.",
)
@search_options
@click.option("--transcript", default=None, metavar="NAME")
@click.option("--turn", type=click.IntRange(1), default=None, help="Number of the turn.")
@click.option("--time", default=None, metavar="HH:MM:SS", help="In place of --turn.")
@click.option("--quote", default=None, help="The passage, exactly as it stands in the turn.")
@click.option("--start", type=click.IntRange(0), default=None, help="First character, in place of turn and quote.")
@click.option("--end", type=click.IntRange(1), default=None, help="One past the last character.")
@click.option("--dry-run", is_flag=True, help="Tell what would be added; write nothing.")
@actor_option
@click.pass_context
def add(
    ctx: click.Context,
    /,
    file: Path | None,
    coder: str,
    codes: tuple[str, ...],
    query: str | None,
    dry_run: bool,
    actor: str | None,
    **values: Any,
) -> None:
    """Add one coding; or all of FILE (JSONL, CSV); or what a search finds, with --from-search. All in one change.

    A single coding is located by --case or --transcript, --turn or --time, and --quote; or by --start and --end.
    """
    if file is not None:
        if codes or query is not None:
            raise click.UsageError("A file says itself which codes it gives: leave out --code and --from-search.")
        add_file(ctx, file, coder, dry_run, actor)
        return
    if not codes:
        raise click.UsageError("Which code? Give --code CODE, or a FILE of codings.")
    if query is not None:
        add_found(ctx, query, codes, coder, dry_run, actor, values)
        return
    add_one(ctx, codes, coder, dry_run, actor, values)


def add_one(
    ctx: click.Context,
    codes: tuple[str, ...],
    coder: str,
    dry_run: bool,
    actor: str | None,
    values: dict[str, Any],
) -> None:
    """Give codes to one passage."""
    from qualcode.project.codings import add_codings

    fields = ("transcript", "turn", "time", "quote", "start", "end")
    located = {key: values[key] for key in fields if values[key] is not None}
    if len(values["cases"]) > 1:
        raise click.UsageError("A coding is about one case.")
    if values["cases"]:
        located["case"] = values["cases"][0]
    added = add_codings(current_study(ctx), coder=coder, codes=codes, where=located, actor=actor or "", dry_run=dry_run)
    for one in added:
        verb = "Would add" if dry_run else f"Added {one.id[:8]}"
        message(f"{verb}: {one.code} on {one.transcript}, characters {one.start} to {one.end}.")


def add_file(ctx: click.Context, file: Path, coder: str, dry_run: bool, actor: str | None) -> None:
    """Add the codings of a file."""
    from qualcode.project.codings import import_codings

    done = import_codings(
        current_study(ctx), file, coder=coder, dry_run=dry_run, actor=actor or "", action="codings add"
    )
    verb = "Would add" if dry_run else "Added"
    message(f"{verb} {counted(done.added, 'coding')} of {coder}; {beside(done.present, done.doubles)}.")


def add_found(
    ctx: click.Context,
    query: str,
    codes: tuple[str, ...],
    coder: str,
    dry_run: bool,
    actor: str | None,
    values: dict[str, Any],
) -> None:
    """Give codes to what a search finds."""
    from qualcode.interchange import as_row
    from qualcode.project.searching import code_found
    from qualcode.tables.search import search

    if any(values[key] is not None for key in ("transcript", "turn", "time", "quote", "start", "end")):
        raise click.UsageError("A search says itself where: leave out --transcript, --turn, --time, --quote, --start.")
    span = values["span"]
    parsed, scope = query_and_scope(query, dict(values))
    folder = current_study(ctx)
    done = code_found(
        folder,
        lambda study: search(study, parsed, scope),
        codes,
        coder=coder,
        span=span,
        query=query,
        dry_run=dry_run,
        actor=actor or "",
    )
    if dry_run:
        study = folder.study()
        rows = [as_row(study, coding) for coding in done.added]
        show_rows(
            [{**row, "quote": shortened(row["quote"])} for row in rows], ("case", "turn", "code", "quote"), "table"
        )
    verb = "Would add" if dry_run else "Added"
    message(f"{verb} {counted(len(done.added), 'coding')} of {coder}; {there_already(done.present)}.")
    if not dry_run:
        next_step("qualcode undo takes them back")


@codings.command()
@selection_options
@click.option("--all", "everything", is_flag=True, help="Needed when nothing else says which codings are meant.")
@click.option("--dry-run", is_flag=True, help="List what would be removed; write nothing.")
@actor_option
@click.pass_context
def remove(ctx: click.Context, /, everything: bool, dry_run: bool, actor: str | None, **values: Any) -> None:
    """Remove codings; `qualcode undo` brings them back. Of one who codes blind, their own only."""
    from qualcode.interchange import as_row
    from qualcode.project.codings import remove as take_away

    selection = narrowed(values, everything)
    study = seen_study(ctx, False, actor) if dry_run else None
    found = take_away(current_study(ctx), selection, actor=actor_name(actor), dry_run=dry_run)
    if study is not None:
        rows = [as_row(study, coding) for coding in found]
        rows = [{**row, "id": row["id"][:8], "quote": shortened(row["quote"])} for row in rows]
        show_rows(rows, COLUMNS, "table")
        message(f"Would remove {counted(len(found), 'coding')}.")
        return
    message(f"Removed {counted(len(found), 'coding')}.")
    next_step("qualcode undo brings them back")


@codings.command()
@selection_options
@click.option("--all", "everything", is_flag=True, help="Needed when nothing else says which codings are meant.")
@actor_option
@click.pass_context
def accept(ctx: click.Context, /, everything: bool, actor: str | None, **values: Any) -> None:
    """Accept proposed codings: from then on they count."""
    change_status(ctx, "accepted", values, everything, actor)


@codings.command()
@selection_options
@click.option("--all", "everything", is_flag=True, help="Needed when nothing else says which codings are meant.")
@actor_option
@click.pass_context
def reject(ctx: click.Context, /, everything: bool, actor: str | None, **values: Any) -> None:
    """Reject proposed codings: they are kept, but never count, and are not proposed again."""
    change_status(ctx, "rejected", values, everything, actor)


def narrowed(values: dict[str, Any], everything: bool):  # type: ignore[no-untyped-def]
    """Return the selection, and refuse one that means all codings without `--all`."""
    selection = selection_from(values)
    if selection.is_everything and not everything:
        raise click.UsageError("That means every coding: say which (ids, --coder, --code, …), or --all.")
    return selection


def change_status(ctx: click.Context, status: str, values: dict[str, Any], everything: bool, actor: str | None) -> None:
    """Set the status of the codings that the options describe, and say how many changed."""
    from qualcode.project.codings import set_status

    selection = narrowed(values, everything)
    whole_study(ctx, actor, "deciding on codings")
    count = set_status(current_study(ctx), selection, status, actor=actor_name(actor))
    message(f"{counted(count, 'coding')} {status}.")


@codings.command(name="import")
@click.argument("file", type=PATH)
@click.option("--coder", default=None, metavar="NAME", help="Whose codings they are.")
@click.option(
    "--by-id", is_flag=True, help="A folder that 'codings export --folder' wrote: coders and ids as in the files."
)
@click.option(
    "--kind",
    type=click.Choice(["person", "reference", "machine"]),
    default="person",
    show_default=True,
    help="What that coder is, if new to the study.",
)
@click.option("--skip-bad", is_flag=True, help="Import the good rows although others cannot be used.")
@click.option("--dry-run", is_flag=True, help="Check the file; write nothing.")
@actor_option
@click.pass_context
def import_(
    ctx: click.Context,
    file: Path,
    coder: str | None,
    by_id: bool,
    kind: str,
    skip_bad: bool,
    dry_run: bool,
    actor: str | None,
) -> None:
    """Import codings from FILE (JSONL or CSV), or from all such files of a folder, in one transaction.

    A coding is located by start and end, or by case or transcript, time or turn, and quote.
    """
    from qualcode.project.codings import import_codings

    if by_id:
        if coder is not None:
            raise click.UsageError("--coder does not go with --by-id: the coders are those of the files.")
        import_by_id(ctx, file, dry_run, actor)
        return
    if coder is None:
        raise click.UsageError("Whose codings are they? Give --coder NAME (or --by-id).")
    done = import_codings(
        current_study(ctx),
        file,
        coder=coder,
        kind=kind,
        skip_bad=skip_bad,
        dry_run=dry_run,
        actor=actor_name(actor),
    )
    warn(done.skipped, what="rows left out", shown=20)
    verb = "Would import" if dry_run else "Imported"
    message(f"{verb} {counted(done.added, 'coding')} of {coder}; {beside(done.present, done.doubles)}.")
    next_step("qualcode compare, qualcode agree, or qualcode report")


def import_by_id(ctx: click.Context, source: Path, dry_run: bool, actor: str | None) -> None:
    """Take in a folder of plain text by the ids of its codings."""
    from qualcode.project.plain_text import import_folder

    done = import_folder(current_study(ctx), source, actor=actor_name(actor), dry_run=dry_run)
    verb = "Would import" if dry_run else "Imported"
    rest = f"{done.unchanged} the same, {counted(done.doubles, 'double')}"
    message(f"{verb} {counted(done.added, 'new coding')}, {done.changed} changed; {rest}.")


@codings.command()
@selection_options
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--output", type=PATH, default=None, metavar="FILE", help="Write there instead of to stdout.")
@click.option(
    "--folder",
    type=PATH,
    default=None,
    metavar="DIR",
    help="Write DIR/CODER/TRANSCRIPT.jsonl, one coding a line with its id (for git, and for import --by-id).",
)
@seeing_options
@click.pass_context
def export(
    ctx: click.Context,
    /,
    form: str,
    output: Path | None,
    folder: Path | None,
    blind: bool,
    actor: str | None,
    **values: Any,
) -> None:
    """Export codings with their passages and positions."""
    from qualcode.files import write_whole
    from qualcode.interchange import write_codings
    from qualcode.project.selection import select

    study = seen_study(ctx, blind, actor)
    selection = selection_from(values)
    found = select(study, selection)
    if folder is not None:
        from qualcode.project.blindness import codes_blind
        from qualcode.project.plain_text import export_folder

        whole = selection.is_everything and not blind and not codes_blind(study, actor_name(actor))
        files = export_folder(study.with_codings(found), folder, whole=whole)
        message(f"{counted(len(found), 'coding')} in {counted(len(files), 'file')}")
        return
    text = write_codings(study, found, form)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)
    message(counted(len(found), "coding"))
