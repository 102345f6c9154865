r"""Reader of rich text (.rtf).

What becomes text, besides what `qualcode.ingest.normalise` and `qualcode.ingest.document` say: line breaks of the file
are no text; `\par` ends a paragraph, `\line` and `\page` break a line, `\cell` and `\row` part a table, `\tab`, dashes,
quotation marks and special spaces are the characters that they name; hexadecimal characters are read in the font's or
the file's code page, and `\u` in UTF-16 (two of them make an emoji). Footnotes are marked `[1]` and follow the text,
set aside from speech. Left out are tracked deletions and comments (both are counted in a doubt), headers, footers,
pictures and all control groups that a reader may skip (`\*`). Bold helps to find speakers and is not part of the text.
Described in Microsoft's "Rich Text Format (RTF) Specification", version 1.9.1 (2008).

This is a reader of its own because striprtf 0.0.35 keeps tracked deletions, drops footnotes, splits emoji into halves,
loses bold, and takes time that grows with the square of a file made to do so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from qualcode.counts import counted, were
from qualcode.errors import InputError
from qualcode.ingest.document import Builder, Paragraph
from qualcode.ingest.draft import Doubt, Draft
from qualcode.ingest.source import Source
from qualcode.ingest.talk import read_talk

MAX_DEPTH = 1_000
FALLBACK = "cp1252"
_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z'])"
    rb"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)|\\"
)
CHARACTERS = {
    "tab": "\t",
    "line": "\n",
    "page": "\n",
    "column": "\n",
    "softline": "\n",
    "emdash": "—",
    "endash": "–",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "zwj": "\u200d",
    "zwnj": "\u200c",
    "ltrmark": "\u200e",
    "rtlmark": "\u200f",
    "zwbo": "\u200b",
    "zwnbo": "\u2060",
}
SYMBOLS = {b"~": "\u00a0", b"-": "\u00ad", b"_": "\u2011", b"\\": "\\", b"{": "{", b"}": "}", b"\t": "\t"}
# Groups whose text is no part of the running text.
_LEFT_OUT = """
    fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf
    annotation atnid atnauthor comment fldinst listtext pntext nonshppict themedata colorschememapping datastore
    latentstyles rsidtbl generator xmlnstbl filetbl revtbl listtable listoverridetable bkmkstart bkmkend xe tc
    background mmathPr sp ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn pgdsctbl nextfile template
