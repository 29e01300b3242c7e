"""Uploads and events together: what frames become, what is noted when they can not, and what is asked for again."""

import base64
import json

import pytest
from tests.stages.symbolicate.running import PROJECT, frames, processed, raw_frames
from tests.stores.blobs.uploading import NOW, Shelf, bundle

from errata.contracts import odd_json
from errata.stages.pipeline import build
from errata.stages.stage import Context, Missing
from errata_processor.artifacts import Known

SOURCE = "function add(a, b) {\n\t'use strict';\n\treturn a + b;\n}\nwindow.sum = function () {\n\treturn add(1);\n};\n"
ID = "89fb6ced-b4de-5d9f-a077-39dfd7739f4d"
URL = "https://shop.example/static/app.min.js?v=3"


def source_map(lines, sources=("webpack://shop/./src/sum.js",), content=(SOURCE,), names=()):
    """Give a map of `lines`: for each built line the places `(column, line, column)`, all from 0, of the first source.

    A fourth number is the place's name, which no earlier one may have had.
    """
    mappings, before = [], [0, 0, 0]
    for places in lines:
        at, segments = 0, []
        for column, line, original, *name in places:
            numbers = (column - at, 0, line - before[1], original - before[2], *name)
            segments.append("".join(map(vlq, numbers)))
            at, before = column, [0, line, original]
        mappings.append(",".join(segments))
    return {
        "version": 3,
        "sources": list(sources),
        "sourcesContent": None if content is None else list(content),
        "names": list(names),
        "mappings": ";".join(mappings),
    }


def vlq(number):
    """Give a number in base64 VLQ."""
    value = -number * 2 + 1 if number < 0 else number * 2
    text = ""
    while True:
        digit, value = value & 31, value >> 5
        text += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[digit | (32 if value else 0)]
        if not value:
            return text


def minified(add, sum_):
    """Give a build of SOURCE with other names and other columns, and its map."""
    text = f'function {add}(t,n){{"use strict";return t+n}}window.{sum_}=function(){{return {add}(1)}};'
    plus = text.index("return t") + 7
    call = text.index(f"return {add}(1)") + 7
    function = text.index("function()")
    places = [(0, 0, 0), (9, 0, 9, 0), (plus, 2, 8), (text.index("window"), 4, 0), (function, 4, 13), (call, 5, 8)]
    return text, source_map([places], names=["add"]), (plus + 1, call + 1)


def event(columns, add="t", url=URL, **extra):
    stack = [
        {"abs_path": url, "function": "?", "lineno": 1, "colno": columns[1]},
        {"abs_path": url, "function": add, "lineno": 1, "colno": columns[0]},
    ]
    return {
        "platform": "javascript",
        "release": "shop@1",
        "exception": {"values": [{"type": "TypeError", "value": "x", "stacktrace": {"frames": stack}}]},
    } | extra


async def upload(
    shelf, text, content, *, url="~/static/app.min.js", reference="app.min.js.map", debug_id="", **purpose
):
    headers = {"debug-id": debug_id} if debug_id else {}
    files = {
        url: ("minified_source", text, headers | ({"sourcemap": reference} if reference else {})),
        url + ".map": ("source_map", json.dumps(content) if isinstance(content, dict) else content, headers),
    }
    answer = await shelf.assemble(bundle(files), **purpose)
    assert answer.state == "ok"


