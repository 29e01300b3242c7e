"""Processing item by item in a watched process of its own: the last resort for a batch that ended its owners.

What ends or hangs that process is the culprit and is dead-lettered as poison; its neighbours end as they should.
"""

import asyncio
import multiprocessing
import resource
from collections.abc import Sequence
from multiprocessing.connection import Connection

from errata.contracts.outcomes import Reason
from errata_processor.batch import Ending, Job, Terms, dead_letter, process

# Of address space, code and libraries included: a sound item of at most 2 MiB needs nothing near it.
_MEMORY = 2 << 30
# A new interpreter with its libraries takes about one second to start.
_START_SECONDS = 30


async def process_watched(jobs: Sequence[Job], holders: Sequence[str], terms: Terms, seconds: float) -> list[Ending]:
    """Give how each item ends, as `process_batch` does, whatever an item does to the process that it runs in.

    Args:
        jobs: the items.
        holders: as for `process_batch`.
        terms: as for `process_batch`.
        seconds: that one item may take.

    """
    return await asyncio.to_thread(_process_watched, jobs, holders, terms, seconds)


def _process_watched(jobs: Sequence[Job], holders: Sequence[str], terms: Terms, seconds: float) -> list[Ending]:
    endings: list[Ending] = []
    while len(endings) < len(jobs):
        done = len(endings)
        endings += _until_one_ends_it(jobs[done:], holders[done:], terms, seconds)
    return endings


def _until_one_ends_it(jobs: Sequence[Job], holders: Sequence[str], terms: Terms, seconds: float) -> list[Ending]:
    """Give the endings of the items up to the first that ended the process, that one included."""
    # `spawn`: a fork would inherit the locks that this process's other threads hold.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_serve, args=(theirs, terms), daemon=True)
    child.start()
    theirs.close()
    endings: list[Ending] = []
    try:
        if not _answers(ours, _START_SECONDS):
            raise RuntimeError("the watched process does not start")
        for job, holder in zip(jobs, holders, strict=True):
            ours.send((job, holder))
            if not _answers(ours, seconds):
                endings.append(dead_letter(job, "", Reason.POISON.value, terms, Reason.POISON))
                break
            endings.append(ours.recv())
        return endings
    finally:
        child.kill()
        child.join()
        ours.close()


def _answers(ours: Connection, seconds: float) -> bool:
    """Tell whether something can be read within the time; at the process's end nothing can."""
    if not ours.poll(seconds):
        return False
    try:
        return ours.recv_bytes() == _READY
    except EOFError:
        return False


_READY = b"ready"


def _serve(theirs: Connection, terms: Terms) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    theirs.send_bytes(_READY)
    while True:
        try:
            job, holder = theirs.recv()
        except EOFError:
            return
        ending = process(job, holder, terms)
        theirs.send_bytes(_READY)
        theirs.send(ending)
