"""Reader of SubRip captions (.srt); see `qualcode.ingest.captions`."""

from __future__ import annotations

from qualcode.ingest.captions import read_captions
from qualcode.ingest.draft import Draft
from qualcode.ingest.source import Source


def read_srt(source: Source) -> Draft:
    """Return SubRip captions as turns.

    Raises:
        InputError: See `read_captions`.
    """
    return read_captions(source, web=False)
