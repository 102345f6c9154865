"""Writing a report: whole or not at all, and nothing of the user's lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.errors import UserError
from qualcode.report import folders, write_site


def contents(folder: Path) -> dict[str, str]:
    """Return text by name of the files in a folder, without the list of files."""
    return {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.name != folders.MANIFEST}


def test_new_report_replaces_the_old_one(tmp_path: Path) -> None:
    """Stale pages go, new ones come, and nothing is left beside the folder."""
    target = tmp_path / "deep" / "site"
    write_site({"index.html": "old", "stale.html": "old"}, target)
    assert write_site({"index.html": "new", "more.bin": b"\x00"}, target) == (target / "index.html").resolve()
    assert contents(target) == {"index.html": "new", "more.bin": "\x00"}
    assert [path.name for path in target.parent.iterdir()] == ["site"]


def test_other_files_in_the_folder_stay(tmp_path: Path) -> None:
    """A note that somebody put beside the pages, and a folder, outlive the next report."""
    write_site({"index.html": "old"}, tmp_path / "site")
    (tmp_path / "site" / "note.txt").write_text("mine", "utf-8")
    (tmp_path / "site" / "figures").mkdir()
    (tmp_path / "site" / "figures" / "a.txt").write_text("mine", "utf-8")
    write_site({"index.html": "new"}, tmp_path / "site")
    assert (tmp_path / "site" / "note.txt").read_text("utf-8") == "mine"
    assert (tmp_path / "site" / "figures" / "a.txt").read_text("utf-8") == "mine"
    assert (tmp_path / "site" / "index.html").read_text("utf-8") == "new"


def test_interrupted_swap_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C between the two renames brings the old report back."""
    target = tmp_path / "site"
    write_site({"index.html": "old"}, target)
    real = Path.replace

    def interrupted(self: Path, goal: Path) -> Path:
        if self.name == "new":
            raise KeyboardInterrupt
        return real(self, goal)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_site({"index.html": "new"}, target)
    assert contents(target) == {"index.html": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_full_disk_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure while writing is told as a user's message, and the old report is whole."""
    target = tmp_path / "site"
    write_site({"index.html": "old"}, target)

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match="No space left"):
        write_site({"index.html": "new"}, target)
    assert contents(target) == {"index.html": "old"}


def test_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    """A folder that holds files and no report is not touched."""
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="holds other files"):
        write_site({"index.html": "x"}, tmp_path)
    assert contents(tmp_path) == {"thesis.txt": "mine"}


def test_file_in_the_way_is_refused(tmp_path: Path) -> None:
    """A file where the folder should be, and a user's file with a page's name, are told."""
    (tmp_path / "site").write_text("x", "utf-8")
    with pytest.raises(UserError, match="not a folder"):
        write_site({"index.html": "x"}, tmp_path / "site")
    write_site({"index.html": "x"}, tmp_path / "other")
    (tmp_path / "other" / "more.html").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="not of the report"):
        write_site({"index.html": "x", "more.html": "y"}, tmp_path / "other")
    assert (tmp_path / "other" / "more.html").read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["../out.html", "a/b.html", "", ".."])
def test_names_with_folders_are_a_bug(tmp_path: Path, name: str) -> None:
    """No name may lead out of the folder."""
    with pytest.raises(ValueError, match="plain file name"):
        write_site({name: "x"}, tmp_path / "site")
