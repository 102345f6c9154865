"""Codes renamed, merged, split and deleted in a study: codings come along, and undo brings all back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent


def codings(music: Path, run) -> list[dict]:
    """Return the codings of the study."""
    return [json.loads(line) for line in run("-C", music, "codings", "export").stdout.splitlines()]


def counts(music: Path, run) -> dict[str, int]:
    """Return how many codings each code has."""
    found: dict[str, int] = {}
    for one in codings(music, run):
        found[one["code"]] = found.get(one["code"], 0) + 1
    return found


def state(music: Path, run) -> tuple[list[dict], str]:
    """Return all codings and the text of the codebook's file."""
    return codings(music, run), (music / "codebook.yaml").read_text("utf-8")


def actions(music: Path, run) -> list[str]:
    """Return what the history says was done, newest first."""
    return [row["what"] for row in json.loads(run("-C", music, "log", "--format", "json").stdout)]


def test_rename_carries_codings_and_can_be_undone(music: Path, run) -> None:
    """Codings, codebook file and history follow a rename, and its undo and redo."""
    before = state(music, run)
    done = run("-C", music, "codebook", "rename", "obstacles/shame", "obstacles/being-heard", "--by", "ann")
    assert "2 codings carried along" in done.stderr
    after = state(music, run)
    assert counts(music, run)["obstacles/being-heard"] == 2 and "obstacles/shame" not in counts(music, run)
    assert "origin: 'was: obstacles/shame'" in after[1] and "cues: [" in after[1]
    assert "older definition" not in run("-C", music, "status").stderr
    assert actions(music, run)[0] == "codebook rename"
    assert "codebook.yaml" in run("-C", music, "undo").stderr
    assert state(music, run) == before
    run("-C", music, "redo")
    assert state(music, run) == after
    run("-C", music, "check")


def test_ids_of_codings_stay(music: Path, run) -> None:
    """A coding is the same one after its code is called differently."""
    before = {one["id"]: one["quote"] for one in codings(music, run)}
    run("-C", music, "codebook", "rename", "obstacles/time", "obstacles/hours", "--name", "No hours")
    assert {one["id"]: one["quote"] for one in codings(music, run)} == before


def test_merge_joins_doubles(music: Path, run) -> None:
    """Two codes on one passage by one coder become one coding that names the other."""
    words = ("--coder", "coder-a", "--case", "ben", "--turn", "8", "--quote", "no time at all")
    run("-C", music, "codings", "add", "--code", "obstacles/time", *words)
    run("-C", music, "codings", "add", "--code", "obstacles/shame", *words)
    before = state(music, run)
    done = run("-C", music, "codebook", "merge", "obstacles/shame", "obstacles/time", "--into", "obstacles/time")
    assert "1 double joined" in done.stderr
    kept = [one for one in codings(music, run) if one["quote"] == "no time at all"]
    assert len(kept) == 1 and len(kept[0]["evidence"]["doubles"]) == 1
    assert kept[0]["evidence"]["codes"] == ["obstacles/shame", "obstacles/time"]
    assert "merged from obstacles/shame" in (music / "codebook.yaml").read_text("utf-8")
    assert "obstacles/time" in run("-C", music, "status").stderr, "the definition grew: a second look is due"
    run("-C", music, "undo")
    assert state(music, run) == before
    run("-C", music, "check")


def test_split_sends_each_coding_where_it_was_told(music: Path, run, tmp_path: Path) -> None:
    """By id, by file, and all others; a code without codings left goes."""
    own = [one for one in codings(music, run) if one["code"] == "obstacles/shame"]
    (tmp_path / "where.jsonl").write_text(json.dumps({"id": own[1]["id"], "to": "o/family"}) + "\n", "utf-8")
    run(
        *("-C", music, "codebook", "split", "obstacles/shame", "--to", f"o/neighbours={own[0]['id'][:10]}"),
        *("--by-file", tmp_path / "where.jsonl", "--definition", "o/family=At home."),
    )
    now = {one["id"]: one["code"] for one in codings(music, run)}
    assert (now[own[0]["id"]], now[own[1]["id"]]) == ("o/neighbours", "o/family")
    text = (music / "codebook.yaml").read_text("utf-8")
    assert "split from obstacles/shame" in text and "definition: At home." in text and "id: obstacles/shame" not in text
    run("-C", music, "undo")
    run("-C", music, "codebook", "split", "obstacles/shame", "--to", f"o/neighbours={own[0]['id'][:10]}")
    assert counts(music, run)["obstacles/shame"] == 1
    run("-C", music, "undo")
    run("-C", music, "codebook", "split", "obstacles/shame", "--rest", "obstacles/time")
    assert "obstacles/shame" not in counts(music, run)


