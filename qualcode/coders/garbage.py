"""Python's collector of cyclic garbage, held back where none arises.

It looks through all that lives whenever many objects were made. Compiling cues and coding a transcript make many, which
hold no cycles and are kept or freed without it: looking through them would take a third of the time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Hold the collector back within a `with` block or a decorated function; leave it as it was found."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