"""
LEFT_OUT = frozenset(_LEFT_OUT.split())
# Groups marked as skippable (`\*`) whose text counts all the same.
NOT_SKIPPED = frozenset({"shptxt", "shpinst"})
# Code page by `\fcharset`, from the specification's table of character sets.
CHARSETS = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gbk",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
}
CODE_PAGES = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}


@dataclass(frozen=True, slots=True)
class _State:
    r"""What holds within a group.

    Attributes:
        left_out: Whether its text is none.
        bold: Whether its text is bold.
        deleted: Whether its text is a tracked deletion.
        font: Number of its font.
        skip: How many characters stand for a `\u` in programs that do not know it.
        is_note: Whether it is a footnote's own group.
    """

    left_out: bool = False
    bold: bool = False
    deleted: bool = False
    font: int = -1
    skip: int = 1
    is_note: bool = False


def read_rtf(source: Source) -> Draft:
    """Return a rich text document as header and turns.

    Raises:
        InputError: The file is no rich text, nested too deep or holds no text; see also `read_talk`.
    """
    if not source.data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf"):
        raise InputError("the file is no rich text (it does not begin with {\\rtf)", path=source.path)
    walk = _Walk(source)
    walk.run()
    text, layouts = walk.builder.finish()
    if not text.strip():
        raise InputError("the document holds no text", path=source.path)
    return read_talk(
        text,
        path=source.path,
        layouts=layouts,
        named=source.speakers,
        encoding=walk.code_page,
        doubts=tuple(walk.doubts()),
    )


class _Walk:
    """Goes through the file's tokens and hands paragraphs to a builder."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.builder = Builder()
        self.code_page = FALLBACK
        self.deleted = 0
        self.comments = 0
        self.unreadable = 0
        self.state = _State()
        self._groups: list[_State] = []
        self._fonts: dict[int, str] = {}
        self._defining = -1
        self._default_font = -1
        self._bytes = bytearray()
        self._surrogate = 0
        # Characters still to be skipped after a `\u`, and whether the next control word may be skipped.
        self._skipping = 0
        self._optional = False
        self._in_row = False

    def run(self) -> None:
        """Go through all tokens."""
        data, position = self.source.data, 0
        while match := _TOKEN.match(data, position):
            position = match.end()
            kind = match.lastgroup
            if match["word"] == b"bin" and match["number"]:
                # So many bytes of a picture follow, braces and all.
                position += max(int(match["number"]), 0)
            elif match["word"]:
                self._word(match["word"].decode("ascii"), match["number"])
            elif kind == "hex":
                self._byte(int(match["hex"], 16))
            elif kind == "symbol":
                self._symbol(match["symbol"])
            elif kind == "brace":
                self._flush()
                self._skipping = 0
                if match["brace"] == b"{":
                    self._open()
                elif not self._close():
                    return
            elif kind == "text":
                self._plain(match["text"])
        self._flush()

    def _open(self) -> None:
        if len(self._groups) >= MAX_DEPTH:
            raise InputError(f"the file is nested too deep: more than {MAX_DEPTH} groups", path=self.source.path)
        self._groups.append(self.state)
        self.state = replace(self.state, is_note=False)

    def _close(self) -> bool:
        """End a group; return whether the document goes on."""
        if self.state.is_note:
            self.builder.end()
        if not self._groups:
            return False
        was_deleted = self.state.deleted
        self.state = self._groups.pop()
        self.deleted += was_deleted and not self.state.deleted
        return bool(self._groups)

    def _plain(self, data: bytes) -> None:
        """Take text as it stands."""
        if self._skipping:
            skipped = min(self._skipping, len(data))
            self._skipping -= skipped
            data = data[skipped:]
        if data and not self.state.left_out:
            self._bytes += data

    def _byte(self, value: int) -> None:
        if self._skipping:
            self._skipping -= 1
        elif not self.state.left_out:
            self._bytes.append(value)

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._optional = True
        elif symbol in b"\r\n":
            self._flush()
            self._paragraph()
        elif symbol in SYMBOLS:
            if self._skipping:
                self._skipping -= 1
            else:
                self._write(SYMBOLS[symbol])

    def _write(self, text: str) -> None:
        """Add characters to the open paragraph."""
        self._flush()
        self._add(text)

    def _add(self, text: str) -> None:
        if not (self.state.left_out or self.state.deleted):
            self.builder.write(text, self.state.bold)

    def _flush(self) -> None:
        """Decode the bytes collected so far."""
        if self._surrogate:
            self._surrogate = 0
            self.unreadable += 1
            self._add("\ufffd")
        if not self._bytes:
            return
        encoding = self._fonts.get(self.state.font, self.code_page)
        text = bytes(self._bytes).decode(encoding, "replace")
        self.unreadable += text.count("\ufffd")
        self._bytes.clear()
        self._add(text)

    def _word(self, word: str, number: bytes | None) -> None:
        """Take a control word."""
        optional, self._optional = self._optional, False
        value = None if number is None else int(number)
        if word == "u" and value is not None:
            self._unicode(value)
            return
        self._flush_for(word)
        if (optional and word not in NOT_SKIPPED) or word in LEFT_OUT:
            self.comments += word == "annotation"
            self.state = replace(self.state, left_out=True)
        elif word in CHARACTERS:
            self._write(CHARACTERS[word])
        elif word in ("par", "sect"):
            self._paragraph()
        elif word in ("cell", "nestcell"):
            self._cell()
        elif word in ("row", "nestrow"):
            self._row()
        elif word == "footnote" and not self.state.left_out:
            self._add(f"[{len(self.builder.notes) + 1}]")
            self.builder.open_note()
            self.state = replace(self.state, is_note=True, bold=False)
        else:
            self._setting(word, value)

    def _flush_for(self, word: str) -> None:
        r"""Decode what was collected before its font or bold changes; `\uc` stands between halves of an emoji."""
        if word != "uc":
            self._flush()

    def _setting(self, word: str, value: int | None) -> None:
        """Take a control word that says how to read what follows."""
        on = value is None or value != 0
        if word == "b":
            self.state = replace(self.state, bold=on)
        elif word == "deleted":
            self.state = replace(self.state, deleted=on)
        elif word == "plain":
            self.state = replace(self.state, bold=False, font=self._default_font)
        elif word == "uc":
            self.state = replace(self.state, skip=max(value or 0, 0))
        elif word == "f" and value is not None:
            self._defining = value
            self.state = replace(self.state, font=value)
        elif word == "deff" and value is not None:
            self._default_font = value
            self.state = replace(self.state, font=value)
        elif word == "fcharset" and value in CHARSETS:
            # Font 0 of the Western set says nothing that the file's own code page does not say better.
            if value:
                self._fonts[self._defining] = CHARSETS[value]
        elif word == "ansicpg" and value is not None:
            self.code_page = _code_page(value)
        elif word in CODE_PAGES:
            self.code_page = CODE_PAGES[word]

    def _unicode(self, value: int) -> None:
        """Take a character by its UTF-16 number; two make one beyond the basic plane."""
        value &= 0xFFFF
        if self._bytes:
            self._flush()
        if 0xD800 <= value < 0xDC00:
            self._surrogate = value
        elif 0xDC00 <= value < 0xE000 and self._surrogate:
            whole = 0x10000 + ((self._surrogate - 0xD800) << 10) + (value - 0xDC00)
            self._surrogate = 0
            self._add(chr(whole))
        else:
            self._write("\ufffd" if 0xD800 <= value < 0xE000 or not value else chr(value))
        self._skipping = self.state.skip

    def _paragraph(self) -> None:
        """End a paragraph; an empty one is a blank line."""
        if self.state.left_out or self.state.deleted:
            return
        if self.builder.current is None:
            self.builder.open_paragraph(Paragraph())
        self.builder.close_paragraph()

    def _cell(self) -> None:
        """End a cell: in rich text a cell is known by its end only."""
        if self.state.left_out:
            return
        # Paragraphs that ended within the cell already stand by themselves; most cells have but one.
        self.builder.write("\t", True)
        self._in_row = True

    def _row(self) -> None:
        """End a row, without the tab after its last cell."""
        current = self.builder.current
        if self._in_row and current is not None and current.runs and current.runs[-1][0] == "\t":
            current.runs.pop()
        self._in_row = False
        self._paragraph()

    def doubts(self) -> Iterator[Doubt]:
        """Say what was left out."""
        if self.deleted:
            told = f"{counted(self.deleted, 'deletion')} {were(self.deleted)} left out"
            yield Doubt(f"tracked changes: {told}, insertions kept")
        if self.comments:
            yield Doubt(f"{counted(self.comments, 'comment')} in the margin {were(self.comments)} left out")
        if self.unreadable:
            message = f"{counted(self.unreadable, 'character')} could not be read in code page {self.code_page}"
            yield Doubt(f"{message}; shown as \ufffd")


def _code_page(number: int) -> str:
    """Return the codec of a code page by its number."""
    name = "utf-8" if number == 65001 else f"cp{number}"
    try:
        "".encode(name)
    except LookupError:
        return FALLBACK
    return name
