"""`qualcode relations`: typed relations between codes."""

from __future__ import annotations

import click

from qualcode.axial.relation_kinds import RELATION_KINDS
from qualcode.cli.common import actor_name, actor_option, current_study
from qualcode.cli.output import format_option, message, next_step, show_rows
from qualcode.cli.seeing import seeing_options, seen_study

KINDS = "\n\n".join(f"{kind}: {text}" for kind, text in RELATION_KINDS.items())


@click.group(help=f"Draw, list and remove typed relations between codes (axial coding).\n\n{KINDS}")
def relations() -> None:
    """Draw, list and remove typed relations between codes."""


@relations.command(help=f"Draw a relation: SOURCE KIND TARGET.\n\n{KINDS}")
@click.argument("source")
@click.argument("kind", type=click.Choice(list(RELATION_KINDS)), metavar="KIND")
@click.argument("target")
@actor_option
@click.pass_context
def add(ctx: click.Context, source: str, kind: str, target: str, actor: str | None) -> None:
    """Draw a relation."""
    from qualcode.project.relations import add_relation

    drawn = add_relation(current_study(ctx), source, kind, target, coder=actor_name(actor))
    message(f"Drawn: {source} {kind} {target}." if drawn else "You have drawn this relation already.")
    next_step("qualcode axial shows the passages where both codes are")


@relations.command(name="list")
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Only relations of this code.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(RELATION_KINDS)), help="Only this kind.")
@seeing_options
@format_option
@click.pass_context
def list_relations(
    ctx: click.Context, codes: tuple[str, ...], kinds: tuple[str, ...], blind: bool, actor: str | None, form: str
) -> None:
    """List the relations with what each says."""
    study = seen_study(ctx, blind, actor)
    rows = [
        {
            "id": one.id if form != "table" else one.id[:8],
            "source": one.source,
            "kind": one.kind,
            "target": one.target,
            "coder": one.coder,
            "says": RELATION_KINDS.get(one.kind, "").replace("SOURCE", one.source).replace("TARGET", one.target),
        }
        for one in study.relations
        if (not codes or one.source in codes or one.target in codes) and (not kinds or one.kind in kinds)
    ]
    show_rows(rows, ("id", "source", "kind", "target", "coder", "says"), form)


@relations.command()
@click.argument("id_", metavar="ID")
@actor_option
@click.pass_context
def remove(ctx: click.Context, id_: str, actor: str | None) -> None:
    """Remove a relation; `qualcode undo` brings it back."""
    from qualcode.project.relations import remove_relation

    gone = remove_relation(current_study(ctx), id_, actor=actor_name(actor))
    message(f"Removed: {gone.source} {gone.kind} {gone.target}.")
