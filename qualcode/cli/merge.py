"""`qualcode merge`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from qualcode.cli.common import actor_name, actor_named, actor_option, current_study
from qualcode.cli.output import format_option, message, next_step, show_json, show_rows, warn
from qualcode.counts import counted

if TYPE_CHECKING:
    from qualcode.model import Coding, Memo, Relation, Study
    from qualcode.store.merging import Conflict


@click.command()
@click.argument("other", metavar="OTHER.db|FOLDER")
@click.option("--dry-run", is_flag=True, help="Tell what would come in and what contradicts; write nothing.")
@actor_option
@format_option
@click.pass_context
def merge(ctx: click.Context, other: str, dry_run: bool, actor: str | None, form: str) -> None:
    """Take everything of another copy of the study into this one; the other copy is not changed.

    What both did since they were one study is put together. What they say differently is listed, and nothing of it is
    lost: see the columns "kept" and "other".
    """
    from qualcode.project.merging import merge_copy

    folder = current_study(ctx)
    done = merge_copy(folder, other, actor=actor_name(actor), dry_run=dry_run)
    columns = ("what", "key", "about", "kept", "other")
    shown = shown_conflicts(folder.study(), done.conflicts, actor_name(actor), named=actor_named(actor))
    rows = [{column: getattr(one, column) for column in columns} for one in shown]
    if len(shown) < len(done.conflicts):
        message(f"Blind: {counted(len(done.conflicts) - len(shown), 'conflict')} in others' work hidden.")
    if form == "json":
        show_json(
            {
                "common": done.common,
                "added": dict(done.added),
                "removed": dict(done.removed),
                "changed": dict(done.changed),
                "conflicts": rows,
            }
        )
    elif rows or form == "csv":
        show_rows(rows, columns, form, title="What the two copies say differently")
    warn(done.remarks, what="remarks")
    if done.is_nothing:
        message("The other copy holds nothing new.")
        return
    told = [
        f"{counted(count, _one(name))} {verb}"
        for verb, counts in (("added", done.added), ("removed", done.removed), ("changed", done.changed))
        for name, count in counts.items()
        if name not in ("turns", "codebooks", "codebook")
    ]
    verb = "Would merge" if dry_run else "Merged"
    message(f"{verb}: {', '.join(told) or 'the codebook'}; {counted(len(done.conflicts), 'conflict')}.")
    next_step("qualcode check; qualcode adjudicate --coders A,B; qualcode undo takes the merge back")


def shown_conflicts(study: Study, conflicts: Sequence[Conflict], coder: str, *, named: bool) -> list[Conflict]:
    """Return the conflicts that a coder may see: of codings, memos and relations their own only, if they code blind."""
    from qualcode.project.blindness import as_seen, codes_blind, is_looker_unknown

    if not (codes_blind(study, coder) or is_looker_unknown(study.coders, coder, named=named)):
        return list(conflicts)
    seen = as_seen(study, coder)
    kinds: tuple[Iterable[Coding | Memo | Relation], ...] = (seen.codings, seen.memos, seen.relations)
    own = {one.id for each in kinds for one in each if one.coder == coder}
    return [one for one in conflicts if one.what not in ("coding", "memo", "relation") or one.key in own]


def _one(name: str) -> str:
    """Return what a count of a merge is of, in the singular ("study_info" counts settings)."""
    return "setting" if name == "study_info" else name.removesuffix("s")
