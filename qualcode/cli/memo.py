"""`qualcode memo`: notes on the study, its cases, transcripts, codes, codings and passages."""

from __future__ import annotations

from typing import Any

import click

from qualcode.cli.common import actor_name, actor_option, current_study
from qualcode.cli.output import format_option, message, show_rows
from qualcode.cli.seeing import seeing_options, seen_study
from qualcode.model import MEMO_KINDS

KINDS = click.Choice(list(MEMO_KINDS))


@click.group()
def memo() -> None:
    """Write, list and remove memos."""


@memo.command()
@click.argument("text")
@click.option("--kind", type=KINDS, default="observation", show_default=True, help="What kind of note it is.")
@click.option("--code", default=None, metavar="CODE", help="It is about this code.")
@click.option("--coding", default=None, metavar="ID", help="It is about this coding (the beginning of its id).")
@click.option("--case", default=None, metavar="CASE", help="It is about this case; with --quote, about a passage.")
@click.option(
    "--transcript", default=None, metavar="NAME", help="It is about this transcript; with --quote, a passage."
)
@click.option("--turn", type=click.IntRange(1), default=None, help="Number of the passage's turn.")
@click.option("--time", default=None, metavar="HH:MM:SS", help="In place of --turn.")
@click.option("--quote", default=None, help="The passage, exactly as it stands in the turn.")
@click.option("--start", type=click.IntRange(0), default=None, help="First character, in place of turn and quote.")
@click.option("--end", type=click.IntRange(1), default=None, help="One past the last character.")
@actor_option
@click.pass_context
def add(
    ctx: click.Context, /, text: str, kind: str, code: str | None, coding: str | None, actor: str | None, **where: Any
) -> None:
    """Write a memo on the study, or on what the options name."""
    from qualcode.project.memos import add_memo

    located = {key: value for key, value in where.items() if value is not None}
    named = {"code": code, "coding": coding}
    given = [name for name, value in named.items() if value is not None]
    if len(given) + bool(located) > 1:
        raise click.UsageError("A memo is about one thing: give one of --code, --coding, --case, --transcript.")
    target, key = "study", ""
    if given:
        target = given[0]
        key = str(named[target])
    elif set(located) == {"case"} or set(located) == {"transcript"}:
        (target, key), *_ = located.items()
    elif located:
        written = add_memo(current_study(ctx), text, kind=kind, target="passage", key=located, coder=actor_name(actor))
        message(f"Written: {written.id[:8]} on passage {written.key}.")
        return
    written = add_memo(current_study(ctx), text, kind=kind, target=target, key=key, coder=actor_name(actor))
    message(f"Written: {written.id[:8]} on {target} {written.key}".rstrip() + ".")


@memo.command(name="list")
@click.option("--kind", "kinds", multiple=True, type=KINDS, help="Only this kind.")
@click.option("--on", "targets", multiple=True, metavar="TARGET", help="Only on study, case, transcript, code, …")
@click.option("--key", "keys", multiple=True, metavar="KEY", help="Only on what has this name or identifier.")
@click.option("--coder", "coders", multiple=True, metavar="NAME", help="Only by this coder.")
@seeing_options
@format_option
@click.pass_context
def list_memos(
    ctx: click.Context,
    kinds: tuple[str, ...],
    targets: tuple[str, ...],
    keys: tuple[str, ...],
    coders: tuple[str, ...],
    blind: bool,
    actor: str | None,
    form: str,
) -> None:
    """List memos in the order written."""
    found = [
        memo
        for memo in seen_study(ctx, blind, actor).memos
        if (not kinds or memo.kind in kinds)
        and (not targets or memo.target in targets)
        and (not keys or memo.key in keys)
        and (not coders or memo.coder in coders)
    ]
    rows = [
        {
            "id": memo.id if form != "table" else memo.id[:8],
            "coder": memo.coder,
            "kind": memo.kind,
            "on": memo.target,
            "key": memo.key,
            "text": memo.text,
        }
        for memo in found
    ]
    show_rows(rows, ("id", "coder", "kind", "on", "key", "text"), form)


@memo.command()
@click.argument("id_", metavar="ID")
@actor_option
@click.pass_context
def remove(ctx: click.Context, id_: str, actor: str | None) -> None:
    """Remove a memo; `qualcode undo` brings it back."""
    from qualcode.project.memos import remove_memo

    gone = remove_memo(current_study(ctx), id_, actor=actor_name(actor))
    message(f"Removed a memo by {gone.coder} on {gone.target} {gone.key}".rstrip() + ".")
