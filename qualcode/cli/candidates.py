"""`qualcode candidates`: what may become a code, from what no code covers yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.common import actor_name, coders_option, current_study
from qualcode.cli.output import format_option, message, next_step, show_json, show_rows
from qualcode.cli.seeing import seeing_options, seen_study
from qualcode.counts import counted

if TYPE_CHECKING:
    from qualcode.model import Study
    from qualcode.tables.candidates import Candidate

KINDS = ("phrases", "wordings", "clusters")
COLUMNS = ("kind", "candidate", "count", "cases", "score", "keyness", "near codes", "in context")
LINE = ("case", "transcript", "turn", "start", "end", "left", "match", "right")
# A passage is shown whole in JSON and CSV; a table has less room.
SHOWN = 160


@click.command()
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only this kind [default: all].")
@coders_option
@click.option("--case", "cases", multiple=True, metavar="CASE", help="Only what this case says.")
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Show at most so many of each kind.")
@click.option("--least", type=click.IntRange(2), default=2, show_default=True, help="Said at least so often.")
@click.option(
    "--least-cases", type=click.IntRange(1), default=2, show_default=True, help="Wordings: said in so many cases."
)
@click.option(
    "--lines", "limit", type=click.IntRange(0), default=None, help="Places shown of each [default: 2; JSON, CSV: all]."
)
@click.option("--width", type=click.IntRange(0), default=40, show_default=True, help="Characters shown on each side.")
@click.option("--name", "named", metavar="PHRASE", help="Make a code of this candidate (with --as).")
@click.option("--as", "id", metavar="CODE", help="With --name: identifier of the new code.")
@click.option("--definition", default="", metavar="TEXT", help="With --name: what the code means.")
@click.option("--category", "categories", multiple=True, metavar="CATEGORY", help="With --name: the code's category.")
@click.option(
    "--code-occurrences", is_flag=True, help="With --name: code every sentence with the phrase, as --by NAME."
)
@click.option("--merge", "merged", metavar="PHRASE", help="Make this phrase a cue of a code there is (with --into).")
@click.option("--into", metavar="CODE", help="With --merge: the code.")
@click.option("--reject", "rejected", metavar="PHRASE", help="Do not show this candidate again.")
@click.option("--take-back", "taken_back", metavar="PHRASE", help="Show a rejected candidate again.")
@click.option("--rejected", "list_rejected", is_flag=True, help="List what was rejected.")
@click.option("--dry-run", is_flag=True, help="With --name, --merge: tell, but write nothing.")
@seeing_options
@format_option
@click.pass_context
def candidates(
    ctx: click.Context, /, actor: str | None, blind: bool, form: str, list_rejected: bool, **values: Any
) -> None:
    """Show what may become a code: from what participants say and no counted code covers.

    \b
    phrases    two to four words that are a term of their own
    wordings   what people of several cases say in the same words
    clusters   passages that share words, named by these words

    Nothing becomes a code by itself: name a candidate, merge it into a code, or reject it. Codes that say much the same
    are named beside a candidate, with the share of its words that they have.
    """
    asked = [one for one in ("named", "merged", "rejected", "taken_back") if values[one] is not None]
    if len(asked) + list_rejected > 1:
        raise click.UsageError("One at a time: --name, --merge, --reject, --take-back or --rejected.")
    if (values["named"] is None) != (values["id"] is None) or (values["merged"] is None) != (values["into"] is None):
        raise click.UsageError("Give --name PHRASE --as CODE, or --merge PHRASE --into CODE.")
    if (values["code_occurrences"] or values["definition"] or values["categories"]) and values["named"] is None:
        raise click.UsageError("--code-occurrences, --definition and --category go with --name PHRASE --as CODE.")
    if values["code_occurrences"] and not actor:
        raise click.UsageError("--code-occurrences makes codings in a person's name: give --by NAME.")
    if list_rejected:
        _list_rejected(ctx, form)
    elif asked:
        _act(ctx, asked[0], actor_name(actor), values)
    else:
        _show(ctx, blind, actor, form, values)


def _list_rejected(ctx: click.Context, form: str) -> None:
    from qualcode.project.candidates import rejected

    rows = [dict(zip(("language", "lemmas"), key.split(":", 1), strict=True)) for key in rejected(current_study(ctx))]
    show_rows(rows, ("language", "lemmas"), form)


def _act(ctx: click.Context, what: str, actor: str, values: dict[str, Any]) -> None:
    from qualcode.project import candidates as work

    folder, phrase = current_study(ctx), values[what]
    added = "Would add" if values["dry_run"] else "Added"
    if what == "named":
        done = work.name(
            folder,
            phrase,
            values["id"],
            actor=actor,
            definition=values["definition"],
            categories=values["categories"],
            coders=values["coders"],
            code_occurrences=values["code_occurrences"],
            dry_run=values["dry_run"],
        )
        message(f"{added} the code {done.code.id}; {phrase!r} in {counted(done.occurrences, 'place')}.")
        if done.coded is not None:
            new = counted(len(done.coded.added), "passage")
            message(f"{actor} coded {new} ({done.coded.present} coded so before).")
        elif not values["code_occurrences"]:
            next_step(f"write its definition in codebook.yaml: qualcode codebook show {done.code.id}")
    elif what == "merged":
        cue = work.merge(folder, phrase, values["into"], actor=actor, dry_run=values["dry_run"])
        message(f"{added} the cue {cue!r} to the code {values['into']}.")
        next_step("qualcode code --coder cues")
    else:
        again = what == "taken_back"
        changed = work.reject(folder, phrase, actor=actor, again=again)
        told = "is a candidate again" if again else "is not shown again" if changed else "was rejected before"
        message(f"{phrase!r} {told}.")


def _show(ctx: click.Context, blind: bool, actor: str | None, form: str, values: dict[str, Any]) -> None:
    from qualcode.project.candidates import open_candidates

    study = seen_study(ctx, blind, actor)
    done = open_candidates(
        current_study(ctx),
        study,
        kinds=values["kinds"] or KINDS,
        coders=values["coders"],
        cases=values["cases"],
        least=values["least"],
        least_cases=values["least_cases"],
        top=values["top"],
    )
    limit = values["limit"] if values["limit"] is not None else (2 if form == "table" else None)
    rows = [_row(study, one, limit, values["width"]) for one in done.found]
    if form == "json":
        show_json(rows)
    elif form == "csv":
        flat = [{**row, "near codes": _near(row["near"]), **line} for row in rows for line in row["lines"] or [{}]]
        show_rows([{**row, "cases": len(row["cases"])} for row in flat], (*COLUMNS[:-1], *LINE), form)
    else:
        show_rows([_table_row(row) for row in rows], COLUMNS, form)
    whose = ", ".join(done.coders) or "nobody has coded yet"
    if not done.sentences:
        message("There is nothing that participants say: take transcripts in with qualcode ingest.")
        return
    said = counted(done.sentences, "sentence")
    message(f"Covered by no code: {done.uncoded} of {said} of participants ({whose}).")
    next_step("qualcode candidates --name PHRASE --as CODE, --merge PHRASE --into CODE, or --reject PHRASE")


def _row(study: Study, one: Candidate, limit: int | None, width: int) -> dict[str, Any]:
    from qualcode.tables.candidates import lines

    found = lines(study, one, limit=limit, width=0 if one.kind == "clusters" else width)
    return {
        "kind": one.kind,
        "candidate": one.text,
        "key": one.key,
        "count": one.count,
        "cases": list(one.cases),
        "score": round(one.score, 3),
        "keyness": None if one.keyness is None else round(one.keyness, 3),
        "near": [{"code": code, "share": share} for code, share in one.near],
        "lines": [{name: getattr(line, name) for name in LINE} for line in found],
    }


def _table_row(row: dict[str, Any]) -> dict[str, Any]:
    lines = []
    for line in row["lines"]:
        match = line["match"] if len(line["match"]) <= SHOWN else line["match"][: SHOWN - 1] + "…"
        told = f"{line['left']}[{match}]{line['right']}" if row["kind"] != "clusters" else match
        lines.append(f"{line['case']} {line['turn']}: {told}")
    return {
        **row,
        "cases": len(row["cases"]),
        "near codes": _near(row["near"]),
        "in context": "\n".join(lines),
    }


def _near(near: list[dict[str, Any]]) -> str:
    return ", ".join(f"{one['code']} {one['share']:.0%}" for one in near)
