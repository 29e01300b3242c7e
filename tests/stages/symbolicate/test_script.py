import json
import sys

import pytest

from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.source_map import SourceMap
from errata.stages.symbolicate.source_text import SourceText

URL = "https://shop.example/static/app.js"


def held_bytes(script):
    """Give what the texts of remembered places take."""
    texts = []
    for place in script._places.values():
        for value in (*place.update.values(), *place.context.values()):
            texts += value if isinstance(value, list) else [value]
    return sum(map(sys.getsizeof, texts))


def test_a_client_that_asks_for_every_column_fills_no_more_memory_than_the_script_says():
    line = "я" * 100_000
    script = Script(URL, SourceText("\n".join([line] * 11).encode()), None)
    most = 0
    for column in range(1, 3000):
        script.place(6, column, "javascript")
        most = max(most, held_bytes(script))
    assert 50_000 < most < script.cost - script._source.cost


def mapped(source):
    """Give what becomes of a frame whose map names a source."""
    content = {"version": 3, "sources": [source], "names": [], "mappings": "AAAA"}
    script = Script(URL, None, SourceMap(b"", json.dumps(content).encode()), map_url=URL + ".map")
    return script.place(1, 1, "javascript").update


@pytest.mark.parametrize(
    ("source", "path", "filename", "module", "in_app"),
    [
        ("../src/sum.js", "https://shop.example/src/sum.js", "../src/sum.js", "src/sum", True),
        ("webpack://shop/./src/sum.js", None, "./src/sum.js", "src/sum", True),
        ("webpack://@acme/shop/./src/sum.js", None, "./src/sum.js", "src/sum", True),
        ("webpack:///./node_modules/pg/sum.js", None, "./node_modules/pg/sum.js", "pg/sum", False),
        ("webpack:///./~/pg/sum.js", None, "~/pg/sum.js", "pg/sum", False),
        ("webpack://shop/webpack/bootstrap", None, "webpack/bootstrap", "webpack/bootstrap", False),
        ("turbopack:///[project]/src/sum.ts", None, "./src/sum.ts", "src/sum", True),
        ("turbopack:///[next]/internal/font.ts", None, "[next]/internal/font.ts", "[next]/internal/font", False),
        ("turbopack:///[project]/node_modules/pg/sum.js", None, "./node_modules/pg/sum.js", "pg/sum", False),
    ],
)
def test_a_source_gives_path_name_module_and_owner(source, path, filename, module, in_app):
    update = mapped(source)
    assert update["abs_path"] == (path or source)
    assert (update["filename"], update["module"], update["in_app"]) == (filename, module, in_app)


def test_a_name_without_end_makes_no_frame_without_end():
    update = mapped("https://shop.example/" + "x" * 100_000)
    assert {key: len(update[key]) <= 2048 for key in ("abs_path", "module")} == {"abs_path": True, "module": True}
