"""The worker behind the agent: takes what Faust delivers through check, stages and commit, lane by lane.

Here is the order of things and what happens when one fails: one item's own fault ends that item; everything else ends
the process, and the supervisor starts it again at what was committed.
"""

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any, NoReturn

from aiokafka import TopicPartition

from errata.contracts.times import now
from errata.runtime import logging, metrics
from errata.runtime.health import Health
from errata.stages.plan import Segment
from errata.stores.kafka.layout import OtherGenerationError
from errata.stores.kafka.lost_records import LostRecordsError
from errata_processor.artifacts import Known, known_uploads
from errata_processor.batch import Batch, Record, unpack
from errata_processor.breaker import Breaker
from errata_processor.claims import Claims
from errata_processor.configuration import Configuration
from errata_processor.endings import Ending
from errata_processor.lanes import Lane, open_lanes
from errata_processor.measures import count, timed
from errata_processor.process_batch import process_batch
from errata_processor.settings import ProcessorSettings
from errata_processor.terms import Terms
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
        segment: Segment,
        claims: Claims,
        configuration: Configuration,
        health: Health,
        *,
        max_event_bytes: int,
        uploads: Callable[[], Known],
    ) -> None:
        """Own nothing yet.

        Args:
            settings: of this process.
            segment: the stages that run here.
            claims: the check for duplicates.
            configuration: what the batches work by.
            health: where it is said that consumption has stopped, and that partitions are not there yet.
            max_event_bytes: what the topic takes that events go to.
            uploads: gives what is known of uploads, for one batch.

        """
        self.settings = settings
        self.segment = segment
        self.lanes: dict[int, Lane] = {}
        self._claims = claims
        self._health = health
        self._configuration = configuration
        self._uploads = uploads
        # Key, timestamp, origin of the batch and zstd's own overhead on what does not compress.
        self._max_event_bytes = max_event_bytes - max(1024, max_event_bytes // 128)
        self._breaker = Breaker(settings.dead_letter_share, settings.dead_letter_minimum)

    @property
    def positions(self) -> Mapping[int, int]:
        """The next offset to read of each owned partition."""
        return {partition: lane.position for partition, lane in self.lanes.items()}

    def reached(self) -> Mapping[TopicPartition, int]:
        """Give the same by the topic's name too, as the report of lag wants it."""
        return {lane.place: lane.position for lane in self.lanes.values()}

    async def assigned(self, partitions: Collection[int], generation: int) -> None:
        """Open the lanes of these partitions."""
        with self._leaving_on_error():
            await self.revoked()
            batch_bytes = min(_MAX_BATCH_BYTES, self._max_event_bytes)
            self.lanes = await open_lanes(partitions, generation, self.settings, self.segment, batch_bytes)
            log.info("partitions assigned", positions=self.positions)
            self._health.present("partitions")

    async def revoked(self) -> None:
        """Close all lanes; a commit under way is waited for, so that the next owner need not fence it."""
        with self._leaving_on_error():
            lanes, self.lanes = self.lanes, {}
            await asyncio.gather(*(lane.close() for lane in lanes.values()))

    def crashed(self, reason: BaseException) -> NoReturn:
        """End the process: Faust cannot go on."""
        leave(reason)

    async def turn(self, messages: Iterable[Any]) -> None:
        """Process and commit what Faust took at once; its messages have generation, partition, offset and value."""
        with self._leaving_on_error():
            batches = list(self._batches(messages))
            jobs = [job for _, batch in batches for job in batch.jobs]
            await self._configuration.wait_for({job.item.meta.project for job in jobs})
            # One question for all before anything is computed: meanwhile an answer would wait, and seem not to come.
            with timed("claim"):
                holders = iter(await self._claims.holders(jobs) if self.segment.first else [""] * len(jobs))
            commits = []
            for lane, batch in batches:
                own_holders = list(islice(holders, len(batch.jobs)))
                if lane.closed:
                    continue
                if not lane.proven:
                    await lane.begin()
                endings = await self._admitted(lane, batch, own_holders)
                commits.append(asyncio.create_task(self._commit(lane, batch, endings)))
                # Commits begin, and whoever asks for health is answered, before the next batch computes. The first
                # one of a lane is waited for: what ends the process in the next batch must not be laid to this one.
                await (asyncio.sleep(0) if lane.proven else commits[-1])
            await asyncio.gather(*commits)

    def _batches(self, messages: Iterable[Any]) -> Iterator[tuple[Lane, Batch]]:
        """Give what is to be done, in order within each lane; the rest has been done, or is another owner's."""
        taken: defaultdict[Lane, list[Record]] = defaultdict(list)
        begins = {lane: lane.next for lane in self.lanes.values()}
        for message in messages:
            lane = self.lanes.get(message.partition)
            if lane is not None and lane.takes(message.offset, message.generation_id):
                record = Record(message.partition, message.offset, message.value, int(message.timestamp * 1e6))
                taken[lane].append(record)
        for lane, records in taken.items():
            for batch in unpack(records, begins[lane], self._terms(), self.settings.batch_items):
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
        hang = self.settings.hang_seconds
        if lane.poisoned(batch.begin, self.settings.batch_records):
            log.error("batch ended its owners: taken item by item", partition=lane.partition, offset=batch.begin)
            make_uploads = partial(known_uploads, self.settings)
            with timed("process"):
                endings = await process_watched(batch.jobs, holders, self._terms(), make_uploads, hang)
        else:
            endings = await process_batch(batch.jobs, holders, self._terms(), self._uploads(), hang)
        return batch.endings + endings

    def _terms(self) -> Terms:
        return Terms(
            chains=self._configuration.chains,
            segment=self.segment,
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
                "consumption stopped: too many items fail in our stages; fix the cause, or set "
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
        with self._leaving_on_error(), timed("commit"):
            messages = [message for ending in endings for message in ending.messages]
            committed = await lane.commit(messages, batch.begin, batch.end)
        if committed:
            count(endings)

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
        log.error("records are lost; `errata topics skip` goes on after them", lost=str(reason))
        os._exit(os.EX_CONFIG)  # starting again would not help
    if isinstance(reason, OtherGenerationError):
        log.error("`errata topics recreate` was not finished; run it again", mistake=str(reason))
        os._exit(os.EX_CONFIG)
    log.error("leaving: the next start does again what was not committed", exc_info=reason)
    os._exit(os.EX_SOFTWARE)
