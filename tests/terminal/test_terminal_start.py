"""How the screens are opened, and what is said when they cannot be."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from qualcode.cli.app import cli
from qualcode.errors import UserError
from qualcode.terminal import start


@pytest.mark.parametrize("words", [("code", "--by", "coder-b"), ("review",)])
def test_no_terminal(folder, words) -> None:
    """In a pipe the message names the commands that need no terminal."""
    command = [sys.executable, "-m", "qualcode", "-C", str(folder.path), *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "needs a terminal" in done.stderr and "codings add" in done.stderr and "Traceback" not in done.stderr


def test_without_textual(monkeypatch) -> None:
    """The message names the extra to install."""
    monkeypatch.setitem(sys.modules, "textual", None)
    with pytest.raises(UserError, match=r"qualcode\[terminal\]"):
        start.check_textual()


def test_machines_still_code_without_a_name(folder) -> None:
    """`qualcode code` without --by, and with --by beside --coder, lets machine coders propose as before."""
    for words in (["code"], ["code", "--coder", "cues", "--by", "anna"], ["code", "--dry-run", "--by", "anna"]):
        done = CliRunner().invoke(cli, ["-C", str(folder.path), *words])
        assert done.exit_code == 0, done.output


@pytest.mark.parametrize("words", [["--blind"], ["--case", "Anna"], ["--coder", "cues", "--by", "a", "--blind"]])
def test_blind_is_for_people(folder, words) -> None:
    """Machines are not told to be blind."""
    done = CliRunner().invoke(cli, ["-C", str(folder.path), "code", *words])
    assert done.exit_code == 2 and "give --by NAME" in done.stderr


def test_textual_is_loaded_by_screens_only() -> None:
    """The session works without Textual."""
    program = "import sys, qualcode.terminal, qualcode.terminal.review; print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
