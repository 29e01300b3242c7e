"""What an event says of frames that were not symbolicated."""

import pytest
from tests.stages.symbolicate.builds import URL, event, minified, source_map, upload
from tests.stages.symbolicate.running import frames, processed
from tests.stores.blobs.uploading import NOW, Shelf

from errata.stores.blobs.budget import Budget


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        ("{}", "malformed_sourcemap"),
        ("not json", "malformed_sourcemap"),
        ("[" * 100_000, "malformed_sourcemap"),
        ('{"version":3,"sources":["a"],"names":[],"mappings":"A,,A"}', "malformed_sourcemap"),
        ('{"version":3,"sections":[' + '{"offset":{"line":0,"column":0},"map":' * 3 + "null", "malformed_sourcemap"),
    ],
    ids=range(5),
)
async def test_a_malformed_map_is_said_once_a_file(tmp_path, content, failure):
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


async def test_a_store_that_is_away_costs_an_error_and_no_event(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)

    async def away(key):
        raise OSError("no route")

    monkeypatch.setattr(shelf.blobs, "get", away)
    found, _ = await processed(event((1, 1)), shelf.fetcher())
    assert found["errors"] == [{"type": "artifacts_unavailable", "url": URL}]


async def test_files_beyond_what_one_batch_looks_up_are_an_error_on_the_event(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    found, _ = await processed(event(columns), shelf.fetcher(), budget=Budget(60, 0))
    assert found["errors"] == [{"type": "artifacts_limit", "url": URL}]
    found, _ = await processed(event(columns), shelf.fetcher(), budget=Budget(0, 60))
    assert found["errors"] == [{"type": "artifacts_timeout", "url": URL}]


async def test_a_project_that_never_uploaded_anything_has_no_errors(tmp_path):
    shelf = Shelf(tmp_path)
    found, _ = await processed(event((1, 1)), shelf.fetcher())
    assert "errors" not in found
    assert "data" not in frames(found)[0]


async def test_each_place_that_maps_to_nothing_is_said_once(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content | {"mappings": ";AAAA"}, release="shop@1")
    asked = event(columns)
    stack = asked["exception"]["values"][0]["stacktrace"]["frames"]
    stack += [dict(stack[0]), dict(stack[0])]
    found, _ = await processed(asked, shelf.fetcher())
    assert [(error["type"], error["colno"]) for error in found["errors"]] == [
        ("invalid_location", column) for column in sorted(columns)
    ]


async def test_a_frame_with_line_0_is_nowhere(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    asked = event(columns)
    stack = asked["exception"]["values"][0]["stacktrace"]["frames"]
    stack[0]["lineno"] = 0
    stack.append({"abs_path": "https://x/not-there.js", "lineno": 0, "colno": 7})
    found, _ = await processed(asked, shelf.fetcher())
    assert [frame["data"]["symbolicated"] for frame in frames(found)] == [False, True, False]
    assert found["errors"] == [
        {"type": "invalid_location", "url": URL, "lineno": 0, "colno": columns[1]},
        {"type": "invalid_location", "url": "https://x/not-there.js", "lineno": 0, "colno": 7},
    ]
    never, _ = await processed(asked, Shelf(tmp_path / "empty").fetcher())
    assert "errors" not in never


async def test_a_source_that_is_not_there_is_said_of_the_built_file(tmp_path):
    shelf = Shelf(tmp_path)
    text, _, _ = minified("t", "q")
    sources = ["../src/b.js", "../src/a.js"]
    content = source_map([[(0, 0, 0)]], sources=sources, content=None) | {"mappings": "AAAA,CCAA"}
    await upload(shelf, text, content, release="shop@1")
    found, _ = await processed(event((1, 2)), shelf.fetcher())
    assert found["errors"] == [
        {
            "type": "missing_source_content",
            "url": URL,
            "source": f"https://shop.example/src/{name}.js",
            "sourcemap": "https://shop.example/static/app.min.js.map",
        }
        for name in "ab"
    ]


async def test_errors_stand_file_by_file_and_within_one_in_the_fields_order(tmp_path):
    shelf = Shelf(tmp_path)
    text, _, _ = minified("t", "q")
    await upload(shelf, text, source_map([[], [(0, 0, 0)]], content=None), release="shop@1")
    asked = event((1, 0))
    stack = asked["exception"]["values"][0]["stacktrace"]["frames"]
    places = [("/b.js", 1, 1), (URL, 2, 1), (URL, 2, 0), (URL, 1, 9), ("/a.js", 1, 1), (URL, 1, 2)]
    stack[:] = [{"abs_path": url, "lineno": line, "colno": column} for url, line, column in places]
    found, _ = await processed(asked, shelf.fetcher())
    assert [(error["url"], error["type"], error.get("colno")) for error in found["errors"]] == [
        ("/a.js", "missing_source", None),
        ("/b.js", "missing_source", None),
        (URL, "invalid_location", 2),
        (URL, "invalid_location", 9),
        (URL, "no_column", None),
        (URL, "missing_source_content", None),
    ]