def test_split_by_search(music: Path, run) -> None:
    """Codings whose passage holds what is searched go to the new code, the others stay."""
    before = [one for one in codings(music, run) if one["code"] == "obstacles/shame"]
    word = before[0]["quote"].split()[1]
    run("-C", music, "codebook", "split", "obstacles/shame", "--by-search", f'o/found="{word}"')
    now = {one["id"]: one["code"] for one in codings(music, run)}
    wanted = ["o/found" if word in one["quote"].split() else "obstacles/shame" for one in before]
    assert [now[one["id"]] for one in before] == wanted and "o/found" in wanted


def test_split_refuses_what_it_cannot_do(music: Path, run, tmp_path: Path) -> None:
    """An unknown id, a line that says nothing, a code into itself: a message, and nothing changes."""
    before = state(music, run)
    run("-C", music, "codebook", "split", "obstacles/shame", "--to", "x=ffff", status=1)
    (tmp_path / "bad.jsonl").write_text('{"id": 3}\nnonsense\n', "utf-8")
    assert (
        "line 2"
        in run(
            "-C", music, "codebook", "split", "obstacles/shame", "--by-file", tmp_path / "bad.jsonl", status=1
        ).stderr
    )
    run("-C", music, "codebook", "split", "obstacles/shame", "--rest", "obstacles/shame", status=1)
    assert state(music, run) == before


def test_delete_needs_to_be_told_that_codings_go(music: Path, run) -> None:
    """A code in use is only deleted with its codings, and undo brings both back."""
    before = state(music, run)
    assert "2 codings" in run("-C", music, "codebook", "delete", "obstacles/shame", status=1).stderr
    run("-C", music, "codebook", "delete", "obstacles/shame", "--with-codings")
    assert "obstacles/shame" not in counts(music, run)
    run("-C", music, "undo")
    assert state(music, run) == before


def test_dry_run_writes_nothing(music: Path, run) -> None:
    """With --dry-run it is told what would be done, and neither store nor file nor folder changes."""
    before, log = state(music, run), actions(music, run)
    done = run("-C", music, "codebook", "merge", "obstacles/shame", "--into", "obstacles/time", "--dry-run")
    assert "Would do" in done.stderr
    assert state(music, run) == before and actions(music, run) == log and not (music / "snapshots").exists()


def test_a_copy_is_kept_before_each_operation(music: Path, run) -> None:
    """Bulk operations leave a snapshot named for what was about to be done."""
    run("-C", music, "codebook", "rename", "obstacles/shame", "x")
    assert [one.name.endswith("codebook-rename.db") for one in (music / "snapshots").iterdir()] == [True]


def test_move_add_promote(music: Path, run) -> None:
    """A code goes into two categories; an in-vivo code becomes one of the codebook."""
    run("-C", music, "codebook", "move", "obstacles/time", "--to", "obstacles", "--to", "drive")
    assert "category:\n      - obstacles\n      - drive" in (music / "codebook.yaml").read_text("utf-8")
    run("-C", music, "codebook", "add", "they count on me", "--in-vivo", "ben, turn 6")
    run(
        *("-C", music, "codings", "add", "--coder", "coder-a", "--case", "ben", "--turn", "6"),
        *("--code", "they count on me", "--quote", "they count on me"),
    )
    run("-C", music, "codebook", "promote", "they count on me", status=1)
    words = ("--as", "drive/duty", "--definition", "Others rely on them.", "--to", "drive")
    run("-C", music, "codebook", "promote", "they count on me", *words)
    assert counts(music, run)["drive/duty"] == 1
    assert "promoted from in vivo: ben, turn 6" in (music / "codebook.yaml").read_text("utf-8")
    assert "older definition" not in run("-C", music, "status").stderr


