"""`qualcode codings`: list, add, remove, accept, reject, import, export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from qualcode.cli.common import PATH, actor_name, actor_option, current_study, selection_options
from qualcode.cli.output import format_option, message, next_step, show_rows, warn

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
@format_option
@click.pass_context
def list_codings(ctx: click.Context, /, limit: int | None, form: str, **values: Any) -> None:
    """List codings with their passages."""
    from qualcode.interchange import as_row
    from qualcode.project.selection import select

    study = current_study(ctx).study()
    found = select(study, selection_from(values))
    rows = [as_row(study, coding) for coding in found[:limit]]
    if form == "table":
        rows = [{**row, "id": row["id"][:8], "quote": shortened(row["quote"])} for row in rows]
    show_rows(rows, COLUMNS, form)
    message(f"{len(found)} codings" + (f", {limit} shown" if limit and limit < len(found) else ""))


def shortened(text: str, longest: int = 70) -> str:
    """Return a passage on one line, cut where it is longer than a table bears."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


@codings.command()
@click.option("--coder", required=True, metavar="NAME", help="Who codes.")
@click.option("--code", required=True, metavar="CODE", help="Identifier of the code.")
@click.option("--transcript", default=None, metavar="NAME")
@click.option("--case", default=None, metavar="CASE", help="In place of --transcript, if the case has one.")
@click.option("--turn", type=click.IntRange(1), default=None, help="Number of the turn.")
@click.option("--time", default=None, metavar="HH:MM:SS", help="In place of --turn.")
@click.option("--quote", default=None, help="The passage, exactly as it stands in the turn.")
@click.option("--start", type=click.IntRange(0), default=None, help="First character, in place of turn and quote.")
@click.option("--end", type=click.IntRange(1), default=None, help="One past the last character.")
@click.pass_context
def add(ctx: click.Context, /, coder: str, code: str, **where: Any) -> None:
    """Add one coding."""
    from qualcode.project.codings import add_coding

    located = {key: value for key, value in where.items() if value is not None}
    added = add_coding(current_study(ctx), coder=coder, code=code, where=located)
    message(f"Added {added.id[:8]}: {code} on {added.transcript}, characters {added.start} to {added.end}.")


@codings.command()
@selection_options
@click.option("--all", "everything", is_flag=True, help="Needed when nothing else says which codings are meant.")
@actor_option
@click.pass_context
def remove(ctx: click.Context, /, everything: bool, actor: str | None, **values: Any) -> None:
    """Remove codings; `qualcode undo` brings them back."""
    from qualcode.project.codings import remove as take_away

    selection = narrowed(values, everything)
    count = take_away(current_study(ctx), selection, actor=actor_name(actor))
    message(f"Removed {count} codings.")
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
    count = set_status(current_study(ctx), selection, status, actor=actor_name(actor))
    message(f"{count} codings {status}.")


@codings.command(name="import")
@click.argument("file", type=PATH)
@click.option("--coder", required=True, metavar="NAME", help="Whose codings they are.")
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
    ctx: click.Context, file: Path, coder: str, kind: str, skip_bad: bool, dry_run: bool, actor: str | None
) -> None:
    """Import codings from FILE (JSONL or CSV), or from all such files of a folder, in one transaction.

    A coding is located by start and end, or by case or transcript, time or turn, and quote.
    """
    from qualcode.project.codings import import_codings

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
    message(f"{verb} {done.added} codings of {coder}; {done.present} were there already, {done.doubles} doubles.")
    next_step("qualcode compare, qualcode agree, or qualcode report")


@codings.command()
@selection_options
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--output", type=PATH, default=None, metavar="FILE", help="Write there instead of to stdout.")
@click.pass_context
def export(ctx: click.Context, /, form: str, output: Path | None, **values: Any) -> None:
    """Export codings with their passages and positions."""
    from qualcode.interchange import write_codings
    from qualcode.project.folder import write_whole
    from qualcode.project.selection import select

    study = current_study(ctx).study()
    found = select(study, selection_from(values))
    text = write_codings(study, found, form)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)
    message(f"{len(found)} codings")
