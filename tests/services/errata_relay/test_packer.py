"""Items that arrive together travel together, up to a size; one that arrives alone does not wait."""

import asyncio

import msgspec
import pytest

from errata.contracts.outcomes import Reason
from errata.contracts.pack import Item, ItemFormat, ItemMeta
from errata_relay.packer import Packer
from errata_relay.settings import RelaySettings

META = ItemMeta(ItemFormat.SENTRY_EVENT, 1, "main", "0" * 32, 0)


class Kafka:
    """Takes packs and answers when told to."""

    def __init__(self) -> None:
        self.packs: list[list[bytes]] = []
        self.answers: list[asyncio.Future[Reason | None]] = []

    async def deliver(self, items: tuple[Item, ...]) -> Reason | None:
        self.packs.append([item.payload for item in items])
        self.answers.append(asyncio.get_running_loop().create_future())
        return await self.answers[-1]


def item(payload: bytes) -> Item:
    return Item(META, payload)


async def test_the_first_item_leaves_at_once_with_those_of_the_same_moment():
    kafka = Kafka()
    packer = Packer(kafka.deliver, RelaySettings(pack_wait_ms=60_000))
    packer.put(item(b"a"))
    packer.put(item(b"b"))
    await asyncio.sleep(0.01)
    assert kafka.packs == [[b"a", b"b"]]


async def test_behind_a_pack_under_way_the_next_one_gathers():
    kafka = Kafka()
    packer = Packer(kafka.deliver, RelaySettings(pack_wait_ms=20))
    packer.put(item(b"a"))
    await asyncio.sleep(0.01)
    for payload in (b"b", b"c"):
        packer.put(item(payload))
        await asyncio.sleep(0)
    assert kafka.packs == [[b"a"]]
    await asyncio.sleep(0.1)
    assert kafka.packs == [[b"a"], [b"b", b"c"]]


async def test_a_full_pack_does_not_wait():
    kafka = Kafka()
    packer = Packer(kafka.deliver, RelaySettings(pack_wait_ms=60_000, pack_items=3, pack_bytes=100))
    packer.put(item(b"first"))
    await asyncio.sleep(0.01)
    for payload in (b"a", b"b", b"c", b"d" * 60, b"e" * 60, b"f" * 200, b"g"):
        packer.put(item(payload))
    await asyncio.sleep(0.01)
    assert kafka.packs[1:] == [[b"a", b"b", b"c"], [b"d" * 60], [b"e" * 60], [b"f" * 200]]


@pytest.mark.parametrize("answer", [None, Reason.SPOOL_FULL])
async def test_each_item_learns_what_became_of_its_pack(answer):
    kafka = Kafka()
    packer = Packer(kafka.deliver, RelaySettings())
    waiting = [packer.put(item(b"a")), packer.put(item(b"b"))]
    await asyncio.sleep(0.01)
    assert not any(one.done() for one in waiting)
    kafka.answers[0].set_result(answer)
    assert await asyncio.gather(*waiting) == [answer, answer]


async def test_an_item_that_no_pack_can_hold_is_refused_alone():
    kafka = Kafka()
    packer = Packer(kafka.deliver, RelaySettings())
    good = packer.put(item(b"a"))
    bad = packer.put(Item(msgspec.structs.replace(META, sdk="\ud800"), b"b"))
    await asyncio.sleep(0.01)
    kafka.answers[0].set_result(None)
    assert await asyncio.gather(good, bad) == [None, Reason.INTERNAL_ERROR]
    assert kafka.packs == [[b"a"]]


async def test_a_fault_in_delivery_is_told_as_a_reason():
    async def deliver(_items: tuple[Item, ...]) -> Reason | None:
        raise ZeroDivisionError

    assert await Packer(deliver, RelaySettings()).put(item(b"a")) is Reason.INTERNAL_ERROR
