"""Work shared among processes: in order, a little at a time, and no process outlives the one that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from qualcode.coders import processes
from qualcode.model import Coding, Transcript

SCRIPT = """
import os, sys, time
from qualcode.coders.processes import propose_each
from qualcode.model import Transcript

class Slow:
    attributes = {}
    def propose_in(self, transcript, *, cohort=""):
        print(os.getpid(), flush=True)
        time.sleep(600)

if __name__ == "__main__":
    work = [(Transcript(name=str(number), case="", text="x" * 60_000, turns=()), "") for number in range(6)]
    list(propose_each(Slow(), work, jobs=2))
"""


class Noting:
    """A coder that notes what it is given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    @property
    def attributes(self) -> dict[str, str]:
        """Return nothing."""
        return {}

    def propose_in(self, transcript: Transcript, *, cohort: str = "") -> list[Coding]:
        """Return one coding of all of it."""
        self.given.append(transcript.name)
        return [Coding("noting", transcript.name, 0, 1, "code")]


class Pool(Executor):
    """A pool that finishes what it is given only when told to."""

    def __init__(self) -> None:
        self.open: deque[tuple[Future[Any], list[processes.Work]]] = deque()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **values: Any) -> Future[Any]:
        """Take a chunk, and do nothing."""
        future: Future[Any] = Future()
        self.open.append((future, arguments[0]))
        return future

    def finish(self) -> None:
        """Finish the chunk that was taken first."""
        future, chunk = self.open.popleft()
        future.set_result(([[Coding("pool", one.name, 0, 1, "code")] for one, _ in chunk], {}))


def chunks(number: int) -> deque[list[processes.Work]]:
    """Return chunks of one transcript each."""
    return deque([(Transcript(name=f"{place:03}", case="", text="x", turns=()), "")] for place in range(number))


def test_this_process_works_while_others_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """It codes what was not handed out, no more than is to be held, and gives all in order once the first is there."""
    coder, pool = Noting(), Pool()
    waited: list[list[str]] = []

    def result(self: Future[Any], timeout: float | None = None) -> Any:
        if not self.done():
            waited.append(list(coder.given))
            pool.finish()
        return real(self, timeout)

    real = Future.result
    monkeypatch.setattr(Future, "result", result)
    given = [
        (coding.transcript, coding.coder)
        for told in processes._shared(coder, chunks(60), pool, 1)
        for codings in told.result()[0]
        for coding in codings
    ]
    assert [name for name, _ in given] == [f"{place:03}" for place in range(60)]
    ahead, held = processes.AHEAD, 2 * processes.MOST_HELD
    assert waited[0] == [f"{place:03}" for place in range(ahead, held)], "it waits only when enough is held"
    assert dict(given)["000"] == "pool" and {name for name, by in given if by == "noting"} == set(coder.given)


def test_one_chunk_needs_no_other_process() -> None:
    """What is little is coded here, however many processes may be used."""
    coder = Noting()
    work = [one for chunk in chunks(5) for one in chunk]
    found = [codings for codings, _ in processes.propose_each(coder, work, jobs=8)]
    assert (
        [coding.transcript for codings in found for coding in codings] == coder.given == [one.name for one, _ in work]
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_no_process_outlives_a_killed_one(tmp_path: Path) -> None:
    """When the process that was started is killed, those that help it end."""
    script = tmp_path / "slow.py"
    script.write_text(SCRIPT, "utf-8")
    root = Path(processes.__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    started = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment)
    assert started.stdout is not None
    (helper,) = {int(started.stdout.readline()) for _ in range(2)} - {started.pid}
    started.send_signal(signal.SIGKILL)
    started.wait()
    deadline = time.monotonic() + 30
    while _lives(helper) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(helper)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # A process that has ended may still be listed until somebody takes notice of it.
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
