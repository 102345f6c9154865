"""What the tests of the terminal coder share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from qualcode.project.folder import StudyFolder
from qualcode.terminal.app import CoderApp
from qualcode.terminal.review import Review
from qualcode.terminal.session import Session


def select(session: Session, words: str, name: str = "") -> None:
    """Select the first place of some words in a transcript."""
    if name:
        session.open(name)
    start = session.transcript.text.index(words)
    session.select(start, start + len(words))


def codings_of(folder: StudyFolder, coder: str) -> list[tuple[str, str, str]]:
    """Return (words, code, status) of a coder's codings as they are on disk, sorted by place."""
    study = folder.study()
    return [(study.quote(one), one.code, one.status) for one in study.codings if one.coder == coder]


def play(
    session: Session,
    scene: Callable[[CoderApp, Callable[..., Awaitable[None]]], Awaitable[None]],
    *,
    review: Review | None = None,
    size: tuple[int, int] = (100, 30),
) -> CoderApp:
    """Open the screen in a terminal of some size and play a scene on it: `scene(app, press)`."""
    app = CoderApp(session, review)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:

            async def press(*keys: str) -> None:
                await pilot.press(*keys)
                await pilot.pause()

            await pilot.pause()
            await scene(app, press)

    asyncio.run(run())
    return app


def add_elsewhere(folder: StudyFolder, coder: str, code: str, transcript: str, turn: int, quote: str) -> None:
    """Add a coding from the command line, as another program does while a screen is open."""
    from click.testing import CliRunner

    from qualcode.cli.app import cli

    where = ["--transcript", transcript, "--turn", str(turn), "--quote", quote]
    words = ["-C", str(folder.path), "codings", "add", "--coder", coder, "--code", code, *where]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
