"""Reader of PDF files with text in them (extra `pdf`: pdfplumber).

What becomes text, besides what `qualcode.ingest.normalise` says: one line per printed line, in reading order from top
to bottom; a blank line where lines stand wider apart. Left out, with a doubt each: lines that recur at the top or the
foot of pages, page numbers, and line numbers printed in the margin. Words divided at a line's end stay divided. Bold
helps to find speakers and is not part of the text. A scan without text is refused: its characters have to be recognised
first.
"""

from __future__ import annotations

import io
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from qualcode.counts import counted, were
from qualcode.errors import InputError
from qualcode.ingest.draft import Doubt, Draft
from qualcode.ingest.lines import Layout
from qualcode.ingest.normalise import normalise
from qualcode.ingest.source import Source
from qualcode.ingest.talk import read_talk

MAX_PAGES = 2_000
MAX_UNPACKED = 256 * 2**20
WIDER = 1.6
# Lines that recur on so many pages are no speech.
LEAST_PAGES = 3
LEAST_NUMBERED = 0.6
_STREAM = re.compile(rb"stream\r?\n")
_TWICE = re.compile(rb"/(?:FlateDecode|Fl)\s{0,9}/(?:FlateDecode|Fl)\b")
_PAGE_NUMBER = re.compile(
    r"(?:[-–—|]\s?)?(?:(?:page|sivu|sida|seite|página|pagina|side|第)\s?)?\d{1,4}(?:\s?(?:/|of|von|av|sur|de)\s?\d{1,4})?"
    r"\s?(?:页|頁|ページ)?(?:\s?[-–—|])?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(\d{1,4})(?=\D|$)\s*")


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed line.

    Attributes:
        text: What it says.
        bold: How many of its characters, from the first, are bold.
        gap: White space above it as a multiple of its height.
    """

    text: str
    bold: int = 0
    gap: float = 0.0


def read_pdf(source: Source) -> Draft:
    """Return a PDF as header and turns.

    Raises:
        InputError: pdfplumber is missing; or the file is no PDF, damaged, encrypted, a scan without text, or made to do
            harm; see also `read_talk`.
    """
    if b"%PDF" not in source.data[:1024]:
        raise InputError("the file is no PDF, whatever its name ends in", path=source.path)
    try:
        import pdfplumber
    except ImportError as error:
        raise InputError(
            "reading PDF files needs pdfplumber", path=source.path, hint="pip install 'qualcode[pdf]'"
        ) from error
    _check_streams(source)
    try:
        with pdfplumber.open(io.BytesIO(source.data)) as document:
            if len(document.pages) > MAX_PAGES:
                raise InputError(f"the file has more than {MAX_PAGES:,} pages", path=source.path)
            pages = []
            for page in document.pages:
                pages.append(_printed(page))
                page.close()
    except InputError:
        raise
    except Exception as error:
        # pdfminer lets errors of many kinds through where a PDF is damaged.
        password = "Password" in type(error).__name__ or "Password" in repr(error)
        what = "has a password" if password else f"cannot be read ({type(error).__name__}: {error})"
        raise InputError(f"the PDF {what}", path=source.path, hint="Save its text as .txt or .docx.") from error
    if not any(line.text.strip() for page in pages for line in page):
        raise InputError(
            "the PDF holds pictures but no text: a scan",
            path=source.path,
            hint="Recognise its characters first (OCR), and save it as text.",
        )
    pages, doubts = _without_margins(pages)
    text, layouts = _set(pages)
    return read_talk(text, path=source.path, layouts=layouts, named=source.speakers, doubts=tuple(doubts))


def _check_streams(source: Source) -> None:
    """Refuse a PDF whose streams unpack to more than memory should hold: pdfminer unpacks them whole."""
    total = 0
    refused = InputError(
        f"the PDF is refused: unpacked it is larger than {MAX_UNPACKED // 2**20} MB",
        path=source.path,
        hint="Save its text as .txt or .docx.",
    )
    if _TWICE.search(source.data):
        raise refused
    view = memoryview(source.data)
    for match in _STREAM.finditer(source.data):
        unpacker = zlib.decompressobj()
        rest: Any = view[match.end() : match.end() + 2**16]
        position = match.end() + len(rest)
        try:
            while rest and not unpacker.eof:
                total += len(unpacker.decompress(rest, 2**20))
                if total > MAX_UNPACKED:
                    raise refused
                rest = unpacker.unconsumed_tail
                if not rest and position < len(view):
                    rest = view[position : position + 2**16]
                    position += len(rest)
        except zlib.error:
            continue


def _printed(page: Any) -> list[Printed]:
    """Return a page's lines from top to bottom."""
    found = []
    bottom: float | None = None
    for line in page.extract_text_lines(return_chars=True, strip=True):
        height = max(line["bottom"] - line["top"], 1.0)
        gap = 0.0 if bottom is None else (line["top"] - bottom) / height
        bottom = line["bottom"]
        found.append(Printed(line["text"], _bold(line["text"], line["chars"]), gap))
    return found


