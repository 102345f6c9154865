"""`qualcode ingest --revise`: what a changed file means for the codings of its transcript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.common import current_study
from qualcode.cli.output import message, next_step, show_rows, warn

if TYPE_CHECKING:
    from qualcode.project.revising import Revision

COLUMNS = (
    *("transcript", "status", "kind", "id", "coder", "code", "start", "end", "new start", "new end"),
    *("before", "after", "remark"),
)
SHOWN = ("transcript", "status", "id", "coder", "code", "before", "after", "remark")


def check_usage(paths: Sequence[Path], *, revise: bool, accept: bool, dry_run: bool, cases_file: Path | None) -> None:
    """Refuse options that do not go together.

    Raises:
        click.UsageError: They do not.
    """
    if not revise:
        raise click.UsageError("--accept goes with --revise.")
    if not paths or cases_file is not None:
        raise click.UsageError("--revise takes the changed files, and no --cases.")
    if accept and dry_run:
        raise click.UsageError("Either --accept or --dry-run.")


def revise_files(
    ctx: click.Context,
    paths: Sequence[Path],
    *,
    roles: Mapping[str, str],
    encoding: str | None,
    accept: bool,
    actor: str,
    form: str,
) -> None:
    """Show what becomes of each coding and passage memo, and with `accept` take the new texts in."""
    from qualcode.errors import UserError
    from qualcode.project.blindness import refuse_blind
    from qualcode.project.revising import revise

    folder = current_study(ctx)
    refuse_blind(folder.study(), actor, "ingest --revise")
    done: list[Revision] = []
    failed: list[str] = []
    for path in paths:
        try:
            done.append(revise(folder, path, accept=accept, roles=roles, encoding=encoding, actor=actor))
        except UserError as mistake:
            failed.append(str(mistake))
    rows = [row for one in done for row in revision_rows(one)]
    if form == "table":
        show_rows([shortened(row) for row in rows], SHOWN, form)
    else:
        show_rows(rows, COLUMNS, form)
    for one in done:
        tell(one, accept)
    warn(failed, what="files left out", shown=20)
    if failed:
        ctx.exit(1)


def revision_rows(revision: Revision) -> list[dict[str, Any]]:
    """Return one row per coding and passage memo."""
    return [
        {
            "transcript": revision.transcript,
            "status": one.status,
            "kind": one.kind,
            "id": one.id,
            "coder": one.coder,
            "code": one.code,
            "start": one.start,
            "end": one.end,
            "new start": None if one.status == "lost" else one.new_start,
            "new end": None if one.status == "lost" else one.new_end,
            "before": one.before,
            "after": one.after,
            "remark": one.remark,
        }
        for one in revision.passages
    ]


def shortened(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as a table bears it: the new text only where it differs."""
    from qualcode.cli.codings import shortened as short

    after = row["after"] if row["after"] != row["before"] else ""
    code = row["code"] or f"({row['kind']})"
    return {**row, "id": row["id"][:8], "code": code, "before": short(row["before"], 60), "after": short(after, 60)}


def tell(revision: Revision, accept: bool) -> None:
    """Say what was done, or how to do it."""
    name = revision.transcript
    if revision.same:
        message(f"{name}: the study holds this text already, with these turns; there is nothing to revise.")
        return
    counts = ", ".join(f"{count} {status}" for status, count in revision.counts.items())
    warn([f"{name}: {doubt}" for doubt in revision.reading.doubts], what="doubts")
    if not accept:
        message(f"{name}: {counts}. Nothing was written: do it with --accept.")
        return
    message(f"{name}: {counts}. The new text was taken in as the next version.")
    if revision.counts["lost"]:
        message("  Lost codings stay on the earlier version; `qualcode undo` takes all of this back.")
    if revision.copy is not None:
        message(f"  A copy of the store as it was: {revision.copy.name}")
    next_step("qualcode codings list, or qualcode undo")
