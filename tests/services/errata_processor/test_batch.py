"""Every item of every pack ends exactly once, with its origin, whatever is in it."""

import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.errata_processor.builders import with_trap
from tests.services.errata_processor.rig import PROJECT, item

from errata.config.loading import parse_project
from errata.config.model import Config
from errata.contracts.messages import Outcome, ProcessedEvent
from errata.contracts.origin import Origin
from errata.contracts.outcomes import OutcomeKind, Reason
from errata.contracts.pack import UNREADABLE, Item, ItemFormat, decode_dead_letter, encode_pack
from errata.contracts.topics import DEAD_LETTERS, EVENTS, OUTCOMES
from errata_processor.batch import Chains, Ending, Record, Terms, process_batch, unpack

CONFIG = Config(
    projects={1: parse_project(PROJECT.encode(), Path("shop.yaml"))}, keys={}, alert_rules={}, hash="0123456789abcdef"
)


def terms(max_event_bytes: int = 4_000_000) -> Terms:
    return Terms(
        chains=Chains(CONFIG, with_trap),
        generation=2,
        hash_key=b"k",
        now=1_700_000_000_000_000,
        max_event_bytes=max_event_bytes,
    )


def end(
    *packs: tuple[Item, ...] | bytes, holders: dict[int, str] | None = None, limit: int = 4_000_000
) -> list[Ending]:
    records = [
        Record(3, 100 + number, pack if isinstance(pack, bytes) else encode_pack(pack), 1_600_000_000_000_000)
        for number, pack in enumerate(packs)
    ]
    endings = []
    for batch in unpack(records, terms(), 500):
        found = [(holders or {}).get(place, str(job.origin)) for place, job in enumerate(batch.jobs)]
        endings += batch.endings + process_batch(batch.jobs, found, terms(limit))
    return endings


def event(text: str) -> Item:
    return item(json.dumps({"message": text}).encode())


def only(ending: Ending, topic: str) -> bytes:
    (message,) = [message for message in ending.messages if message.topic == topic]
    return message.value


def origins(endings: list[Ending]) -> list[Origin]:
    kinds = {EVENTS: ProcessedEvent, OUTCOMES: Outcome}
    return [
        msgspec.json.decode(message.value, type=kinds[message.topic]).origin
        for ending in endings
        for message in ending.messages
        if message.topic in kinds
    ]


PAYLOADS = st.one_of(
    st.binary(max_size=50),
    st.sampled_from(["be well", "please be dropped", "please be invalid", "please fail"]).map(
        lambda text: json.dumps({"message": text}).encode()
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["exception", "values", "tags", "user", "x"]), inner, max_size=4)
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
)
ITEMS = st.builds(
    lambda payload, project, kind: msgspec.structs.replace(
        item(payload, project=project), meta=msgspec.structs.replace(item(project=project).meta, format=kind)
    ),
    PAYLOADS,
    st.sampled_from([1, 1, 1, 404]),
    st.sampled_from([ItemFormat.SENTRY_EVENT] * 3 + [ItemFormat.SENTRY_SESSION]),
)


@given(
    st.lists(st.lists(ITEMS, max_size=5).map(tuple) | st.binary(max_size=20), max_size=6), st.sets(st.integers(0, 20))
)
def test_every_item_of_every_pack_ends_exactly_once_whatever_it_holds(packs: list, doubled: set[int]) -> None:
    endings = end(*packs, holders=dict.fromkeys(doubled, "2-0-0-0-0"))
    expected = {
        (100 + number, index)
        for number, pack in enumerate(packs)
        for index in range(1 if isinstance(pack, bytes) else max(1, len(pack)))
    }
    found = origins(endings)
    assert Counter((origin.offset, origin.index) for origin in found) == Counter(expected)
    for origin in found:
        assert (origin.generation, origin.partition) == (2, 3)
        assert origin.items == sum(offset == origin.offset for offset, _ in expected)


