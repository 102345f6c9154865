"""Reader of WebVTT captions (.vtt), as Zoom, Teams and YouTube write them; see `qualcode.ingest.captions`.

The header's `Key: value` lines become attributes; notes, styles and regions are left out. Described by the W3C,
"WebVTT: The Web Video Text Tracks Format".
"""

from __future__ import annotations

from qualcode.ingest.captions import read_captions
from qualcode.ingest.draft import Draft
from qualcode.ingest.source import Source


def read_vtt(source: Source) -> Draft:
    """Return WebVTT captions as turns.

    Raises:
        InputError: See `read_captions`.
    """
    return read_captions(source, web=True)
