"""Which upload a frame finds its source map in: by debug id, by release, dist and URL, or within the built file."""

import base64
import json

import pytest
from tests.stages.symbolicate.builds import ID, SOURCE, URL, event, minified, upload
from tests.stages.symbolicate.running import frames, processed, raw_frames
from tests.stores.blobs.uploading import NOW, Shelf, bundle


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


async def test_a_map_uploaded_after_an_event_serves_the_next(tmp_path):
    shelf = Shelf(tmp_path)
    fetcher = shelf.fetcher(retry_seconds=0.001)
    text, content, columns = minified("t", "q")
    before, _ = await processed(event(columns), fetcher)
    await upload(shelf, text, content, release="shop@1")
    after, _ = await processed(event(columns), fetcher)
    assert [frames(found)[1]["function"] for found in (before, after)] == ["t", "add"]


def embedded(content):
    """Give a comment that holds a source map."""
    held = base64.b64encode(json.dumps(content).encode()).decode()
    return f"\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,{held}"


def with_debug_id(columns, **extra):
    images = [{"type": "sourcemap", "code_file": URL, "debug_id": ID}]
    return event(columns, debug_meta={"images": images}, release="other@1", **extra)


@pytest.mark.parametrize("kind", ["minified_source", "source"])
async def test_a_debug_id_leads_to_a_built_file_that_holds_its_map(tmp_path, kind):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    files = {"~/app.js": (kind, text + embedded(content), {"debug-id": ID})}
    await shelf.assemble(bundle(files))
    found, _ = await processed(with_debug_id(columns), shelf.fetcher())
    assert [frame["function"] for frame in frames(found)][1:] == ["add"]
    assert frames(found)[1]["data"]["resolved_with"] == "debug-id"
    assert "errors" not in found


@pytest.mark.parametrize("by", ["header", "comment"])
async def test_a_debug_id_leads_to_a_built_file_whose_map_lies_beside_it_without_one(tmp_path, by):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    comment = "\n//# sourceMappingURL=app.js.map" if by == "comment" else ""
    headers = {"debug-id": ID} | ({"sourcemap": "app.js.map"} if by == "header" else {})
    files = {
        "~/app.js": ("source", text + comment, headers),
        "~/app.js.map": ("source_map", json.dumps(content), {}),
    }
    await shelf.assemble(bundle(files))
    found, _ = await processed(with_debug_id(columns), shelf.fetcher())
    assert frames(found)[1]["function"] == "add"
    assert "errors" not in found


async def test_a_built_file_called_source_has_scopes_and_its_own_lines(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    files = {
        "~/app.js": ("source", text, {"debug-id": ID}),
        "~/app.js.map": ("source_map", json.dumps(content), {"debug-id": ID}),
    }
    await shelf.assemble(bundle(files))
    found, _ = await processed(with_debug_id(columns), shelf.fetcher())
    assert frames(found)[1]["function"] == "add"
    assert raw_frames(found)[1]["context_line"] == text


async def test_of_uploads_with_a_debug_id_one_that_has_the_map_is_taken(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, debug_id=ID)
    await shelf.assemble(bundle({"~/app.js": ("minified_source", text, {"debug-id": ID})}), now=NOW + 1)
    found, _ = await processed(with_debug_id(columns), shelf.fetcher())
    assert frames(found)[1]["function"] == "add"


async def test_an_original_file_of_the_same_upload_is_found_without_a_release(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    files = {
        "~/static/app.min.js": ("minified_source", text, {"debug-id": ID}),
        "~/static/app.min.js.map": (
            "source_map",
            json.dumps(content | {"sources": ["../src/sum.js"], "sourcesContent": None}),
            {"debug-id": ID},
        ),
        "~/src/sum.js": ("source", SOURCE, {}),
    }
    await shelf.assemble(bundle(files))
    found, _ = await processed(with_debug_id(columns), shelf.fetcher())
    assert frames(found)[1]["context_line"] == "\treturn a + b;"
    assert "errors" not in found


async def test_a_query_counts_before_it_is_left_out_and_a_fragment_never(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, url="~/static/app.min.js?v=3", reference="app.min.js.map", release="shop@1")
    await shelf.uploads.add_release_file(
        1, "~/static/app.min.js.map", json.dumps(content).encode(), now=NOW, release="shop@1"
    )
    found, _ = await processed(event(columns, url=URL + "#top"), shelf.fetcher())
    assert frames(found)[1]["function"] == "add"
