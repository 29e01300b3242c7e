"""The owner of one partition: reads events and commands, decides, commits to Redis, tells Kafka. Each exactly once.

One turn is

    fetch   records of `events` q and `commands` q, from our own position on
    read    what deciding needs (`reader`); writes nothing that reading twice would change
    decide  pure, by the records' time (`decide`)
    commit  one Lua script: if the stored position is the one we started from, then records, counters and outbox as
            absolute values, and the new position last; otherwise nothing
    send    when something in the outbox must not wait, or a second has passed: one Kafka transaction of the whole
            outbox and the position; then the outbox is emptied, by the same script

Why nothing is lost or doubled when an owner is killed, paused or cut off: see the README.
"""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from functools import cache

from aiokafka import TopicPartition
from aiokafka.errors import OffsetOutOfRangeError
from aiokafka.structs import ConsumerRecord
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from errata.contracts.messages import encode
from errata.contracts.topics import COMMANDS, EVENTS
from errata.runtime import logging, metrics
from errata.stores.kafka.connection import transactional_producer
from errata.stores.kafka.lost_records import check_positions
from errata.stores.redis.partition_commit import Commit
from errata.stores.redis.partition_state import PartitionState, Position
from errata.stores.redis.projects import Projects
from errata_tracker.agenda import AgendaKeeper
from errata_tracker.batch import Agenda, read_batch
from errata_tracker.decide import Surroundings, decide
from errata_tracker.eviction import Eviction
from errata_tracker.measures import measure_batch, measure_sent
from errata_tracker.reader import Reader
from errata_tracker.recall import Recall, StateAwayError
from errata_tracker.restore import Restorer
from errata_tracker.sending import Sender, is_state, issue_of, name_messages, name_state
from errata_tracker.waiting import Waiting
from errata_tracker.world import World

log = logging.get(__name__)

_IDLE_SECONDS = 0.25
"""How long an owner with nothing to do waits for records before it looks whether it should stop."""
_CHECK_SECONDS = 1.0


class _Displaced(Exception):  # noqa: N818 - not an error: somebody else was first
    """The stored position is not the expected one: nothing was written."""


