"""Where an item stands in the `ingest` topic: its identity for all accounting."""

import msgspec


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The place of one item in `ingest`, with the counts that make the ledger provable.

    `items` is how many items the pack at (partition, offset) holds, so an auditor who sees any one of them knows
    which others must have ended. An item that held several events (Bugsnag, OTLP) numbers them in `part` of `parts`.
    """

    generation: int
    """Of the topics: raised when they are recreated, so that offsets that start again are no duplicates."""
    partition: int
    offset: int
    index: int
    """Of the item in its pack, from 0."""
    items: int
    """How many items the pack holds."""
    part: int = 0
    """Of the event in its item, from 0."""
    parts: int = 1
    """How many events the item holds."""

    def __str__(self) -> str:
        """Give the text form used as a message key and by `errata trace`: generation-partition-offset-index-part."""
        return f"{self.generation}-{self.partition}-{self.offset}-{self.index}-{self.part}"
