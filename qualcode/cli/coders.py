"""`qualcode coders` and `qualcode assign`."""

from __future__ import annotations

from fractions import Fraction

import click

from qualcode.cli.common import actor_name, actor_option, current_study
from qualcode.cli.output import format_option, message, next_step, show_rows
from qualcode.counts import counted


@click.group()
def coders() -> None:
    """List and add coders."""


@coders.command(name="list")
@format_option
@click.pass_context
def list_coders(ctx: click.Context, form: str) -> None:
    """List the coders with their attributes."""
    from qualcode.project.blindness import was_made_blind

    study = current_study(ctx).study()
    rows = [
        {
            "coder": coder.name,
            "kind": coder.kind,
            "codings": sum(coding.coder == coder.name for coding in study.codings),
            "made blind": sum(coding.coder == coder.name and was_made_blind(coding) for coding in study.codings),
            "attributes": dict(coder.attributes)
            if form == "json"
            else "; ".join(f"{name}: {value}" for name, value in coder.attributes.items()),
        }
        for coder in study.coders
    ]
    show_rows(rows, ("coder", "kind", "codings", "made blind", "attributes"), form)


@coders.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(["person", "reference"]), default="person", show_default=True)
@click.option("--attribute", "attributes", multiple=True, metavar="NAME=VALUE", help="A fact about the coder.")
@click.option("--blind/--not-blind", default=None, help="Whether the coder sees only what is their own.")
@actor_option
@click.pass_context
def add(
    ctx: click.Context, name: str, kind: str, attributes: tuple[str, ...], blind: bool | None, actor: str | None
) -> None:
    """Add a coder, or further attributes of one who is there."""
    from qualcode.cli.codebook_work import pairs
    from qualcode.project.blindness import set_blind
    from qualcode.project.coders import add_coder

    folder = current_study(ctx)
    new = add_coder(folder, name, kind=kind, attributes=pairs(attributes, "--attribute"), actor=actor_name(actor))
    if blind is not None:
        set_blind(folder, name, blind, actor=actor_name(actor))
    message(f"{name} is a coder of this study." if new else f"{name} was one already.")
    if blind is not None:
        message(f"{name} codes blind from now on." if blind else f"{name} no longer codes blind.")


@click.command()
@click.option("--coders", "names", default="", metavar="NAME,NAME…", help="Who codes.")
@click.option("--overlap", default=None, metavar="PERCENT", help="Share of transcripts that all code, such as 50%.")
@click.option(
    "--share", "shares", multiple=True, metavar="NAME=PERCENT", help="In place of --overlap: how much a coder codes."
)
@click.option("--seed", type=int, default=None, help="Of the draw [default: that of the settings].")
@click.option("--dry-run", is_flag=True, help="Show the draw; keep nothing.")
@actor_option
@format_option
@click.pass_context
def assign(
    ctx: click.Context,
    names: str,
    overlap: str | None,
    shares: tuple[str, ...],
    seed: int | None,
    dry_run: bool,
    actor: str | None,
    form: str,
) -> None:
    """Draw which coder codes which transcripts, alike over cohorts; without options show who codes what.

    --coders a,b --overlap 50% gives half of the transcripts to both and deals out the others. --share a=100%
    --share b=50% --share c=50% gives all to a, and one half each to b and c.
    """
    from qualcode.cli.codebook_work import pairs
    from qualcode.project.coders import assign as draw
    from qualcode.project.coders import read_assignment

    folder = current_study(ctx)
    wanted = {name: percent(value, "--share") for name, value in pairs(shares, "--share").items()}
    wanted |= {name.strip(): Fraction(1) for name in names.split(",") if name.strip() and name.strip() not in wanted}
    if shares and overlap is not None:
        raise click.UsageError("Give --overlap or --share, not both.")
    if not wanted:
        if overlap is not None:
            raise click.UsageError("Who codes? Give --coders a,b.")
        with folder.store() as store:
            assignment = read_assignment(store)
    else:
        share = None if shares else percent(overlap or "100%", "--overlap")
        assignment = draw(folder, wanted, overlap=share, seed=seed, actor=actor_name(actor), dry_run=dry_run)
    study = folder.study()
    rows = [
        {
            "transcript": transcript.name,
            "case": transcript.case,
            "cohort": study.case_by_name[transcript.case].cohort,
            "coders": list(assignment.coders_of(transcript.name)),
        }
        for transcript in study.transcripts
    ]
    show_rows(rows, ("transcript", "case", "cohort", "coders"), form)
    for coder, own in assignment.transcripts.items():
        message(f"{coder}: {len(own)} of {counted(len(study.transcripts), 'transcript')}")
    if dry_run:
        message("Nothing was written.")
    next_step("qualcode status shows how far each coder is")


def percent(text: str, option: str) -> Fraction:
    """Return the share meant by `50%` or `0.5`.

    Raises:
        click.UsageError: It is not a share from 0 to 1.
    """
    try:
        share = Fraction(text.strip().removesuffix("%")) / (100 if text.strip().endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if not 0 <= share <= 1:
        raise click.UsageError(f"{option} {text!r}: a share such as 50% is expected.")
    return share
