"""Text files are read strictly, and written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.errors import InputError, UserError
from qualcode.files import read_text, write_whole


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    """A file saved with a mark reads as the same text."""
    (tmp_path / "a.txt").write_bytes("\ufeffå".encode())
    assert read_text(tmp_path / "a.txt") == "å"


def test_latin_1_is_told_with_its_line(tmp_path: Path) -> None:
    """The line of the first byte that is not UTF-8 is named, with the hint that was given."""
    (tmp_path / "a.txt").write_bytes(b"one\ntwo\n\xe5\n")
    with pytest.raises(InputError, match=r"a\.txt, line 3: is not UTF-8 text \(byte 0xe5\)\nSave it"):
        read_text(tmp_path / "a.txt", hint="Save it anew.")


@pytest.mark.parametrize("content", ["å\r\nb\n", b"\x00\xff\r\n"], ids=["text", "bytes"])
def test_what_is_written_stands_there(tmp_path: Path, content: str | bytes) -> None:
    """Text and bytes are written as they are, line breaks too, over what was there; nothing else is left."""
    write_whole(tmp_path / "a", "before")
    write_whole(tmp_path / "a", content)
    assert (tmp_path / "a").read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    """Where the name is taken by a folder nothing is written, and nothing is left beside it."""
    (tmp_path / "a").mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        write_whole(tmp_path / "a", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
