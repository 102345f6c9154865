"""A file's bytes, and how plain text is read from them.

The encoding is decided in this order: byte order mark; strict UTF-8; UTF-16 without a mark, told by its zero
bytes; the encoding the user names; Windows-1252 with a doubt. Statistical guessing is left out on purpose: it takes
Western European and Cyrillic pages for one another without a word.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from qualcode.errors import InputError, UserError
from qualcode.ingest.binary import binary_kind
from qualcode.ingest.draft import Doubt

MAX_BYTES = 50 * 1024 * 1024
FALLBACK = "cp1252"
# UTF-32 first: its little-endian mark begins with that of UTF-16.
MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Control characters that occur in honest text: tab, line feed, vertical tab, form feed, carriage return.
HARMLESS = frozenset("\t\n\x0b\x0c\r")
CONTROLS = frozenset(map(chr, range(32))) | {"\x7f"}
MOST_CONTROLS = 0.001
LEAST_ZEROS = 0.1
MOST_ASIAN = 0.7
_EAST_ASIAN = re.compile(r"[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uff00-\uffef]")


@dataclass(frozen=True)
class Source:
    """A file as it was given.

    Attributes:
        path: Where it was read from.
        data: Its bytes.
        encoding: Encoding that the user names for files that do not tell theirs, or None.
        speakers: Labels that the user names (roles by label): they are speakers even where evidence is thin.
    """

    path: Path
    data: bytes
    encoding: str | None = None
    speakers: tuple[str, ...] = ()

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the bytes, hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text read from bytes.

    Attributes:
        text: As it stands, newlines and all, without a byte order mark.
        encoding: Name of the encoding used.
        doubts: What a person should look at.
    """

    text: str
    encoding: str
    doubts: tuple[Doubt, ...] = ()


def read_source(path: Path | str, *, encoding: str | None = None, speakers: tuple[str, ...] = ()) -> Source:
    """Return a file's bytes.

    Args:
        path: The file.
        encoding: Name of an encoding for text that is neither Unicode nor marked.
        speakers: Labels that the user says are speakers.

    Raises:
        InputError: The file is missing, a folder, unreadable, empty or larger than `MAX_BYTES`.
        UserError: The encoding is unknown.
    """
    if encoding is not None:
        check_encoding(encoding)
    path = Path(path)
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise InputError("this is a folder, not a file", path=path)
        if size > MAX_BYTES:
            raise InputError(
                f"the file is too large for a transcript: {size / 2**20:.0f} MB, at most {MAX_BYTES // 2**20} are read",
                path=path,
                hint="Split it into one file per interview.",
            )
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror or error})", path=path) from error
    if not data:
        raise InputError("the file is empty", path=path)
    return Source(path, data, encoding, speakers)


def check_encoding(encoding: str) -> None:
    """Raise a `UserError` where an encoding's name is unknown or no text encoding."""
    try:
        known = codecs.lookup(encoding)
    except LookupError:
        known = None
    # base64, zip and the like are codecs too, from bytes to bytes.
    if known is None or not getattr(known, "_is_text_encoding", True):
        raise UserError(
            f"unknown encoding {encoding!r}", hint="Common ones: utf-8, cp1252, iso-8859-15, cp1251, utf-16."
        )


def decode(source: Source) -> Decoded:
    """Return the text of a plain text file.

    Raises:
        InputError: The file is binary, holds no text, or is in an encoding that has to be named.
    """
    kind = binary_kind(source.data)
    if kind:
        raise InputError(
            f"the file is {kind}, not plain text, whatever its name ends in",
            path=source.path,
            hint="Save it as plain text (UTF-8) and try again.",
        )
    decoded = _decoded(source)
    _check_controls(source, decoded.text)
    if not decoded.text.strip("\ufeff \t\r\n\x0b\x0c"):
        raise InputError("the file holds no text, only white space", path=source.path)
    return decoded


def _decoded(source: Source) -> Decoded:
    """Return the text by the first encoding that fits."""
    data = source.data
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return Decoded(_strict(source, data[len(mark) :], encoding), encoding)
    try:
        text = data.decode("utf-8")
        if "\0" not in text:
            return Decoded(text, "utf-8")
    except UnicodeDecodeError:
        pass
    wide = _wide_encoding(data)
    if wide:
        return Decoded(_strict(source, data, wide), wide)
    if source.encoding:
        return Decoded(_strict(source, data, source.encoding), codecs.lookup(source.encoding).name)
    return _fallback(source)


def _wide_encoding(data: bytes) -> str:
    """Return the UTF-16 that the zero bytes speak for, or "".

    Text in one byte per letter has none at all, so what has some only at odd or only at even places is wide.
    """
    sample = data[: 1 << 16]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    # Letters of the Latin alphabet, spaces and newlines have a zero byte on one side, and hardly any on the other.
    most, least = max(even, odd), min(even, odd)
    if len(data) % 2 or most < 2 or least > most / 10:
        return ""
    encoding = "utf-16-be" if even > odd else "utf-16-le"
    if most >= LEAST_ZEROS * len(sample) / 2 or _is_east_asian(sample, encoding):
        return encoding
    return ""


def _is_east_asian(sample: bytes, encoding: str) -> bool:
    """Whether bytes are Chinese, Japanese or Korean in UTF-16: their letters have no zero bytes, only newlines do."""
    text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
    letters = [character for character in text if not character.isspace()]
    asian = sum(1 for character in letters if _EAST_ASIAN.fullmatch(character))
    return bool(letters) and asian >= MOST_ASIAN * len(letters)


def _strict(source: Source, data: bytes, encoding: str) -> str:
    """Return the text in an encoding that is certain, or say where it does not fit."""
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        # Some codecs (idna, punycode) raise plain UnicodeError without a position.
        position = getattr(error, "start", None)
        line = None if position is None else data.count(b"\n", 0, position) + 1
        raise InputError(
            f"the file cannot be read as {encoding}",
            path=source.path,
            line=line,
            hint="Name its encoding with --encoding.",
        ) from error


def _fallback(source: Source) -> Decoded:
    """Return the text as Windows-1252, with a doubt."""
    try:
        text = source.data.decode(FALLBACK)
    except UnicodeDecodeError as error:
        raise InputError(
            "the file is no text in UTF-8, UTF-16 or Windows-1252",
            path=source.path,
            line=source.data.count(b"\n", 0, error.start) + 1,
            hint="If it is text, name its encoding with --encoding; if not, leave it out.",
        ) from error
    first = next((i for i, character in enumerate(text) if not character.isascii()), 0)
    line = text.count("\n", 0, first) + 1
    doubt = Doubt(
        "not UTF-8, read as Windows-1252 (cp1252); check the accents or name the encoding with --encoding", line
    )
    return Decoded(text, FALLBACK, (doubt,))


def _check_controls(source: Source, text: str) -> None:
    """Raise an `InputError` where control characters say that this is no text."""
    present = set(text) & (CONTROLS - HARMLESS)
    count = sum(text.count(character) for character in sorted(present))
    if "\0" in present or count > max(MOST_CONTROLS * len(text), 2):
        raise InputError(
            "the file looks binary: it holds control characters that no text has",
            path=source.path,
            hint="Leave it out, save it as plain text (UTF-8), or name its encoding with --encoding.",
        )
