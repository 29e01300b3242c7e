"""Records of `ingest` as batches of items: what is committed together."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

import msgspec

from errata.contracts.origin import Origin
from errata.contracts.pack import UNREADABLE, Item, ItemFormat, ItemMeta, decode_pack
from errata_processor.endings import Ending, dead_letter
from errata_processor.terms import Job, Terms


class Record(NamedTuple):
    """One record of `ingest`."""

    partition: int
    offset: int
    value: bytes
    timestamp: int
    """When the broker or the relay wrote it; microseconds since 1970, UTC."""


class Batch(NamedTuple):
    """Consecutive records of one partition that are committed together."""

    first: int
    """Offset of the first record."""
    last: int
    jobs: list[Job]
    endings: list[Ending]
    """Of records that are no packs."""


def unpack(records: Iterable[Record], terms: Terms, items: int) -> Iterator[Batch]:
    """Give the items of consecutive records, in batches of so many items or a little more: a pack is never cut."""
    batch: Batch | None = None
    for record in records:
        jobs, endings = _open(record, terms)
        if batch is None:
            batch = Batch(record.offset, record.offset, jobs, endings)
        else:
            batch = Batch(batch.first, record.offset, batch.jobs + jobs, batch.endings + endings)
        if len(batch.jobs) >= items:
            yield batch
            batch = None
    if batch is not None:
        yield batch


def _open(record: Record, terms: Terms) -> tuple[list[Job], list[Ending]]:
    """Give the items of a record; one that is no pack, or holds nothing, ends as if it were one item."""
    place = partial(Origin, generation=terms.generation, partition=record.partition, offset=record.offset)
    try:
        items = decode_pack(record.value).items
        error_class = "EmptyPack"
    except msgspec.DecodeError as error:
        items = ()
        error_class = type(error).__name__
    if not items:
        meta = ItemMeta(ItemFormat.SENTRY_EVENT, project=0, key_id="", event_id="", received_at=record.timestamp)
        return [], [dead_letter(Job(place(index=0, items=1), Item(meta, record.value)), UNREADABLE, error_class, terms)]
    return [Job(place(index=index, items=len(items)), item) for index, item in enumerate(items)], []
