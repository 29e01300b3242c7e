"""What a protocol module tells the relay of a request's body: the items in it, and what of it is not kept.

Each module has two entry points. `admit(body, headers, query)` is for the relay: cheap, it converts nothing, and says
all that answering and counting need. `events_of(item)` is for the processor: from one item to canonical events.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from errata.contracts.outcomes import Reason
from errata.contracts.pack import ItemFormat

Headers: TypeAlias = Mapping[bytes, bytes]
"""By lower-case name, as the relay has them."""


class AdmittedItem(NamedTuple):
    """One item of a request, to be put into a pack."""

    format: ItemFormat
    payload: bytes
    event_id: str = ""
    """32 lower-case hex digits; empty where the client sent none: the relay makes one up for formats of events."""
    quantity: int = 1
    """How many events are in it, which is what it counts as against limits and where it is not kept."""


class NotKept(NamedTuple):
    """Parts of a request that Errata does not keep, to be counted as `filtered` (or `invalid`) with this reason."""

    reason: Reason
    category: str
    """In Sentry's words, as everywhere."""
    quantity: int = 1


class Admitted(NamedTuple):
    """Everything the relay must know of a body."""

    items: tuple[AdmittedItem, ...] = ()
    not_kept: tuple[NotKept, ...] = ()
    sent_at: str = ""
    """The client's clock when it sent the request, as it wrote it; empty where the format has no word for it."""
    sdk: str = ""
    """The client's name and version, such as `pyrollbar/1.5.0`."""
    request_id: str = ""
    """An event id that the request as a whole goes by, even when no event is in it: an envelope's."""

    @property
    def event_id(self) -> str:
        """Give the id to answer with: of the first event, empty when it has none of its own."""
        return self.request_id or (self.items[0].event_id if self.items else "")


Admit: TypeAlias = Callable[[bytes, Headers, str], Admitted]
"""Takes the body, decompressed, the request's headers and its query as sent; raises `Invalid` for what is no body."""
