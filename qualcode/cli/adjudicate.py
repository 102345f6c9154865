"""`qualcode adjudicate`."""

from __future__ import annotations

from pathlib import Path

import click

from qualcode.cli.common import PATH, actor_name, actor_named, actor_option, current_study
from qualcode.cli.output import format_option, message, next_step, show_json, show_rows
from qualcode.cli.seeing import whole_study
from qualcode.counts import counted


@click.command()
@click.option("--coders", "names", required=True, metavar="NAME,NAME…", help="Who disagrees.")
@click.option("--decide", "file", type=PATH, default=None, metavar="FILE", help='JSONL: {"id": …, "code": …} a line.')
@click.option("--choose", "id_", default=None, metavar="ID", help="Decide this one; with --code.")
@click.option("--code", default=None, metavar="CODE|none", help="The code that stands there, or none.")
@click.option("--memo", default="", help="Why.")
@click.option("--open", "only_open", is_flag=True, help="Show only what is not decided yet.")
@click.option("--dry-run", is_flag=True, help="Tell what would be written; write nothing.")
@actor_option
@format_option
@click.pass_context
def adjudicate(
    ctx: click.Context,
    names: str,
    file: Path | None,
    id_: str | None,
    code: str | None,
    memo: str,
    only_open: bool,
    dry_run: bool,
    actor: str | None,
    form: str,
) -> None:
    """Show the disagreements of coders with both passages and memos, and settle them.

    Outcomes are codings of the coder "consensus" that name their parents; analyses use them in place of the majority.
    """
    from qualcode.project.adjudicating import Decision, case_row, decide, queue, read_decisions

    folder = current_study(ctx)
    coders = [name.strip() for name in names.split(",") if name.strip()]
    if (id_ is None) != (code is None) or (id_ is not None and file is not None):
        raise click.UsageError("To decide one give --choose ID and --code CODE; for several --decide FILE.")
    if file is not None or id_ is not None:
        decisions = read_decisions(file) if file else [Decision(str(id_), str(code), memo=memo)]
        made = decide(folder, coders, decisions, actor=actor_name(actor), dry_run=dry_run, named=actor_named(actor))
        verb = "Would write" if dry_run else "Written"
        for coding in made:
            message(f"{verb}: {coding.code} {coding.status} on {coding.transcript}, {coding.start} to {coding.end}.")
        next_step("qualcode adjudicate --open shows what is left; qualcode undo takes this back")
        return
    study = whole_study(ctx, actor)
    cases = [case for case in queue(study, coders) if not (only_open and case.decided)]
    rows = [case_row(study, case) for case in cases]
    if form == "json":
        show_json(rows)
    else:
        shown = [
            {
                **row,
                "id": row["id"] if form == "csv" else row["id"][:8],
                "passages": " | ".join(f"{one['coder']}: {one['quote']}" for one in row["passages"]),
                "instead": ", ".join(f"{one['coder']}: {one['code']}" for one in row["instead"]),
                "memos": " | ".join(f"{one['coder']}: {one['text']}" for one in row["memos"]),
            }
            for row in rows
        ]
        columns = ("id", "case", "turn", "code", "gave", "withheld", "instead", "passages", "memos", "decided")
        show_rows(shown, columns, form)
    done = sum(bool(case.decided) for case in cases)
    message(f"{counted(len(cases), 'disagreement')} of {' and '.join(coders)}, {done} decided.")
    next_step("qualcode adjudicate --coders … --choose ID --code CODE (or none)")
