"""Ways to show results: tables, JSON and CSV on stdout; messages, progress and next steps on stderr."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

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
        what: What they are, in the plural ("doubts about transcripts").
        shown: How many are shown at most.
    """
    if not texts:
        return
    message(f"{len(texts)} {what}:")
    for text in texts[:shown]:
        message("  " + text.replace("\n", "\n    "))
    if len(texts) > shown:
        message(f"  … and {len(texts) - shown} more")


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
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # A pipe has no width; wide lines are better there than broken ones.
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        numbers = all(isinstance(row.get(column), int | float | None) for row in rows)
        table.add_column(Text(column), justify="right" if numbers else "left", overflow="fold", no_wrap=column in WHOLE)
    for row in rows:
        table.add_row(*(Text(plain(row.get(column))) for column in columns))
    with console.capture() as capture:
        if title:
            console.print(Text(title, style="bold"))
        console.print(table)
    click.echo(capture.get().strip("\n"))


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
