"""What `errata trace` reads from each topic's records, and what it calls missing."""

import msgspec
import pytest

from errata.contracts import schemas
from errata.contracts.messages import Alert, IssueState, Outcome, ProcessedEvent, Transition
from errata.contracts.pack import decode_dead_letter, decode_pack
from errata.contracts.topics import ALERTS, DEAD_LETTERS, EVENTS, INGEST, ISSUES, OUTCOMES, TRANSITIONS
from errata_cli.commands.trace import CLICKHOUSE, READERS, missing

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
    assert len(list(READERS[topic](value, word))) == 1
    assert list(READERS[topic](value, "f" * 32)) == []


def test_an_event_leads_to_its_group() -> None:
    value, word = example(EVENTS)
    ((_, group),) = READERS[EVENTS](value, word)
    assert group == msgspec.json.decode(value, type=dict)["group_hash"]


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


def test_a_clickhouse_that_does_not_answer_is_not_taken_for_a_missing_row() -> None:
    assert missing((INGEST, EVENTS, ISSUES), reachable=False) == []
