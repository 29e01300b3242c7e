"""Records as batches of items: what is committed together."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

import msgspec

from errata.contracts.origin import Origin
from errata.contracts.pack import UNREADABLE, Item, ItemFormat, ItemMeta, decode_pack
from errata.contracts.staged import decode_staged
from errata_processor.endings import Ending, dead_letter
from errata_processor.terms import Job, Terms


class Record(NamedTuple):
    """One record of `ingest`, or of the topic before a later segment."""

    partition: int
    offset: int
    value: bytes
    timestamp: int
    """When the broker or the relay wrote it; microseconds since 1970, UTC."""


class Batch(NamedTuple):
    """Consecutive records of one partition that are committed together."""

    begin: int
    """The offset after the batch before it: that of the first record, where the topic has no gaps."""
    end: int
    """The offset after its last record."""
    jobs: list[Job]
    endings: list[Ending]
    """Of records that are no packs."""


def unpack(records: Iterable[Record], begin: int, terms: Terms, items: int) -> Iterator[Batch]:
    """Give the items of consecutive records, in batches of so many items or a little more: a pack is never cut.

    Args:
        records: of one partition, in order.
        begin: the offset after the records before them.
        terms: what holds for all.
        items: of one batch.

    Raises:
        msgspec.DecodeError: a segment handed on what this one cannot read; where its item stands is unknown.

    """
    batch = Batch(begin, begin, [], [])
    for record in records:
        jobs, endings = _open_pack(record, terms) if terms.segment.first else (_open_staged(record), [])
        batch = Batch(batch.begin, record.offset + 1, batch.jobs + jobs, batch.endings + endings)
        if len(batch.jobs) >= items:
            yield batch
            batch = Batch(batch.end, batch.end, [], [])
    if batch.end > batch.begin:
        yield batch


def _open_staged(record: Record) -> list[Job]:
    staged = decode_staged(record.value)
    return [Job(staged.origin, staged.item)]


def _open_pack(record: Record, terms: Terms) -> tuple[list[Job], list[Ending]]:
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
