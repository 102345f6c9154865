"""The README's tour does what it shows: each command is run, its output compared word for word."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from qualcode.cli.app import COMMANDS, cli

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def tour() -> list[tuple[str, str]]:
    """Return (command, output shown) for each command of the tour, in order."""
    section = README.split("<!-- tour -->")[1].split("<!-- end tour -->")[0]
    block = "\n".join(re.findall(r"```console\n(.*?)```", section, flags=re.DOTALL))
    return [(first, rest) for first, _, rest in (part.partition("\n") for part in block.split("$ ")[1:])]


def test_the_tour_shows_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the tour gives the output printed below it."""
    (tmp_path / "tests").symlink_to(ROOT / "tests", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    steps = tour()
    assert len(steps) >= 8
    for command, shown in steps:
        words = shlex.split(command)
        if words[0] == "cd":
            monkeypatch.chdir(Path.cwd() / words[1])
            continue
        assert words[0] == "qualcode"
        result = CliRunner().invoke(cli, words[1:])
        assert result.exit_code == 0, (command, result.output)
        assert tidy(result.output) == tidy(shown), command


def tidy(text: str) -> list[str]:
    """Return the lines that say something, without spaces at their ends; identifiers of codings are random."""
    text = re.sub(r"\b[0-9a-f]{8}\b", "········", text)
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_the_commands_named_exist() -> None:
    """Every `qualcode COMMAND` that the README names is one."""
    named = set(re.findall(r"`qualcode ([a-z][a-z-]*)", README))
    assert named <= set(COMMANDS) | {"demo"}


def test_links_lead_somewhere() -> None:
    """Every relative link of the README is a file of the repository."""
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target
