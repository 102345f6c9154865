"""`qualcode review`: a person goes through proposed codings on a screen."""

from __future__ import annotations

import click

from qualcode.cli.common import actor_name, actor_named, actor_option, current_study
from qualcode.cli.output import message, next_step
from qualcode.counts import counted


@click.command()
@click.option("--coder", "coders", multiple=True, metavar="NAME", help="Only proposals by this coder.")
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Only this code.")
@click.option("--case", "cases", multiple=True, metavar="CASE", help="Only this case.")
@click.option(
    "--order",
    type=click.Choice(["suggested", "nearest", "transcript"]),
    default="suggested",
    show_default=True,
    help="Turns first that teach a machine most (as suggest-next); confidence nearest the threshold first; or as they "
    "stand in the transcripts.",
)
@click.option(
    "--threshold", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="For the order 'nearest'."
)
@actor_option
@click.pass_context
def review(
    ctx: click.Context,
    coders: tuple[str, ...],
    codes: tuple[str, ...],
    cases: tuple[str, ...],
    order: str,
    threshold: float,
    actor: str | None,
) -> None:
    """Go through proposed codings on a screen: accept, reject, change code or passage (needs the extra `terminal`).

    Each is shown in its transcript with the evidence for it; every decision is saved at once and can be taken back.
    """
    from qualcode.project.selection import Selection
    from qualcode.terminal import open_review
    from qualcode.terminal.review import Asked

    asked = Asked(Selection(coders=coders, codes=codes, cases=cases), order, threshold)
    decided = open_review(current_study(ctx), actor=actor_name(actor), asked=asked, named=actor_named(actor))
    message(f"Decided on {counted(decided, 'proposal')}.")
    next_step("qualcode compare, or qualcode report")