def test_an_event_goes_to_its_group_with_origin_and_config_hash() -> None:
    (ending,) = end((event("be well"),))
    (message,) = ending.messages
    flat = msgspec.json.decode(message.value, type=ProcessedEvent)
    assert message.topic == EVENTS
    assert message.key == flat.group_hash.encode()
    assert flat.config_hash == CONFIG.hash
    assert flat.origin == Origin(generation=2, partition=3, offset=100, index=0, items=1)
    assert ending.events == 1
    assert not ending.failed


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("please be dropped", OutcomeKind.FILTERED, Reason.IGNORED_TYPE),
        ("please be invalid", OutcomeKind.INVALID, Reason.TOO_DEEP),
        ("please fail", OutcomeKind.DEAD_LETTER, Reason.STAGE_ERROR),
    ],
)
def test_an_item_that_becomes_no_event_ends_with_its_reason(text: str, kind: OutcomeKind, reason: Reason) -> None:
    (ending,) = end((event(text),))
    outcome = msgspec.json.decode(only(ending, OUTCOMES), type=Outcome)
    assert (outcome.outcome, outcome.reason, outcome.source) == (kind, reason, "processor")


def test_a_failing_item_spares_its_neighbours_and_is_kept_whole_without_the_errors_text() -> None:
    broken = event("please fail")
    before, ending, after = end((event("a"), broken, event("b")))
    letter = decode_dead_letter(only(ending, DEAD_LETTERS))
    assert before.events == after.events == 1
    assert letter.item == broken
    assert (letter.origin, letter.stage, letter.error_class) == ("2-3-100-1-0", "trap", "KeyError")
    assert b"secret" not in b"".join(message.value for message in ending.messages)


def test_an_item_of_a_project_that_is_gone_is_invalid_and_kept() -> None:
    (ending,) = end((item(project=404),))
    outcome = msgspec.json.decode(only(ending, OUTCOMES), type=Outcome)
    assert (outcome.outcome, outcome.reason) == (OutcomeKind.INVALID, Reason.UNKNOWN_PROJECT)
    assert decode_dead_letter(only(ending, DEAD_LETTERS)).item.meta.project == 404


def test_an_item_whose_event_id_another_holds_is_a_duplicate_of_that_one() -> None:
    first, second = end((item(event_id="a" * 32), item(event_id="a" * 32)), holders={1: "2-3-100-0-0"})
    outcome = msgspec.json.decode(only(second, OUTCOMES), type=Outcome)
    assert first.events == 1
    assert (outcome.outcome, outcome.duplicate_of) == (OutcomeKind.DUPLICATE, "2-3-100-0-0")


def test_an_item_nobody_was_asked_about_passes() -> None:
    (ending,) = end((item(),), holders={0: ""})
    assert ending.events == 1


@pytest.mark.parametrize("value", [b"", b"\xc1", b"not a pack", msgspec.msgpack.encode([2, []]), encode_pack(())])
def test_a_record_that_is_no_pack_ends_as_one_item_and_is_kept_as_it_is(value: bytes) -> None:
    (ending,) = end(value)
    letter = decode_dead_letter(only(ending, DEAD_LETTERS))
    assert (letter.stage, letter.item.payload) == (UNREADABLE, value)
    assert ending.failed


def test_what_does_not_fit_is_trimmed_and_says_so() -> None:
    big = item(json.dumps({"message": "m", "extra": {str(n): "x" * 500 for n in range(100)}}).encode())
    (whole,) = end((big,))
    (ending,) = end((big,), limit=20_000)
    value = only(ending, EVENTS)
    payload = json.loads(bytes(msgspec.json.decode(value, type=ProcessedEvent).payload))
    assert len(only(whole, EVENTS)) > 20_000 >= len(value)
    assert "extra" not in payload
    assert {"type": "too_large", "name": "extra"} in payload["errors"]


def test_what_can_not_be_trimmed_is_a_dead_letter() -> None:
    (ending,) = end((event("please grow"),))
    outcome = msgspec.json.decode(only(ending, OUTCOMES), type=Outcome)
    assert (outcome.outcome, outcome.reason) == (OutcomeKind.DEAD_LETTER, Reason.OUTPUT_TOO_LARGE)


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 20))
def test_batches_hold_all_records_in_order_and_never_cut_a_pack(sizes: list[int], limit: int) -> None:
    records = [Record(0, n, encode_pack(tuple(item() for _ in range(size))), 0) for n, size in enumerate(sizes)]
    batches = list(unpack(records, terms(), limit))
    assert [offset for batch in batches for offset in range(batch.first, batch.last + 1)] == list(range(len(sizes)))
    assert all(len(batch.jobs) < limit + 9 for batch in batches)
    assert [len(batch.jobs) + len(batch.endings) > 0 for batch in batches] == [True] * len(batches)
