"""Built files that were not uploaded, from origins that the project allows. Loopback stands for the public Internet."""

import json
from base64 import b64encode

import msgspec
import pytest
import pytest_asyncio
from tests.stages.symbolicate.builds import event, minified, upload
from tests.stages.symbolicate.running import PROJECT, frames, processed
from tests.stores.blobs.uploading import Shelf
from tests.stores.web.serving import serving

from errata.config.symbolication import SymbolicationSettings
from errata.contracts.times import MINUTE, SECOND
from errata.stages.symbolicate import explain
from errata.stages.symbolicate.artifacts import Kind, Need
from errata.stages.symbolicate.failures import Failure
from errata.stores.blobs.disk_cache import DiskCache
from errata.stores.blobs.web_files import WebFiles
from errata.stores.web.addresses import is_loopback
from errata.stores.web.fetch import FetchError
from errata_cli.commands.explain_frame import steps_of

TEXT, MAP, COLUMNS = minified("t", "q")
CODE, CONTENT = TEXT.encode(), json.dumps(MAP).encode()


@pytest_asyncio.fixture
async def site():
    async with serving() as site:
        site.serve("/app.js", CODE + b"\n//# sourceMappingURL=maps/app.js.map")
        site.serve("/maps/app.js.map", CONTENT)
        yield site


def allowing(*origins):
    return msgspec.structs.replace(PROJECT, symbolication=SymbolicationSettings(fetch_origins=origins))


async def of(site, shelf, path="/app.js", project=None, **options):
    """Give an event of a built file of the site, processed."""
    fetcher = shelf.fetcher(is_reachable=is_loopback, **options)
    asked = event(COLUMNS, url=site.url(path))
    return (await processed(asked, fetcher, project=project or allowing(site.url(""))))[0]


async def test_a_file_that_was_not_uploaded_is_fetched_with_its_map(site, tmp_path):
    found = await of(site, Shelf(tmp_path))
    assert "errors" not in found
    assert frames(found)[-1]["function"] == "add"
    assert frames(found)[-1]["data"] == {
        "symbolicated": True,
        "resolved_with": "scraping",
        "sourcemap": site.url("/maps/app.js.map"),
    }
    assert site.asked == ["/app.js", "/maps/app.js.map"]


@pytest.mark.parametrize("origins", [(), ("https://elsewhere.example",)])
async def test_nothing_is_fetched_unless_the_project_allows_the_origin(site, tmp_path, origins):
    shelf = Shelf(tmp_path)
    await upload(shelf, TEXT, MAP, release="shop@1")
    found = await of(site, shelf, project=allowing(*origins))
    assert found["errors"] == [{"type": "scraping_disabled", "url": site.url("/app.js")}]
    assert site.asked == []


async def test_what_was_uploaded_is_not_fetched(site, tmp_path):
    shelf = Shelf(tmp_path)
    await upload(shelf, TEXT, MAP, url="~/app.js", reference="app.js.map", release="shop@1")
    assert frames(await of(site, shelf))[-1]["data"]["resolved_with"] == "release"
    assert site.asked == []


async def test_the_map_may_be_named_by_a_header_or_lie_within(site, tmp_path):
    site.serve("/header.js", CODE, SourceMap="/maps/app.js.map")
    site.serve("/within.js", CODE + b"\n//# sourceMappingURL=data:application/json;base64," + b64encode(CONTENT))
    shelf = Shelf(tmp_path)
    for path in ("/header.js", "/within.js"):
        assert frames(await of(site, shelf, path))[-1]["function"] == "add"


async def test_what_cannot_be_fetched_is_noted_on_the_event(site, tmp_path):
    site.serve("/alone.js", CODE + b"\n//# sourceMappingURL=gone.map")
    site.serve("/away.js", CODE + b"\n//# sourceMappingURL=http://elsewhere.example/a.map")
    site.serve("/broken.js", CODE, SourceMap="/app.js")
    site.serve("/page.js", b"\n <!DOCTYPE html><script>t()</script>", **{"content-type": "text/javascript"})
    shelf = Shelf(tmp_path)
    failures = {
        "/gone.js": "fetch_invalid_http_code",
        "/alone.js": "missing_sourcemap",
        "/away.js": "missing_sourcemap",
        "/broken.js": "malformed_sourcemap",
        "/page.js": "missing_source",
    }
    for path, failure in failures.items():
        found = await of(site, shelf, path)
        assert found["errors"] == [{"type": failure, "url": site.url(path)}]


async def test_processors_of_a_machine_share_what_was_fetched(site, tmp_path):
    shelf = Shelf(tmp_path)
    for _ in range(3):
        assert frames(await of(site, shelf))[-1]["function"] == "add"
    for _ in range(2):
        await of(site, shelf, "/gone.js")
    assert site.asked == ["/app.js", "/maps/app.js.map", "/gone.js"]


async def test_the_steps_are_explained(site, tmp_path):
    shelf, asked = Shelf(tmp_path), event(COLUMNS, url=site.url("/app.js"))
    shown = explain.frames_of(asked)[0]
    fetcher = shelf.fetcher(is_reachable=is_loopback)
    steps = await steps_of(asked, 1, shown, fetcher, shelf.artifacts, origins=(site.url(""),))
    assert steps[:3] == [
        "nothing was ever uploaded for this project",
        "found on the web, at an origin that the project allows",
        "the source map was parsed",
    ]
    assert steps[-1] == "the scope there is add"


class Clock:
    now = 60 * MINUTE
    step = 0

    def __call__(self):
        self.now += self.step
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def files(clock, tmp_path):
    return WebFiles(DiskCache(tmp_path, 1 << 20), clock, is_loopback)


def need(site, project=1):
    return Need(Kind.SCRIPT, project, origins=(site.url(""),))


async def failure(files, site, path, project=1):
    with pytest.raises(FetchError) as caught:
        await files.get(need(site, project), site.url(path))
    return caught.value.failure


async def test_a_file_is_asked_for_again_after_a_while_and_a_failure_sooner(files, site, clock):
    await files.get(need(site), site.url("/app.js"))
    assert await failure(files, site, "/gone.js") == Failure.FETCH_STATUS
    clock.now += 2 * MINUTE
    site.serve("/gone.js", b"here")
    assert (await files.get(need(site), site.url("/gone.js"))).content == b"here"
    await files.get(need(site), site.url("/app.js"))
    assert site.asked == ["/app.js", "/gone.js", "/gone.js"]
    clock.now += 9 * MINUTE
    await files.get(need(site), site.url("/app.js"))
    assert site.asked[3:] == ["/app.js"]


async def test_a_project_takes_its_part_of_a_minute_and_the_others_theirs(files, site, clock):
    clock.step = 3 * SECOND  # each look at the clock: a server that takes seconds for every file
    reached = [await failure(files, site, f"/{number}.js") for number in range(10)]
    assert reached.count(Failure.LIMITED) >= 5
    assert await failure(files, site, "/0.js", project=2) == Failure.FETCH_STATUS
    clock.now += MINUTE
    assert await failure(files, site, "/11.js") == Failure.FETCH_STATUS


async def test_addresses_that_nobody_allowed_leave_nothing_on_disk(files, site, tmp_path):
    for number in range(3):
        with pytest.raises(FetchError):
            await files.get(need(site), f"http://elsewhere.example/{number}.js")
    assert list(tmp_path.iterdir()) == []
