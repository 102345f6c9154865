"""`qualcode code`: machine coders propose; with `--by` alone a person codes on a screen."""

from __future__ import annotations

import click

from qualcode.cli.common import actor_name, actor_option, current_study
from qualcode.cli.output import format_option, message, next_step, progress, show_rows

COLUMNS = ("coder", "proposals", "affirmed", "flagged", "added", "removed", "reviewed before")


@click.command()
@click.option("--coder", "coders", multiple=True, metavar="NAME", help="A machine coder; may be given several times.")
@click.option("--dry-run", is_flag=True, help="Show the proposals; write nothing.")
@click.option("--blind", is_flag=True, help="With --by: hide others' codings and machines' proposals.")
@click.option("--case", "cases", multiple=True, metavar="CASE", help="With --by: only this case.")
@actor_option
@format_option
@click.pass_context
def code(
    ctx: click.Context,
    coders: tuple[str, ...],
    dry_run: bool,
    blind: bool,
    cases: tuple[str, ...],
    actor: str | None,
    form: str,
) -> None:
    """Let machine coders propose codings, each stored under its own name with its evidence.

    Nothing proposed counts in an analysis until it is accepted, or the machine is asked for by name.

    With --by NAME and no --coder: open the screen on which the person NAME codes (needs the extra `terminal`).
    """
    if actor and not coders and not dry_run:
        from qualcode.terminal import open_coder

        open_coder(current_study(ctx), coder=actor, blind=blind, cases=cases)
        return
    if blind or cases:
        raise click.UsageError("--blind and --case are for coding on the screen: give --by NAME, and no --coder.")
    from qualcode.project.machines import code as propose

    folder = current_study(ctx)
    with progress("Coding transcripts") as report:
        results = propose(folder, coders, dry_run=dry_run, actor=actor_name(actor), progress=report)
    rows = [
        {
            "coder": done.coder,
            "proposals": done.proposals,
            "affirmed": done.affirmed,
            "flagged": ", ".join(f"{n} {kind}" for kind, n in done.by_assertion.items() if kind != "affirmed"),
            "added": done.added,
            "removed": done.removed,
            "reviewed before": done.kept,
        }
        for done, _ in results
    ]
    show_rows(rows, COLUMNS, form)
    if dry_run:
        message("Nothing was written.")
    next_step("qualcode codings list --status proposed, or: qualcode compare --coder NAME")
