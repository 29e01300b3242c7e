"""What `errata trace` reads from each topic's records, and what it calls missing."""

import msgspec
import pytest
from tests.services.errata_writer.builders import event, item

from errata.contracts import schemas
from errata.contracts.ids import derived_id
from errata.contracts.messages import Alert, IssueState, Outcome, ProcessedEvent, Transition, encode
from errata.contracts.origin import Origin
from errata.contracts.pack import ItemFormat, decode_dead_letter, decode_pack, encode_pack
from errata.contracts.topics import ALERTS, DEAD_LETTERS, EVENTS, INGEST, ISSUES, OUTCOMES, TRANSITIONS
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import idempotent_producer, started
from errata.stores.kafka.topics import make_topics
from errata_cli.commands.trace import CLICKHOUSE, _trace, missing
from errata_cli.trace.records import READERS, ItemPlace, Wanted

PACK = (schemas.EXAMPLES / "pack.v1.msgpack").read_bytes()
LETTER = (schemas.EXAMPLES / "dead-letter.v1.msgpack").read_bytes()
EXAMPLES = {
    EVENTS: (ProcessedEvent, "event_id"),
    OUTCOMES: (Outcome, "event_id"),
    ISSUES: (IssueState, "issue_id"),
    TRANSITIONS: (Transition, "event_id"),
    ALERTS: (Alert, "event_id"),
}


def example(topic: str) -> tuple[bytes, str]:
    """Give a topic's example record, and the id under which it is found."""
    if topic == INGEST:
        return PACK, decode_pack(PACK).items[0].meta.event_id
    if topic == DEAD_LETTERS:
        return LETTER, decode_dead_letter(LETTER).item.meta.event_id
    kind, field = EXAMPLES[topic]
    value = (schemas.EXAMPLES / f"{schemas.stem(kind)}.json").read_bytes()
    return value, msgspec.json.decode(value, type=dict)[field]


@pytest.mark.parametrize("topic", READERS)
def test_a_record_is_found_by_its_id_and_by_no_other(topic: str) -> None:
    value, word = example(topic)
    assert len(list(READERS[topic](value, Wanted(frozenset({word})), 0, 0))) == 1
    assert list(READERS[topic](value, Wanted(frozenset({"f" * 32})), 0, 0)) == []
    assert word.encode() in value


def test_an_event_leads_to_its_group_and_to_its_item() -> None:
    value, word = example(EVENTS)
    event = msgspec.json.decode(value, type=ProcessedEvent)
    (found,) = READERS[EVENTS](value, Wanted(frozenset({word})), 0, 0)
    assert (found.group, found.event_id) == (event.group_hash, event.event_id)
    assert found.item == ItemPlace.of(event.origin)


@pytest.mark.parametrize("topic", [EVENTS, OUTCOMES])
def test_what_came_of_an_item_is_found_by_its_place(topic: str) -> None:
    value, _ = example(topic)
    origin = Origin(**msgspec.json.decode(value, type=dict)["origin"])
    wanted = Wanted(items=frozenset({ItemPlace.of(origin)}))
    assert len(list(READERS[topic](value, wanted, 0, 0))) == 1
    assert all(word in msgspec.json.encode(msgspec.json.decode(value)) for word in wanted.words())


def test_an_item_is_found_by_its_place_whatever_its_id() -> None:
    place = ItemPlace(partition=3, offset=17, number=0)
    (found,) = READERS[INGEST](PACK, Wanted(items=frozenset({place})), 3, 17)
    assert found.item == place
    assert list(READERS[INGEST](PACK, Wanted(items=frozenset({place})), 3, 18)) == []


@pytest.mark.parametrize(
    ("there", "lacks"),
    [
        ((), "never came"),
        ((INGEST,), "not been processed"),
        ((INGEST, EVENTS, ISSUES), "not in ClickHouse"),
        ((INGEST, EVENTS, CLICKHOUSE), "not published its issue"),
    ],
)
def test_what_should_be_there_by_now_is_said(there: tuple[str, ...], lacks: str) -> None:
    (line,) = missing(there)
    assert lacks in line


@pytest.mark.parametrize(
    "there", [(INGEST, EVENTS, ISSUES, CLICKHOUSE), (INGEST, OUTCOMES), (EVENTS, ISSUES, CLICKHOUSE)]
)
def test_an_event_at_its_end_lacks_nothing(there: tuple[str, ...]) -> None:
    assert missing(there) == []


@pytest.mark.stack
async def test_an_item_of_several_events_is_traced_by_its_own_id_and_by_theirs(
    kafka_url: str, topic_prefix: str
) -> None:
    sent, events = "a" * 32, [derived_id("a" * 32, part) for part in range(2)]
    settings = CommonSettings(
        kafka=kafka_url, clickhouse="http://127.0.0.1:1/errata", topic_prefix=topic_prefix, partitions=2
    )
    await make_topics(settings)
    async with started(idempotent_producer(settings)) as producer:
        pack = encode_pack(
            (item(ItemFormat.SENTRY_EVENT, b"{}"), item(ItemFormat.BUGSNAG_EVENTS, b"{}", event_id=sent))
        )
        place = await producer.send_and_wait(topic_prefix + INGEST, pack, partition=1)
        for part, event_id in enumerate(events):
            origin = Origin(generation=1, partition=1, offset=place.offset, index=1, items=2, part=part, parts=2)
            await producer.send_and_wait(
                topic_prefix + EVENTS, encode(event(part, event_id=event_id, origin=origin)), partition=0
            )
    for asked, found in ((sent, 2), (events[0], 1), (events[1], 1)):
        hops, away = await _trace(settings, asked, 0)
        assert [hop.where for hop in hops] == [INGEST] + [EVENTS] * found
        assert hops[0].found.what.startswith("item 1 of 2")
        assert hops[0].place == f"1:{place.offset}"
        assert len(away) == 1
    assert await _trace(settings, "f" * 32, 0) == ([], away)


def test_a_clickhouse_that_does_not_answer_is_not_taken_for_a_missing_row() -> None:
    assert missing((INGEST, EVENTS, ISSUES), reachable=False) == []
