"""`qualcode focus`."""

from __future__ import annotations

import click

from qualcode.cli.codings import shortened
from qualcode.cli.common import actor_option, coders_option
from qualcode.cli.output import format_option, message, next_step, show_json, show_rows
from qualcode.cli.seeing import seen_study, tell_missing_codes


@click.command()
@coders_option
@click.option("--quotes", is_flag=True, help="Show a quotation for each value of each cell.")
@actor_option
@format_option
@click.pass_context
def focus(ctx: click.Context, coders: tuple[str, ...], quotes: bool, actor: str | None, form: str) -> None:
    """Show the case × dimension matrix: what each case shows on each dimension, in how many passages."""
    from qualcode.cases import focus as matrix_of
    from qualcode.project.analysis import need_codings
    from qualcode.project.plain_data import focus_data

    study = seen_study(ctx, False, actor)
    need_codings(study)
    tell_missing_codes(study)
    matrix = matrix_of(study, coders)
    if form == "json":
        show_json(focus_data(study, matrix))
        return
    if not matrix.dimensions:
        message("The codebook has no focused codes with dimensions: there is no matrix to show.")
        return
    if quotes or form == "csv":
        rows = [
            {
                "case": cell.case,
                "dimension": cell.dimension,
                "value": code,
                "strategy": strategy,
                "passages": len(codings),
                "quotation": study.quote(codings[0]) if form == "csv" else shortened(study.quote(codings[0]), 90),
            }
            for cell in matrix.cells
            for code, strategy, codings in cell.values
        ]
        show_rows(rows, ("case", "dimension", "value", "strategy", "passages", "quotation"), form)
    else:
        by_case: dict[str, dict[str, str]] = {case: {"case": case} for case in matrix.cases}
        for cell in matrix.cells:
            values = [f"{code.rpartition('/')[2]} {len(codings)}" for code, _, codings in cell.values]
            by_case[cell.case][cell.dimension] = ", ".join(values)
        show_rows(list(by_case.values()), ("case", *matrix.dimensions))
    message(f"Codings by: {', '.join(matrix.coders) or 'nobody'}")
    next_step("qualcode compare")
