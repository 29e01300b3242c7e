"""Processing item by item in a watched process of its own: the last resort for a batch that ended its owners.

What ends or hangs that process is the culprit and is dead-lettered as poison; its neighbours end just as they would
have otherwise. The process fetches uploads itself: a source map can be the poison, too.
"""

import asyncio
import contextlib
import multiprocessing
import resource
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

from errata.contracts.outcomes import Reason
from errata_processor.artifacts import Known
from errata_processor.endings import Ending, dead_letter
from errata_processor.process_batch import process_batch
from errata_processor.terms import Job, Terms

# Of address space: code and libraries take 0.8 GB of it (measured), a sound item and its source maps nothing near 3 GB.
_MEMORY = 4 << 30
# A new interpreter with its libraries takes about one second to start.
_START_SECONDS = 30
_READY = b"ready"

MakeUploads = Callable[[], Callable[[], Known]]
"""Gives what gives a batch its uploads; called in the watched process, so it can be pickled."""


async def process_watched(
    jobs: Sequence[Job], holders: Sequence[str], terms: Terms, make_uploads: MakeUploads, seconds: float
) -> list[Ending]:
    """Give how each item ends, as `process_batch` does, whatever an item does to the process that it runs in.

    Args:
        jobs: the items.
        holders: as for `process_batch`.
        terms: as for `process_batch`.
        make_uploads: gives what is known of uploads.
        seconds: that one item may take.

    """
    endings: list[Ending] = []
    while len(endings) < len(jobs):
        done = len(endings)
        watched = _Watched(terms, make_uploads, seconds)
        endings += await asyncio.to_thread(watched.until_one_ends_it, jobs[done:], holders[done:])
    return endings


class _Watched:
    """One watched process, for as many items as it survives."""

    def __init__(self, terms: Terms, make_uploads: MakeUploads, seconds: float) -> None:
        self._terms = terms
        self._seconds = seconds
        # `spawn`: a fork would inherit the locks that this process's other threads hold.
        context = multiprocessing.get_context("spawn")
        self._ours, self._theirs = context.Pipe()
        arguments = (self._theirs, terms, make_uploads, seconds)
        self._child = context.Process(target=_serve, args=arguments, daemon=True)

    def until_one_ends_it(self, jobs: Sequence[Job], holders: Sequence[str]) -> list[Ending]:
        """Give the endings of the items up to the first that ended the process, that one included."""
        self._child.start()
        self._theirs.close()
        try:
            if self._answer(_START_SECONDS) != _READY:
                raise RuntimeError("the watched process does not start")
            endings: list[Ending] = []
            for job, holder in zip(jobs, holders, strict=True):
                ending = self._ending(job, holder)
                if ending is None:
                    return [*endings, dead_letter(job, "", Reason.POISON.value, self._terms, Reason.POISON)]
                endings.append(ending)
            return endings
        finally:
            self._child.kill()
            self._child.join()
            self._ours.close()

    def _ending(self, job: Job, holder: str) -> Ending | None:
        try:
            self._ours.send((job, holder))
        except OSError:
            return None
        answer = self._answer(self._seconds)
        return answer if isinstance(answer, Ending) else None

    def _answer(self, seconds: float) -> object:
        """Give what the process says, None when it does not within the time, or ends before or while saying it."""
        with contextlib.suppress(EOFError, OSError):
            if self._ours.poll(seconds):
                return self._ours.recv()
        return None


def _serve(theirs: Connection, terms: Terms, make_uploads: MakeUploads, seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    uploads = make_uploads()
    with asyncio.Runner() as runner, contextlib.suppress(EOFError):
        theirs.send(_READY)
        while True:
            job, holder = theirs.recv()
            (ending,) = runner.run(process_batch([job], [holder], terms, uploads(), seconds))
            theirs.send(ending)
