"""Bytes to text: encodings, files that are no text, and sizes."""

from __future__ import annotations

from pathlib import Path

import pytest
from ingest_marked import read_text, spoken

from qualcode.errors import InputError, UserError
from qualcode.ingest import read_transcript, source
from qualcode.ingest.normalise import normalise

TALK = "I: Käyttekö sitä?\nR: Kyllä – ”joskus”.\n"
SPOKEN = [("I", None, "Käyttekö sitä?"), ("R", None, "Kyllä – ”joskus”.")]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", b"\xff\xfe\x00\x00"),
    ],
)
def test_unicode_needs_no_help(encoding: str, mark: bytes, tmp_path: Path) -> None:
    """All forms of Unicode are read without a doubt, with or without byte order mark."""
    reading = read_text(tmp_path, mark + TALK.encode(encoding))
    assert spoken(reading.transcript) == SPOKEN
    assert (reading.encoding, reading.doubts) == (encoding, ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["采访者：你为什么这样做？\n受访者：因为我们喜欢。\n", "聞き手：なぜですか。\n話し手：そうですね。\n"]
)
def test_east_asian_utf_16_without_a_mark(text: str, encoding: str, tmp_path: Path) -> None:
    """Chinese and Japanese in UTF-16 have zero bytes in newlines only, and are told by their letters."""
    reading = read_text(tmp_path, text.encode(encoding))
    assert reading.transcript.text == text
    assert reading.encoding == encoding


def test_windows_1252_is_doubted(tmp_path: Path) -> None:
    """Text that is no Unicode is read as Windows-1252, and the line with the first such letter is named."""
    reading = read_text(tmp_path, ("I: Well?\n" + TALK).encode("cp1252"))
    assert spoken(reading.transcript)[1:] == SPOKEN
    assert reading.encoding == "cp1252"
    assert [doubt for doubt in reading.doubts if doubt.startswith("line 2: not UTF-8")]


def test_named_encoding(tmp_path: Path) -> None:
    """A named encoding is used for text that is no Unicode, and only for that."""
    russian = "I: Почему?\nR: Так.\n"
    reading = read_text(tmp_path, russian.encode("cp1251"), encoding="cp1251")
    assert spoken(reading.transcript)[0][2] == "Почему?"
    assert reading.doubts == ()
    assert read_text(tmp_path, russian, encoding="cp1251").encoding == "utf-8"


def test_named_encoding_that_does_not_fit(tmp_path: Path) -> None:
    """A named encoding that does not fit is an error with the line."""
    with pytest.raises(InputError, match=r"talk\.txt, line 2: the file cannot be read as ascii"):
        read_text(tmp_path, "I: Why?\nR: Ääni.\n".encode("latin-1"), encoding="ascii")


@pytest.mark.parametrize("name", ["klingon", "base64"])
def test_unknown_encoding(name: str, tmp_path: Path) -> None:
    """An encoding that is none is a user's mistake."""
    with pytest.raises(UserError, match="unknown encoding"):
        read_text(tmp_path, TALK, encoding=name)


def test_text_in_no_known_encoding(tmp_path: Path) -> None:
    """Bytes that Windows-1252 does not have either ask for the encoding's name."""
    with pytest.raises(InputError, match=r"line 2: .*Windows-1252(.|\n)*--encoding"):
        read_text(tmp_path, b"I: Why?\nR: \x81\x8d\xf0 ok\n")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n...", "a PDF"),
        (b"PK\x03\x04........word/document.xml", "a Word document"),
        (b"PK\x03\x04........xl/workbook.xml", "an Excel workbook"),
        (b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.text", "an OpenDocument text"),
        (b"PK\x03\x04something", "a zip file"),
        (b"{\\rtf1\\ansi I: Why?}", "a rich text document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "an old Office document"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\x00\x00\x00\x18ftypmp42", "a recording"),
        (b"ID3\x03\x00", "a sound recording"),
    ],
)
def test_other_kinds_of_files_are_named(data: bytes, kind: str, tmp_path: Path) -> None:
    """A file that is no text is refused by what it is, though its name ends in .txt."""
    with pytest.raises(InputError, match=f"the file is {kind}"):
        read_text(tmp_path, data)


@pytest.mark.parametrize("data", [b"I: a\x00b\x01\x02", bytes(range(1, 32)) * 5, b"\x01\x02\x03\x04 text"])
def test_unknown_binary(data: bytes, tmp_path: Path) -> None:
    """Control characters tell that a file is no text."""
    with pytest.raises(InputError, match="looks binary"):
        read_text(tmp_path, data)


def test_two_control_characters_are_harmless(tmp_path: Path) -> None:
    """A stray control character does not make a text binary."""
    reading = read_text(tmp_path, "I: Why?\x0b\nR: So.\x1a\x0c\n")
    assert len(reading.transcript.turns) == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "is empty"), (b"\xef\xbb\xbf", "only white space"), (b" \n\t\r\n", "only white space")],
)
def test_empty_files(data: bytes, message: str, tmp_path: Path) -> None:
    """A file without text is refused."""
    with pytest.raises(InputError, match=message):
        read_text(tmp_path, data)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """A path that is no file is a user's mistake, not a bug."""
    with pytest.raises(InputError, match="cannot be read"):
        read_transcript(tmp_path / "nothing.txt")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(InputError, match="a folder"):
        read_transcript(tmp_path / "folder.txt")


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file over the limit is refused before it is read."""
    monkeypatch.setattr(source, "MAX_BYTES", 10)
    with pytest.raises(InputError, match="too large"):
        read_text(tmp_path, TALK)


def test_too_many_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a great many lines is refused."""
    monkeypatch.setattr("qualcode.ingest.talk.MAX_LINES", 3)
    with pytest.raises(InputError, match="more than 3 lines"):
        read_text(tmp_path, "I: a\nR: b\nI: c\nR: d\n")


@pytest.mark.parametrize("piece", ["A", "word ", "a: ", "[", "**", "(", "\t", "Ab-", "1:00 ", "= ", "_a", "A, "])
def test_a_line_of_megabytes(piece: str, tmp_path: Path) -> None:
    """A single line of megabytes costs no more than its characters (no pattern runs over all of it)."""
    reading = read_text(tmp_path, "I: Why?\nR: So.\n" + piece * (3_000_000 // len(piece)) + "end", name="a.md")
    assert reading.transcript.turns[-1].end >= 2_999_000


def test_newlines_and_composition(tmp_path: Path) -> None:
    """All newlines become one kind, and letters are composed."""
    reading = read_text(tmp_path, "I: Cafe\u0301?\r\nR: Yes.\rMore.\u2028End.")
    assert reading.transcript.text == "I: Café?\nR: Yes.\nMore.\nEnd.\n"


def test_normalise_keeps_what_it_does_not_name() -> None:
    """Tabs, special spaces, soft hyphens, emoji and inner blank lines stay."""
    text = "a\tb\u00a0c\u00add\u200fe 👩\u200d👧\n\n\n f  \n"
    assert normalise(text) == text
    assert normalise("a\n\n\n") == "a\n"
    assert normalise("") == ""
