"""`qualcode init`."""

from __future__ import annotations

from pathlib import Path

import click

from qualcode.cli.common import PATH
from qualcode.cli.output import message, next_step


@click.command()
@click.argument("folder", type=PATH, metavar="DIR")
@click.option("--codebook", default="", metavar="NAME|FILE", help="A shipped codebook, or a file to copy.")
@click.option("--store", default="", metavar="URL", help="A database for teams [default: qualcode.db in the folder].")
@click.option("--title", default="", help="Title of the study [default: the folder's name].")
def init(folder: Path, codebook: str, title: str, store: str) -> None:
    """Make a new study in DIR.

    Without --codebook it starts with a codebook of one code to be replaced.
    """
    from qualcode.project.init import init_study

    made = init_study(folder, codebook=codebook, title=title, store=store)
    message(f"Made the study {made.settings.title!r} in {folder}.")
    next_step(f"put your codes into {made.codebook_path}, then: qualcode -C {folder} ingest TRANSCRIPTS…")
