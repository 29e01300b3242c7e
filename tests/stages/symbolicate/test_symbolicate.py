"""Uploads and events together: what stacks become, what is asked for again, and what stays bounded."""

import json

import pytest
from tests.stages.symbolicate.builds import ID, URL, event, minified, upload, vlq
from tests.stages.symbolicate.running import PROJECT, frames, processed, raw_frames
from tests.stores.blobs.uploading import NOW, Shelf, bundle

from errata.contracts import odd_json
from errata.stages.pipeline import build
from errata.stages.stage import Context, Missing
from errata.stores.blobs.budget import Budget
from errata_processor.artifacts import Known


async def test_an_anonymous_function_gets_the_name_that_its_caller_calls_it_by(tmp_path):
    shelf = Shelf(tmp_path)
    text = "q(function(){a()});(function(){b()})();"
    content = {
        "version": 3,
        "sources": ["a.js"],
        "sourcesContent": ["each(function () { a(); });\n(function () { b(); })();\n"],
        "names": ["each"],
        "mappings": vlq(0) + vlq(0) + vlq(0) + vlq(0) + vlq(0) + "," + vlq(13) + vlq(0) + vlq(0) + vlq(19),
    }
    await upload(shelf, text, content, release="shop@1")
    found, _ = await processed(event((14, 1), add="?"), shelf.fetcher())
    assert [frame["function"] for frame in frames(found)] == ["<unknown>", "each"]


async def test_two_builds_group_as_one_with_their_maps_and_as_two_without(tmp_path):
    shelf = Shelf(tmp_path)
    builds = [minified("t", "q"), minified("reduceAll", "w")]
    ids = [ID, ID.replace("8", "9")]
    with_maps, without = set(), set()
    for (text, content, columns), debug_id, add in zip(builds, ids, ("t", "reduceAll"), strict=True):
        url = f"https://shop.example/static/app.{debug_id[:4]}.min.js"
        await upload(shelf, text, content, url=f"~/static/app.{debug_id[:4]}.min.js", debug_id=debug_id)
        images = [{"type": "sourcemap", "code_file": url, "debug_id": debug_id}]
        asked = event(columns, add, url, debug_meta={"images": images})
        found, _ = await processed(asked, shelf.fetcher())
        with_maps.add(found["errata"]["grouping"]["hash"])
        chain = build(PROJECT)
        plain = chain(asked, Context(event_id="b" * 32, received_at=NOW, hash_key=b"k"))
        without.add(plain["errata"]["grouping"]["hash"])
    assert (len(with_maps), len(without)) == (1, 2)


async def test_memory_stays_within_its_bound_under_500_maps(tmp_path):
    shelf = Shelf(tmp_path)
    fetcher = shelf.fetcher(memory_bytes=400_000)
    _, content, _ = minified("t", "q")
    files = {}
    for number in range(500):
        files[f"~/{number}.js"] = ("minified_source", f"/*{number}*/", {"sourcemap": f"{number}.js.map"})
        files[f"~/{number}.js.map"] = ("source_map", json.dumps(content | {"file": str(number)}), {})
    await shelf.assemble(bundle(files), release="shop@1")
    for number in range(500):
        found, _ = await processed(event((1, 1), url=f"https://x/{number}.js"), fetcher, ["symbolicate"])
        assert frames(found)[0]["filename"] == "./src/sum.js"
        assert fetcher.held_bytes <= 400_000


def test_events_without_built_frames_need_nothing():
    class Untouchable(dict):
        def get(self, key, *_):
            raise AssertionError(key)

    context = Context(event_id="a" * 32, received_at=NOW, artifacts=Untouchable())
    stack = {"frames": [{"abs_path": "/srv/app.py", "lineno": 1}]}
    python = {"platform": "python", "exception": {"values": [{"type": "E", "stacktrace": stack}]}}
    builtin = {"frames": [{"abs_path": "node:fs", "lineno": 1, "colno": 2}, {"abs_path": "<anonymous>", "lineno": 1}]}
    node = {"platform": "node", "exception": {"values": [{"type": "E", "stacktrace": builtin}]}}
    chain = build(PROJECT, ["symbolicate"])
    assert chain(python, context) is python
    assert "errors" not in chain(node, context)


def test_what_is_not_known_is_asked_for_all_at_once():
    chain = build(PROJECT, ["symbolicate"])
    asked = event((1, 1)) | {"threads": {"values": [{"stacktrace": {"frames": [{"abs_path": "/b.js", "lineno": 3}]}}]}}
    with pytest.raises(Missing) as missing:
        chain(asked, Context(event_id="a" * 32, received_at=NOW, artifacts={}))
    assert [need.url for need in missing.value.needs] == [URL, "/b.js"]


def test_an_event_that_names_hundreds_of_files_costs_no_more_than_fifty_looks():
    stack = {"frames": [{"abs_path": f"/{number}.js", "lineno": 1, "colno": 1} for number in range(250)]}
    asked = {"platform": "node", "release": "1", "exception": {"values": [{"type": "E", "stacktrace": stack}]}}
    with pytest.raises(Missing) as missing:
        build(PROJECT, ["symbolicate"])(asked, Context(event_id="a" * 32, received_at=NOW, artifacts={}))
    assert len(missing.value.needs) == 50


