"""`qualcode code`: machine coders propose; with `--by` alone a person codes on a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qualcode.cli.common import actor_name, actor_option, current_study
from qualcode.cli.output import format_option, message, next_step, progress, show_rows, warn

if TYPE_CHECKING:
    from qualcode.project.folder import StudyFolder

COLUMNS = ("coder", "proposals", "affirmed", "flagged", "added", "removed", "reviewed before")
ESTIMATE = ("turns", "words", "prompts", "answered before", "tokens in", "tokens out", "cost")


@click.command()
@click.option("--coder", "coders", multiple=True, metavar="NAME", help="A machine coder; may be given several times.")
@click.option("--from", "learn_from", multiple=True, metavar="NAME", help="Learn from this coder [default: people].")
@click.option("--dry-run", is_flag=True, help="Show the proposals; write nothing.")
@click.option("--estimate", is_flag=True, help="With --coder llm: what it would take; nothing is asked.")
@click.option("--send-away", is_flag=True, help="With --coder llm: transcripts may leave this machine.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes (coder cues only).")
@click.option(
    "--batch",
    type=click.IntRange(1),
    default=None,
    metavar="N",
    help="Store after every N transcripts, as changes of their own; an interrupted run then goes on (coder cues only).",
)
@click.option("--blind", is_flag=True, help="With --by: hide others' codings and machines' proposals.")
@click.option("--case", "cases", multiple=True, metavar="CASE", help="With --by: only this case.")
@actor_option
@format_option
@click.pass_context
def code(
    ctx: click.Context,
    coders: tuple[str, ...],
    learn_from: tuple[str, ...],
    dry_run: bool,
    estimate: bool,
    send_away: bool,
    jobs: int,
    batch: int | None,
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
    asks = "llm" in (coders or folder.settings.machines)
    if (estimate or send_away) and not asks:
        raise click.UsageError("--estimate and --send-away are for the coder llm: give --coder llm.")
    if estimate:
        _show_estimate(folder, form)
        return
    if asks and not dry_run:
        _warn_of_asking(folder, send_away)
    with progress("Coding transcripts") as report:
        results = propose(
            folder,
            coders,
            learn_from=learn_from,
            dry_run=dry_run,
            send_away=send_away,
            jobs=jobs,
            batch=batch or 0,
            actor=actor_name(actor),
            progress=report,
        )
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
    for done, _ in results:
        warn(done.notes, what=f"notes on {done.coder}")
    if dry_run:
        message("Nothing was written.")
    next_step("qualcode codings list --status proposed, or: qualcode compare --coder NAME")


def _show_estimate(folder: StudyFolder, form: str) -> None:
    from qualcode.project.asking import estimate, warning

    found = estimate(folder)
    told = (found.turns, found.words, found.prompts, found.answered, found.tokens_in, found.tokens_out, found.cost)
    show_rows([dict(zip(ESTIMATE, told, strict=True))], ESTIMATE, form)
    message("Tokens are estimated by length (models differ), answers by the number of turns. Nothing was asked.")
    if found.cost is None:
        message("For the cost, set price_per_1000_tokens under extra.llm in study.yaml.")
    if about := warning(folder):
        message(f"In a run, {about}")


def _warn_of_asking(folder: StudyFolder, send_away: bool) -> None:
    """Say what will leave this machine; where it may not, the coder itself refuses."""
    from qualcode.project.asking import allowed, warning

    if (about := warning(folder)) and allowed(folder, send_away=send_away):
        message(f"Warning: {about}")
