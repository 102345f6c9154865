"""The command line: one file per command; the only layer that prints."""

from qualcode.cli.app import main

__all__ = ["main"]
