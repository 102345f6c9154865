"""Files made to do harm, and files of other programs: refused with a message, in little time and memory."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from ingest_files import WORD, docx, odt, p, pdf, r, read_all, xlsx, zipped

from qualcode.errors import InputError, UserError
from qualcode.ingest import archive, read_transcripts, segments

BOMB = b"<t>" + b"a" * (80 * 2**20)
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>'
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE d SYSTEM "file:///etc/hostname"><d/>'


def with_member(data: bytes, name: str, content: str | bytes = "x") -> bytes:
    """Return an archive with one more member."""
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return target.getvalue()


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "bomb_docx": ("a.docx", lambda: zipped({"word/document.xml": BOMB}), "made to burst"),
    "bomb_odt": ("a.odt", lambda: zipped({"content.xml": BOMB}), "made to burst"),
    "bomb_xlsx": (
        "a.xlsx",
        lambda: with_member(xlsx([["text"], ["x"]]), "xl/sharedStrings2.xml", BOMB),
        "made to burst|is damaged",
    ),
    "entities_docx": ("a.docx", lambda: zipped({"word/document.xml": ENTITIES}), "document type"),
    "entities_odt": ("a.odt", lambda: zipped({"content.xml": OUTSIDE}), "document type"),
    "entities_xlsx": (
        "a.xlsx",
        lambda: zipped({"xl/workbook.xml": ENTITIES, "[Content_Types].xml": "<Types/>"}),
        "document type",
    ),
    "entities_in_utf_16": ("a.docx", lambda: zipped({"word/document.xml": ENTITIES.encode("utf-16")}), "document type"),
    "member_outside": ("a.docx", lambda: with_member(docx(p(r("I: x"))), "../../evil.txt"), "points outside"),
    "member_absolute": ("a.docx", lambda: with_member(docx(p(r("I: x"))), "/etc/evil"), "points outside"),
    "member_on_a_drive": ("a.docx", lambda: with_member(docx(p(r("I: x"))), "C:/evil"), "points outside"),
    "nested_docx": ("a.docx", lambda: docx("<w:sdt>" * 5_000 + "</w:sdt>" * 5_000), "nested too deep"),
    "nested_odt": ("a.odt", lambda: odt("<text:span>" * 5_000 + "</text:span>" * 5_000), "nested too deep"),
    "nested_html": ("a.html", lambda: b"<div>" * 100_000 + b"x", "nested too deep"),
    "nested_rtf": ("a.rtf", lambda: b"{\\rtf1 " + b"{" * 100_000, "nested too deep"),
    "nested_json": ("a.json", lambda: b"[" * 200_000 + b"]" * 200_000, "nested too deep"),
    "unclosed_html": ("a.html", lambda: b"<a " * 200_000, "no text"),
    "comments_html": ("a.html", lambda: b"<!-- " * 200_000, "no text"),
    "fields_rtf": ("a.rtf", lambda: b"{\\rtf1 " + b"{\\field{\\*\\fldinst{HYPERLINK " * 300, "no text"),
    "cut_off_docx": ("a.docx", lambda: docx(p(r("I: Who?")) * 50)[:-40], "damaged"),
    "damaged_docx": ("a.docx", lambda: docx(p(r("I: Who?")))[:200] + b"\0" * 200 + docx(p(r("x")))[400:], "damaged"),
    "malformed_docx": ("a.docx", lambda: docx("<w:p>"), r"word/document\.xml is damaged"),
    "docx_without_text": ("a.docx", lambda: docx(p()), "holds no text"),
    "docx_that_is_a_workbook": ("a.docx", lambda: xlsx([["x"]]), "no part"),
    "docx_that_is_an_old_document": ("a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "password"),
    "docx_that_is_text": ("a.docx", lambda: b"I: Who?\nR: Me.\n", "something else, not a Word document"),
    "xlsx_with_parts_missing": ("a.xlsx", lambda: zipped({"xl/workbook.xml": "<workbook/>"}), "cannot be read"),
    "pdf_that_is_none": ("a.pdf", lambda: b"I: Who?", "no PDF"),
    "pdf_damaged": ("a.pdf", lambda: b"%PDF-1.4\n1 0 obj<</Type/Catalog", "cannot be read|no text"),
    "pdf_packed_twice": ("a.pdf", lambda: b"%PDF-1.4 /Filter[/FlateDecode /FlateDecode]", "refused"),
    "pdf_bomb": (
        "a.pdf",
        lambda: b"%PDF-1.4\nstream\n" + zlib.compress(b"a" * (300 * 2**20), 9) + b"\nendstream",
        "refused: unpacked it is larger",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refused(name: str, tmp_path: Path) -> None:
    """Each is refused by a message, within seconds and without taking memory."""
    file, make, message = HOSTILE[name]
    data = make()
    (tmp_path / file).write_bytes(data)
    del data
    tracemalloc.start()
    start = time.perf_counter()
    try:
        with pytest.raises(InputError, match=message):
            read_transcripts(tmp_path / file)
        assert time.perf_counter() - start < 20
        assert tracemalloc.get_traced_memory()[1] < 150 * 2**20
    finally:
        tracemalloc.stop()


def test_a_line_of_two_hundred_megabytes(tmp_path: Path) -> None:
    """A file over the limit is refused before it is read, whatever its ending."""
    for ending in ("txt", "csv", "json", "vtt", "html"):
        path = tmp_path / f"a.{ending}"
        with path.open("wb") as file:
            file.truncate(200 * 2**20)
        tracemalloc.start()
        try:
            with pytest.raises(InputError, match="too large"):
                read_transcripts(path)
            assert tracemalloc.get_traced_memory()[1] < 2**20
        finally:
            tracemalloc.stop()


def test_many_small_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive of more members than any document has is refused."""
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    with pytest.raises(InputError, match="has 5 members"):
        read_all(tmp_path, with_member(docx(p(r("I: x")), a="", b=""), "c.xml"), "a.docx")


