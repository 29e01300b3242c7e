"""The owner of one partition: reads events and commands, decides, commits to Redis, tells Kafka. Each exactly once.

One turn is

    fetch   records of `events` q and `commands` q, from our own position on
    read    what deciding needs from Redis (`reader`); writes nothing that reading twice would change
    decide  pure, by the records' time (`decide`)
    commit  one Lua script: if the stored position is the one we started from, then records, counters and outbox as
            absolute values, and the new position last; otherwise nothing
    send    when something in the outbox must not wait, or a second has passed: one Kafka transaction of the whole
            outbox and the position, T; then the outbox is emptied, by the same script

A partition may, for a while, have two owners: A was paused (or cut off) for longer than its session, B took over.
B's producer has the transactional id of A's and is started before B reads the position, so from then on A can send
nothing. What A can still do is commit, and it matters where it was when it lost:

- before its commit: B starts from the same position P. Whoever commits first moves the position off P; the other's
  script finds another one, writes nothing, and that owner starts anew from what is stored (`_resume`): caches dropped,
  outbox read again.
- after its commit, before it sent: its messages lie in the outbox, under the position that B reads. B sends them. Did A
  commit only after B had read the position, B sees it at its own next commit, as above, and sends A's outbox then. That
  commit does come: what A had processed lies at or after the position that B reads on from.
- while it sent: B's start aborts A's transaction, and B sends the same outbox. Or A's transaction was complete; then B
  sends the same again: every transition and alert under the id it had, every state as it was.
- after it sent, before it emptied the outbox: as above; A's emptying finds either another position, and does nothing,
  or the same one, and the outbox then holds what both have sent.

A process that is killed is an A that never comes back. A producer that was fenced ends its process: Kafka knows better
who owns the partition. Positions only grow, so a stored position names one state. Redis that comes back with an older
snapshot has an older position with the state that belongs to it; the script notices, or an idle owner's look once a
second, and the tracker reads again from there, with the same ids. Redis that comes back empty has no position: see
`restore`.
"""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError
from aiokafka.structs import ConsumerRecord
from redis.asyncio import Redis
from redis.exceptions import TimeoutError as RedisTimeoutError

from errata.contracts.messages import Alert, Transition, encode
from errata.contracts.topics import COMMANDS, EVENTS
from errata.runtime import logging, metrics
from errata.runtime.health import Health
from errata.stores.kafka.connection import transactional_producer
from errata.stores.kafka.lost_records import check_positions
from errata.stores.redis.connection import AWAY
from errata.stores.redis.partition_state import Commit, PartitionState, Position
from errata.stores.redis.projects import Projects
from errata_tracker.batch import read_batch
from errata_tracker.decide import Surroundings, take_command, take_events
from errata_tracker.measures import measure_batch, measure_sent
from errata_tracker.reader import Reader
from errata_tracker.restore import Restorer
from errata_tracker.rule_book import RuleBook
from errata_tracker.sending import Sender, is_state, issue_of, name_messages, name_state
from errata_tracker.settings import TrackerSettings

log = logging.get(__name__)

_IDLE_SECONDS = 0.25
"""How long an owner with nothing to do waits for records before it looks whether it should stop."""
_CHECK_SECONDS = 1.0
_REDIS_RETRY_SECONDS = 0.5


class _Displaced(Exception):  # noqa: N818 - not an error: somebody else was first
    """The stored position is not the expected one: nothing was written."""


