"""Reader of plain text."""

from __future__ import annotations

from qualcode.ingest.draft import Draft
from qualcode.ingest.normalise import normalise
from qualcode.ingest.source import Source, decode
from qualcode.ingest.talk import read_talk


def read_plain(source: Source) -> Draft:
    """Return a plain text file as header and turns.

    Raises:
        InputError: See `decode` and `read_talk`.
    """
    decoded = decode(source)
    return read_talk(
        normalise(decoded.text),
        path=source.path,
        named=source.speakers,
        encoding=decoded.encoding,
        doubts=decoded.doubts,
    )