def test_edits_by_hand_have_their_own_entry(music: Path, run) -> None:
    """What a person changed in the file is put on record before an operation, and undo of the operation keeps it."""
    path = music / "codebook.yaml"
    edited = path.read_text("utf-8").replace("An old wish", "A wish of old") + "# my remark\n"
    path.write_text(edited, "utf-8")
    run("-C", music, "codebook", "rename", "obstacles/shame", "x")
    assert actions(music, run)[:2] == ["codebook rename", "codebook edit"]
    run("-C", music, "undo")
    assert path.read_text("utf-8") == edited


def test_undo_never_writes_over_unrecorded_edits(music: Path, run) -> None:
    """When the file was edited since, undo of a codebook operation says so and does nothing."""
    run("-C", music, "codebook", "rename", "obstacles/shame", "x")
    path = music / "codebook.yaml"
    path.write_text(path.read_text("utf-8") + "# mine\n", "utf-8")
    before = state(music, run)
    assert "edited" in run("-C", music, "undo", status=1).stderr
    assert state(music, run) == before
    run("-C", music, "codebook", "record")
    run("-C", music, "undo")
    run("-C", music, "undo")
    assert "obstacles/shame" in counts(music, run)


def test_undo_of_an_import_leaves_the_codebook_alone(music: Path, run, tmp_path: Path) -> None:
    """An edit made before an import stays when the import is taken back."""
    path = music / "codebook.yaml"
    edited = path.read_text("utf-8") + "# mine\n"
    path.write_text(edited, "utf-8")
    run("-C", music, "codings", "import", TESTS.parent / "data/music/coder-a.jsonl", "--coder", "coder-b")
    run("-C", music, "undo")
    assert path.read_text("utf-8") == edited
    assert {one["coder"] for one in codings(music, run)} == {"coder-a"}


def test_diff_and_versions(music: Path, run) -> None:
    """A recorded version, named by its hash, is compared with the study's codebook."""
    run("-C", music, "codebook", "rename", "obstacles/shame", "obstacles/being-heard")
    run("-C", music, "codebook", "delete", "obstacles/time", "--with-codings")
    listed = json.loads(run("-C", music, "codebook", "versions", "--format", "json").stdout)
    assert [one["now"] for one in listed].count(True) == 1 and len(listed) == 3
    first = TESTS.parent / "data/music/codebook.yaml"
    told = json.loads(run("-C", music, "codebook", "diff", first, "--format", "json").stdout)
    assert [(one["change"], one["code"], one["was"]) for one in told] == [
        ("renamed", "obstacles/being-heard", ["obstacles/shame"]),
        ("removed", "obstacles/time", []),
    ]
    old = next(one["hash"] for one in listed if not one["now"])
    assert "codes differ" in run("-C", music, "codebook", "diff", old[:10]).stderr
    run("-C", music, "codebook", "diff", "0123456789", status=1)


def test_diff_by_number_and_now(music: Path, run) -> None:
    """Versions are numbered as they are listed; `now` is the study's codebook, edits by hand included."""
    run("-C", music, "codebook", "rename", "obstacles/shame", "obstacles/being-heard")
    listed = json.loads(run("-C", music, "codebook", "versions", "--format", "json").stdout)
    assert [one["number"] for one in listed] == [1, 2]

    def diff(*words: str) -> object:
        return json.loads(run("-C", music, "codebook", "diff", *words, "--format", "json").stdout)

    for one in listed:
        assert diff(str(one["number"]), "now") == diff(one["hash"]) == diff(one["hash"], "now")
    number_now = next(str(one["number"]) for one in listed if one["now"])
    other = "1" if number_now == "2" else "2"
    assert diff(number_now, "now") == [] != diff(other, "now") == diff(other, number_now)
    assert diff("now", other) == diff(number_now, other)
    path = music / "codebook.yaml"
    path.write_text(path.read_text("utf-8").replace("id: obstacles/time", "id: obstacles/hours"), "utf-8")
    assert "obstacles/hours" in {row["code"] for row in diff("2", "now")}
    for wrong in ("0", "3", "999"):
        assert "there are 2" in run("-C", music, "codebook", "diff", wrong, "now", status=1).stderr


