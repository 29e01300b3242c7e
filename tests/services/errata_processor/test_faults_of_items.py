"""On a real Kafka: what happens when items, or our own stages, are at fault."""

import asyncio
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from tests.services.errata_processor.rig import ROOT, Rig, item

from errata.contracts.outcomes import OutcomeKind, Reason
from errata.contracts.pack import Item
from errata.contracts.topics import DEAD_LETTERS, EVENTS, INGEST
from errata.stores.kafka.topics import admin_client

pytestmark = pytest.mark.stack
TRAPPED = "tests.services.errata_processor.builders:main"


def event(text: str) -> Item:
    return item(json.dumps({"message": text}).encode())


@pytest.mark.parametrize(
    "text",
    [
        "please hang",
        pytest.param("please exit", marks=pytest.mark.faults),
        pytest.param("please segfault", marks=pytest.mark.faults),
    ],
)
async def test_an_item_that_ends_the_process_is_found_and_its_partition_goes_on(rig: Rig, text: str) -> None:
    rig.start("a", TRAPPED, instance="a", hang_seconds="1")
    supervisor = asyncio.create_task(rig.supervise())
    places = await rig.produce([(event("a"),), (event("b"), event(text), event("c")), (event("d"),)])
    assert await rig.all_ended(places, seconds=100) == Counter(places)
    supervisor.cancel()
    (outcome,) = await rig.outcomes()
    assert (outcome.outcome, outcome.reason) == (OutcomeKind.DEAD_LETTER, Reason.POISON)
    assert len(rig.exits) == 3


async def test_a_bug_that_fails_most_items_stops_consumption(rig: Rig) -> None:
    rig.start("a", TRAPPED, instance="a", dead_letter_minimum="10", admin_port="0")
    places = await rig.produce([tuple(event("please fail") for _ in range(5)) for _ in range(40)])
    await rig.logged("a", "consumption stopped")
    await asyncio.sleep(3)
    assert len(await rig.read(DEAD_LETTERS)) < 10
    assert lacks(rig.admin("a")) == ["stages"]
    rig.workers["a"].kill()
    rig.start("a", instance="a")  # the bug is mended
    assert await rig.all_ended(places, seconds=60) == Counter(places)
    assert len(await rig.read(EVENTS)) > 190


async def test_dead_letters_are_listed_shown_and_replayed_once(rig: Rig) -> None:
    rig.start("a", TRAPPED, instance="a")
    places = await rig.produce([(event("please fail"), event("a"))])
    await rig.all_ended(places, seconds=60)
    rig.workers["a"].kill()
    rig.start("a", instance="a")
    (outcome,) = await rig.outcomes()
    assert str(outcome.origin) in errata(rig, "dead-letters", "list")
    shown = errata(rig, "dead-letters", "show", str(outcome.origin))
    assert "KeyError" in shown
    assert "please fail" not in shown
    assert "please fail" in errata(rig, "dead-letters", "show", str(outcome.origin), "--payload")
    for _ in range(2):
        assert "replayed 1 of 1" in errata(rig, "dead-letters", "replay", "--stage", "trap")
    async with asyncio.timeout(60):
        while len(await rig.outcomes()) < 2 or len(await rig.read(EVENTS)) < 2:
            await asyncio.sleep(0.2)
    assert len(await rig.read(EVENTS)) == 2
    assert sorted(outcome.reason for outcome in await rig.outcomes()) == [Reason.SAME_EVENT_ID, Reason.STAGE_ERROR]
    trace = errata(rig, "trace", outcome.event_id, status=1)
    assert trace.count(INGEST) == 3
    assert "ClickHouse does not answer" in trace


async def test_a_position_whose_records_are_gone_stops_the_processor_and_is_named(rig: Rig) -> None:
    rig.start("a", instance="a")
    places = await rig.produce([(item(),) for _ in range(8)])
    await rig.all_ended(places, seconds=60)
    rig.workers["a"].kill()
    await rig.produce([(item(),) for _ in range(40)])
    async with admin_client(rig.settings.kafka) as admin:
        await admin.delete_records({TopicPartition(rig.topic(INGEST), 1): RecordsToDelete(before_offset=7)})
    rig.start("a", instance="a")
    assert await asyncio.to_thread(rig.workers["a"].wait, 60) == 78
    line = json.loads(next(line for line in rig.log("a").splitlines() if "records are lost" in line))
    assert line["lost"] == f"{rig.topic(INGEST)} partition 1: records 2 to 6 were deleted before they were read"


async def test_topics_of_another_partition_count_are_refused(rig: Rig) -> None:
    rig.start("a", partitions="5")
    assert await asyncio.to_thread(rig.workers["a"].wait, 60) == 78
    assert "has 4 partitions; ERRATA_PARTITIONS says 5" in rig.log("a")


def lacks(admin: str) -> list[str]:
    """Give what a worker says it lacks."""
    with pytest.raises(urllib.error.HTTPError, match="503") as answer:
        urllib.request.urlopen(admin + "/health/ready", timeout=5)
    return json.loads(answer.value.read())["missing"]


def errata(rig: Rig, *arguments: str, status: int = 0) -> str:
    """Give what the command prints."""
    environment = rig.environment | {"COLUMNS": "200", "ERRATA_CLICKHOUSE": "http://127.0.0.1:1/errata"}
    done = subprocess.run(
        [sys.executable, "-m", "errata_cli", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout
