"""What the overrides of Faust rely on; one of these fails when an upgrade of Faust or aiokafka changes it."""

import inspect
from collections.abc import Collection, Iterator
from typing import Any

import faust
import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import OffsetResetStrategy
from faust.tables.recovery import Recovery
from faust.transport.consumer import Consumer as FaustConsumer
from faust.transport.drivers import aiokafka as driver

from errata.stages.plan import FUSED
from errata_processor import overrides
from errata_processor.main import application
from errata_processor.settings import ProcessorSettings
from errata_processor.worker import Worker

PAIRS = [
    (overrides._ConsumerThread, driver.AIOKafkaConsumerThread),
    (overrides._Consumer, driver.Consumer),
    (overrides._Producer, driver.Producer),
    (overrides.App, faust.App),
]


def overridden() -> Iterator[Any]:
    for own, theirs in PAIRS:
        for name, function in vars(own).items():
            if inspect.isfunction(function) and hasattr(theirs, name):
                yield pytest.param(function, getattr(theirs, name), id=f"{own.__name__}.{name}")


def test_each_override_is_known() -> None:
    assert {parameter.id for parameter in overridden()} == {
        "_ConsumerThread._create_worker_consumer",
        "_ConsumerThread.commit",
        "_ConsumerThread.seek_to_committed",
        "_Consumer._new_consumer_thread",
        "_Producer.on_start",
        "_Producer.flush",
        "App.__init__",
        "App._new_transport",
        "App._new_producer_transport",
        "App._create_directories",
        "App._crash",
        "App._on_partitions_assigned",
        "App._on_partitions_revoked",
    }


@pytest.mark.parametrize(("own", "theirs"), [p for p in overridden() if not p.id.endswith("__init__")])
def test_an_override_takes_what_fausts_own_takes(own: Any, theirs: Any) -> None:
    assert list(inspect.signature(own).parameters) == list(inspect.signature(theirs).parameters)
    assert inspect.iscoroutinefunction(own) == inspect.iscoroutinefunction(theirs)


@pytest.fixture
async def app() -> overrides.App:
    settings = ProcessorSettings(instance="one", topic_prefix="x.", secret="0" * 32)
    nothing: Any = None
    return application(Worker(settings, FUSED, nothing, nothing, nothing, max_event_bytes=4_000_000, uploads=nothing))


async def test_the_consumer_that_faust_makes_is_ours(app: overrides.App) -> None:
    thread = app.consumer._thread
    client = thread._create_worker_consumer(app.transport)
    fetcher_options = {name: getattr(client, f"_{name}") for name in ("fetch_max_wait_ms", "isolation_level")}
    assert fetcher_options == {"fetch_max_wait_ms": 50, "isolation_level": "read_committed"}
    assert OffsetResetStrategy.from_str(client._auto_offset_reset) == OffsetResetStrategy.NONE
    assert (client._group_id, client._group_instance_id) == ("x.processor", "one")
    assert client._enable_auto_commit is False


async def test_faust_commits_and_sends_nothing(app: overrides.App) -> None:
    assert await app.consumer._thread.commit({TopicPartition("x.ingest", 0): 5}) is True
    await app.producer.on_start()
    await app.producer.flush()
    assert app.producer._producer is None


def test_faust_commits_by_no_other_way_than_the_thread() -> None:
    source = inspect.getsource(driver)
    assert source.count("await consumer.commit(") == 1
    assert "consumer.commit(" in inspect.getsource(driver.AIOKafkaConsumerThread._commit)
    assert "self._commit" in inspect.getsource(driver.AIOKafkaConsumerThread.commit)


def test_faust_seeks_by_asking_for_committed_positions() -> None:
    source = inspect.getsource(FaustConsumer.perform_seek)
    assert "self.seek_to_committed()" in source


async def test_lanes_are_open_before_faust_seeks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Older owners must be fenced before a position is read, or what they commit late would be done twice."""
    owner = Recorder()
    app = overrides.App(owner)

    async def seek(*_arguments: Any) -> None:
        owner.told.append("sought")

    for place in (app.consumer, app.consumer._thread):
        for name in ("perform_seek", "seek_to_committed", "seek_wait", "seek"):
            if hasattr(place, name):
                monkeypatch.setattr(place, name, seek)
    with pytest.raises(AssignedError):
        await app.consumer.on_partitions_assigned({TopicPartition("x.ingest", 0)}, 7)
    assert owner.told == ["assigned [0] in generation 7"]


def test_faust_seeks_once_it_has_told_the_application() -> None:
    assert "consumer.perform_seek()" in inspect.getsource(Recovery._resume_streams)
    told = inspect.getsource(faust.App._on_partitions_assigned)
    assert "self.tables.on_rebalance" in told
    assert "seek" not in told


def test_faust_stamps_messages_with_the_generation_that_it_tells_the_application() -> None:
    assert "generation_id=self.app.consumer_generation_id" in inspect.getsource(driver.Consumer._to_message)
    listener = inspect.getsource(driver.ConsumerRebalanceListener.on_partitions_assigned)
    assert "app.consumer_generation_id = generation" in listener
    assert "on_partitions_assigned(ensure_TPset(assigned), generation)" in listener


def test_take_hands_over_events_and_leaves_the_acknowledgement_to_us() -> None:
    source = inspect.getsource(faust.Stream.noack_take)
    assert "self.enable_acks = False" in source
    assert "self.ack(" not in source.replace("#     await self.ack(event)", "")


async def test_the_application_asks_nothing_of_the_broker_and_the_disk(app: overrides.App) -> None:
    conf = app.conf
    assert (conf.web_enabled, conf.topic_allow_declare, conf.stream_wait_empty) == (False, False, False)
    assert str(conf.store) == "memory:"
    app._create_directories()
    assert not conf.datadir.exists()


async def test_a_crash_of_faust_goes_to_the_owner() -> None:
    app = overrides.App(Recorder())
    await app.consumer.crash(RuntimeError())
    assert [type(crash) for crash in app.owner.crashes] == [RuntimeError]


class AssignedError(Exception):
    """Ends an assignment before Faust's own part of it, which needs servers."""


class Recorder:
    """An owner that remembers what it is told."""

    def __init__(self) -> None:
        self.settings = ProcessorSettings(secret="0" * 32)
        self.segment = FUSED
        self.positions: dict[int, int] = {}
        self.crashes: list[BaseException] = []
        self.told: list[str] = []

    async def assigned(self, partitions: Collection[int], generation: int) -> None:
        self.told.append(f"assigned {list(partitions)} in generation {generation}")
        raise AssignedError

    async def revoked(self) -> None: ...

    def crashed(self, reason: BaseException) -> None:
        self.crashes.append(reason)
