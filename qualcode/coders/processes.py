"""Transcripts coded by several processes: in chunks, results in order, never many of them at once in memory.

This process is one of them. It has what a coder needs in memory already, and codes while the others start, which takes
them longer than coding dozens of interviews.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, runtime_checkable

from qualcode.errors import UserError
from qualcode.model import Coding, Transcript

# About an hour of talk: enough that handing it over takes little of the time, and little of it is left to wait for.
CHUNK_CHARACTERS = 50_000
# Chunks handed out per helping process: none of them waits while this one codes or stores.
AHEAD = 4
# Chunks per process that may be under way or wait for an earlier one.
MOST_HELD = 12

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
        jobs: Number of processes, this one among them.

    Raises:
        UserError: A process came to its end before its work did; or what the coder raises.
    """
    chunks = deque(_chunks(work))
    helpers = min(jobs, len(chunks)) - 1
    if helpers < 1:
        for transcript, cohort in work:
            yield coder.propose_in(transcript, cohort=cohort), coder.attributes
        return
    # Started anew rather than forked: the same on every system, and no threads are copied.
    import multiprocessing

    pool = ProcessPoolExecutor(
        helpers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(coder,)
    )
    attributes: dict[str, str] = {}
    try:
        for told in _shared(coder, chunks, pool, helpers):
            codings, attributes_then = told.result()
            attributes.update(attributes_then)
            for of_one in codings:
                yield of_one, attributes
    except BrokenProcessPool as error:
        raise UserError(
            "A process that coded transcripts was ended from outside, perhaps for want of memory.",
            hint="Use fewer processes: --jobs 1. With --batch N, what was finished before stays.",
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _shared(coder: ByTranscript, chunks: deque[list[Work]], pool: Executor, helpers: int) -> Iterator[Future[Told]]:
    """Yield the outcome of each chunk in order: from a pool of helpers, and from this process while none is there."""
    waiting: deque[Future[Told]] = deque()
    most = MOST_HELD * (helpers + 1)
    while waiting or chunks:
        handed_out = sum(not one.done() for one in waiting)
        while chunks and handed_out < helpers * AHEAD and len(waiting) < most:
            waiting.append(pool.submit(_help, chunks.popleft()))
            handed_out += 1
        if waiting and (waiting[0].done() or not chunks or len(waiting) >= most):
            yield waiting.popleft()
        else:
            here: Future[Told] = Future()
            here.set_result(_propose(coder, chunks.popleft()))
            waiting.append(here)


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
    import threading

    # The only way in which a pool's processes can keep something.
    global _coder
    _coder = coder
    # Ctrl-C reaches all processes; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that started it is gone: a killed one tells nobody, and the pool would wait on."""
    import multiprocessing
    import os

    parent = multiprocessing.parent_process()
    assert parent is not None, "called in a helping process only"
    parent.join()
    os._exit(1)


def _help(chunk: list[Work]) -> Told:
    assert _coder is not None, "the pool was started with a coder"
    return _propose(_coder, chunk)


def _propose(coder: ByTranscript, chunk: list[Work]) -> Told:
    return [coder.propose_in(transcript, cohort=cohort) for transcript, cohort in chunk], dict(coder.attributes)
