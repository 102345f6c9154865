"""`qualcode check`."""

from __future__ import annotations

import click

from qualcode.cli.common import actor_name, actor_option, current_study
from qualcode.cli.output import message
from qualcode.counts import counted


@click.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended, after keeping a copy of the store.")
@actor_option
@click.pass_context
def check(ctx: click.Context, repair: bool, actor: str | None) -> None:
    """Check the store: texts against their hashes, spans inside texts, history against the present state.

    Exit status 1 if anything is wrong. With --repair, rows that something else has changed are set to what the history
    says, and codes that codings have but the codebook has not are brought back.
    """
    from qualcode.project.analysis import missing_codes

    folder = current_study(ctx)
    if repair:
        from qualcode.project.safety import repair as mend

        for line in mend(folder, actor=actor_name(actor)):
            message(f"Mended: {line}.")
    with folder.store() as store:
        problems = [*store.verify()]
    for code, count in missing_codes(folder.study()).items():
        problems.append(f"{counted(count, 'coding')} with the code {code!r}, which is not in the codebook")
    for problem in problems:
        click.echo(problem)
    message(f"{counted(len(problems), 'problem')}." if problems else "All is well: texts, spans and history agree.")
    if problems:
        ctx.exit(1)
