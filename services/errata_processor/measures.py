"""What is measured of a batch: how long each step took, and how its items ended."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from errata.contracts.times import SECOND, now
from errata.runtime import metrics
from errata_processor.endings import Ending


@contextmanager
def timed(step: str) -> Iterator[None]:
    """Measure a step: claim, process, fetch, commit."""
    with metrics.PROCESSOR_BATCH_SECONDS.labels(step).time():
        yield


def count(endings: Sequence[Ending]) -> None:
    """Count items that were committed."""
    metrics.PROCESSOR_BATCH_ITEMS.observe(len(endings))
    metrics.PROCESSOR_ITEMS.inc(len(endings))
    metrics.PROCESSOR_EVENTS.inc(sum(ending.events for ending in endings))
    age = metrics.STAGE_AGE.labels("processor")
    at = now()
    for ending in endings:
        age.observe((at - ending.received_at) / SECOND)
        for outcome in ending.outcomes:
            metrics.PROCESSOR_OUTCOMES.labels(outcome.outcome, outcome.reason).inc()
