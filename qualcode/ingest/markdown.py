"""Reader of Markdown: plain text whose headings and emphasis are looked at, and left in the text."""

from __future__ import annotations

from qualcode.ingest.draft import Draft
from qualcode.ingest.normalise import normalise
from qualcode.ingest.source import Source, decode
from qualcode.ingest.talk import read_talk


def read_markdown(source: Source) -> Draft:
    """Return a Markdown file as header and turns.

    Headings belong to no turn, unless they are the interviewer's questions or a speaker's label.

    Raises:
        InputError: See `decode` and `read_talk`.
    """
    decoded = decode(source)
    return read_talk(
        normalise(decoded.text),
        path=source.path,
        markdown=True,
        named=source.speakers,
        encoding=decoded.encoding,
        doubts=decoded.doubts,
    )
