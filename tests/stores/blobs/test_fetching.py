"""Lookups: what they cost, who waits for whom, and when an answer is another one."""

import asyncio
import json

import pytest
from tests.stages.symbolicate.builds import ID, URL, minified, upload
from tests.stores.blobs.uploading import NOW, Shelf, bundle

from errata.contracts.times import HOUR
from errata.stages.symbolicate.artifacts import Absent, Kind, Need
from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.script import Script
from errata.stores.blobs.budget import Budget
from errata.stores.blobs.connection import Blobs

PLENTY = 60


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Watched(Blobs):
    """A store that notes what is read, and holds back what it is told to."""

    def __init__(self, blobs):
        super().__init__(blobs.store)
        self.reads = []
        self.held = ()
        self.broken = False
        self.go_on = asyncio.Event()

    async def get(self, key):
        self.reads.append(key)
        if self.broken:
            raise PermissionError
        content = await super().get(key)
        if key.startswith(self.held):
            await self.go_on.wait()
        return content


@pytest.fixture
def shelf(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.blobs = Watched(shelf.blobs)
    return shelf


def script(project=1, url=URL, **how):
    return Need(Kind.SCRIPT, project, release="" if how.get("debug_id") else "shop@1", url=url, **how)


async def fetched(fetcher, *needs, seconds=PLENTY, lookups=1_000):
    answers = await fetcher.fetch(needs, Budget(seconds, lookups))
    return [answers[need] for need in needs]


async def in_memory(fetcher, need):
    """Give the answer once a lookup that nobody waits for has brought it."""
    async with asyncio.timeout(30):
        while (answer := fetcher.get(need)) is None:
            await asyncio.sleep(0.01)
    return answer


async def test_a_lookup_that_outlasts_a_batch_is_kept_for_the_next(shelf):
    text, content, _ = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    fetcher = shelf.fetcher()
    assert await fetched(fetcher, script(), seconds=0) == [Absent(Failure.LATE)]
    assert isinstance(await in_memory(fetcher, script()), Script)


async def test_a_lookup_is_waited_for_by_one_batch_only_and_holds_up_no_other(shelf):
    text, content, _ = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    await upload(shelf, text + " ", content, release="shop@1", projects=(2,))
    fetcher = shelf.fetcher()
    shelf.blobs.held = "contents/"
    assert await fetched(fetcher, script(), seconds=0.1) == [Absent(Failure.LATE)]
    async with asyncio.timeout(30):
        assert await fetched(fetcher, script(), seconds=3600) == [Absent(Failure.LATE)]
    shelf.blobs.held = ()
    (other,) = await fetched(fetcher, script(project=2))
    assert other.source_map is not None
    shelf.blobs.go_on.set()
    assert (await in_memory(fetcher, script())).source_map is not None


async def test_a_read_that_takes_too_long_fails_one_need_and_no_project_is_left_without(shelf):
    text, content, _ = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    fetcher = shelf.fetcher(timeout_seconds=0.2)
    await fetched(fetcher, script(url="https://shop.example/other.js"))
    shelf.blobs.held = "contents/"
    assert await fetched(fetcher, script()) == [Absent(Failure.STORE_AWAY)]
    shelf.blobs.held = ()
    (other,) = await fetched(fetcher, script(url="https://other.example/static/app.min.js"))
    assert other.source_map is not None


async def test_a_project_is_given_so_many_lookups_a_batch_and_the_others_theirs(shelf):
    await upload(shelf, *minified("t", "q")[:2], release="shop@1", projects=(1, 2))
    needs = [script(url=f"https://shop.example/{number}.js") for number in range(50)]
    *answers, other = await fetched(shelf.fetcher(), *needs, script(project=2), lookups=5)
    assert answers == [Absent(Failure.SCRAPING_DISABLED)] * 5 + [Absent(Failure.LIMITED)] * 45
    assert isinstance(other, Script)


async def test_a_lookup_reads_the_latest_upload_only_however_many_there_are(shelf):
    text, content, _ = minified("t", "q")
    files = {f"~/{number}.js": ("source", "x", {}) for number in range(50)}
    named = {
        "~/static/app.min.js": ("minified_source", text, {"debug-id": ID}),
        "~/static/app.min.js.map": ("source_map", json.dumps(content), {"debug-id": ID}),
    }
    for number in range(30):
        await shelf.assemble(bundle(files | named, release=f"r{number}"), now=NOW + number)
    fetcher = shelf.fetcher()
    shelf.blobs.reads.clear()
    (found,) = await fetched(fetcher, script(debug_id=ID))
    assert found.source_map is not None
    assert [key.split("/")[0] for key in shelf.blobs.reads] == ["projects", "projects", "contents", "contents"]
    assert not [key for key in shelf.blobs.reads if "/artifacts/" in key]


async def test_where_the_latest_upload_was_removed_the_one_before_is_taken(shelf):
    text, content, _ = minified("t", "q")
    await upload(shelf, text, content, debug_id=ID)
    await upload(shelf, text + " ", content, debug_id=ID, now=NOW + 1)
    latest, old = await shelf.artifacts.find(1)
    (record,) = (shelf.folder / "blobs/projects/1/artifacts" / latest.id).iterdir()
    record.unlink()
    (found,) = await fetched(shelf.fetcher(), script(debug_id=ID))
    assert found.source_map is not None
    assert [one.id for one in await shelf.with_debug_id(ID)] == [old.id]


async def test_uploads_are_noticed_within_a_second_and_nothing_is_read_meanwhile(shelf):
    text, content, columns = minified("t", "q")
    clock = Clock()
    fetcher = shelf.fetcher(clock=clock)
    assert await fetched(fetcher, script()) == [Absent(None)]
    await fetcher.refresh()
    await upload(shelf, text, content, release="shop@1")
    shelf.blobs.reads.clear()
    clock.now = 0.9
    await fetcher.refresh()
    assert fetcher.get(script()) == Absent(None)
    assert shelf.blobs.reads == []
    clock.now = 1.0
    await fetcher.refresh()
    assert shelf.blobs.reads == ["revision", "projects/1/revision"]
    assert fetcher.get(script()) is None
    (found,) = await fetched(fetcher, script())
    assert found.source_map.lookup(1, columns[0]).line == 3

    await upload(shelf, text, content | {"sources": ["other.js"]}, release="shop@1", now=NOW + HOUR)
    clock.now = 2.0
    await fetcher.refresh()
    assert fetcher.get(script()) is None
    (found,) = await fetched(fetcher, script())
    assert found.source_map.lookup(1, columns[0]).source == "other.js"

    shelf.blobs.reads.clear()
    clock.now = 3.0
    await fetcher.refresh()
    assert fetcher.get(script()) is found
    assert shelf.blobs.reads == ["revision"]


async def test_an_upload_in_the_moment_of_a_projects_first_event_is_noticed(shelf):
    clock = Clock()
    fetcher = shelf.fetcher(clock=clock)
    await fetched(fetcher, script(project=2))
    shelf.blobs.held = "projects/1/revision"
    first = asyncio.create_task(fetched(fetcher, script()))
    while "projects/1/revision" not in shelf.blobs.reads:
        await asyncio.sleep(0.01)
    await upload(shelf, *minified("t", "q")[:2], release="shop@1")
    await fetcher.refresh()
    shelf.blobs.go_on.set()
    await first
    clock.now = 1.0
    await fetcher.refresh()
    assert isinstance((await fetched(fetcher, script()))[0], Script)


async def test_a_removed_upload_is_noticed_too(shelf):
    await upload(shelf, *minified("t", "q")[:2], release="shop@1")
    clock = Clock()
    fetcher = shelf.fetcher(clock=clock)
    assert isinstance((await fetched(fetcher, script()))[0], Script)
    assert await shelf.artifacts.delete_release(1, "shop@1") == 1
    clock.now = 1.0
    await fetcher.refresh()
    assert await fetched(fetcher, script()) == [Absent(Failure.SCRAPING_DISABLED)]


async def test_a_store_that_failed_is_asked_again_after_a_while(shelf):
    await upload(shelf, *minified("t", "q")[:2], release="shop@1")
    clock = Clock()
    fetcher = shelf.fetcher(clock=clock)
    shelf.blobs.broken = True
    assert await fetched(fetcher, script()) == [Absent(Failure.STORE_AWAY)]
    shelf.blobs.broken = False
    assert await fetched(fetcher, script(url="https://other.example/static/app.min.js")) == [Absent(Failure.STORE_AWAY)]
    assert fetcher.get(script()) == Absent(Failure.STORE_AWAY)
    clock.now = 10.0
    assert fetcher.get(script()) is None
    assert isinstance((await fetched(fetcher, script()))[0], Script)


async def test_one_content_under_two_hosts_is_parsed_once_though_asked_for_at_once(shelf):
    await upload(shelf, *minified("t", "q")[:2], release="shop@1")
    hosts = [script(url=f"https://{host}.example/static/app.min.js") for host in ("a", "b", "c")]
    first, second, third = await fetched(shelf.fetcher(), *hosts)
    assert first.source_map is second.source_map is third.source_map


@pytest.mark.parametrize("beside", [b"the built file", None])
async def test_a_map_alone_takes_its_built_file_from_the_release(shelf, beside):
    text, content, columns = minified("t", "q")
    await shelf.assemble(bundle({"~/a.js.map": ("source_map", json.dumps(content), {"debug-id": ID})}))
    if beside:
        await shelf.uploads.add_release_file(1, "~/static/app.min.js", text.encode(), now=NOW, release="shop@1")
    need = script(debug_id=ID)._replace(release="shop@1")
    (found,) = await fetched(shelf.fetcher(), need)
    original = found.source_map.lookup(1, columns[0])
    assert (original.line, original.function) == (3, "add" if beside else "")


async def test_a_damaged_content_is_one_that_is_not_there(shelf):
    await upload(shelf, *minified("t", "q")[:2], release="shop@1")
    for path in (shelf.folder / "blobs/contents").rglob("*/*"):
        path.write_bytes(b"torn")
    (found,) = await fetched(shelf.fetcher(), script())
    assert found.failure is Failure.MISSING_SOURCEMAP