def test_an_older_file_is_not_taken_for_an_edit(music: Path, run) -> None:
    """When an earlier codebook is put back and codings need the newer one, that is said; restore mends it."""
    old = (music / "codebook.yaml").read_text("utf-8")
    run("-C", music, "codebook", "record")
    run("-C", music, "codebook", "rename", "obstacles/shame", "x")
    new = (music / "codebook.yaml").read_text("utf-8")
    (music / "codebook.yaml").write_text(old, "utf-8")
    words = (
        "codings",
        "add",
        "--coder",
        "b",
        "--code",
        "obstacles/time",
        "--case",
        "ben",
        "--turn",
        "8",
        "--quote",
        "no",
    )
    assert "restore" in run("-C", music, *words, status=1).stderr
    run("-C", music, "codebook", "restore")
    assert (music / "codebook.yaml").read_text("utf-8") == new
    run("-C", music, *words)


def test_importing_another_codebook(music: Path, run, tmp_path: Path) -> None:
    """Codings follow codes that say what they were; a code in use that is nowhere is refused."""
    text = (music / "codebook.yaml").read_text("utf-8")
    (tmp_path / "lost.yaml").write_text(text.replace("id: obstacles/shame", "id: heard"), "utf-8")
    assert "obstacles/shame" in run("-C", music, "codebook", "import", tmp_path / "lost.yaml", status=1).stderr
    told = text.replace("id: obstacles/shame", 'id: heard\n    origin: "was: obstacles/shame"')
    (tmp_path / "told.yaml").write_text(told, "utf-8")
    run("-C", music, "codebook", "import", tmp_path / "told.yaml")
    assert counts(music, run)["heard"] == 2
    assert (music / "codebook.yaml").read_text("utf-8") == told


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
@pytest.mark.parametrize("words", [("codebook", "rename", "obstacles/shame", "x"), ("undo",)])
def test_a_crash_leaves_file_and_store_consistent(music: Path, run, moment: str, words: tuple[str, ...]) -> None:
    """Killed just before or after the store commits, the next command finds both old, or both new."""
    run("-C", music, "codebook", "rename", "obstacles/time", "y")
    before = state(music, run)
    at = (
        "from qualcode.store import engine\n"
        "from sqlalchemy import Connection\n"
        "commit = Connection.commit\n"
        "def dying(self):\n"
        "    if UNFINISHED.exists():\n"
        f"        {'commit(self)' if moment.startswith('after') else 'pass'}\n"
        "        os.kill(os.getpid(), 9)\n"
        "    commit(self)\n"
        "Connection.commit = dying\n"
    )
    program = (
        "import os, sys\nfrom pathlib import Path\n"
        f"UNFINISHED = Path({str(music)!r}) / '.codebook.unfinished'\n{at}"
        f"from qualcode.cli import main\nmain(['-C', {str(music)!r}, *{words!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    run("-C", music, "check")
    assert not (music / ".codebook.unfinished").exists()
    codes = {one["code"] for one in codings(music, run)}
    text = (music / "codebook.yaml").read_text("utf-8")
    known = {line.split("id: ")[1] for line in text.splitlines() if line.startswith("  - id: ")}
    assert codes <= known
    if moment.startswith("before"):
        assert state(music, run) == before
    else:
        assert state(music, run) != before


def test_a_change_meanwhile_is_not_lost(music: Path, run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A coding that another program adds between reading and writing makes the operation refuse, not lose it."""
    from qualcode.store import Store

    copy = Store.snapshot_copy

    def interfering(self: Store, reason: str, keep: int = 10):  # type: ignore[no-untyped-def]
        with Store.open(music / "qualcode.db") as other, other.change(action="other") as change:
            change.put_setting("other", "1")
        return copy(self, reason, keep)

    monkeypatch.setattr(Store, "snapshot_copy", interfering)
    before = state(music, run)
    assert "meanwhile" in run("-C", music, "codebook", "rename", "obstacles/shame", "x", status=1).stderr
    assert state(music, run) == before
