"""The value of a record between two segments of a cut chain: one scrubbed event, and whose it is. MessagePack."""

import msgspec

from errata.contracts.origin import Origin
from errata.contracts.pack import Item, ItemFormat, ItemMeta

STAGED_VERSION = 1


class Staged(msgspec.Struct, frozen=True, array_like=True):
    """An event on its way; the item is of the format `errata.event`, with nothing of its client in the meta."""

    version: int
    origin: Origin
    """Of the item that the client sent, and of the event in it."""
    item: Item


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Staged)


def encode_staged(origin: Origin, meta: ItemMeta, event: bytes) -> bytes:
    """Give the record value that hands an event on; what `meta` knows of the client's machine is left behind."""
    bare = ItemMeta(ItemFormat.EVENT, meta.project, meta.key_id, meta.event_id, meta.received_at)
    return _encoder.encode(Staged(STAGED_VERSION, origin, Item(bare, event)))


def decode_staged(value: bytes) -> Staged:
    """Give the event in a record value.

    Raises:
        msgspec.DecodeError: it is none of a version that this reader knows.

    """
    staged = _decoder.decode(value)
    if staged.version != STAGED_VERSION:
        raise msgspec.DecodeError(f"version {staged.version} of a staged event is not {STAGED_VERSION}")
    return staged
