"""Packs: items that arrive within the same few milliseconds become one record, so that its cost is shared.

An item that finds nothing under way leaves at once: a client that sends one event after the other never waits for
company that does not come. While a pack is under way, the next one gathers what arrives within `pack_wait_ms`.
An item that no pack can hold is refused alone, before it costs others their place.
"""

import asyncio
from collections.abc import Awaitable, Callable

from errata.contracts.outcomes import Reason
from errata.contracts.pack import Item, is_encodable
from errata.runtime import logging
from errata.runtime.metrics import RELAY_PACK_ITEMS
from errata_relay.settings import RelaySettings

Deliver = Callable[[tuple[Item, ...]], Awaitable[Reason | None]]
"""Makes a pack durable; gives None when it is, and otherwise why it is not."""

_log = logging.get(__name__)


class Packer:
    """Gathers the items of one topic into packs and hands those on."""

    def __init__(self, deliver: Deliver, settings: RelaySettings) -> None:
        self._deliver = deliver
        self._wait = settings.pack_wait_ms / 1000
        self._max_items = settings.pack_items
        self._max_bytes = settings.pack_bytes
        self._loop = asyncio.get_running_loop()
        self._under_way: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._begin()

    def put(self, item: Item) -> "asyncio.Future[Reason | None]":
        """Add an item to a pack; give what tells, once the pack has been delivered, how that went.

        The future is that of the pack, shared by its items: wait for it, never cancel it. It gives no exception: what
        is our fault is said in the log, and is a reason like others.
        """
        if not is_encodable(item.meta):
            _log.error("an item cannot be put into a pack", format=item.meta.format, project=item.meta.project)
            refused: asyncio.Future[Reason | None] = self._loop.create_future()
            refused.set_result(Reason.INTERNAL_ERROR)
            return refused
        size = len(item.payload)
        if self._items and self._bytes + size > self._max_bytes:
            self._flush()
        if not self._items:
            # Without a wait, those that are read in the same turn of the loop still come along.
            self._timer = self._loop.call_later(self._wait if self._under_way else 0, self._flush)
        delivered = self._delivered
        self._items.append(item)
        self._bytes += size
        if len(self._items) == self._max_items or self._bytes >= self._max_bytes:
            self._flush()
        return delivered

    def _begin(self) -> None:
        self._items: list[Item] = []
        self._bytes = 0
        self._delivered: asyncio.Future[Reason | None] = self._loop.create_future()

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        task = self._loop.create_task(self._send(tuple(self._items), self._delivered))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        self._begin()

    async def _send(self, items: tuple[Item, ...], delivered: "asyncio.Future[Reason | None]") -> None:
        RELAY_PACK_ITEMS.observe(len(items))
        try:
            reason = await self._deliver(items)
        except asyncio.CancelledError:
            delivered.cancel()
            raise
        except Exception:  # noqa: BLE001 - those who wait are to be answered, and their items counted
            _log.exception("a pack failed")
            reason = Reason.INTERNAL_ERROR
        if not delivered.cancelled():  # a stop that lasted too long ends requests, and with them what they wait for
            delivered.set_result(reason)
