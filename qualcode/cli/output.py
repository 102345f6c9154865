"""Ways to show results: tables, JSON and CSV on stdout; messages, progress and next steps on stderr."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from qualcode.counts import counted, were

FORMATS = ("table", "json", "csv")
# Columns whose values are to be copied from a table into another command: never broken over lines.
WHOLE = frozenset({"id", "code", "case", "coder", "transcript", "time", "status", "assertion", "confidence"})

format_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to show the result."
)


def message(text: str) -> None:
    """Tell the user something that is not a result."""
    click.echo(text, err=True)


def warn(texts: Sequence[str], *, what: str, shown: int = 10) -> None:
    """Say warnings once, with their count.

    Args:
        texts: One line each.
        what: What they are, its first word a regular plural ("doubts about transcripts").
        shown: How many are shown at most.
    """
    if not texts:
        return
    first, space, rest = what.partition(" ")
    message(f"{counted(len(texts), first.removesuffix('s'))}{space}{rest}:")
    for text in texts[:shown]:
        message("  " + text.replace("\n", "\n    "))
    if len(texts) > shown:
        message(f"  … and {len(texts) - shown} more")


def there_already(number: int) -> str:
    """Return how many of something were there before, in words."""
    return f"{number} {were(number)} there already"


def next_step(text: str) -> None:
    """Name the next useful command, to a person only."""
    if sys.stderr.isatty():
        message(click.style(f"Next: {text}", dim=True))


def show_json(value: Any) -> None:
    """Print a value as JSON, indented, with non-ASCII characters as they are."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def show_rows(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: str = "table", *, title: str = ""
) -> None:
    """Print rows as a table, JSON or CSV.

    Args:
        rows: Values by column; a missing value is shown as nothing (JSON: null).
        columns: Names, in the order shown.
        form: One of `FORMATS`.
        title: Shown above a table only.
    """
    if form == "json":
        show_json([{column: row.get(column) for column in columns} for row in rows])
    elif form == "csv":
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([plain(row.get(column)) for column in columns] for row in rows)
        click.echo(stream.getvalue(), nl=False)
    else:
        show_table(rows, columns, title)


def show_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str = "") -> None:
    """Print rows as a table for people."""
    texts = [[plain(row.get(column)) for column in columns] for row in rows]
    right = [all(isinstance(row.get(column), int | float | None) for row in rows) for column in columns]
    click.echo((_plain_table if _is_plain() else _rich_table)(columns, texts, right, title).strip("\n"))


# A pipe has no width; wide lines are better there than broken ones.
PIPE_WIDTH = 140


def _is_plain() -> bool:
    """Return whether stdout takes no colours: it is no terminal, and nobody says that it is to be treated as one."""
    said = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
    return not sys.stdout.isatty() and not any(os.environ.get(name) for name in said)


def _plain_table(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], title: str) -> str:
    from qualcode.cli.table import lay_out

    found = lay_out(columns, rows, right=right, whole=[column in WHOLE for column in columns], width=PIPE_WIDTH)
    if found is None or len(title) > PIPE_WIDTH:
        return _rich_table(columns, rows, right, title)
    return "\n".join([*([title] if title else []), *found.head, *found.body, found.foot])


def _rich_table(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], title: str) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from qualcode.cli.table import lay_out

    console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)
    whole = [column in WHOLE for column in columns]
    # rich is slow with many rows. They have no style, so that it need only do what is above them.
    found = lay_out(columns, rows, right=right, whole=whole, width=console.width)
    table = Table(box=box.SIMPLE_HEAD)
    for at, column in enumerate(columns):
        table.add_column(
            Text(column),
            justify="right" if right[at] else "left",
            overflow="fold",
            no_wrap=whole[at],
            width=found.widths[at] if found else None,
        )
    for row in [] if found else rows:
        table.add_row(*map(Text, row))
    with console.capture() as capture:
        if title:
            console.print(Text(title, style="bold"))
        console.print(table)
    if found is None:
        return capture.get()
    head, foot, _ = capture.get().rpartition(f"{found.foot}\n")
    return "".join([head, *(f"{line}\n" for line in found.body), foot])


def plain(value: Any) -> str:
    """Return a value as people read it: three decimals, lists joined, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list | tuple):
        return ", ".join(plain(item) for item in value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def shown_path(path: Path) -> str:
    """Return a path as short as it can be said from here: relative if it lies below the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else str(path)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function `(done, total)` that draws a progress bar on stderr when that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
