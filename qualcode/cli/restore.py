"""`qualcode restore`."""

from __future__ import annotations

import click

from qualcode.cli.common import actor_name, actor_option, current_study
from qualcode.cli.output import format_option, message, next_step, show_rows


@click.command()
@click.argument("number", type=click.IntRange(1), required=False, metavar="[NUMBER]")
@actor_option
@format_option
@click.pass_context
def restore(ctx: click.Context, number: int | None, actor: str | None, form: str) -> None:
    """List the copies kept of the store, newest first, or go back to the one with NUMBER.

    Copies are made before bulk operations, and the last ten stay. The present state is kept as a copy first.
    """
    from qualcode.project.safety import restore as go_back
    from qualcode.project.safety import snapshots

    folder = current_study(ctx)
    if number is None:
        rows = [
            {"number": at, "made": one.at, "before": one.reason, "change": one.number, "file": one.path.name}
            for at, one in enumerate(reversed(snapshots(folder)), 1)
        ]
        show_rows(rows, ("number", "made", "before", "change", "file"), form)
        next_step("qualcode restore NUMBER goes back to one")
        return
    done = go_back(folder, number, actor=actor_name(actor))
    message(f"The study is as it was on {done.copy.at}, before {done.copy.reason}.")
    for line in done.blindness:
        message(f"Note: {line}")
    if done.before:
        message(f"The store as it was until now is kept as {done.before.name}.")
    next_step("qualcode check" if done.replaced else "qualcode undo takes it back")
