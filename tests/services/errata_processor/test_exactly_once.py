"""On a real Kafka: each item ends exactly once, whatever happens to processors and brokers meanwhile."""

import asyncio
import json
import random
import signal
from collections import Counter
from pathlib import Path

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from tests.servers import stack_options
from tests.services.errata_processor.rig import Place, Rig, item

from errata.contracts.outcomes import Reason
from errata.contracts.topics import EVENTS
from errata.stores.kafka.topics import admin_client
from errata_cli.local.stack import LocalStack

pytestmark = pytest.mark.stack


def packs(count: int, *, seed: int = 1) -> list[tuple]:
    sizes = random.Random(seed)
    return [tuple(item() for _ in range(sizes.randint(1, 8))) for _ in range(count)]


async def test_killed_and_paused_processors_lose_nothing_and_double_nothing(rig: Rig) -> None:
    rig.start("a")
    rig.start("b", instance="b")
    supervisor = asyncio.create_task(rig.supervise())
    production = asyncio.create_task(rig.produce(packs(1200), rate=60))
    await rig.logged("a", "partitions assigned")
    await rig.logged("b", "partitions assigned")
    rig.workers["a"].kill()
    await asyncio.sleep(2)
    rig.workers["b"].kill()
    await asyncio.sleep(2)
    # Longer than the session: the group gives its partitions to the other one, which fences it.
    rig.workers["b"].send_signal(signal.SIGSTOP)
    await asyncio.sleep(8)
    rig.workers["b"].send_signal(signal.SIGCONT)
    places = await production
    endings = await rig.all_ended(places, seconds=60)
    supervisor.cancel()
    assert endings == Counter(places)
    assert [exit_ for exit_ in rig.exits if exit_[1] not in {-9, 70}] == []


async def test_a_batch_that_the_broker_refuses_is_aborted_and_done_again_without_its_culprit(rig: Rig) -> None:
    rig.start("a", instance="a")
    supervisor = asyncio.create_task(rig.supervise())
    await rig.logged("a", "partitions assigned")
    async with admin_client(rig.settings.kafka) as admin:
        topic = ConfigResource(ConfigResourceType.TOPIC, rig.topic(EVENTS), {"max.message.bytes": "60000"})
        await admin.alter_configs([topic])
    noise = random.Random(1).randbytes(100_000).hex()
    culprit = item(
        json.dumps(
            {
                "message": "m",
                "exception": {
                    "values": [
                        {"type": t, "value": noise[n * 8000 : n * 8000 + 8000]}
                        for n, t in enumerate("abcdefghijklmnopqrst")
                    ]
                },
            }
        ).encode()
    )
    places = await rig.produce([*packs(20), (item(), culprit, item()), *packs(20, seed=2)])
    endings = await rig.all_ended(places, seconds=60)
    supervisor.cancel()
    assert endings == Counter(places)
    assert ("a", 70) in rig.exits
    assert [outcome.reason for outcome in await rig.outcomes()] == [Reason.OUTPUT_TOO_LARGE]
    assert (await rig.endings(committed=False)).total() > endings.total()


async def test_an_event_id_makes_one_event_however_often_it_is_sent(rig: Rig) -> None:
    rig.start("a", instance="a")
    ids = [f"{n:032x}" for n in range(30)]
    places = await rig.produce([(item(event_id=one), item(), item(event_id=one)) for one in ids for _ in range(3)])
    assert await rig.all_ended(places, seconds=60) == Counter(places)
    outcomes = await rig.outcomes()
    assert Counter(outcome.event_id for outcome in outcomes) == dict.fromkeys(ids, 5)
    assert {outcome.reason for outcome in outcomes} == {Reason.SAME_EVENT_ID}


async def test_while_redis_is_away_items_pass_unchecked(rig: Rig) -> None:
    rig.start("a", instance="a", redis="redis://127.0.0.1:1")
    places = await rig.produce([(item(event_id="a" * 32),) for _ in range(8)])
    assert await rig.all_ended(places, seconds=60) == Counter(places)
    assert await rig.outcomes() == []
    assert "redis is away or full" in rig.log("a")


async def test_a_stop_while_busy_is_clean_and_the_next_one_goes_on(rig: Rig) -> None:
    rig.start("a", instance="a")
    await rig.logged("a", "partitions assigned")
    production = asyncio.create_task(rig.produce(packs(400), rate=200))
    await asyncio.sleep(1)
    rig.workers["a"].terminate()
    assert await asyncio.to_thread(rig.workers["a"].wait, 30) == 0
    rig.start("a", instance="a")
    places = await production
    assert await rig.all_ended(places, seconds=60) == Counter(places)


@pytest.mark.faults
async def test_many_kills_a_pause_and_the_brokers_own_death_lose_nothing_and_double_nothing(
    tmp_path: Path, redis_db: str
) -> None:
    with LocalStack(stack_options("kafka-to-kill", only=("kafka",))) as stack:
        rig = Rig(tmp_path, {"ERRATA_KAFKA": stack.environment["ERRATA_KAFKA"], "ERRATA_REDIS": redis_db})
        await rig.make_topics()
        try:
            endings, places = await chaos(rig, stack)
        finally:
            rig.stop()
        stack.remove_data()
    assert endings == Counter(places)
    assert [exit_ for exit_ in rig.exits if exit_[1] not in {-9, 70}] == []


async def chaos(rig: Rig, stack: LocalStack) -> tuple[Counter[Place], list[Place]]:
    """Do what is worst for some 100 s; give how often each item ended, and all items."""
    chance = random.Random(7)
    rig.start("a", instance="a")
    rig.start("b", instance="b")
    supervisor = asyncio.create_task(rig.supervise())
    production = asyncio.create_task(rig.produce(packs(6000), rate=60))
    await asyncio.sleep(5)
    for number in range(12):
        await asyncio.sleep(chance.uniform(2, 7))
        rig.workers[chance.choice("ab")].kill()
        if number == 4:
            await asyncio.sleep(7)
            rig.workers["a"].send_signal(signal.SIGSTOP)
            await asyncio.sleep(13)
            rig.workers["a"].send_signal(signal.SIGCONT)
        if number == 8:
            await asyncio.sleep(6)
            stack.kill("kafka")
            await asyncio.to_thread(stack.wait_ready, "kafka")
    places = await production
    endings = await rig.all_ended(places, seconds=120)
    aborted = (await rig.endings(committed=False)).total() - endings.total()
    supervisor.cancel()
    print(f"{len(places)} items, {len(rig.exits)} exits, {aborted} aborted copies hidden")
    return endings, places
