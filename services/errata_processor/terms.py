"""What one item is processed by: its place in the ledger, and what holds for its whole batch."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from errata.contracts.origin import Origin
from errata.contracts.pack import Item
from errata.stages.plan import FUSED, Segment
from errata_processor.chains import Chains


class Job(NamedTuple):
    """One item and its place in the ledger."""

    origin: Origin
    item: Item


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every item of a batch."""

    chains: Chains
    generation: int
    """Of the topics."""
    hash_key: bytes
    """Of the hashes that stand for users."""
    now: int
    """Microseconds since 1970, UTC: when the outcomes say that they happened."""
    max_event_bytes: int
    """Of a message with an event: a larger one is trimmed, then dead-lettered."""
    segment: Segment = FUSED
    """The stages that run here."""
    artifacts: Mapping[Any, Any] | None = None
    """What is known of uploads; None where there are none, and frames stay as they came."""