def _bold(text: str, characters: list[dict[str, Any]]) -> int:
    """Return how many characters at the start of a line are bold."""
    seen = 0
    for character in characters:
        if character["text"].strip():
            name = character["fontname"].casefold()
            if "bold" not in name and "black" not in name and "heavy" not in name:
                break
            seen += len(character["text"])
    at = 0
    while at < len(text) and (seen or text[at].isspace()):
        seen -= not text[at].isspace()
        at += 1
    return at if at and text[:at].strip() else 0


def _without_margins(pages: list[list[Printed]]) -> tuple[list[list[Printed]], list[Doubt]]:
    """Return the pages without heads, feet, page numbers and line numbers, and what was left out."""
    doubts = []
    pages, numbered = _without_line_numbers(pages)
    if numbered:
        doubts.append(Doubt(f"line numbers in the margin of {counted(numbered, 'page')} were left out"))
    edges = Counter(_shape(line.text) for page in pages for line in {*page[:2], *page[-2:]})
    left_out = 0
    kept = []
    for page in pages:
        lines = list(page)
        for end in (0, -1):
            while lines and _is_margin(lines[end].text, edges, len(pages)):
                lines.pop(end)
                left_out += 1
        kept.append(lines)
    if left_out:
        told = f"{counted(left_out, 'line')} at the top or the foot of pages {were(left_out)} left out"
        doubts.append(Doubt(f"{told} (heads, page numbers)"))
    return kept, doubts


def _is_margin(text: str, edges: Counter[str], pages: int) -> bool:
    """Whether a line at a page's edge is a head, a foot or a page number."""
    recurs = edges[_shape(text)]
    return _PAGE_NUMBER.fullmatch(text.strip()) is not None or (recurs >= LEAST_PAGES and recurs * 2 > pages)


def _shape(text: str) -> str:
    """Return a line with its numbers made alike."""
    return re.sub(r"\d+", "#", " ".join(text.split()))


def _without_line_numbers(pages: list[list[Printed]]) -> tuple[list[list[Printed]], int]:
    """Return the pages without numbers that count their lines, and on how many pages there were such."""
    found = 0
    result = []
    for page in pages:
        numbers = [int(match[1]) for line in page if (match := _NUMBERED.match(line.text))]
        rising = sum(1 for one, two in pairwise(numbers) if two == one + 1)
        if len(numbers) >= 5 and len(numbers) >= LEAST_NUMBERED * len(page) and rising >= 0.9 * (len(numbers) - 1):
            found += 1
            page = [_without_number(line) for line in page]
        result.append(page)
    return result, found


def _without_number(line: Printed) -> Printed:
    match = _NUMBERED.match(line.text)
    length = match.end() if match else 0
    return Printed(line.text[length:], max(line.bold - length, 0), line.gap)


def _set(pages: list[list[Printed]]) -> tuple[str, dict[int, Layout]]:
    """Return the text and what the layout says by line."""
    gaps = [line.gap for page in pages for line in page[1:] if line.gap > 0]
    usual = median(gaps) if gaps else 0.0
    lines: list[str] = []
    layouts: dict[int, Layout] = {}
    for page in pages:
        for index, line in enumerate(page):
            apart = index > 0 and line.gap > max(usual * WIDER, usual + 0.3)
            if (apart or (not line.text and lines)) and lines and lines[-1]:
                lines.append("")
            if line.text:
                text = normalise(line.text).removesuffix("\n").replace("\n", " ")
                lines.append(text)
                layouts[len(lines)] = Layout(line.bold if len(text) == len(line.text) else 0)
    return normalise("\n".join(lines)), layouts
