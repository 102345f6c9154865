"""The `qualcode` command: finds its commands in a plain table, turns users' mistakes into messages."""

from __future__ import annotations

import errno
import gc
import importlib
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from qualcode import __version__
from qualcode.errors import UserError

FULL = "No space is left on the disk: the output is not complete. Make room, then do it again."

# To add a command: one file in this folder and one line here (name: module:function, what it does).
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo:demo", "Copy the sample study, run every stage, write all reports."),
    "init": ("init:init", "Make a new study."),
    "ingest": ("ingest:ingest", "Take transcripts and case attributes into the study."),
    "pseudonymise": ("pseudonymise:pseudonymise", "Replace names by pseudonyms, or put them back."),
    "codebook": ("codebook:codebook", "Show, check and change the codebook; changes carry the codings along."),
    "code": ("code:code", "Let machine coders propose codings."),
    "evaluate": ("evaluate:evaluate", "Measure a machine coder against people, on cases it did not learn from."),
    "suggest-next": ("suggest:suggest_next", "Show which passages to code next: they would teach a machine most."),
    "review": ("review:review", "Go through proposed codings on a screen: accept, reject, change."),
    "candidates": ("candidates:candidates", "Show what may become a code, from what no code covers."),
    "search": ("search:search", "Find words and codes, each with the words around it."),
    "codings": ("codings:codings", "List, add, remove, accept, reject, import and export codings."),
    "coders": ("coders:coders", "List and add coders."),
    "adjudicate": ("adjudicate:adjudicate", "Show and settle the disagreements of coders."),
    "merge": ("merge:merge", "Take another copy of the study into this one."),
    "assign": ("coders:assign", "Draw which coder codes which transcripts."),
    "relations": ("relations:relations", "Draw, list and remove typed relations between codes."),
    "memo": ("memo:memo", "Write, list and remove memos."),
    "axial": ("axial:axial", "Integrate codes into categories; compare with a framework."),
    "focus": ("focus:focus", "Show the case × dimension matrix."),
    "compare": ("compare:compare", "Place cases among strategies; compare with a published result."),
    "agree": ("agree:agree", "Measure the agreement of coders."),
    "saturation": ("saturation:saturation", "Show new codes per interview, coverage and richness."),
    "report": ("report:report", "Write reports."),
    "run": ("run:run", "Run all stages in order on what the study holds."),
    "status": ("status:status", "Show what there is and what is missing."),
    "check": ("check:check", "Check the store against its texts and its history."),
    "restore": ("restore:restore", "List the copies kept of the store, or go back to one."),
    "log": ("history:log", "Show the history of changes."),
    "undo": ("history:undo", "Take back the newest change."),
    "redo": ("history:redo", "Do again what was taken back."),
}


class Commands(click.Group):
    """Loads a command's module only when it is asked for, so that `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table, which is the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(f"qualcode.cli.{module}"), function)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Find the command; for an unknown one name the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run a command and exit with its status; a user's mistake becomes a message.

        Raises:
            SystemExit: Always, but for a bug, which leaves as its own exception.
        """
        try:
            status = super().main(*args, **{**extra, "standalone_mode": False})
        except click.exceptions.Abort:
            click.echo("Interrupted: the change under way was rolled back.", err=True)
            raise SystemExit(130) from None
        except click.ClickException as mistake:
            mistake.show()
            raise SystemExit(mistake.exit_code) from None
        except UserError as mistake:
            click.echo(f"{click.style('Error:', fg='red', bold=True)} {mistake}", err=True)
            raise SystemExit(1) from None
        except BrokenPipeError:
            quiet_pipe()
            raise SystemExit(0) from None
        except OSError as error:
            if error.errno != errno.ENOSPC or error.filename is not None:
                raise
            quiet_pipe()
            click.echo(f"{click.style('Error:', fg='red', bold=True)} {FULL}", err=True)
            raise SystemExit(1) from None
        raise SystemExit(status if isinstance(status, int) else 0)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "-C",
    "--study",
    "folder",
    metavar="DIR",
    help="The study's folder [default: the nearest folder upwards with a study.yaml].",
)
@click.version_option(__version__, prog_name="qualcode")
@click.pass_context
def cli(ctx: click.Context, folder: str | None) -> None:
    """Code interview transcripts in three stages, measure agreement, compare cases.

    Every command works on the study in the current folder. Results go to stdout, messages to stderr.
    Exit status: 0 done, 1 something to put right, 2 wrong usage.
    """
    ctx.obj = folder


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Args:
        arguments: The words after `qualcode`; None for those of the process.

    Raises:
        SystemExit: Always, with the exit status. A bug leaves as its own exception, with traceback.
    """
    # A command makes many records that it keeps to its end: looking for circles among them would free nothing.
    gc.set_threshold(100_000)
    cli.main(arguments, prog_name="qualcode")


def quiet_pipe() -> None:
    """Point stdout at nothing: its reader (`| head`) has gone, and the interpreter would complain at exit."""
    import os
    import sys

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
