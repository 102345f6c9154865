"""`qualcode codebook rename`, `merge`, `split` and the other operations on codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qualcode.cli.common import PATH, actor_name, actor_option, current_study
from qualcode.cli.output import format_option, message, next_step, show_rows, warn
from qualcode.counts import counted

if TYPE_CHECKING:
    from qualcode.model import Coding, Study
    from qualcode.project.codebook_work import Done

Command = TypeVar("Command", bound=Callable[..., Any])
dry_run_option = click.option("--dry-run", is_flag=True, help="Tell what would be done; write nothing.")


def tell(done: Done, dry_run: bool) -> None:
    """Say what an operation did."""
    parts = [f"{counted(done.codings, 'coding')} carried along"]
    parts += [f"{counted(done.doubles, 'double')} joined"] if done.doubles else []
    parts += [f"{counted(done.removed, 'coding')} removed"] if done.removed else []
    parts += [counted(done.memos, "memo")] if done.memos else []
    parts += [counted(done.relations, "relation")] if done.relations else []
    message(f"{'Would do' if dry_run else 'Done'}: {done.detail}; {', '.join(parts)}.")
    warn(done.mentions, what="codes with a mention of an identifier that is gone (see codebook.yaml)")
    if dry_run:
        return
    if not done.keeps_remarks:
        message("codebook.yaml was written anew; remarks in it are lost (the history keeps the earlier text).")
    next_step("qualcode undo takes it back; qualcode codebook diff shows what changed")


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--name", default="", help="The name shown from now on.")
@click.option("--category", is_flag=True, help="OLD and NEW are categories.")
@dry_run_option
@actor_option
@click.pass_context
def rename(ctx: click.Context, old: str, new: str, name: str, category: bool, dry_run: bool, actor: str | None) -> None:
    """Give a code (or a category) another identifier; with --name another name too."""
    from qualcode.project import codebook_work

    folder = current_study(ctx)
    done = codebook_work.rename(
        folder, old, new, name=name, category=category, actor=actor_name(actor), dry_run=dry_run
    )
    tell(done, dry_run)


@click.command()
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@click.option("--into", required=True, metavar="CODE", help="The code that they become: one that is there, or new.")
@click.option("--name", default="", help="Its name from now on.")
@click.option("--definition", default="", help="Its definition from now on.")
@dry_run_option
@actor_option
@click.pass_context
def merge(
    ctx: click.Context,
    codes: tuple[str, ...],
    into: str,
    name: str,
    definition: str,
    dry_run: bool,
    actor: str | None,
) -> None:
    """Make one code of several; it takes over their rules, examples and cues."""
    from qualcode.project import codebook_work

    done = codebook_work.merge(
        current_study(ctx),
        codes,
        into,
        name=name,
        definition=definition,
        actor=actor_name(actor),
        dry_run=dry_run,
    )
    tell(done, dry_run)


@click.command()
@click.argument("code")
@click.option(
    "--to", "to", multiple=True, metavar="CODE=ID,ID…", help="These codings go to CODE (CODE alone: make it)."
)
@click.option("--by-file", type=PATH, default=None, metavar="FILE", help='JSONL: {"id": …, "to": CODE} a line.')
@click.option(
    "--by-search", "searches", multiple=True, metavar="CODE=QUERY", help="Codings with a match inside go to CODE."
)
@click.option("--rest", default="", metavar="CODE", help="Where all other codings go [default: they stay].")
@click.option("--keep", is_flag=True, help="Keep the code although no coding is left with it.")
@click.option("--definition", "definitions", multiple=True, metavar="CODE=TEXT", help="Definition of a new code.")
@dry_run_option
@actor_option
@click.pass_context
def split(
    ctx: click.Context,
    code: str,
    to: tuple[str, ...],
    by_file: Path | None,
    searches: tuple[str, ...],
    rest: str,
    keep: bool,
    definitions: tuple[str, ...],
    dry_run: bool,
    actor: str | None,
) -> None:
    """Make several codes of one, and choose where each coding goes: by id, by a file, by a search, or all others.

    Where several say where a coding goes, an id goes before the file, the file before a search.

    A new code starts as a copy of the old one: give it its own definition.
    """
    from qualcode.project import codebook_work
    from qualcode.project.where_to import by_ids, by_search, read_mapping
    from qualcode.tables.query import parse_query

    wanted = {part: ids.split(",") if ids else [] for part, ids in pairs(to, "--to", alone=True).items()}

    queries = {part: parse_query(query) for part, query in pairs(searches, "--by-search").items()}

    def choose(study: Study, own: Sequence[Coding]) -> Mapping[str, str]:
        found = by_search(study, own, queries)
        return {**found, **(read_mapping(by_file, own) if by_file else {}), **by_ids(own, wanted)}

    done = codebook_work.split(
        current_study(ctx),
        code,
        choose,
        parts=(*wanted, *queries),
        rest=rest,
        keep=keep,
        definitions=pairs(definitions, "--definition"),
        actor=actor_name(actor),
        dry_run=dry_run,
    )
    tell(done, dry_run)


def pairs(texts: Sequence[str], option: str, *, alone: bool = False) -> dict[str, str]:
    """Return values by name from `NAME=VALUE` texts; the same name twice joins the values with a comma.

    Raises:
        click.UsageError: A text has no name, or no equals sign where one is needed.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name.strip() or not (equals or alone):
            raise click.UsageError(f"{option} {text!r}: NAME=VALUE is expected.")
        name = name.strip()
        found[name] = ",".join(part for part in (found.get(name, ""), value.strip()) if part)
    return found


@click.command()
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@click.option("--to", "categories", multiple=True, metavar="CATEGORY", help="Its categories, the main one first.")
@click.option("--under", default=None, metavar="CODE", help="The code above it; '-' for none.")
@click.option(
    "--after", default=None, metavar="CODE", help="The code it comes after in the list; '-' for the beginning."
)
@dry_run_option
@actor_option
@click.pass_context
def move(
    ctx: click.Context,
    codes: tuple[str, ...],
    categories: tuple[str, ...],
    under: str | None,
    after: str | None,
    dry_run: bool,
    actor: str | None,
) -> None:
    """Put codes into other categories (several are fine), under another code, or elsewhere in the list."""
    from qualcode.project import codebook_work

    if not categories and under is None and after is None:
        raise click.UsageError("Where to? Give --to CATEGORY, --under CODE or --after CODE.")
    done = codebook_work.move(
        current_study(ctx),
        codes,
        categories=categories or None,
        parent="" if under == "-" else under,
        after="" if after == "-" else after,
        actor=actor_name(actor),
        dry_run=dry_run,
    )
    tell(done, dry_run)


@click.command()
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@click.option("--with-codings", is_flag=True, help="Take out their codings too; undo brings them back.")
@dry_run_option
@actor_option
@click.pass_context
def delete(ctx: click.Context, codes: tuple[str, ...], with_codings: bool, dry_run: bool, actor: str | None) -> None:
    """Take codes out of the codebook."""
    from qualcode.project import codebook_work

    done = codebook_work.delete(
        current_study(ctx), codes, with_codings=with_codings, actor=actor_name(actor), dry_run=dry_run
    )
    tell(done, dry_run)


@click.command()
@click.argument("code")
@click.option("--name", default="", help="The name shown [default: the identifier in words].")
@click.option("--definition", default="", help="What it means.")
@click.option("--to", "categories", multiple=True, metavar="CATEGORY", help="Its categories, the main one first.")
@click.option("--under", default="", metavar="CODE", help="The code above it.")
@click.option("--in-vivo", default="", metavar="PLACE", help="It is a participant's words; where they were said.")
@dry_run_option
@actor_option
@click.pass_context
def add(
    ctx: click.Context,
    code: str,
    name: str,
    definition: str,
    categories: tuple[str, ...],
    under: str,
    in_vivo: str,
    dry_run: bool,
    actor: str | None,
) -> None:
    """Add a code to the codebook."""
    from qualcode.codebook import name_from
    from qualcode.model import Code
    from qualcode.project import codebook_work

    made = Code(
        code,
        name or name_from(code),
        definition,
        categories=categories,
        parent=under,
        origin=f"in vivo: {in_vivo}" if in_vivo else "",
    )
    tell(codebook_work.add(current_study(ctx), made, actor=actor_name(actor), dry_run=dry_run), dry_run)


@click.command()
@click.argument("code")
@click.option("--as", "new", default="", metavar="CODE", help="Its identifier from now on.")
@click.option("--name", default="", help="Its name from now on.")
@click.option("--definition", default="", help="What it means; needed unless it has one.")
@click.option("--to", "categories", multiple=True, metavar="CATEGORY", help="Its categories, the main one first.")
@dry_run_option
@actor_option
@click.pass_context
def promote(
    ctx: click.Context,
    code: str,
    new: str,
    name: str,
    definition: str,
    categories: tuple[str, ...],
    dry_run: bool,
    actor: str | None,
) -> None:
    """Make a code with a definition of an in-vivo code, which is a participant's own words."""
    from qualcode.project import codebook_work

    done = codebook_work.promote(
        current_study(ctx),
        code,
        new or code,
        name=name,
        definition=definition,
        categories=categories,
        actor=actor_name(actor),
        dry_run=dry_run,
    )
    tell(done, dry_run)


@click.command(name="import")
@click.argument("name", metavar="FILE|NAME")
@dry_run_option
@actor_option
@click.pass_context
def import_(ctx: click.Context, name: str, dry_run: bool, actor: str | None) -> None:
    """Make FILE (or a shipped codebook) the study's codebook.

    Codings follow codes whose origin says what they were ("was: old-id"); a code in use that is not there is refused.
    """
    from qualcode.project import codebook_work

    tell(codebook_work.take_over(current_study(ctx), name, actor=actor_name(actor), dry_run=dry_run), dry_run)


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@format_option
@click.pass_context
def diff(ctx: click.Context, old: str, new: str | None, form: str) -> None:
    """Show what changed from OLD to NEW: files, shipped names, or versions on record by number or hash; now: as it is.

    NEW is the study's codebook unless given. Codes are followed by their origin, so that a rename is no loss.
    """
    from qualcode.codebook.difference import codebook_difference
    from qualcode.project.versions import any_codebook

    before = any_codebook(old, lambda: current_study(ctx))
    after = any_codebook(new, lambda: current_study(ctx)) if new else current_study(ctx).codebook()
    rows = [
        {
            "change": one.change,
            "code": one.code,
            "was": list(one.was),
            "fields": list(one.fields),
            "redefined": one.redefined,
            "old definition": one.old_definition,
            "definition": one.definition,
        }
        for one in codebook_difference(before, after)
    ]
    columns = ["change", "code", "was", "fields", "redefined", "old definition", "definition"]
    if form == "table":
        for row in rows:
            if row["old definition"] == row["definition"]:
                row["old definition"] = row["definition"] = None
    show_rows(rows, columns, form)
    differ = f"{counted(len(rows), 'code')} {'differs' if len(rows) == 1 else 'differ'}"
    message(f"{differ} between {before.hash[:12]} and {after.hash[:12]}.")


@click.command()
@format_option
@click.pass_context
def versions(ctx: click.Context, form: str) -> None:
    """List the versions of the codebook on record, oldest first."""
    folder = current_study(ctx)
    with folder.store() as store:
        current = store.codebook_hash()
        rows = [
            {
                "number": number,
                "hash": one.hash if form != "table" else one.hash[:12],
                "recorded": one.recorded,
                "now": one.hash == current,
            }
            for number, one in enumerate(store.codebooks(), 1)
        ]
    show_rows(rows, ("number", "hash", "recorded", "now"), form)


@click.command()
@actor_option
@click.pass_context
def record(ctx: click.Context, actor: str | None) -> None:
    """Put codebook.yaml on record as it is, with all edits made by hand."""
    from qualcode.cli.seeing import tell_missing_codes
    from qualcode.project import codebook_work

    new = codebook_work.record(current_study(ctx), actor=actor_name(actor))
    message("Recorded." if new else "It is on record already.")
    tell_missing_codes(current_study(ctx).study())


@click.command()
@click.argument("hash_", required=False, metavar="[HASH]")
@actor_option
@click.pass_context
def restore(ctx: click.Context, hash_: str | None, actor: str | None) -> None:
    """Write codebook.yaml as the study's newest version on record says, or as the one with HASH does."""
    from qualcode.project import codebook_work

    full = codebook_work.restore(current_study(ctx), hash_ or "", actor=actor_name(actor))
    message(f"codebook.yaml is version {full[:12]} now.")


COMMANDS = (add, rename, merge, split, move, delete, promote, import_, diff, versions, record, restore)
