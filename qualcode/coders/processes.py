"""Transcripts coded by several processes: in chunks, results in order, never many of them at once in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, runtime_checkable

from qualcode.errors import UserError
from qualcode.model import Coding, Transcript

# About two hours of talk: enough that handing it over takes little of the time.
CHUNK_CHARACTERS = 100_000
# Chunks handed out per process: none waits, and few results wait for an earlier one.
AHEAD = 3

Work = tuple[Transcript, str]
"""A transcript and the cohort of its case."""
Told = tuple[list[list[Coding]], dict[str, str]]


@runtime_checkable
class ByTranscript(Protocol):
    """A machine coder that needs nothing but one transcript at a time, and can be pickled."""

    @property
    def attributes(self) -> Mapping[str, str]:
        """See `qualcode.coders`."""

    def propose_in(self, transcript: Transcript, *, cohort: str = "") -> list[Coding]:
        """Return the codings proposed for one transcript, sorted by place."""


def propose_each(
    coder: ByTranscript, work: Sequence[Work], jobs: int = 1
) -> Iterator[tuple[list[Coding], Mapping[str, str]]]:
    """Yield the codings of each transcript, in the order given, and the coder's attributes as it knows them then.

    What is yielded is the same for any number of processes, but for the codings' identifiers.

    Args:
        coder: The coder.
        work: What to code.
        jobs: Number of processes; 1: this one.

    Raises:
        UserError: A process came to its end before its work did; or what the coder raises.
    """
    if jobs == 1:
        for transcript, cohort in work:
            yield coder.propose_in(transcript, cohort=cohort), coder.attributes
        return
    # Started anew rather than forked: the same on every system, and no threads are copied.
    import multiprocessing

    chunks = list(_chunks(work))
    pool = ProcessPoolExecutor(
        max(1, min(jobs, len(chunks))),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(coder,),
    )
    waiting: deque[Future[Told]] = deque()
    attributes: dict[str, str] = {}
    following = 0
    try:
        while waiting or following < len(chunks):
            while following < len(chunks) and len(waiting) < jobs * AHEAD:
                waiting.append(pool.submit(_propose, chunks[following]))
                following += 1
            codings, told = waiting.popleft().result()
            attributes.update(told)
            for of_one in codings:
                yield of_one, attributes
    except BrokenProcessPool as error:
        raise UserError(
            "A process that coded transcripts was ended from outside, perhaps for want of memory.",
            hint="Use fewer processes: --jobs 1. With --batch N, what was finished before stays.",
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _chunks(work: Sequence[Work]) -> Iterator[list[Work]]:
    chunk: list[Work] = []
    characters = 0
    for one in work:
        if chunk and characters + len(one[0].text) > CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
        chunk.append(one)
        characters += len(one[0].text)
    if chunk:
        yield chunk


_coder: ByTranscript | None = None


def _begin(coder: ByTranscript) -> None:
    """Keep the coder in a new process; what it compiles is then compiled once."""
    import signal

    # The only way in which a pool's processes can keep something.
    global _coder
    _coder = coder
    # Ctrl-C reaches all processes; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _propose(chunk: list[Work]) -> Told:
    assert _coder is not None, "the pool was started with a coder"
    return [_coder.propose_in(transcript, cohort=cohort) for transcript, cohort in chunk], dict(_coder.attributes)
