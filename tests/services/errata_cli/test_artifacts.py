import asyncio
import json

import pytest
from tests.stages.symbolicate.running import processed
from tests.stages.symbolicate.test_symbolicate import event, minified, upload
from tests.stores.blobs.uploading import Shelf

from errata.stages.symbolicate import explain
from errata_cli.commands import artifacts
from errata_cli.commands.explain_frame import _steps


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.setenv("ERRATA_BLOBS", str(tmp_path / "blobs"))
    return Shelf(tmp_path)


def test_an_artifact_is_listed_inspected_and_deleted(shelf, capfdbinary):
    text, content, _ = minified("t", "q")
    asyncio.run(upload(shelf, text, content, release="shop@1"))
    artifacts.show_all(release="shop@1")
    listed = capfdbinary.readouterr().out.decode()
    assert "1 artifacts" in listed
    name = listed.splitlines()[1].split()[0]
    assert artifacts.inspect(name) == 0
    assert json.loads(capfdbinary.readouterr().out)["release"] == "shop@1"
    assert artifacts.delete(name) == 0
    assert (artifacts.delete(name), artifacts.inspect(name)) == (1, 1)


async def test_each_step_of_a_frame_is_told(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    stored, _ = await processed(event(columns), shelf.fetcher())
    (top, now), _ = explain.frames_of(stored)
    assert (top["function"], now["function"]) == ("t", "add")
    told = await _steps(stored, 1, top, shelf.fetcher())
    assert told[0] == "the event names no debug id for this file"
    assert told[-3:] == [
        "the source map was parsed",
        f"1:{columns[0]} is webpack://shop/./src/sum.js 3:9",
        "the scope there is add",
    ]
    told = await _steps(event(columns, dist="9"), 1, top, shelf.fetcher())
    assert told[-2:] == [
        "~/static/app.min.js: not in release 'shop@1', dist '9'",
        "so it stays as it came: scraping_disabled",
    ]
    assert (await _steps(stored, 1, {"abs_path": "node:fs"}, shelf.fetcher()))[0].startswith("it needs nothing")
