import pytest
from symbolic.debuginfo import Archive
from tests.stages.symbolicate.running import frames, processed, raw_frames
from tests.stores.blobs.uploading import NOW, Shelf, recorded_chunks

ID = "c07871a6-7a29-a3bb-89fb-6ced00000000"
MAPPING = b"""# compiler: R8
com.shop.cart.Cart -> a.a:
    int items -> a
    1:1:void check(int):30:30 -> b
    1:1:int total():12 -> b
    2:2:void checkout():40:40 -> b
    void add(int) -> c
    void add(java.lang.String) -> c
    void open() -> d
    void close() -> d
    5:6:void put(int):50:51 -> e
com.shop.EmptyCartException -> a.c:
"""


def java(**frame):
    stack = {"frames": [{"module": "java.lang.Thread", "function": "run", "lineno": 9}, frame]}
    return {
        "platform": "java",
        "debug_meta": {"images": [{"type": "proguard", "uuid": ID}]},
        "exception": {"values": [{"type": "c", "module": "a", "value": "x", "stacktrace": stack}]},
    }


async def test_obfuscated_frames_and_exceptions_get_their_names_back_inlined_methods_included(tmp_path):
    shelf = Shelf(tmp_path)
    await shelf.uploads.add_debug_file(1, f"proguard/{ID}.txt", MAPPING, now=NOW)
    found, _ = await processed(java(module="a.a", function="b", lineno=1), shelf.fetcher())
    thread, caller, inlined = frames(found)
    assert (thread["module"], caller["module"], caller["filename"]) == (
        "java.lang.Thread",
        "com.shop.cart.Cart",
        "Cart.java",
    )
    assert [(frame["function"], frame["lineno"]) for frame in (caller, inlined)] == [("total", 12), ("check", 30)]
    assert (caller["in_app"], thread["in_app"]) == (True, False)
    assert len(raw_frames(found)) == 2
    value = found["exception"]["values"][0]
    assert (value["module"], value["type"]) == ("com.shop", "EmptyCartException")


@pytest.mark.parametrize(
    ("frame", "names"),
    [
        ({"function": "c"}, [("com.shop.cart.Cart", "add")]),
        ({"function": "c", "lineno": 7}, [("com.shop.cart.Cart", "add")]),
        ({"function": "e"}, [("com.shop.cart.Cart", "put")]),
        ({"function": "d"}, [("com.shop.cart.Cart", "d")]),
        ({"function": "b"}, [("com.shop.cart.Cart", "b")]),
    ],
)
async def test_a_frame_that_stands_for_several_methods_stays_one(tmp_path, frame, names):
    shelf = Shelf(tmp_path)
    await shelf.uploads.add_debug_file(1, f"proguard/{ID}.txt", MAPPING, now=NOW)
    found, _ = await processed(java(module="a.a", **frame), shelf.fetcher())
    assert [(one["module"], one["function"]) for one in frames(found)[1:]] == names


async def test_a_mapping_that_was_not_uploaded_is_said(tmp_path):
    shelf = Shelf(tmp_path)
    await shelf.uploads.add_debug_file(1, f"proguard/{ID[::-1].replace('-', '0')[:32]}.txt", MAPPING, now=NOW)
    found, _ = await processed(java(module="a.a", function="b", lineno=1), shelf.fetcher())
    assert found["errors"] == [{"type": "proguard_missing_mapping", "url": ID}]
    assert frames(found)[1]["module"] == "a.a"


async def test_native_frames_get_functions_and_lines_from_the_recorded_binary(tmp_path):
    shelf = Shelf(tmp_path)
    content = next((one for one in recorded_chunks("debug_files").values() if one.startswith(b"\x7fELF")), None)
    if content is None:
        pytest.skip("no binary among the recordings")
    made = await shelf.uploads.add_debug_file(1, "prog", content, now=NOW)
    symbols = next(iter(Archive.from_bytes(content).iter_objects())).make_symcache()
    address, known = next(
        (at, one) for at in range(0x1000, 0x2000) for one in symbols.lookup(at) if one.symbol == "main"
    )
    base = 0x7F00_0000_0000
    event = {
        "platform": "native",
        "debug_meta": {
            "images": [
                {
                    "type": "elf",
                    "debug_id": made.debug_id,
                    "image_addr": hex(base),
                    "image_size": 0x10000,
                    "code_file": "/srv/prog",
                }
            ]
        },
        "exception": {
            "values": [
                {
                    "type": "SIGSEGV",
                    "stacktrace": {"frames": [{"instruction_addr": "0x10"}, {"instruction_addr": hex(base + address)}]},
                }
            ]
        },
    }
    found, _ = await processed(event, shelf.fetcher())
    outside, top = frames(found)
    assert (top["function"], top.get("lineno", 0)) == ("main", known.line)
    assert top["data"]["symbolicated"]
    assert "function" not in outside
    for odd in (hex(base), hex(base + 0xFFFF), "0x0", "0xfffffffffffffffff", "-0x1", "x"):
        event["exception"]["values"][0]["stacktrace"]["frames"][0]["instruction_addr"] = odd
        await processed(event, shelf.fetcher())
    again, fetches = await processed(event, shelf.fetcher())
    assert (frames(again)[1]["function"], fetches) == ("main", 1)


async def test_native_names_are_those_of_the_source_and_the_linkers_stay_beside(tmp_path):
    shelf = Shelf(tmp_path)
    symbols = (
        "MODULE Linux x86_64 C7DC4C4D0C7E4E6BA1B2C3D4E5F607080 shop\n"
        "FILE 0 src/cart.cc\nFUNC 1000 40 0 _ZN4shop4Cart5totalEi\n1000 40 12 0\nFUNC 2000 40 0 main\n2000 40 3 0\n"
    )
    made = await shelf.uploads.add_debug_file(1, "shop.sym", symbols.encode(), now=NOW)
    image = {"type": "elf", "debug_id": made.debug_id, "image_addr": "0x400000", "image_size": 0x10000}
    stack = {"frames": [{"instruction_addr": "0x402010"}, {"instruction_addr": "0x401010"}]}
    event = {"platform": "native", "debug_meta": {"images": [image]}, "exception": {"values": [{"stacktrace": stack}]}}
    event["exception"]["values"][0]["type"] = "SIGSEGV"
    found, _ = await processed(event, shelf.fetcher())
    assert [(one["function"], one.get("symbol"), one["filename"], one["lineno"]) for one in frames(found)] == [
        ("main", None, "cart.cc", 3),
        ("shop::Cart::total", "_ZN4shop4Cart5totalEi", "cart.cc", 12),
    ]
    for kept in (tmp_path / "cache").iterdir():
        kept.write_bytes(b"")  # torn, as after a loss of power
    again, _ = await processed(event, shelf.fetcher())
    assert frames(again) == frames(found)
