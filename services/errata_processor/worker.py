"""The worker behind the agent: takes what Faust delivers through check, stages and commit, lane by lane.

Here is the order of things and what happens when one fails: one item's own fault ends that item; everything else ends
the process, and the supervisor starts it anew at what was committed.
"""

import asyncio
import faulthandler
import os
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, NoReturn

from errata.contracts.times import SECOND, now
from errata.runtime import logging, metrics
from errata.runtime.health import Health
from errata_processor.artifacts import Known
from errata_processor.batch import Batch, Chains, Ending, Record, Terms, advance, unpack
from errata_processor.breaker import Breaker
from errata_processor.claims import Claims
from errata_processor.lanes import Lane, open_lanes
from errata_processor.positions import LostRecordsError
from errata_processor.settings import ProcessorSettings
from errata_processor.watched import process_watched

# Longest time between two tries of a batch that the breaker holds back.
_LONGEST_PAUSE = 60.0
# Of one partition in a request: what the producer's default is too. Less where `events` takes less.
_MAX_BATCH_BYTES = 262_144

log = logging.get(__name__)


class Worker:
    """One process's share of `ingest`. Implements what `overrides.Owner` asks for."""

    def __init__(
        self,
        settings: ProcessorSettings,
        claims: Claims,
        health: Health,
        chains: Callable[[], Chains],
        max_event_bytes: int,
        *,
        uploads: Callable[[], Known],
    ) -> None:
        """Own nothing yet.

        Args:
            settings: of this process.
            claims: the check for duplicates.
            health: where it is said that consumption has stopped, and that partitions are not there yet.
            chains: gives those of the configuration in use now.
            max_event_bytes: what the topic `events` takes.
            uploads: gives what is known of uploads, for one batch.

        """
        self.settings = settings
        self.lanes: dict[int, Lane] = {}
        self._claims = claims
        self._health = health
        self._chains = chains
        self._uploads = uploads
        # Key, timestamp, origin of the batch and zstd's own overhead on what does not compress.
        self._max_event_bytes = max_event_bytes - max(1024, max_event_bytes // 128)
        self._breaker = Breaker(settings.dead_letter_share, settings.dead_letter_minimum)

    @property
    def positions(self) -> Mapping[int, int]:
        """The next offset to read of each owned partition."""
        return {partition: lane.position for partition, lane in self.lanes.items()}

    async def assigned(self, partitions: Collection[int], generation: int) -> None:
        """Open the lanes of these partitions."""
        with self._leaving_on_error():
            await self.revoked()
            batch_bytes = min(_MAX_BATCH_BYTES, self._max_event_bytes)
            self.lanes = await open_lanes(partitions, generation, self.settings, batch_bytes)
            log.info("partitions assigned", positions=self.positions)
            self._health.present("partitions")

    async def revoked(self) -> None:
        """Close all lanes; a commit under way is waited for, so that the next owner need not fence it."""
        with self._leaving_on_error():
            lanes, self.lanes = self.lanes, {}
            await asyncio.gather(*(lane.close() for lane in lanes.values()))

    def crashed(self, reason: BaseException) -> NoReturn:
        """End the process: Faust can not go on."""
        leave(reason)

    async def turn(self, messages: Iterable[Any]) -> None:
        """Process and commit what Faust took at once; its messages have generation, partition, offset and value."""
        with self._leaving_on_error():
            batches = list(self._batches(messages))
            # One question for all before anything is computed: meanwhile an answer would wait, and seem not to come.
            with _timed("claim"):
                holders = iter(await self._claims.holders([job for _, batch in batches for job in batch.jobs]))
            commits = []
            for lane, batch in batches:
                own_holders = list(islice(holders, len(batch.jobs)))
                if lane.closed:
                    continue
                endings = await self._admitted(lane, batch, own_holders)
                commits.append(asyncio.create_task(self._commit(lane, batch, endings)))
                await asyncio.sleep(0)  # so that commits begin, and whoever asks for health is answered
            await asyncio.gather(*commits)

    def _batches(self, messages: Iterable[Any]) -> Iterator[tuple[Lane, Batch]]:
        """Give what is to be done, in order within each lane; the rest has been done, or is another owner's."""
        taken: defaultdict[Lane, list[Record]] = defaultdict(list)
        for message in messages:
            lane = self.lanes.get(message.partition)
            if lane is not None and lane.takes(message.offset, message.generation_id):
                record = Record(message.partition, message.offset, message.value, int(message.timestamp * 1e6))
                taken[lane].append(record)
        for lane, records in taken.items():
            for batch in unpack(records, self._terms(), self.settings.batch_items):
                yield lane, batch

    async def _admitted(self, lane: Lane, batch: Batch, holders: Sequence[str]) -> list[Ending]:
        """Give how each item ends, once the breaker lets it pass, or the lane is closed."""
        pause = 1.0
        while True:
            endings = await self._process(lane, batch, holders)
            failed = sum(ending.failed for ending in endings)
            if lane.closed or self._admits(len(endings), failed):
                return endings
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _process(self, lane: Lane, batch: Batch, holders: Sequence[str]) -> list[Ending]:
        if lane.poisoned(batch.first, self.settings.batch_records):
            log.error("batch ended its owners: taken item by item", partition=lane.partition, offset=batch.first)
            # Without uploads: they are not what a process takes with it, and may be what ended the last one.
            with _timed("process"):
                endings = await process_watched(batch.jobs, holders, self._terms(), self.settings.hang_seconds)
            return batch.endings + endings
        known = self._uploads()
        terms = self._terms(known)
        ended: list[Ending | None] = [None] * len(batch.jobs)
        while needs := self._advance(batch, holders, terms, ended):
            with _timed("fetch"):
                await known.fetch(needs)
        return batch.endings + [ending for ending in ended if ending is not None]

    def _advance(
        self, batch: Batch, holders: Sequence[str], terms: Terms, ended: list[Ending | None]
    ) -> list[Hashable]:
        # A thread of C's own, so it sees a hang even in code that never gives Python a turn; it ends the process.
        faulthandler.dump_traceback_later(self.settings.hang_seconds, exit=True)
        try:
            with _timed("process"):
                return advance(batch.jobs, holders, terms, ended)
        finally:
            faulthandler.cancel_dump_traceback_later()

    def _terms(self, known: Known | None = None) -> Terms:
        return Terms(
            artifacts=known,
            chains=self._chains(),
            generation=self.settings.generation,
            hash_key=self.settings.secret.encode(),
            now=now(),
            max_event_bytes=self._max_event_bytes,
        )

    def _admits(self, items: int, failed: int) -> bool:
        was_open = self._breaker.open
        admitted = self._breaker.admits(items, failed, time.monotonic_ns() // 1000)
        if self._breaker.open and not was_open:
            log.error(
                "consumption stopped: too many items fail in our stages; mend the cause, or set "
                "ERRATA_DEAD_LETTER_SHARE=1 to let them pass into dead letters",
                items=items,
                failed=failed,
            )
            self._health.missing("stages")
        elif was_open and not self._breaker.open:
            log.warning("consumption goes on")
            self._health.present("stages")
        metrics.PROCESSOR_STOPPED.set(self._breaker.open)
        return admitted

    async def _commit(self, lane: Lane, batch: Batch, endings: Sequence[Ending]) -> None:
        # Left from in here, at once: the lane's next batch waits behind this one, and must not be committed over it.
        with self._leaving_on_error(), _timed("commit"):
            messages = [message for ending in endings for message in ending.messages]
            committed = await lane.commit(messages, batch.first, batch.last + 1)
        if committed:
            _count(endings)

    @contextmanager
    def _leaving_on_error(self) -> Iterator[None]:
        """End the process on any exception: an agent that raises, Faust would commit over."""
        try:
            yield
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001
            leave(error)


def leave(reason: BaseException) -> NoReturn:
    """End the process at once, saying why by the error's class and place; what was not committed is done again."""
    if isinstance(reason, LostRecordsError):
        log.error(
            "position outside the log: records were deleted unread; set the group's offset by hand to go on",
            partition=reason.partition,
            position=reason.position,
            log_begins_at=reason.beginning,
            log_ends_at=reason.end,
        )
        os._exit(os.EX_CONFIG)  # starting anew would not help
    log.error("leaving: the next start does again what was not committed", exc_info=reason)
    os._exit(os.EX_SOFTWARE)


def _count(endings: Sequence[Ending]) -> None:
    metrics.PROCESSOR_BATCH_ITEMS.observe(len(endings))
    metrics.PROCESSOR_ITEMS.inc(len(endings))
    metrics.PROCESSOR_EVENTS.inc(sum(ending.events for ending in endings))
    age = metrics.STAGE_AGE.labels("processor")
    at = now()
    for ending in endings:
        age.observe((at - ending.received_at) / SECOND)
        for outcome in ending.outcomes:
            metrics.PROCESSOR_OUTCOMES.labels(outcome.outcome, outcome.reason).inc()


@contextmanager
def _timed(step: str) -> Iterator[None]:
    with metrics.PROCESSOR_BATCH_SECONDS.labels(step).time():
        yield
