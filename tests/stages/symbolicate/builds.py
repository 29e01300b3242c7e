"""A build of a source with its source map, an event of it, and its upload."""

import json

from tests.stores.blobs.uploading import bundle

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