class Owner:
    """One partition's tracker, from the moment its producer fenced all earlier ones."""

    def __init__(self, partition: int, redis: Redis, world: World) -> None:
        """Prepare to own a partition; `redis` is this owner's alone, so that WAIT speaks of its own commits."""
        self._partition = partition
        self._redis = redis
        self._world = world
        self._settings = settings = world.settings
        self._consumer = world.consumer
        prefix = settings.topic_prefix
        self._events = TopicPartition(prefix + EVENTS, partition)
        self._commands = TopicPartition(prefix + COMMANDS, partition)
        self._state = state = PartitionState(redis, prefix, partition)
        projects = Projects(redis, prefix)
        recall = Recall(partition, state, world.tables, world.landed, world.book)
        self._reader = Reader(state, projects, world.book, recall, settings.cached_issues)
        self._restorer = Restorer(partition, state, projects, world)
        self._agenda = AgendaKeeper(state, world.book, world.clock)
        self._eviction = Eviction(partition, state, world)
        self._waiting = Waiting(partition, world.health)
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
            GenerationError: see `Restorer.position`.

        """
        self._waiting.begin()
        producer = transactional_producer(self._settings, f"tracker-{self._partition}")
        await producer.start()
        sender = Sender(producer, self._settings, self._partition)
        resumed = False
        try:
            while not self._stopping:
                try:
                    if not resumed:
                        await self._resume(sender)
                        resumed = True
                    await self._turn(sender)
                    self._waiting.over()
                except _Displaced:
                    metrics.TRACKER_DISPLACED.inc()
                    resumed = False
                except (RedisError, StateAwayError) as error:
                    resumed = False
                    await self._waiting.wait(error)
            if resumed and self._outbox:
                with contextlib.suppress(_Displaced, RedisError):  # the next owner sends what stays
                    await self._send(sender)
        finally:
            self._waiting.over()
            await producer.stop()
            await self._redis.aclose()

    async def _resume(self, sender: Sender) -> None:
        """Begin, or begin again, from what is stored: position first, then the outbox that belongs to it."""
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
        log.info("partition taken", partition=self._partition, position=str(self._position))

    async def _turn(self, sender: Sender) -> None:
        await self._make_room()
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
        begun = time.monotonic()
        happened, ordered = records.get(self._events, ()), records.get(self._commands, ())
        full = len(happened) + len(ordered) >= self._settings.batch_records
        # With a backlog it is not yet known what has happened by now.
        agenda = Agenda(0) if full else await self._agenda.look()
        if happened or ordered or agenda.due or agenda.entered:
            await self._take(happened, ordered, agenda)
        elif time.monotonic() > self._checked_at + _CHECK_SECONDS:
            await self._check()
        # Past the markers of transactions, which no record and so no position tells of.
        self.reached = {place: await self._consumer.position(place) for place in places}
        if self._outbox and self._patience() <= 0:
            await self._send(sender)
        if (happened or ordered) and not full:
            await asyncio.sleep(begun + self._settings.batch_pause - time.monotonic())

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

    async def _take(
        self, happened: Sequence[ConsumerRecord], ordered: Sequence[ConsumerRecord], agenda: Agenda
    ) -> None:
        """Read, decide and commit a batch."""
        started = time.perf_counter()
        batch = read_batch(happened, ordered, agenda, self._position)
        issues = await self._reader.fetch(batch)
        fetched = time.perf_counter()
        decisions = decide(batch, issues, cache(self._surroundings))
        outbox = dict(name_messages(batch.position, decisions.told))
        outbox |= dict.fromkeys(map(name_state, decisions.changed), b"")
        commit = self._state.begin()
        commit.records(decisions.written.values())
        commit.known(issue for issue in decisions.written if not issues[issue].noted)
        for issue in decisions.written:
            commit.counts(issue, issues[issue].windows)
        commit.due(decisions.due)
        commit.outbox(outbox)
        decided = time.perf_counter()
        await self._commit(batch.position, commit)
        for issue in decisions.written:
            issues[issue].stored()
        self._outbox |= outbox
        self._reader.trim()
        measure_batch(batch, decisions, (started, fetched, decided, time.perf_counter()))
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
        recounted = await self._reader.users.count_day(issues)
        states = {issue: encode(tracked.record.state()) for issue, tracked in issues.items() if tracked.record}
        await sender.send(self._outbox, states, self._position)
        measure_sent(self._outbox)
        # By themselves, since this needs no memory: a full Redis must not have the same messages sent again and again.
        emptied = self._state.begin()
        emptied.clear_outbox()
        await self._commit(self._position, emptied)
        self._outbox = {}
        self._sent_at = time.monotonic()
        if recounted:
            commit = self._state.begin()
            commit.records(recounted)
            await self._commit(self._position, commit)
        metrics.TRACKER_STEP_SECONDS.labels("send").observe(time.perf_counter() - started)

    async def _make_room(self) -> None:
        """Drop from Redis what nobody has seen for long, when there is little room."""
        cold = await self._eviction.issues(self._position, self._outbox)
        if cold:
            commit = self._state.begin()
            commit.evict(cold)
            await self._commit(self._position.step(), commit)
            self._reader.drop(cold)
            metrics.TRACKER_EVICTED.inc(len(cold))

    async def _replicated(self) -> None:
        """Wait until enough replicas have our last commit: a message must not outlive what it tells of."""
        have: int = await self._redis.wait(self._settings.redis_replicas, 1_000)
        if have < self._settings.redis_replicas:
            raise ResponseError(f"NOREPLICAS {have} have the commit")

    def _surroundings(self, project: int) -> Surroundings:
        book = self._world.book
        return Surroundings(
            generation=self._position.generation,
            partition=self._partition,
            rules=book.rules(project),
            config_hash=book.hash,
            first_seen=self._reader.first_seen(project),
            auto_resolve_days=book.auto_resolve_days.get(project, 0),
        )
