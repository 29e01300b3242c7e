"""A chain that is cut over topics gives the messages of the fused one, to the byte; each item ends once, in one segment."""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from tests.corpora.where import cases
from tests.data import NO_DATA
from tests.services.errata_processor.builders import CONFIG, Trap, uploads_in
from tests.services.errata_processor.rig import item
from tests.stages.any_events import events
from tests.stages.symbolicate.test_symbolicate import event as built_event
from tests.stages.symbolicate.test_symbolicate import minified, upload
from tests.stores.blobs.uploading import Shelf

from errata.contracts import odd_json
from errata.contracts.messages import Outcome, ProcessedEvent
from errata.contracts.outcomes import Reason
from errata.contracts.pack import Item, ItemFormat, decode_dead_letter, encode_pack
from errata.contracts.staged import decode_staged
from errata.contracts.topics import DEAD_LETTERS, EVENTS, OUTCOMES
from errata.stages.pipeline import Chain, build
from errata.stages.plan import NAMES, Segment, plan
from errata.stores.blobs.budget import Budget
from errata_processor.artifacts import Known
from errata_processor.batch import Record, unpack
from errata_processor.chains import Chains
from errata_processor.endings import Message
from errata_processor.process_batch import process_batch
from errata_processor.terms import Terms

AT = 1_700_000_000_000_000
CUTS = [("scrub",), ("symbolicate",), ("scrub", "symbolicate")]
BUGSNAG = {
    "notifier": {"name": "n", "version": "1"},
    "events": [{"exceptions": [{"errorClass": c}]} for c in "abc"],
}


@pytest.fixture(scope="module")
def nothing_known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    return uploads_in(tmp_path_factory.mktemp("nothing"))()()


async def processed(
    items: Sequence[Item], cuts: Sequence[str], known: Known, build_chain: Callable[..., Chain] = build
) -> list[Message]:
    """Give what all segments send at last, each fed with what the one before it handed on."""
    values, ended = [encode_pack(tuple(items))], []
    for segment in plan(cuts):
        sent = await through(segment, values, known, build_chain)
        values = [message.value for message in sent if message.topic == f"stage-{segment.until}"]
        ended += [message for message in sent if message.topic != f"stage-{segment.until}"]
    return sorted(ended)


async def through(
    segment: Segment, values: Iterable[bytes], known: Known, build_chain: Callable[..., Chain]
) -> list[Message]:
    """Give what one segment sends; its records have gaps, as transactions leave them."""
    gap = 1 if segment.first else 2
    records = [Record(0, 7 + number * gap, value, 0) for number, value in enumerate(values)]
    chains = Chains(CONFIG, partial(build_chain, only=segment.stages))
    terms = Terms(chains=chains, generation=1, hash_key=b"k" * 16, now=AT, max_event_bytes=4_000_000, segment=segment)
    sent = []
    for batch in unpack(records, 7, terms, 500):
        endings = batch.endings + await process_batch(batch.jobs, [""] * len(batch.jobs), terms, known, 60)
        sent += [message for ending in endings for message in ending.messages]
    return sent


@pytest.mark.parametrize("cuts", CUTS, ids=",".join)
@settings(max_examples=100, deadline=None)
@given(event=events)
def test_any_json_gives_the_same_messages_fused_and_cut(cuts, event, nothing_known):
    items = [item(odd_json.dumps(event), event_id="a" * 32, received_at=AT)]
    fused = asyncio.run(processed(items, (), nothing_known))
    assert asyncio.run(processed(items, cuts, nothing_known)) == fused


@pytest.mark.parametrize("name", ["sdk_events", "sdk_samples"])
async def test_real_events_give_the_same_messages_fused_and_cut(name, nothing_known):
    found = cases(name)
    if found is None:
        pytest.skip(NO_DATA)
    items = [item(case["text"].encode(), event_id=f"{n:032x}", received_at=AT) for n, case in enumerate(found)]
    fused = await processed(items, (), nothing_known)
    for cuts in CUTS:
        assert await processed(items, cuts, nothing_known) == fused


@pytest.mark.parametrize("cuts", CUTS, ids=",".join)
async def test_built_frames_give_the_same_messages_fused_and_cut(cuts, tmp_path: Path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    items = [item(json.dumps(built_event(columns)).encode(), event_id="a" * 32, received_at=AT)]
    fused = await processed(items, (), Known(shelf.fetcher(), Budget(60, 1_000)))
    assert b'"function":"add"' in bytes(msgspec.json.decode(fused[0].value, type=ProcessedEvent).payload)
    assert await processed(items, cuts, Known(shelf.fetcher(), Budget(60, 1_000))) == fused


async def test_the_events_of_one_item_end_one_by_one_with_ids_and_parts_of_their_own(nothing_known):
    bugsnag = item(json.dumps(BUGSNAG).encode(), event_id="a" * 32, received_at=AT)
    bugsnag = msgspec.structs.replace(
        bugsnag, meta=msgspec.structs.replace(bugsnag.meta, format=ItemFormat.BUGSNAG_EVENTS)
    )
    fused = await processed([bugsnag], (), nothing_known)
    assert len({msgspec.json.decode(message.value, type=ProcessedEvent).event_id for message in fused}) == 3
    for cuts in CUTS:
        assert await processed([bugsnag], cuts, nothing_known) == fused


async def test_nothing_of_the_client_s_machine_crosses_a_cut(nothing_known):
    meta = {"client_address": "203.0.113.9", "user_agent": "a browser", "sdk": "x/1", "sent_at": "now"}
    event = {"message": "m", "user": {"email": "ann@example.com"}}
    sent = await through(
        plan(["scrub"])[0], [encode_pack((item(json.dumps(event).encode(), **meta),))], nothing_known, build
    )
    (value,) = [message.value for message in sent]
    assert decode_staged(value).item.meta.client_address == ""
    assert not [word for word in (b"203.0.113.9", b"ann@example.com", b"a browser") if word in value]


def failing_last(project, only):
    """Give a chain whose last segment fails where an event's message says so."""
    return Chain((*build(project, only).stages, *([Trap()] if NAMES[-1] in only else [])))


async def test_an_item_that_a_later_segment_fails_on_is_kept_as_it_came_there(nothing_known):
    items = [item(json.dumps({"message": text}).encode(), event_id="a" * 32) for text in ("be well", "please fail")]
    ended = await processed(items, ["scrub"], nothing_known, failing_last)
    assert sorted(message.topic for message in ended) == sorted([EVENTS, OUTCOMES, DEAD_LETTERS])
    outcome = msgspec.json.decode(next(m.value for m in ended if m.topic == OUTCOMES), type=Outcome)
    letter = decode_dead_letter(next(m.value for m in ended if m.topic == DEAD_LETTERS))
    assert (outcome.reason, str(outcome.origin)) == (Reason.STAGE_ERROR, letter.origin)
    assert (letter.stage, letter.item.meta.format) == ("trap", ItemFormat.EVENT)
    replayed = await processed([letter.item], (), nothing_known)
    assert [message.topic for message in replayed] == [EVENTS]


def test_what_no_segment_handed_on_is_nobody_s_item():
    terms = Terms(
        chains=Chains(CONFIG), generation=1, hash_key=b"", now=AT, max_event_bytes=1, segment=plan(["scrub"])[1]
    )
    with pytest.raises(msgspec.DecodeError):
        list(unpack([Record(0, 7, b"nothing", 0)], 7, terms, 500))