def test_sizes_are_counted_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit on all members together counts what was unpacked."""
    monkeypatch.setattr(archive, "MAX_TOTAL", 100)
    with pytest.raises(InputError, match="larger than"):
        read_all(tmp_path, docx(p(r("I: Who?")) + p(r("R: Me."))), "a.docx")


def test_json_of_many_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON that would fill memory is refused before it is parsed."""
    monkeypatch.setattr(segments, "MOST_MARKS", 100)
    with pytest.raises(InputError, match="too many values"):
        read_all(tmp_path, "[" + "{}," * 200 + "{}]", "a.json")


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        ("doc", r"an old Word document(.|\n)*save it as \.docx"),
        ("pages", r"Apple Pages(.|\n)*Export it from Pages as Word"),
        ("zip", r"an archive(.|\n)*Unpack it"),
        ("xls", r"an old Excel workbook(.|\n)*\.xlsx or \.csv"),
        ("mp3", r"a recording(.|\n)*transcribed first"),
    ],
)
def test_other_programs_files(ending: str, message: str, tmp_path: Path) -> None:
    """A file that is not read says what it is and what to save it as."""
    with pytest.raises(InputError, match=message):
        read_all(tmp_path, b"\xd0\xcf\x11\xe0", f"a.{ending}")


CUTS = {
    "a.docx": lambda: docx(p(r("I: Who?")) + p(r("R: Me.")) * 20),
    "a.odt": lambda: odt("<text:p>I: Who?</text:p><text:p>R: Me.</text:p>"),
    "a.xlsx": lambda: xlsx([["speaker", "text"], ["I", "Who?"], ["R", "Me."]]),
    "a.pdf": lambda: pdf([[(50, 60, "F1", "I: Who?"), (50, 90, "F1", "R: Me.")]]),
    "a.rtf": lambda: b"{\\rtf1\\ansi I: Who?\\par {\\b R:} Me\\u-10179?\\u-8704?.{\\footnote x}\\par}",
    "a.html": lambda: b"<html><body><p>I: Who?<p><b>R:</b> Me.<table><tr><td>x</table></body></html>",
    "a.vtt": lambda: b"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\n<v Anna>Who?</v>\n\n00:00:03.000 --> x\nMe\n",
    "a.json": lambda: b'{"segments": [{"text": "Who?", "start": 1, "speaker": "A"}, {"text": "Me.", "words": []}]}',
    "a.csv": lambda: b'speaker,text\nI,"Who, who?"\nR,Me.\n',
}


@pytest.mark.parametrize("name", CUTS)
def test_cut_off_anywhere(name: str, tmp_path: Path) -> None:
    """A file cut off or with bytes turned over anywhere is read or refused as a user's mistake; nothing else."""
    data = CUTS[name]()
    step = max(len(data) // 40, 1)
    for at in range(0, len(data), step):
        for damaged in (data[:at], data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]):
            (tmp_path / name).write_bytes(damaged)
            try:
                readings = read_transcripts(tmp_path / name)
            except UserError:
                continue
            assert readings
