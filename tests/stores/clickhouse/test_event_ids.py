"""Events that have landed are found by the item that they were sent in."""

import pytest
from tests.services.errata_writer.builders import RECEIVED_AT, event
from tests.stores.clickhouse.filling import land

from errata.contracts.ids import derived_id
from errata.contracts.messages import ProcessedEvent
from errata.contracts.origin import Origin
from errata.contracts.topics import EVENTS
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.event_ids import Sent, landed

pytestmark = pytest.mark.stack
AT = RECEIVED_AT + 123_457
ONE, OTHER = "a" * 32, "b" * 32


def sent(event_id: str, *, project: int = 1, at: int = AT) -> Sent:
    return Sent(project, event_id, at)


def message(event_id: str, *, offset: int = 5, part: int = 0, parts: int = 1) -> ProcessedEvent:
    origin = Origin(generation=1, partition=3, offset=offset, index=2, items=4, part=part, parts=parts)
    return event(offset, event_id=event_id, project=1, received_at=AT, origin=origin)


async def test_an_event_is_found_by_its_id_and_the_moment_of_its_receipt(clickhouse: ClickHouse) -> None:
    await land(clickhouse, EVENTS, [message(ONE)])
    unknown = [sent(OTHER), sent(ONE, project=2)]
    assert await landed(clickhouse, [sent(ONE), *unknown]) == {sent(ONE): "1-3-5-2-0"}
    assert await landed(clickhouse, [sent(ONE, at=AT + 1)]) == {}


async def test_an_item_of_several_events_is_found_by_its_first(clickhouse: ClickHouse) -> None:
    parts = [message(derived_id(ONE, part), offset=5, part=part, parts=3) for part in range(3)]
    await land(clickhouse, EVENTS, parts)
    assert await landed(clickhouse, [sent(ONE)]) == {sent(ONE): "1-3-5-2-0"}