async def test_without_a_debug_id_release_dist_and_path_find_the_map(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1", dist="7")
    found, _ = await processed(event(columns, dist="7"), shelf.fetcher())
    top = frames(found)[1]
    assert (top["function"], top["filename"], top["lineno"], top["colno"]) == ("add", "./src/sum.js", 3, 9)
    assert (top["module"], top["in_app"], top["context_line"]) == ("src/sum", True, "\treturn a + b;")
    assert (top["pre_context"], top["data"]["resolved_with"]) == (
        ["function add(a, b) {", "\t'use strict';"],
        "release",
    )
    assert top["data"]["sourcemap"] == "https://shop.example/static/app.min.js.map"
    assert raw_frames(found)[1]["function"] == "t"

    other, _ = await processed(event(columns), shelf.fetcher())
    assert frames(other)[1]["function"] == "t"
    assert other["errors"] == [{"type": "scraping_disabled", "url": URL}]
    assert "raw_stacktrace" not in other["exception"]["values"][0]


@pytest.mark.parametrize("protocol", ["#", "@"])
async def test_the_comment_in_the_file_names_the_map(tmp_path, protocol):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    text += f"\n//{protocol} sourceMappingURL=app.min.js.map\n"
    await upload(shelf, text, content, reference="", release="shop@1")
    found, _ = await processed(event(columns), shelf.fetcher())
    assert frames(found)[1]["function"] == "add"


async def test_a_map_within_the_file_is_used(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    held = base64.b64encode(json.dumps(content).encode()).decode()
    text += f"\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,{held}"
    await shelf.uploads.add_release_file(1, "~/static/app.min.js", text.encode(), now=NOW, release="shop@1")
    found, _ = await processed(event(columns), shelf.fetcher())
    assert frames(found)[1]["function"] == "add"
    assert frames(found)[1]["data"]["sourcemap"] == URL


async def test_a_map_of_sections_is_used(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, (plus, call) = minified("t", "q")
    index = {"version": 3, "sections": [{"offset": {"line": 1, "column": 0}, "map": content}]}
    await upload(shelf, "/* licence */\n" + text, index, release="shop@1")
    asked = event((plus, call))
    for frame in asked["exception"]["values"][0]["stacktrace"]["frames"]:
        frame["lineno"] = 2
    found, _ = await processed(asked, shelf.fetcher())
    assert frames(found)[1]["lineno"] == 3


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


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        ("{}", "malformed_sourcemap"),
        ("not json", "malformed_sourcemap"),
        ("[" * 100_000, "malformed_sourcemap"),
        ('{"version":3,"sources":["a"],"names":[],"mappings":"A,,A"}', "malformed_sourcemap"),
        ('{"version":3,"sections":[' + '{"offset":{"line":0,"column":0},"map":' * 3 + "null", "malformed_sourcemap"),
        ('{"version":3,"sources":[],"names":[],"mappings":""}', "invalid_location"),
    ],
    ids=range(6),
)
async def test_what_is_wrong_with_a_map_is_said_once_a_file(tmp_path, content, failure):
    shelf = Shelf(tmp_path)
    text, _, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    found, _ = await processed(event(columns), shelf.fetcher())
    assert [error["type"] for error in found["errors"]] == [failure]
    assert [frame.get("function") for frame in frames(found)] == [None, "t"]


async def test_a_map_that_refers_to_itself_is_malformed(tmp_path):
    shelf = Shelf(tmp_path)
    circular = {"version": 3, "sections": [{"offset": {"line": 0, "column": 0}, "url": "app.min.js.map"}]}
    await upload(shelf, "a()", circular, release="shop@1")
    found, _ = await processed(event((1, 1)), shelf.fetcher())
    assert found["errors"][0]["type"] == "malformed_sourcemap"


async def test_other_failures_are_said_in_the_fields_words(tmp_path):
    shelf = Shelf(tmp_path)
    text, _, _ = minified("t", "q")
    await upload(shelf, text, source_map([[(0, 0, 0)]], content=None), release="shop@1")
    put = shelf.uploads.add_release_file
    await put(1, "~/lost.js", b"a()\n//# sourceMappingURL=lost.js.map", now=NOW, release="shop@1")
    await put(1, "~/bad.js", b"a()\n//# sourceMappingURL=data:application/json;base64,%%%", now=NOW, release="shop@1")
    for url, column, failure in [
        (URL, 1, "missing_source_content"),
        (URL, 0, "no_column"),
        ("https://x/lost.js", 1, "missing_sourcemap"),
        ("https://x/bad.js", 1, "invalid_base64_sourcemap"),
        ("/srv/app.js", 1, "missing_source"),
    ]:
        found, _ = await processed(event((column, column), url=url), shelf.fetcher())
        assert {error["type"] for error in found["errors"]} == {failure}


async def test_an_original_file_uploaded_beside_the_map_gives_the_lines_around(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    content = content | {"sources": ["../src/sum.js"], "sourcesContent": None}
    await upload(shelf, text, content, release="shop@1")
    await shelf.uploads.add_release_file(1, "~/src/sum.js", SOURCE.encode(), now=NOW, release="shop@1")
    found, fetches = await processed(event(columns), shelf.fetcher())
    assert fetches == 2
    assert frames(found)[1]["context_line"] == "\treturn a + b;"
    assert "errors" not in found


async def test_a_project_that_never_uploaded_anything_has_no_errors(tmp_path):
    shelf = Shelf(tmp_path)
    found, _ = await processed(event((1, 1)), shelf.fetcher())
    assert "errors" not in found
    assert "data" not in frames(found)[0]


async def test_a_map_uploaded_after_an_event_serves_the_next(tmp_path):
    shelf = Shelf(tmp_path)
    fetcher = shelf.fetcher(retry_seconds=0.001)
    text, content, columns = minified("t", "q")
    before, _ = await processed(event(columns), fetcher)
    await upload(shelf, text, content, release="shop@1")
    after, _ = await processed(event(columns), fetcher)
    assert [frames(found)[1]["function"] for found in (before, after)] == ["t", "add"]


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


async def test_a_store_that_is_away_costs_an_error_and_no_event(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)

    async def away(project):
        raise OSError("no route")

    monkeypatch.setattr(shelf.artifacts, "has_any", away)
    found, _ = await processed(event((1, 1)), shelf.fetcher())
    assert found["errors"] == [{"type": "artifacts_unavailable", "url": URL}]


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


async def test_a_project_without_uploads_is_looked_at_once_in_a_while(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    fetcher, looks, has_any = shelf.fetcher(), [], shelf.artifacts.has_any

    async def counted(project):
        looks.append(project)
        return await has_any(project)

    monkeypatch.setattr(shelf.artifacts, "has_any", counted)
    await processed(event((1, 1)), fetcher)
    context = Context(event_id="a" * 32, received_at=NOW, hash_key=b"k", artifacts=Known(fetcher))
    for number in range(20):
        build(PROJECT)(event((1, 1), url=f"https://x/{number}.js"), context)
    assert looks == [1]


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
