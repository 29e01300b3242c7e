"""What all items of a batch become: processed until none needs an upload that is not known, which I/O fetches between.

Computing happens at one stretch, on purpose: the batch is the unit, and a stretch that hangs ends the process.
"""

import faulthandler
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager

from msgspec import structs

from errata.stages.stage import Missing
from errata_processor.artifacts import Known
from errata_processor.endings import Ending
from errata_processor.measures import timed
from errata_processor.process_item import process_item
from errata_processor.terms import Job, Terms


async def process_batch(
    jobs: Sequence[Job], holders: Sequence[str], terms: Terms, known: Known, hang_seconds: float
) -> list[Ending]:
    """Give how each item ends, in their order.

    Args:
        jobs: the items.
        holders: for each the origin, as text, that holds its event id; its own, or empty, when it is the first.
        terms: what holds for all.
        known: what is known of uploads; what the items need besides is fetched into it.
        hang_seconds: computing for longer ends this process.

    """
    terms = structs.replace(terms, artifacts=known)
    endings: list[Ending | None] = [None] * len(jobs)
    await known.refresh()
    while True:
        with timed("process"), _ending_a_hang(hang_seconds):
            needs = _advance(jobs, holders, terms, endings)
        if not needs:
            return [ending for ending in endings if ending is not None]
        with timed("fetch"):
            await known.fetch(needs)


def _advance(jobs: Sequence[Job], holders: Sequence[str], terms: Terms, endings: list[Ending | None]) -> list[Hashable]:
    """End the items that have not ended and need nothing that is not known; give what the others need."""
    needs: list[Hashable] = []
    for place, (job, holder) in enumerate(zip(jobs, holders, strict=True)):
        if endings[place] is None:
            try:
                endings[place] = process_item(job, holder, terms)
            except Missing as missing:
                needs += missing.needs
    return needs


@contextmanager
def _ending_a_hang(seconds: float) -> Iterator[None]:
    # A thread of C's own, so it sees a hang even in code that never gives Python a turn.
    faulthandler.dump_traceback_later(seconds, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
