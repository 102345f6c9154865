"""`qualcode saturation`."""

from __future__ import annotations

import click

from qualcode.cli.common import coders_option
from qualcode.cli.output import format_option


@click.command()
@coders_option
@format_option
@click.pass_context
def saturation(ctx: click.Context, coders: tuple[str, ...], form: str) -> None:
    """Show new codes per interview, coverage and estimated richness (descriptive: no verdict)."""
    raise NotImplementedError
