"""Accepted means durable: whatever happens to Kafka and to the relay, nothing that was answered with success is lost."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from tests.load.loadset import LoadSet
from tests.load.sender import Sender, Sent
from tests.servers import stack_options
from tests.services.errata_relay.running import KEY, PARTITIONS, RunningRelay, auth, envelope

from errata.contracts.pack import Item
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.topics import make_topics
from errata_cli.local.stack import LocalStack

pytestmark = pytest.mark.stack

STORE = "/api/42/store/"
ENVELOPE = "/api/42/envelope/"


@pytest.fixture(scope="module")
def broker() -> Iterator[LocalStack]:
    """A Kafka that tests may harm."""
    with LocalStack(stack_options("relay-kafka", only=("kafka",))) as stack:
        yield stack
    stack.remove_data()


@pytest.fixture
async def make_relay(
    broker: LocalStack, topic_prefix: str, tmp_path: Path
) -> AsyncIterator[Callable[..., RunningRelay]]:
    """Make a relay on that Kafka, on topics of its own; not started."""
    broker.wait_ready("kafka")
    address = broker.environment["ERRATA_KAFKA"]
    await make_topics(CommonSettings(kafka=address, topic_prefix=topic_prefix, partitions=PARTITIONS))
    made: list[RunningRelay] = []

    def make(**settings: object) -> RunningRelay:
        made.append(RunningRelay(tmp_path, address, topic_prefix, **settings))
        return made[-1]

    yield make
    for relay in made:
        relay.kill()


def store(relay: RunningRelay, number: int) -> str:
    event_id = f"{number:032x}"
    answer = httpx2.post(
        relay.url + STORE, headers=auth(), content=b'{"event_id":"%s"}' % event_id.encode(), timeout=20
    )
    assert answer.json() == {"id": event_id}
    return event_id


async def drained(relay: RunningRelay, wait_until: Callable) -> None:
    await wait_until(
        lambda: relay.metric("errata_relay_spool_bytes") == 0 and not relay.metric("errata_relay_kafka_away")
    )


def assert_kept(sent: Sent, items: list[Item]) -> None:
    """Nothing that was answered with success is missing, and what is there twice is marked."""
    copies = Counter(item.meta.event_id for item in items)
    unmarked = Counter(item.meta.event_id for item in items if not item.meta.maybe_duplicate)
    assert sent.accepted.keys() - copies.keys() == set()
    assert copies.keys() - sent.templates.keys() == set()
    assert not [event_id for event_id, number in unmarked.items() if number > 1]


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("harm", ["pause", "kill"])
async def test_nothing_accepted_is_lost_when_kafka_goes_away_under_load(broker, make_relay, wait_until, harm):
    relay = make_relay()
    relay.start()
    sender = Sender("127.0.0.1", relay.port, project=42, key=KEY, connections=8)
    sending = asyncio.create_task(sender.send(LoadSet().copies(), count=1500, rate=250))
    await asyncio.sleep(2)
    if harm == "pause":
        await asyncio.to_thread(broker.pause, "kafka")
        await wait_until(lambda: relay.metric("errata_relay_kafka_away") == 1)
        await asyncio.sleep(1)
        await asyncio.to_thread(broker.resume, "kafka")
    else:
        await asyncio.to_thread(broker.kill, "kafka")
    sent = await sending
    assert (len(sent.accepted), sent.refused, sent.unanswered) == (1500, Counter(), set())
    assert relay.metric("errata_relay_drained_records_total") > 0 or relay.metric("errata_relay_spool_bytes") > 0
    await drained(relay, wait_until)
    assert relay.stop() == 0
    assert_kept(sent, await relay.items())
    assert await relay.outcomes() == {}


@pytest.mark.usefixtures("shared")
async def test_nothing_accepted_is_lost_when_the_relay_is_killed_while_kafka_is_away(broker, make_relay, wait_until):
    relay = make_relay()
    relay.start()
    broker.pause("kafka")
    sender = Sender("127.0.0.1", relay.port, project=42, key=KEY, connections=8)
    sending = asyncio.create_task(sender.send(LoadSet().copies(), count=1000, rate=250))
    for _ in range(3):
        await asyncio.sleep(1)
        relay.kill()
        await asyncio.to_thread(relay.start)
    sent = await sending
    assert len(sent.accepted) > 500
    broker.resume("kafka")
    await drained(relay, wait_until)
    assert relay.stop() == 0
    assert_kept(sent, await relay.items())


@pytest.mark.usefixtures("shared")
async def test_a_relay_that_is_asked_to_stop_answers_what_it_has_begun(make_relay):
    relay = make_relay()
    relay.start()
    sender = Sender("127.0.0.1", relay.port, project=42, key=KEY, connections=8)
    sending = asyncio.create_task(sender.send(LoadSet().copies(), count=600, rate=300))
    await asyncio.sleep(1)
    assert await asyncio.to_thread(relay.stop) == 0
    await asyncio.to_thread(relay.start)
    sent = await sending
    assert (sent.refused, len(sent.accepted) > 200) == (Counter(), True)
    assert_kept(sent, await relay.items())


async def test_a_relay_that_starts_without_kafka_accepts_and_says_what_is_worse(broker, make_relay, wait_until):
    relay = make_relay()
    broker.hold("kafka")
    relay.start()
    expected = [store(relay, number) for number in range(1, 6)]
    ready = httpx2.get(f"{relay.url}/health/ready")
    assert (ready.status_code, ready.json()["impaired"]) == (200, ["kafka"])
    broker.release("kafka")
    broker.wait_ready("kafka")
    await drained(relay, wait_until)
    expected.append(store(relay, 6))
    items = await relay.items()
    assert sorted(item.meta.event_id for item in items) == expected
    assert [item.meta.event_id for item in items if not item.meta.maybe_duplicate] == expected[-1:]
    assert "impaired" not in httpx2.get(f"{relay.url}/health/ready").json()


async def test_a_full_spool_is_said_counted_and_told_later(broker, make_relay, wait_until):
    relay = make_relay(spool_max_bytes=2_000)
    broker.hold("kafka")
    relay.start()
    large = envelope(("event", b'{"message":"%s"}' % (b"a" * 3_000)), ("session", b"{}"))
    partly = httpx2.post(relay.url + ENVELOPE, headers=auth(), content=large)
    assert (partly.status_code, partly.headers["x-sentry-rate-limits"]) == (200, "10:error:organization:spool_full")
    full = httpx2.post(relay.url + STORE, headers=auth(), content=b'{"message":"%s"}' % (b"a" * 3_000))
    assert (full.status_code, full.json()["reason"]) == (429, "spool_full")
    assert (full.headers["retry-after"], full.headers["access-control-allow-origin"]) == ("10", "*")
    assert httpx2.get(f"{relay.url}/health/ready").json()["missing"] == ["room in the spool"]
    nothing_kept = httpx2.post(relay.url + ENVELOPE, headers=auth(), content=envelope(("client_report", b"{}")))
    assert nothing_kept.status_code == 200
    broker.release("kafka")
    await drained(relay, wait_until)
    store(relay, 1)
    assert httpx2.get(f"{relay.url}/health/ready").status_code == 200
    assert relay.stop() == 0
    assert len(await relay.items()) == 1
    assert await relay.outcomes() == {("rate_limited", "spool_full", "error", 42): 2}


async def test_a_relay_that_may_not_spool_is_ready_again_once_kafka_is_back(broker, make_relay, wait_until):
    relay = make_relay(spool_max_bytes=0)
    broker.hold("kafka")
    relay.start()
    assert httpx2.post(relay.url + STORE, headers=auth(), content=b"{}").status_code == 429
    assert httpx2.get(f"{relay.url}/health/ready").status_code == 503
    broker.release("kafka")
    await wait_until(lambda: httpx2.get(f"{relay.url}/health/ready").status_code == 200)
    store(relay, 1)


async def test_a_relay_that_stops_without_kafka_leaves_everything_for_the_rescue(broker, make_relay):
    relay = make_relay()
    broker.hold("kafka")
    relay.start()
    expected = {store(relay, number) for number in range(1, 4)}
    assert httpx2.post(relay.url + STORE, headers=auth("f" * 32), content=b"{}").status_code == 403
    assert relay.stop() == 0
    broker.release("kafka")
    broker.wait_ready("kafka")
    command = [sys.executable, "-m", "errata_cli", "spool", "drain", str(relay.spool)]
    rescue = await asyncio.to_thread(
        subprocess.run,
        command,
        env=os.environ | relay.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert rescue.returncode == 0, rescue.stdout + rescue.stderr
    assert " 0 left" in rescue.stdout
    assert {item.meta.event_id for item in await relay.items()} == expected
    assert await relay.outcomes() == {("invalid", "unknown_key", "error", 0): 1}
