"""The uploads that the settings name, as batches see them."""

import asyncio
import json
from pathlib import Path

import msgspec
from tests.services.errata_processor.builders import terms, uploads_in
from tests.services.errata_processor.rig import item
from tests.stages.symbolicate.builds import event, minified, upload
from tests.stores.blobs.uploading import Shelf

from errata.contracts.messages import ProcessedEvent
from errata.contracts.origin import Origin
from errata_processor.process_batch import process_batch
from errata_processor.terms import Job


async def test_the_settings_name_store_and_cache(tmp_path: Path) -> None:
    known = uploads_in(tmp_path)()()
    await known.fetch([])
    assert len(known) == 0
    assert (tmp_path / "blobs").is_dir()


async def test_with_the_settings_as_they_are_an_upload_serves_the_events_of_the_next_second(tmp_path: Path) -> None:
    text, content, columns = minified("t", "q")
    uploads = uploads_in(tmp_path)()
    origin = Origin(generation=2, partition=0, offset=0, index=0, items=1)

    async def function() -> str:
        """Give what the frame of one more event is called."""
        jobs = [Job(origin, item(json.dumps(event(columns)).encode()))]
        (ending,) = await process_batch(jobs, [""], terms(), uploads(), 60)
        ((_, _, value),) = ending.messages
        payload = msgspec.json.decode(msgspec.json.decode(value, type=ProcessedEvent).payload)
        return payload["exception"]["values"][0]["stacktrace"]["frames"][-1]["function"]

    assert await function() == "t"
    await upload(Shelf(tmp_path), text, content, release="shop@1")
    await asyncio.sleep(1)
    assert await function() == "add"
