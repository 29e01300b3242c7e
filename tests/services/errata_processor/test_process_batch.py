"""Every item of every pack ends exactly once, with its origin, whatever is in it."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.errata_processor.builders import CONFIG, event, terms, uploads_in
from tests.services.errata_processor.rig import item
from tests.stages.symbolicate.builds import event as built_event
from tests.stages.symbolicate.builds import minified, upload
from tests.stores.blobs.uploading import Shelf

from errata.contracts.messages import Outcome, ProcessedEvent
from errata.contracts.origin import Origin
from errata.contracts.outcomes import OutcomeKind, Reason
from errata.contracts.pack import UNREADABLE, Item, ItemFormat, decode_dead_letter, encode_pack
from errata.contracts.topics import DEAD_LETTERS, EVENTS, OUTCOMES
from errata.stages.pipeline import Chain, build
from errata.stages.stage import Context, Event
from errata.stores.blobs.budget import Budget
from errata_processor.artifacts import Known
from errata_processor.batch import Record, unpack
from errata_processor.chains import Chains
from errata_processor.endings import Ending
from errata_processor.process_batch import process_batch
from errata_processor.terms import Job

LONG = 60.0
End = Callable[..., list[Ending]]


@pytest.fixture(scope="module")
def nothing_known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    return uploads_in(tmp_path_factory.mktemp("nothing"))()()


@pytest.fixture(scope="module")
def end(nothing_known: Known) -> End:
    """Give how the items of packs end, each pack a record."""

    def end(
        *packs: tuple[Item, ...] | bytes, holders: dict[int, str] | None = None, limit: int = 4_000_000
    ) -> list[Ending]:
        records = [
            Record(3, 100 + number, pack if isinstance(pack, bytes) else encode_pack(pack), 1_600_000_000_000_000)
            for number, pack in enumerate(packs)
        ]
        endings = []
        for batch in unpack(records, 100, terms(), 500):
            found = [(holders or {}).get(place, str(job.origin)) for place, job in enumerate(batch.jobs)]
            work = process_batch(batch.jobs, found, terms(max_event_bytes=limit), nothing_known, LONG)
            endings += batch.endings + asyncio.run(work)
        return endings

    return end


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
async def columns(shelf: Shelf) -> list[int]:
    """Where the frames of `built` lie in a file that has been uploaded."""
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    return columns


def built(columns: list[int]) -> Item:
    return item(json.dumps(built_event(columns)).encode())


def origin(offset: int) -> Origin:
    return Origin(generation=1, partition=0, offset=offset, index=0, items=1)


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
def test_every_item_of_every_pack_ends_exactly_once_whatever_it_holds(end: End, packs: list, doubled: set[int]) -> None:
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


def test_an_event_goes_to_its_group_with_origin_and_config_hash(end: End) -> None:
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
def test_an_item_that_becomes_no_event_ends_with_its_reason(
    end: End, text: str, kind: OutcomeKind, reason: Reason
) -> None:
    (ending,) = end((event(text),))
    outcome = msgspec.json.decode(only(ending, OUTCOMES), type=Outcome)
    assert (outcome.outcome, outcome.reason, outcome.source) == (kind, reason, "processor")


def test_a_failing_item_spares_its_neighbours_and_is_kept_whole_without_the_errors_text(end: End) -> None:
    broken = event("please fail")
    before, ending, after = end((event("a"), broken, event("b")))
    letter = decode_dead_letter(only(ending, DEAD_LETTERS))
    assert before.events == after.events == 1
    assert letter.item == broken
    assert (letter.origin, letter.stage, letter.error_class) == ("2-3-100-1-0", "trap", "KeyError")
    assert b"secret" not in b"".join(message.value for message in ending.messages)


def test_an_item_of_a_project_that_is_gone_is_invalid_and_kept(end: End) -> None:
    (ending,) = end((item(project=404),))
    outcome = msgspec.json.decode(only(ending, OUTCOMES), type=Outcome)
    assert (outcome.outcome, outcome.reason) == (OutcomeKind.INVALID, Reason.UNKNOWN_PROJECT)
    assert decode_dead_letter(only(ending, DEAD_LETTERS)).item.meta.project == 404


def test_an_item_whose_event_id_another_holds_is_a_duplicate_of_that_one(end: End) -> None:
    first, second = end((item(event_id="a" * 32), item(event_id="a" * 32)), holders={1: "2-3-100-0-0"})
    outcome = msgspec.json.decode(only(second, OUTCOMES), type=Outcome)
    assert first.events == 1
    assert (outcome.outcome, outcome.duplicate_of) == (OutcomeKind.DUPLICATE, "2-3-100-0-0")


def test_an_item_nobody_was_asked_about_passes(end: End) -> None:
    (ending,) = end((item(),), holders={0: ""})
    assert ending.events == 1


@pytest.mark.parametrize("value", [b"", b"\xc1", b"not a pack", msgspec.msgpack.encode([2, []]), encode_pack(())])
def test_a_record_that_is_no_pack_ends_as_one_item_and_is_kept_as_it_is(end: End, value: bytes) -> None:
    (ending,) = end(value)
    letter = decode_dead_letter(only(ending, DEAD_LETTERS))
    assert (letter.stage, letter.item.payload) == (UNREADABLE, value)
    assert ending.failed


def test_what_does_not_fit_is_trimmed_and_says_so(end: End) -> None:
    big = item(json.dumps({"message": "m", "extra": {str(n): "x" * 500 for n in range(100)}}).encode())
    (whole,) = end((big,))
    (ending,) = end((big,), limit=20_000)
    value = only(ending, EVENTS)
    payload = json.loads(bytes(msgspec.json.decode(value, type=ProcessedEvent).payload))
    assert len(only(whole, EVENTS)) > 20_000 >= len(value)
    assert "extra" not in payload
    assert {"type": "too_large", "name": "extra"} in payload["errors"]


def test_what_can_not_be_trimmed_is_a_dead_letter(end: End) -> None:
    (ending,) = end((event("please grow"),))
    outcome = msgspec.json.decode(only(ending, OUTCOMES), type=Outcome)
    assert (outcome.outcome, outcome.reason) == (OutcomeKind.DEAD_LETTER, Reason.OUTPUT_TOO_LARGE)


async def test_items_whose_frames_are_built_are_symbolicated(shelf: Shelf, columns: list[int]) -> None:
    jobs = [Job(origin(0), event("hello")), *(Job(origin(n), built(columns)) for n in (1, 2))]
    endings = await process_batch(jobs, [""] * 3, terms(), Known(shelf.fetcher(), Budget(60, 1_000)), LONG)
    messages = [msgspec.json.decode(only(ending, EVENTS), type=ProcessedEvent) for ending in endings]
    assert [b'"function":"add"' in bytes(message.payload) for message in messages] == [False, True, True]
    assert b"raw_stacktrace" in bytes(messages[1].payload)
    assert messages[1].group_hash == messages[2].group_hash


async def test_only_items_whose_frames_need_something_are_processed_again(shelf: Shelf, columns: list[int]) -> None:
    passes: Counter[str] = Counter()

    class Counting:
        name = "counting"

        def __call__(self, event: Event, _context: Context) -> Event:
            passes["built" if "exception" in event else "plain"] += 1
            return event

    chains = Chains(CONFIG, lambda project: Chain((Counting(), *build(project).stages)))
    jobs = [Job(origin(0), event("hello")), Job(origin(1), built(columns))]
    await process_batch(jobs, ["", ""], terms(chains=chains), Known(shelf.fetcher(), Budget(60, 1_000)), LONG)
    assert passes == {"plain": 1, "built": 2}


async def test_a_memory_that_holds_nothing_is_no_endless_loop(shelf: Shelf, columns: list[int]) -> None:
    known = Known(shelf.fetcher(memory_bytes=1), Budget(60, 1_000))
    (ending,) = await process_batch([Job(origin(0), built(columns))], [""], terms(), known, LONG)
    assert ending.events == 1
