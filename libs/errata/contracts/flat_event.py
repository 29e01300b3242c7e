"""The flat part of a `ProcessedEvent`, read without a look at its payload: what issues and alert rules are made of."""

import msgspec

from errata.contracts.messages import Level

_PAYLOAD = b',"payload":{'
"""Where the payload begins. It is the last field, and within a JSON string the quotes would be escaped; the objects
before it (`tags`, `redactions`) hold strings and numbers only, so these bytes are nowhere else."""


class FlatEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What a tracker needs of an event; names and meanings are those of `ProcessedEvent`."""

    project: int
    event_id: str
    group_hash: str
    received_at: int
    level: Level
    platform: str
    title: str
    culprit: str = ""
    environment: str = ""
    release: str = ""
    dist: str = ""
    transaction: str = ""
    logger: str = ""
    server_name: str = ""
    tags: dict[str, str] = {}
    user: str = ""


_decoder = msgspec.json.Decoder(FlatEvent)


def decode_flat(value: bytes) -> FlatEvent:
    """Give the flat part of a record of `events`.

    The payload is cut off before parsing: 1.5 us instead of 5 for an event of 10 KB.

    Raises:
        msgspec.DecodeError: the bytes before the payload are no `ProcessedEvent`.

    """
    start = value.find(_PAYLOAD)
    return _decoder.decode(value if start < 0 else value[:start] + b"}")