class Owner:
    """One partition's tracker, from the moment its producer fenced all earlier ones."""

    def __init__(
        self,
        partition: int,
        *,
        settings: TrackerSettings,
        consumer: AIOKafkaConsumer,
        redis: Redis,
        book: RuleBook,
        health: Health,
    ) -> None:
        """Prepare to own a partition; `redis` is this owner's alone, so that WAIT speaks of its own commits."""
        self._partition = partition
        self._settings = settings
        self._consumer = consumer
        self._redis = redis
        self._book = book
        self._health = health
        self._part = f"partition-{partition}"
        self._events = TopicPartition(settings.topic_prefix + EVENTS, partition)
        self._commands = TopicPartition(settings.topic_prefix + COMMANDS, partition)
        self._state = PartitionState(redis, settings.topic_prefix, partition)
        projects = Projects(redis, settings.topic_prefix)
        self._reader = Reader(self._state, projects, book, settings.cached_issues)
        self._restorer = Restorer(
            settings=settings, consumer=consumer, state=self._state, projects=projects, book=book, partition=partition
        )
        self._position = Position(settings.generation, 0, 0)
        self.reached: Mapping[TopicPartition, int] = {}
        """The next offset to read of each topic; all before it is committed to Redis."""
        self._outbox: dict[str, bytes] = {}
        self._sent_at = 0.0
        self._checked_at = 0.0
        self._stopping = False

    def stop(self) -> None:
        """Ask it to end after the turn it is in."""
        self._stopping = True

    async def run(self) -> None:
        """Own the partition until asked to stop.

        Raises:
            ProducerFenced: another tracker owns it now.
            KafkaError: Kafka did not take what it was sent.
            LostRecordsError: records were deleted before they were read.

        """
        self._health.missing(self._part)
        producer = transactional_producer(self._settings, f"tracker-{self._partition}")
        await producer.start()
        sender = Sender(producer, self._settings, self._partition)
        try:
            resumed = False
            while not self._stopping:
                try:
                    if not resumed:
                        await self._resume(sender)
                        resumed = True
                    await self._turn(sender)
                except _Displaced:
                    metrics.TRACKER_DISPLACED.inc()
                    resumed = False
                except AWAY as error:
                    if resumed:
                        log.warning("Redis is away, waiting", partition=self._partition, exc_info=error)
                    resumed = False
                    self._health.missing(self._part)
                    await asyncio.sleep(_REDIS_RETRY_SECONDS)
            if resumed and self._outbox:
                with contextlib.suppress(_Displaced, *AWAY):  # the next owner sends what stays
                    await self._send(sender)
        finally:
            self._health.present(self._part)
            await producer.stop()
            await self._redis.aclose()

    async def _resume(self, sender: Sender) -> None:
        """Begin, or begin anew, from what is stored: position first, then the outbox that belongs to it."""
        self._consumer.pause(self._events, self._commands)
        self._reader.forget()
        self._position = await self._restorer.position()
        self._outbox = await self._state.outbox()
        if self._outbox:
            await self._send(sender)
        self._consumer.seek(self._events, self._position.events)
        self._consumer.seek(self._commands, self._position.commands)
        self._consumer.resume(self._events, self._commands)
        self.reached = {self._events: self._position.events, self._commands: self._position.commands}
        self._health.present(self._part)
        log.info("partition taken", partition=self._partition, position=str(self._position))

    async def _turn(self, sender: Sender) -> None:
        places = (self._events, self._commands)
        try:
            records = await self._consumer.getmany(
                *places, timeout_ms=int(self._patience() * 1_000), max_records=self._settings.batch_records
            )
        except OffsetOutOfRangeError:
            await check_positions(
                self._consumer, {self._events: self._position.events, self._commands: self._position.commands}
            )
            raise
        happened, ordered = records.get(self._events, ()), records.get(self._commands, ())
        if happened or ordered:
            await self._take(happened, ordered)
        elif time.monotonic() > self._checked_at + _CHECK_SECONDS:
            await self._check()
        # Past the markers of transactions, which no record and so no position tells of.
        self.reached = {place: await self._consumer.position(place) for place in places}
        if self._outbox and self._patience() <= 0:
            await self._send(sender)
        if 0 < len(happened) + len(ordered) < self._settings.batch_records:
            await asyncio.sleep(self._settings.batch_pause)

    async def _check(self) -> None:
        """Notice without any records that Redis was lost or went back."""
        if await self._state.position() != self._position:
            raise _Displaced
        self._checked_at = time.monotonic()

    def _patience(self) -> float:
        """Give how many seconds there are until the outbox must be sent."""
        if not self._outbox:
            return _IDLE_SECONDS
        if not all(map(is_state, self._outbox)):
            return 0
        return min(_IDLE_SECONDS, max(0.0, self._sent_at + self._settings.state_interval - time.monotonic()))

    async def _take(self, happened: Sequence[ConsumerRecord], ordered: Sequence[ConsumerRecord]) -> None:
        """Read, decide and commit a batch."""
        started = time.perf_counter()
        batch = read_batch(happened, ordered, self._position)
        issues = await self._reader.fetch(batch.events, batch.commands)
        fetched = time.perf_counter()
        around: dict[int, Surroundings] = {}
        told: list[Transition | Alert] = []
        for issue, its in batch.events.items():
            told += take_events(issues[issue], its, self._surroundings(its[0][1].project, around))
        touched = dict.fromkeys(batch.events)
        for command in batch.commands:
            transition = take_command(issues[command.issue_id], command, self._surroundings(command.project, around))
            if transition is not None:
                told.append(transition)
                touched[command.issue_id] = None
            metrics.TRACKER_COMMANDS.labels("done" if transition else "without_effect").inc()
        outbox = dict(name_messages(batch.position, told)) | dict.fromkeys(map(name_state, touched), b"")
        commit = self._state.begin()
        for issue in touched:
            tracked = issues[issue]
            if tracked.record is not None:
                commit.record(tracked.record)
                commit.counts(issue, tracked.windows)
        commit.outbox(outbox)
        decided = time.perf_counter()
        await self._commit(batch.position, commit)
        for issue in touched:
            for count in issues[issue].windows.values():
                count.settle()
        self._outbox |= outbox
        self._reader.trim()
        measure_batch(len(happened), told, (started, fetched, decided, time.perf_counter()))
        metrics.TRACKER_CACHED.labels(self._partition).set(len(self._reader))

    async def _commit(self, position: Position, commit: Commit) -> None:
        if not await self._state.commit(self._position, position, commit):
            raise _Displaced
        self._position = position

    async def _send(self, sender: Sender) -> None:
        """Send the outbox, then empty it."""
        started = time.perf_counter()
        if self._settings.redis_replicas:
            await self._replicated()
        issues = await self._reader.load(issue_of(name) for name in self._outbox if is_state(name))
        commit = self._state.begin()
        for record in await self._reader.count_day_users(issues):
            commit.record(record)
        states = {issue: encode(tracked.record.state()) for issue, tracked in issues.items() if tracked.record}
        await sender.send(self._outbox, states, self._position)
        measure_sent(self._outbox)
        commit.clear_outbox()
        await self._commit(self._position, commit)
        self._outbox = {}
        self._sent_at = time.monotonic()
        metrics.TRACKER_STEP_SECONDS.labels("send").observe(time.perf_counter() - started)

    async def _replicated(self) -> None:
        """Wait until enough replicas have our last commit: a message must not outlive what it tells of."""
        have: int = await self._redis.wait(self._settings.redis_replicas, 1_000)
        if have < self._settings.redis_replicas:
            raise RedisTimeoutError(f"{have} replicas have the commit")

    def _surroundings(self, project: int, made: dict[int, Surroundings]) -> Surroundings:
        if project not in made:
            made[project] = Surroundings(
                generation=self._position.generation,
                partition=self._partition,
                rules=self._book.rules(project),
                config_hash=self._book.hash,
                first_seen=self._reader.first_seen(project),
            )
        return made[project]
