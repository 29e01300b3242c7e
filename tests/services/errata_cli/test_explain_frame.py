"""`errata explain-frame` tells each step of a frame, whatever kind of code it is of."""

import os
import subprocess
import sys

import msgspec
import pytest
from symbolic.debuginfo import Archive
from tests.data import NO_DATA
from tests.stages.symbolicate.builds import URL, event, minified, upload
from tests.stages.symbolicate.running import processed
from tests.stores.blobs.uploading import NOW, Shelf, recorded_chunks

from errata.stages.symbolicate import explain
from errata.stores.clickhouse.client import ClickHouse
from errata_cli.commands.explain_frame import steps_of

MAPPING_ID = "c07871a6-7a29-a3bb-89fb-6ced00000000"
MAPPING = b"""com.shop.Cart -> a.a:
    1:1:void check(int):30:30 -> b
    1:1:int total():12 -> b
    void add(int) -> c
    void add(long) -> c
    void open() -> d
    void close() -> d
"""


async def told(shelf, asked, number=0):
    """Give the steps of a frame of an event, counted from the newest."""
    shown = explain.frames_of(asked)[number]
    return await steps_of(asked, 1, shown, shelf.fetcher(), shelf.artifacts)


async def test_a_frame_with_a_source_map(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    stored, _ = await processed(event(columns), shelf.fetcher())
    top = explain.frames_of(stored)[0]
    assert (top.raw["function"], top.stored["function"], top.is_newest) == ("t", "add", True)
    steps = await told(shelf, stored)
    assert steps[0] == "the event names no debug id for this file"
    assert steps[-3:] == [
        "the source map was parsed",
        f"1:{columns[0]} is webpack://shop/./src/sum.js 3:9",
        "the scope there is add",
    ]


async def test_a_built_file_that_is_uploaded_elsewhere(tmp_path):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, url="~/dist/app.min.js", release="shop@1")
    assert (await told(shelf, event(columns)))[-3:] == [
        "~/static/app.min.js: not in release 'shop@1', dist ''",
        "so it stays as it came: scraping_disabled",
        "the release has ~/dist/app.min.js, which is another path or dist",
    ]


@pytest.mark.parametrize("is_there", [True, False])
async def test_an_original_file_beside_the_map(tmp_path, is_there):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    content |= {"sources": ["../src/sum.js"], "sourcesContent": None}
    await upload(shelf, text, content, release="shop@1")
    if is_there:
        await shelf.uploads.add_release_file(1, "~/src/sum.js", b"a\nb\nc\n", now=NOW, release="shop@1")
    assert (await told(shelf, event(columns)))[-1] == (
        "the lines around it come from there" if is_there else "so no lines around it are shown: missing_source_content"
    )


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        ({"abs_path": "node:fs", "lineno": 1}, "it is in no built file"),
        ({"abs_path": URL}, "it has no line"),
        ({"abs_path": "/srv/app.py", "lineno": 1, "platform": "python"}, "frames of the platform python are shown"),
        ({"module": "a.a", "platform": "java"}, "the event names no ProGuard or R8 mapping"),
        ({"instruction_addr": "0x10", "platform": "native"}, "no binary that the event names"),
    ],
)
async def test_a_frame_that_needs_nothing(tmp_path, frame, why):
    asked = {"platform": "node", "exception": {"values": [{"stacktrace": {"frames": [frame]}}]}}
    (step,) = await told(Shelf(tmp_path), asked)
    assert step.startswith(why)


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        ({"lineno": 0}, "its line is 0, where nothing is: invalid_location"),
        ({"colno": 0}, "the frame has no column: no_column"),
        ({"lineno": 9}, "the source map maps nothing to 9:1: invalid_location; it is of another build"),
    ],
)
async def test_a_place_that_is_none(tmp_path, changed, step):
    shelf = Shelf(tmp_path)
    text, content, _ = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    asked = event((1, 1))
    asked["exception"]["values"][0]["stacktrace"]["frames"][1] |= changed
    assert (await told(shelf, asked))[-1] == step


