"""`qualcode search`: key words in context."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qualcode.cli.common import current_study
from qualcode.cli.output import format_option, message, next_step, show_rows
from qualcode.cli.seeing import seeing_options, sight
from qualcode.counts import counted

if TYPE_CHECKING:
    from qualcode.project.folder import StudyFolder
    from qualcode.tables.query import Query
    from qualcode.tables.search import Scope

Command = TypeVar("Command", bound=Callable[..., Any])
COLUMNS = ("case", "transcript", "turn", "time", "speaker", "left", "match", "right", "codes", "start", "end")


def search_options(command: Command) -> Command:
    """Add the options that say how and where to search."""
    for option in reversed(
        (
            click.option("--regex", is_flag=True, help="The query is one regular expression."),
            click.option("--lemma", is_flag=True, help="Words mean every form of them."),
            click.option(
                "--within",
                default="turn",
                show_default=True,
                metavar="turn|passage|N",
                help="What AND, OR, NOT are about: a turn, a coded passage, or N sentences.",
            ),
            click.option("--case", "cases", multiple=True, metavar="CASE", help="Only this case."),
            click.option(
                "--where", "where", multiple=True, metavar="ATTRIBUTE=VALUE", help="Only cases with this attribute."
            ),
            click.option(
                "--role",
                "roles",
                multiple=True,
                type=click.Choice(["participant", "interviewer", "other"]),
                help="Only what speakers of this role say.",
            ),
        )
    ):
        command = option(command)
    return command


def query_and_scope(query: str, values: dict[str, Any]) -> tuple[Query, Scope]:
    """Return the parsed query and its scope; takes the search options out of the values."""
    from qualcode.cli.codebook_work import pairs
    from qualcode.tables.query import parse_query
    from qualcode.tables.search import Scope

    within = values.pop("within")
    if within not in ("turn", "passage"):
        if not within.isdecimal() or int(within) < 1:
            raise click.UsageError(f"--within {within!r}: turn, passage or a number of sentences is expected.")
        within = int(within)
    parsed = parse_query(query, lemma=values.pop("lemma"), regex=values.pop("regex"))
    return parsed, Scope(
        within=within,
        cases=values.pop("cases"),
        attributes=pairs(values.pop("where"), "--where"),
        roles=values.pop("roles"),
        coders=values.pop("coders", ()),
        statuses=values.pop("statuses", ()) or ("accepted",),
    )


def tell_unknown_codes(folder: StudyFolder, query: Query) -> None:
    """Say which codes of a query the codebook does not have: they may be misspelt."""
    from qualcode.errors import nearest
    from qualcode.tables.query import terms

    known = folder.codebook().by_id
    for name in dict.fromkeys(term.wanted for term in terms(query) if term.kind == "code"):
        if name not in known and not set(name) & set("*?["):
            message(f"The codebook has no code {name!r}{nearest(name, known) or '.'}")


@click.command()
@click.argument("query", nargs=-1, required=True, metavar="QUERY")
@search_options
@click.option("--coder", "coders", multiple=True, metavar="NAME", help="Whose codings count for code: and codes shown.")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice(["proposed", "accepted", "rejected"]),
    help="Which codings count [default: accepted].",
)
@click.option("--width", type=click.IntRange(0), default=40, show_default=True, help="Characters shown on each side.")
@click.option("--limit", type=click.IntRange(1), default=None, help="Show at most so many.")
@seeing_options
@format_option
@click.pass_context
def search(
    ctx: click.Context,
    /,
    query: tuple[str, ...],
    width: int,
    limit: int | None,
    blind: bool,
    actor: str | None,
    form: str,
    **values: Any,
) -> None:
    """Find words and codes, each with the words around it.

    \b
    white paper            these words one after the other; * stands for any letters
    lemma:report           every form of a word (or --lemma for all words)
    /influenc(er|ing)/     a regular expression (or --regex for the whole query)
    code:planning/*        passages with a code
    A AND B, A OR B, NOT A, (A OR B) AND C      within a turn, --within passage, or --within N sentences
    """
    from qualcode.model import clock
    from qualcode.project.finding import find
    from qualcode.tables.search import in_context

    folder = current_study(ctx)
    seen = sight(ctx, folder, blind, actor)
    parsed, scope = query_and_scope(" ".join(query), values)
    found = find(folder, parsed, scope, sight=seen)
    hits = found.hits
    rows = []
    for hit in hits[:limit]:
        transcript = found.transcripts[hit.transcript]
        left, match, right = in_context(transcript, hit.start, hit.end, width)
        rows.append(
            {
                "case": hit.case,
                "transcript": hit.transcript,
                "turn": hit.turn.number if hit.turn else None,
                "time": clock(hit.turn.time) if hit.turn else None,
                "speaker": hit.turn.speaker if hit.turn else None,
                "left": left,
                "match": match if form != "json" else transcript.text[hit.start : hit.end],
                "right": right,
                "codes": list(hit.codes),
                "start": hit.start,
                "end": hit.end,
            }
        )
    columns = COLUMNS if form != "table" else ("case", "turn", "left", "match", "right", "codes")
    show_rows(rows, columns, form)
    cases = len({hit.case for hit in hits})
    shown = f", {limit} shown" if limit and limit < len(hits) else ""
    where = f"in {cases} of {counted(found.cases, 'case')}" if found.cases else "in a study without cases"
    message(f"{counted(len(hits), 'place')} {where}{shown}")
    if not hits:
        tell_unknown_codes(folder, parsed)
    next_step("qualcode codings add --from-search QUERY --code CODE --coder NAME codes what was found")
