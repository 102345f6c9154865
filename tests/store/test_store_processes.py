"""Several processes: killed in the middle of writing, and writing at once."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from store_examples import CODEBOOK, SETTINGS, coding, fill, look

from qualcode.store import Store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 and fork are of Unix")
ROUNDS, TOGETHER = 30, 3


def in_a_process(function: Callable[..., None], *arguments: object) -> int:
    """Run a function in a forked process that opens its own store; return its process id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        function(*arguments)
        status = 0
    finally:
        os._exit(status)


def write_until_killed(target: Path | str, tag: int, acknowledge: int) -> None:
    """Add codings three by three with a common mark; say each mark after its commit."""
    with Store.open(target) as store:
        for number in range(10**6):
            mark = f"{tag}-{number}"
            with store.change(coder="coder-a", action="codings add") as change:
                change.add_codings(
                    coding("[known]", f"{mark}-{part}", definition_hash=mark) for part in range(TOGETHER)
                )
            os.write(acknowledge, f"{mark}\n".encode())


def test_kill_9_loses_nothing_and_halves_nothing(target: Path | str) -> None:
    """After each kill every acknowledged coding is there, none without its two siblings, and the check is clean."""
    with Store.create(target) as store:
        fill(store)
    chance = random.Random(20221017)
    acknowledged: set[str] = set()
    for round_ in range(ROUNDS):
        out, into = os.pipe()
        child = in_a_process(write_until_killed, target, round_, into)
        os.close(into)
        said = os.read(out, 1)  # it writes now
        time.sleep(chance.uniform(0, 0.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while part := os.read(out, 65536):
            said += part
        os.close(out)
        acknowledged.update(said.decode().split("\n")[:-1])
        with Store.open(target) as store:
            there: dict[str, int] = {}
            for each in look(store).codings:
                there[each.definition_hash] = there.get(each.definition_hash, 0) + 1
            assert set(there.values()) <= {TOGETHER}
            assert acknowledged <= there.keys()
            assert store.number == 1 + len(there)
    with Store.open(target) as store:
        assert store.verify() == []
    assert len(acknowledged) >= ROUNDS


def count_up(target: Path | str, times: int, shared: Store | None = None) -> None:
    """Add one to a number that stands in a case's attributes, by reading and writing it."""
    with nullcontext(shared) if shared else Store.open(target, wait=60) as store:
        for _ in range(times):
            with store.change(action="count") as change:
                case = change.snapshot(SETTINGS, CODEBOOK).case_by_name["Alpha"]
                number = int(case.attributes.get("count", "0")) + 1
                change.put_case(replace(case, attributes={"count": str(number)}))


def test_two_writers_at_once_lose_no_update(target: Path | str) -> None:
    """Two processes count to 80 together, one change after the other."""
    with Store.create(target) as store:
        fill(store)
    children = [in_a_process(count_up, target, 40) for _ in range(2)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    with Store.open(target) as store:
        assert look(store).case_by_name["Alpha"].attributes == {"count": "80"}
        assert store.number == 81
        assert store.verify() == []


def test_threads_share_one_store(target: Path | str) -> None:
    """The workbench answers several requests at once over one store: four threads count to 40."""
    with Store.create(target, wait=60) as store:
        fill(store)
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(count_up, target, 10, store) for _ in range(4)]:
                done.result()
        assert look(store).case_by_name["Alpha"].attributes == {"count": "40"}
        assert store.verify() == []


def make(target: Path | str, outcome: int) -> None:
    """Make a store, and say whether it was this process that made it."""
    from qualcode.errors import StoreError

    try:
        Store.create(target).close()
        os.write(outcome, b"1")
    except StoreError:
        os.write(outcome, b"0")


def test_two_processes_make_one_store(target: Path | str) -> None:
    """One of them makes it, the other is told that it is there."""
    out, into = os.pipe()
    children = [in_a_process(make, target, into) for _ in range(2)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    os.close(into)
    assert sorted(os.read(out, 10)) == sorted(b"10")
    os.close(out)
    with Store.open(target) as store:
        assert store.verify() == []