@pytest.mark.parametrize(
    ("frame", "steps"),
    [
        ({"module": "a.a", "function": "b", "lineno": 1}, ["a.a.b is com.shop.Cart.check:30", "a.a.b is com.shop.Cart.total:12"]),
        ({"module": "a.a", "function": "c"}, ["a.a.c is com.shop.Cart.add"]),
        ({"module": "a.a", "function": "d"}, ["the class a.a is com.shop.Cart, its method d is none or several"]),
        ({"module": "b.b", "function": "d"}, ["the mapping knows no class b.b"]),
    ],
)  # fmt: skip
async def test_a_frame_of_obfuscated_code(tmp_path, frame, steps):
    shelf = Shelf(tmp_path)
    await shelf.uploads.add_debug_file(1, f"proguard/{MAPPING_ID}.txt", MAPPING, now=NOW)
    asked = {
        "platform": "java",
        "debug_meta": {"images": [{"type": "proguard", "uuid": MAPPING_ID}]},
        "exception": {"values": [{"stacktrace": {"frames": [frame]}}]},
    }
    found, *rest = await told(shelf, asked)
    assert found.startswith(f"mapping {MAPPING_ID}: found in artifact")
    assert rest == steps


async def test_a_frame_of_native_code(tmp_path):
    shelf = Shelf(tmp_path)
    content = next((one for one in recorded_chunks("debug_files").values() if one.startswith(b"\x7fELF")), None)
    if content is None:
        pytest.skip(f"no native binary: {NO_DATA}")
    made = await shelf.uploads.add_debug_file(1, "prog", content, now=NOW)
    symbols = next(iter(Archive.from_bytes(content).iter_objects())).make_symcache()
    address = next(at for at in range(0x1000, 0x2000) if any(one.symbol == "main" for one in symbols.lookup(at)))
    base = 0x7F00_0000_0000
    image = {
        "type": "elf",
        "debug_id": made.debug_id,
        "image_addr": hex(base),
        "image_size": 65536,
        "code_file": "/prog",
    }
    asked = {
        "platform": "native",
        "debug_meta": {"images": [image]},
        "exception": {"values": [{"stacktrace": {"frames": [{"instruction_addr": hex(base + address)}]}}]},
    }
    found, where, what = await told(shelf, asked)
    assert found.startswith(f"debug id {made.debug_id}: found in artifact")
    assert where == f"{base + address:#x} is {address:#x} in /prog"
    assert what.startswith("that is main")
    image["debug_id"] = MAPPING_ID
    assert (await told(shelf, asked))[-1] == "so it stays as it came: native_missing_dsym"


@pytest.mark.stack
async def test_the_command_reads_the_event_from_clickhouse(tmp_path, clickhouse: ClickHouse, clickhouse_database: str):
    shelf = Shelf(tmp_path)
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    stored, _ = await processed(event(columns), shelf.fetcher())
    row = {
        "project": 1,
        "event_id": "a" * 32,
        "received_at": NOW / 1e6,
        "payload": msgspec.json.encode(stored).decode(),
    }
    await clickhouse.insert(
        "INSERT INTO events (project, event_id, received_at, payload) FORMAT JSONEachRow",
        [msgspec.json.encode(row)], query_id="explained", settings={},
    )  # fmt: skip

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "errata_cli", "explain-frame", *arguments],
            env=os.environ | {"ERRATA_CLICKHOUSE": clickhouse_database, "ERRATA_BLOBS": str(tmp_path / "blobs")},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    said = run("A" * 32, "1")
    assert said.returncode == 0
    lines = said.stdout.splitlines()
    assert lines[0] == f"frame 1: t in {URL} 1:{columns[0]}"
    assert lines[-1] == "  stored as: add in webpack://shop/./src/sum.js 3:9"
    assert "frame 2" in run("a" * 32).stdout
    assert (run("a" * 32, "9").returncode, run("b" * 32).returncode) == (1, 1)
