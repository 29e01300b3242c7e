"""An item that ends or hangs the process it runs in is found, and its neighbours end as they should."""

import json
from pathlib import Path

import msgspec
from tests.services.errata_processor.builders import batch_of, event, terms, uploads_in
from tests.services.errata_processor.rig import item
from tests.stages.symbolicate.builds import event as built_event
from tests.stages.symbolicate.builds import minified, upload
from tests.stores.blobs.uploading import Shelf

from errata.contracts.messages import ProcessedEvent
from errata.contracts.outcomes import OutcomeKind, Reason
from errata.contracts.pack import Item
from errata_processor.endings import Ending
from errata_processor.process_batch import process_batch
from errata_processor.watched import _Watched, process_watched


async def watched(folder: Path, *items: Item, seconds: float = 30) -> list[Ending]:
    return await process_watched(batch_of(items).jobs, [""] * len(items), terms(), uploads_in(folder), seconds)


def reasons(endings: list[Ending]) -> list[str]:
    return ["event" if ending.events else ending.outcomes[0].reason for ending in endings]


async def test_the_culprit_is_dead_lettered_and_the_others_are_not(tmp_path: Path) -> None:
    endings = await watched(
        tmp_path, event("a"), event("please exit"), event("please be dropped"), event("please segfault")
    )
    assert reasons(endings) == ["event", Reason.POISON, Reason.IGNORED_TYPE, Reason.POISON]


async def test_an_item_that_hangs_or_takes_all_memory_is_a_culprit_too(tmp_path: Path) -> None:
    endings = await watched(tmp_path, event("please hang"), event("please take all memory"), event("a"), seconds=2)
    assert reasons(endings) == [Reason.POISON, Reason.POISON, "event"]


async def test_poison_is_kept_for_a_replay(tmp_path: Path) -> None:
    (ending,) = await watched(tmp_path, event("please exit"))
    assert ending.outcomes[0].outcome is OutcomeKind.DEAD_LETTER
    assert {message.topic for message in ending.messages} == {"outcomes", "dead-letters"}


def test_a_process_that_is_gone_when_an_item_is_handed_to_it_ends_nobody_else(tmp_path: Path) -> None:
    watched = _Watched(terms(), uploads_in(tmp_path), 30)
    watched._child.start()
    watched._theirs.close()
    watched._answer(30)
    watched._child.kill()
    watched._child.join()
    (job,) = batch_of((item(b"x" * 1_000_000),)).jobs
    assert watched._ending(job, "") is None


async def test_built_frames_are_grouped_as_they_are_without_a_watched_process(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    job = batch_of((item(json.dumps(built_event(columns)).encode()),)).jobs
    alone = await process_watched(job, [""], terms(), uploads_in(tmp_path), 30)
    usual = await process_batch(job, [""], terms(), uploads_in(tmp_path)()(), 30)
    assert alone == usual
    assert b'"function":"add"' in bytes(msgspec.json.decode(alone[0].messages[0].value, type=ProcessedEvent).payload)
