"""On a real Kafka: a chain cut over topics gives the events of the fused one, each once, whoever is killed meanwhile."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.services.errata_processor.rig import ROOT, Rig, item
from tests.stages.symbolicate.test_symbolicate import event as built_event
from tests.stages.symbolicate.test_symbolicate import minified, upload
from tests.stores.blobs.uploading import Shelf

from errata.contracts.outcomes import Reason
from errata.contracts.pack import Item
from errata.contracts.times import now
from errata.contracts.topics import EVENTS

pytestmark = pytest.mark.stack


def packs(columns: list[int], at: int) -> Iterator[tuple[Item, ...]]:
    """Give packs of plain and of built events, some of them twice, some of no project."""
    for number in range(120):
        payloads = ({"message": f"hello {number}"}, built_event(columns), {"logger": str(number)})
        items = [
            item(json.dumps(payload).encode(), event_id=f"{number:030x}{place:02x}", received_at=at)
            for place, payload in enumerate(payloads)
        ]
        yield (
            *items,
            items[0],
            item(event_id=f"f{number:031x}", project=404 if number % 40 == 0 else 1, received_at=at),
        )


async def test_fused_and_cut_give_the_same_events(
    tmp_path: Path, kafka_url: str, redis_db: str, topic_prefix: str
) -> None:
    common = {"ERRATA_KAFKA": kafka_url, "ERRATA_REDIS": redis_db, "ERRATA_SESSION_SECONDS": "6"}
    fused = Rig(tmp_path / "fused", common | {"ERRATA_TOPIC_PREFIX": f"{topic_prefix}fused."})
    cut = Rig(tmp_path / "cut", common | {"ERRATA_TOPIC_PREFIX": f"{topic_prefix}cut.", "ERRATA_CUT_AFTER": "scrub"})
    text, content, columns = minified("t", "q")
    at = now()
    try:
        ends = []
        for rig in (fused, cut):
            await upload(Shelf(rig.folder), text, content, release="shop@1")
            await rig.make_topics()
            rig.start("first", instance="first")
            if rig is cut:
                rig.start("second", instance="second", segment="scrub")
                await rig.logged("second", "partitions assigned")
            supervisor = asyncio.create_task(rig.supervise())
            places = await rig.produce(packs(columns, at), rate=60)
            if rig is cut:
                rig.workers["second"].kill()
                rig.workers["first"].kill()
            assert await rig.all_ended(places, seconds=60) == Counter(places)
            supervisor.cancel()
            ends.append((Counter(record.value for record in await rig.read(EVENTS)), await rig.outcomes()))
    finally:
        fused.stop()
        cut.stop()
    (events, outcomes), (events_of_cut, outcomes_of_cut) = ends
    assert events_of_cut == events
    assert sum(b"raw_stacktrace" in event for event in events) == 120
    assert Counter(outcome.reason for outcome in outcomes_of_cut) == Counter(outcome.reason for outcome in outcomes)
    assert Counter(outcome.reason for outcome in outcomes) == {Reason.SAME_EVENT_ID: 120, Reason.UNKNOWN_PROJECT: 3}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ERRATA_CUT_AFTER": "normalize"}, "a cut after normalize would put personal data on a topic"),
        ({"ERRATA_SEGMENT": "scrub"}, "the chain is not cut after scrub"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_the_start(rig: Rig, settings: dict[str, str], said: str) -> None:
    command = [sys.executable, "-c", "from errata_processor.main import main; main()"]
    done = subprocess.run(
        command, cwd=ROOT, env=rig.environment | settings, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 78
    assert said in done.stderr
