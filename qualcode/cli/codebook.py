"""`qualcode codebook`: show and check; the operations on codes are in `codebook_work`."""

from __future__ import annotations

import click

from qualcode.cli.codebook_work import COMMANDS
from qualcode.cli.common import current_study
from qualcode.cli.output import format_option, message, show_rows
from qualcode.counts import counted


@click.group()
def codebook() -> None:
    """Show, check and change the codebook; changes of codes carry the codings along."""


def chosen_codebook(ctx: click.Context, name: str | None):  # type: ignore[no-untyped-def]
    """Return the named codebook (a file or a shipped name), or the study's."""
    from qualcode.codebook import load_codebook

    return load_codebook(name) if name else current_study(ctx).codebook()


@codebook.command()
@click.argument("name", required=False, metavar="[NAME|FILE]")
@click.option("--code", "code_id", metavar="CODE", help="Show all of one code.")
@format_option
@click.pass_context
def show(ctx: click.Context, name: str | None, code_id: str | None, form: str) -> None:
    """Show the codes of the study's codebook, of a file, or of a shipped one."""
    from qualcode.errors import UserError, nearest

    book = chosen_codebook(ctx, name)
    if code_id is not None:
        if code_id not in book.by_id:
            raise UserError(f"The codebook has no code {code_id!r}{nearest(code_id, book.by_id)}")
        code = book.by_id[code_id]
        told = {
            "id": code.id,
            "name": code.name,
            "stage": code.stage,
            "category": ", ".join(code.categories),
            "definition": code.definition,
            "include": "\n".join(code.include),
            "exclude": "\n".join(code.exclude),
            "examples": "\n".join(code.examples),
            "cues": "\n".join(f"{language}: {cue.pattern}" for language, cues in code.cues.items() for cue in cues),
        }
        rows = [{"": key, "code": value} for key, value in told.items() if value]
        show_rows(rows, ("", "code"), form)
        return
    rows = [
        {
            "code": code.id,
            "name": code.name,
            "stage": code.stage,
            "cues": sum(len(cues) for cues in code.cues.values()),
            "definition": code.definition,
        }
        for code in book.codes
    ]
    show_rows(rows, ("code", "name", "stage", "cues", "definition"), form, title=book.title)
    categories = counted(len(book.categories), "category", "categories")
    message(f"{counted(len(book.codes), 'code')} in {categories}; hash {book.hash[:12]}")


@codebook.command()
@click.argument("name", required=False, metavar="[NAME|FILE]")
@format_option
@click.pass_context
def check(ctx: click.Context, name: str | None, form: str) -> None:
    """Look the codebook over: definitions, doubles, cues that can never match, codes without examples.

    Exit status 1 if it has errors; warnings and notes are advice.
    """
    from qualcode.codebook import check_codebook, code_lines
    from qualcode.coders import check_cue

    book = chosen_codebook(ctx, name)
    lines = code_lines(name or current_study(ctx).codebook_path)
    findings = check_codebook(book, check_cue, lines)
    rows = [
        {"severity": finding.severity, "code": finding.code, "line": finding.line or None, "message": finding.message}
        for finding in findings
    ]
    if rows or form != "table":
        show_rows(rows, ("severity", "code", "line", "message"), form)
    errors = sum(finding.severity == "error" for finding in findings)
    remarks = counted(len(findings) - errors, "remark")
    message(f"{counted(len(book.codes), 'code')} looked over: {counted(errors, 'error')}, {remarks}.")
    if errors:
        ctx.exit(1)


@codebook.command(name="export")
@click.argument("name", required=False, metavar="[NAME|FILE]")
@click.pass_context
def export(ctx: click.Context, name: str | None) -> None:
    """Print the codebook as YAML."""
    from qualcode.codebook import dump_codebook

    click.echo(dump_codebook(chosen_codebook(ctx, name)), nl=False)


@codebook.command(name="list")
@format_option
def list_shipped(form: str) -> None:
    """List the codebooks that come with qualcode."""
    from qualcode.codebook import load_codebook, shipped_codebooks

    books = [load_codebook(name) for name in shipped_codebooks()]
    rows = [{"name": book.name, "title": book.title, "codes": len(book.codes)} for book in books]
    show_rows(rows, ("name", "title", "codes"), form)


for command in COMMANDS:
    codebook.add_command(command)