async def test_the_module_of_a_built_file_is_not_that_of_the_original(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    content["sources"] = ["../src/sum.js"]
    await upload(shelf, text, content, release="shop@1", url="~/dist/app.cjs", reference="app.cjs.map")
    sent = event(columns, url="/dist/app.cjs", platform="node")
    for frame in frames(sent):
        frame["module"] = "app"
    done, _ = await processed(sent, shelf.fetcher())
    assert [frame["abs_path"] for frame in frames(done)] == ["/src/sum.js"] * 2
    assert ["module" in frame for frame in frames(done)] == [False, False]
    assert [frame["module"] for frame in raw_frames(done)] == ["app"] * 2


async def test_a_project_without_uploads_is_looked_at_once(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    fetcher, reads, get = shelf.fetcher(), [], shelf.blobs.get

    async def counted(key):
        reads.append(key)
        return await get(key)

    monkeypatch.setattr(shelf.blobs, "get", counted)
    await processed(event((1, 1)), fetcher)
    context = Context(event_id="a" * 32, received_at=NOW, hash_key=b"k", artifacts=Known(fetcher, Budget(60, 1_000)))
    for number in range(20):
        build(PROJECT)(event((1, 1), url=f"https://x/{number}.js"), context)
    assert reads == ["projects/1/revision"]


async def test_what_is_no_frame_is_passed_over(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    asked = event(columns)
    asked["exception"]["values"][0]["stacktrace"]["frames"].insert(1, None)
    found, _ = await processed(asked, shelf.fetcher(), ["symbolicate"])
    assert [frame["lineno"] for frame in frames(found)] == [6, 3]


async def test_frames_share_no_lists_with_later_events(tmp_path):
    shelf = Shelf(tmp_path)
    fetcher = shelf.fetcher()
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    first, _ = await processed(event(columns), fetcher)
    before = odd_json.dumps(first)
    frames(first)[1]["pre_context"].clear()
    frames(first)[1]["vars"] = {}
    raw_frames(first)[1]["data"]["x"] = 1
    second, _ = await processed(event(columns), fetcher)
    assert odd_json.dumps(second) == before


@pytest.mark.parametrize("prefix", ["async ", "address at "])
async def test_what_engines_put_before_an_address_is_none_of_it(tmp_path, prefix):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    asked = event(columns, url=prefix + URL)
    asked["exception"]["values"][0]["stacktrace"]["frames"][0]["colno"] = 0
    found, _ = await processed(asked, shelf.fetcher())
    assert frames(found)[0]["abs_path"] == URL
    assert frames(found)[1]["function"] == "add"
    assert [frame["abs_path"] for frame in raw_frames(found)] == [URL, URL]


async def test_bytecode_of_hermes_is_found_in_the_map_of_its_bundle(tmp_path):
    shelf = Shelf(tmp_path)
    content = {
        "version": 3,
        "sources": ["/Users/ann/shop/App.js"],
        "sourcesContent": ["a\nb\nfunction pay() { throw 1; }\n"],
        "names": [],
        "mappings": "AAAA,UAEE",
        "x_facebook_sources": [[{"names": ["<global>", "pay"], "mappings": "AAA;ACE"}]],
    }
    bundle_url = "~/index.android.bundle"
    await upload(shelf, "// bytecode", content, url=bundle_url, reference="index.android.bundle.map", release="shop@1")
    sent = {"abs_path": "app:///index.android.bundle", "function": "anonymous", "lineno": 1, "colno": 11}
    asked = event((1, 1))
    asked["exception"]["values"][0]["stacktrace"]["frames"] = [sent]
    found, _ = await processed(asked, shelf.fetcher())
    (frame,) = frames(found)
    assert (frame["function"], frame["lineno"], frame["context_line"]) == ("pay", 3, "function pay() { throw 1; }")
    # Where it lay on the build machine is what the map says, and stays.
    assert (frame["filename"], frame["abs_path"]) == ("/Users/ann/shop/App.js", "app:///Users/ann/shop/App.js")
    assert (frame["module"], frame["in_app"]) == ("Users/ann/shop/App", True)


async def test_a_function_that_dart_made_for_what_is_asynchronous_has_the_name_in_the_source(tmp_path):
    shelf = Shelf(tmp_path)
    text = "var a=function(){b()}"
    at = text.index("b()")
    content = {
        "version": 3,
        "sources": ["main.dart"],
        "sourcesContent": ["pay() async { charge(); }"],
        "names": ["pay$async$0", "pay"],
        "mappings": f"AAAA,{vlq(4)}AAAA,{vlq(at - 4)}AAAC",
    }
    await upload(shelf, text, content, release="shop@1")
    found, _ = await processed(event((at + 1, at + 1)), shelf.fetcher())
    assert frames(found)[1]["function"] == "pay"
