"""`qualcode check`."""

from __future__ import annotations

import click

from qualcode.cli.common import current_study
from qualcode.cli.output import message


@click.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Check the store: texts against their hashes, spans inside texts, history against the present state.

    Exit status 1 if anything is wrong.
    """
    folder = current_study(ctx)
    with folder.store() as store:
        problems = [*store.verify()]
    known = folder.codebook().by_id
    orphans = sorted({coding.code for coding in folder.study().codings if coding.code not in known})
    problems += [f"codings have the code {code!r}, which is not in the codebook" for code in orphans]
    for problem in problems:
        click.echo(problem)
    message(f"{len(problems)} problems." if problems else "All is well: texts, spans and history agree.")
    if problems:
        ctx.exit(1)
