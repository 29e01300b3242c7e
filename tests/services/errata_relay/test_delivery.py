"""What is spooled reaches Kafka, whatever else is in the spool; and the spool says no before it is too old to be safe."""

import asyncio

import httpx2
import msgspec
import pytest
from tests.services.errata_relay.running import RunningRelay, auth

from errata.contracts.pack import Item, ItemFormat, ItemMeta, encode_pack
from errata.contracts.topics import INGEST
from errata_relay.delivery import SpooledRecord
from errata_relay.segment import HEAD_BYTES, frame, head

STORE = "/api/42/store/"
NOBODY = "kafka://127.0.0.1:9"
"""An address where no Kafka is."""


def spooled(number: int) -> bytes:
    meta = ItemMeta(ItemFormat.SENTRY_EVENT, 42, "main", f"{number:032x}", 1, maybe_duplicate=True)
    return msgspec.msgpack.encode(SpooledRecord(INGEST, encode_pack((Item(meta, b"{}"),))))


def segment(*records: bytes, flip: int | None = None) -> bytes:
    """Give a segment as a relay that is gone has left it, one of its bytes changed since."""
    content = bytearray(head(1) + b"".join(map(frame, records)))
    if flip is not None:
        content[flip] ^= 0x40
    return bytes(content)


@pytest.mark.stack
async def test_what_cannot_be_read_is_set_aside_and_the_rest_is_delivered(start_relay, tmp_path, wait_until):
    folder = tmp_path / "spool"
    folder.mkdir()
    segments = (
        segment(spooled(1), spooled(2), flip=-1),  # in the last record
        segment(spooled(3), spooled(4), flip=HEAD_BYTES),  # in the length of the first
        segment(spooled(5), b"of another version", spooled(6)),
        segment(spooled(7)),
    )
    for number, content in enumerate(segments, 1):
        (folder / f"{number:012d}.spool").write_bytes(content)
    relay = start_relay()
    await wait_until(lambda: not list(folder.glob("*.spool")))
    assert relay.stop() == 0
    assert sorted(int(item.meta.event_id, 16) for item in await relay.items()) == [1, 5, 6, 7]
    assert [path.name for path in sorted(folder.glob("*.unreadable"))] == [
        f"{number:012d}.unreadable" for number in (1, 2, 3)
    ]
    log = relay.log.read_text()
    assert log.count("cannot all be read") == 3
    assert '"records_in_kafka": 2' in log


async def test_a_spool_that_has_waited_too_long_takes_no_more(tmp_path):
    relay = RunningRelay(tmp_path, NOBODY, "x.", spool_max_age_seconds=1, kafka_away_seconds=0.2)
    relay.start()
    try:
        assert httpx2.post(relay.url + STORE, headers=auth(), content=b"{}").status_code == 200
        await asyncio.sleep(1.1)
        answer = httpx2.post(relay.url + STORE, headers=auth(), content=b"{}")
        assert (answer.status_code, answer.json()["reason"]) == (429, "spool_too_old")
        assert answer.headers["retry-after"] == "10"
        assert answer.headers["x-sentry-rate-limits"] == "10:error:organization:spool_too_old"
        assert httpx2.get(f"{relay.url}/health/ready").json()["missing"] == ["room in the spool"]
        assert relay.metric("errata_relay_spool_age_seconds") > 1
        assert relay.stop() == 0
    finally:
        relay.kill()
    assert len(list((tmp_path / "spool").glob("*.spool"))) == 1
