"""The ledger's own side: how many items each pack in Kafka holds."""

from collections.abc import AsyncIterator, Mapping

import msgspec

from errata.contracts.pack import PACK_VERSION
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.scan import Progress, scan

# Packs that are compared at once: a few MB here, one question to ClickHouse.
_CHUNK = 20_000


class _Counted(msgspec.Struct, array_like=True):
    """A pack whose items are not looked into."""

    version: int
    items: tuple[msgspec.Raw, ...]


_decoder = msgspec.msgpack.Decoder(_Counted)


async def packs(
    settings: CommonSettings, topic: str, ends: Mapping[int, int], since: int, *, progress: Progress
) -> AsyncIterator[tuple[int, dict[int, int]]]:
    """Give the packs of a ledger topic in chunks: a partition, and by offset the number of items.

    Chunks of a partition come in order and leave nothing out between them.

    Args:
        settings: where Kafka is, and the prefix.
        topic: without the prefix.
        ends: by partition, the offset before which packs are complete; later ones are left out.
        since: packs from this time on, microseconds; 0 is all that are kept.
        progress: is told how far reading is.

    """
    open_chunks: dict[int, dict[int, int]] = {}
    async for record in scan(settings, topic, since=since, progress=progress):
        if record.offset >= ends.get(record.partition, 0):
            continue
        chunk = open_chunks.setdefault(record.partition, {})
        chunk[record.offset] = items_of(record.value)
        if len(chunk) == _CHUNK:
            yield record.partition, open_chunks.pop(record.partition)
    for partition, chunk in open_chunks.items():
        yield partition, chunk


def items_of(value: bytes) -> int:
    """Give how many items a pack holds; one that cannot be read ends as one, as a whole."""
    try:
        pack = _decoder.decode(value)
    except msgspec.DecodeError:
        return 1
    return len(pack.items) if pack.version == PACK_VERSION else 1
