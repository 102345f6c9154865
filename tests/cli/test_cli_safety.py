"""Copies kept and put back, stores mended, programs killed, two writers at once."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest


def codings(music: Path, run) -> list[dict]:
    """Return the codings of the study."""
    return [json.loads(line) for line in run("-C", music, "codings", "export").stdout.splitlines()]


def test_restore_goes_back_and_can_be_undone(music: Path, run) -> None:
    """After a rename and a removal the copy from before brings all back, codebook too; undo undoes that."""
    before, text = codings(music, run), (music / "codebook.yaml").read_text("utf-8")
    run("-C", music, "codebook", "rename", "obstacles/shame", "x")
    run("-C", music, "codings", "remove", "--code", "x")
    after = codings(music, run)
    assert "codebook-rename" in run("-C", music, "restore").stdout
    run("-C", music, "restore", "1")
    assert codings(music, run) == before and (music / "codebook.yaml").read_text("utf-8") == text
    rows = json.loads(run("-C", music, "restore", "--format", "json").stdout)
    assert [one["before"] for one in rows] == ["restore", "codebook-rename"]
    run("-C", music, "check")
    run("-C", music, "undo")
    assert codings(music, run) == after
    run("-C", music, "restore", "9", status=1)


def test_restore_of_a_damaged_store(music: Path, run) -> None:
    """A store that is no database any more is put aside, and the copy takes its place."""
    before = codings(music, run)
    run("-C", music, "codebook", "rename", "obstacles/shame", "obstacles/shame", "--name", "Heard by others")
    (music / "qualcode.db").write_bytes(b"damaged" * 1000)
    run("-C", music, "status", status=1)
    run("-C", music, "restore", "1")
    assert codings(music, run) == before and (music / "qualcode.db.damaged-1").exists()
    run("-C", music, "check")


def test_ten_copies_are_kept(music: Path, run) -> None:
    """The oldest copies go."""
    for number in range(12):
        run("-C", music, "codebook", "rename", "obstacles/shame" if not number else f"x{number - 1}", f"x{number}")
    assert len(list((music / "snapshots").iterdir())) == 10


def test_repair_follows_the_history(music: Path, run) -> None:
    """Rows that another program has changed, added and removed are set right, and that is in the history."""
    before = codings(music, run)
    with sqlite3.connect(music / "qualcode.db") as connection:
        connection.execute('UPDATE codings SET start = 0, "end" = 999999 WHERE id = ?', (before[0]["id"],))
        connection.execute("DELETE FROM codings WHERE id = ?", (before[1]["id"],))
        connection.execute("UPDATE turns SET role = 'other' WHERE number = 2")
    connection.close()
    run("-C", music, "check", status=1)
    assert "Mended" in run("-C", music, "check", "--repair").stderr
    assert codings(music, run) == before
    run("-C", music, "check")
    assert "check repair" in run("-C", music, "log", "--format", "csv").stdout
    assert list((music / "snapshots").glob("*check-repair.db"))


def test_repair_brings_codes_back(music: Path, run) -> None:
    """A code that was cut out of the file by hand, but is used, comes back as it was."""
    run("-C", music, "codebook", "record")
    path = music / "codebook.yaml"
    text = path.read_text("utf-8")
    start, end = text.index("  - id: obstacles/shame"), text.index("  - id: drive")
    path.write_text(text[:start] + text[end:], "utf-8")
    run("-C", music, "check", status=1)
    assert "obstacles/shame" in run("-C", music, "check", "--repair").stderr
    assert "It is embarrassing to be heard" in path.read_text("utf-8")
    run("-C", music, "check")


def writer(music: Path, coder: str, count: int) -> subprocess.Popen[str]:
    """Start a program that adds codings one by one and says each when it is acknowledged."""
    program = (
        "import sys\nfrom qualcode.project.codings import add_codings\n"
        f"from qualcode.project.folder import find_study\nfolder = find_study({str(music)!r})\n"
        f"for n in range({count}):\n"
        f"    where = {{'transcript': 'anna', 'start': 200 + n // 30, 'end': 240 + n % 30}}\n"
        f"    one, = add_codings(folder, coder={coder!r}, codes=['way/alone'], where=where)\n"
        "    print(one.id, flush=True)\n"
    )
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_killed_at_any_moment_nothing_acknowledged_is_lost(music: Path, run) -> None:
    """Killed with -9 while it adds codings: each one that was acknowledged is there, whole, and the check is clean."""
    moments = random.Random(5)
    acknowledged: set[str] = set()
    for round_ in range(4):
        process = writer(music, f"k{round_}", 2000)
        assert process.stdout is not None
        acknowledged.add(process.stdout.readline().strip())
        time.sleep(moments.uniform(0.05, 0.4))
        process.send_signal(signal.SIGKILL)
        told = process.communicate(timeout=30)[0]
        acknowledged.update(line for line in told.split("\n")[:-1])
        assert acknowledged - {""} <= {one["id"] for one in codings(music, run)}
    run("-C", music, "check")


def test_two_writers_lose_nothing(music: Path, run) -> None:
    """Two programs that write at once each find all of their own codings afterwards."""
    processes = [writer(music, name, 12) for name in ("w1", "w2")]
    told = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    ids = {line for out, _ in told for line in out.split()}
    assert len(ids) == 24 and ids <= {one["id"] for one in codings(music, run)}
    run("-C", music, "check")


def test_a_second_writer_is_told_after_waiting(music: Path, run, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program holds the lock, a command waits, then says so and changes nothing."""
    from qualcode.store import Store

    opened = Store.open
    monkeypatch.setattr(Store, "open", classmethod(lambda cls, target, **_: opened(target, wait=0.2)))
    with opened(music / "qualcode.db") as other, other.change(action="slow") as change:
        change.put_setting("x", "1")
        told = run("-C", music, "codebook", "rename", "obstacles/shame", "x", status=1).stderr
    assert "written by another program" in told
    assert "obstacles/shame" in {one["code"] for one in codings(music, run)}
