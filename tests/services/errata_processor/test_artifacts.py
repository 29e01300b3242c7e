"""A batch with built frames: what is missing is fetched between two passes, and each item ends once."""

import json

import msgspec
from tests.services.errata_processor.rig import item
from tests.services.errata_processor.test_batch import CONFIG
from tests.stages.symbolicate.test_symbolicate import event, minified, upload
from tests.stores.blobs.uploading import Shelf

from errata.contracts.messages import ProcessedEvent
from errata.contracts.origin import Origin
from errata_processor.artifacts import Known, known_uploads
from errata_processor.batch import Chains, Job, Terms, advance
from errata_processor.settings import ProcessorSettings


def job(offset, payload):
    origin = Origin(generation=1, partition=0, offset=offset, index=0, items=1)
    return Job(origin, item(json.dumps(payload).encode()))


def terms(known):
    return Terms(chains=Chains(CONFIG), generation=1, hash_key=b"k", now=1, max_event_bytes=4_000_000, artifacts=known)


async def test_only_items_whose_frames_need_something_are_processed_again(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    jobs = [job(0, {"message": "hello"}), job(1, event(columns)), job(2, event(columns))]
    known, ended = Known(shelf.fetcher()), [None] * 3

    needs = advance(jobs, ["", "", ""], terms(known), ended)
    assert [ending is None for ending in ended] == [False, True, True]
    assert len(set(needs)) == 1
    first = ended[0]
    await known.fetch(needs)
    assert advance(jobs, ["", "", ""], terms(known), ended) == []
    assert ended[0] is first
    message = msgspec.json.decode(ended[1].messages[0].value, type=ProcessedEvent)
    assert b'"function":"add"' in bytes(message.payload)
    assert b"raw_stacktrace" in bytes(message.payload)
    assert {ending.messages[0].key for ending in ended[1:]} == {message.group_hash.encode()}


async def test_a_memory_that_holds_nothing_is_no_endless_loop(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    known, ended, rounds = Known(shelf.fetcher(memory_bytes=1)), [None], 0
    while needs := advance([job(0, event(columns))], [""], terms(known), ended):
        await known.fetch(needs)
        rounds += 1
    assert (rounds, ended[0].events) == (1, 1)


async def test_the_settings_name_store_and_cache(tmp_path):
    own = ProcessorSettings(blobs=str(tmp_path / "blobs"), artifact_cache=tmp_path / "cache")
    known = known_uploads(own)()
    await known.fetch([])
    assert len(known) == 0
    assert (tmp_path / "blobs").is_dir()
