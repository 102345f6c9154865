"""Studies and a runner for tests of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qualcode.cli.app import cli

MUSIC = Path(__file__).resolve().parent.parent / "data" / "music"

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """Return a function that runs `qualcode` with some words; a bug inside fails the test with its traceback."""

    def call(*words: str | Path, status: int = 0) -> Result:
        result = CliRunner().invoke(cli, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == status, result.output
        return result

    return call


@pytest.fixture
def empty(tmp_path: Path, run: Run) -> Path:
    """Return a study with the codebook of the small example and nothing else."""
    run("init", tmp_path / "music", "--codebook", MUSIC / "codebook.yaml", "--title", "Adult learners")
    return tmp_path / "music"


@pytest.fixture
def music(empty: Path, run: Run) -> Path:
    """Return the small example with its transcripts and a person's codings."""
    run("-C", empty, "ingest", MUSIC / "transcripts", "--cases", MUSIC / "cases.csv", "--by", "tester")
    run("-C", empty, "codings", "import", MUSIC / "coder-a.jsonl", "--coder", "coder-a")
    return empty
