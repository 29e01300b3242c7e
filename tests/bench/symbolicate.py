"""What source maps cost: parsing, memory, lookups, events of 20 built frames, and 500 maps in a bounded memory.

`make bench-symbolicate` runs it; it needs nothing but this machine. The figures are compared with the committed ones of
`symbolicate.json`; `python -m tests.bench.symbolicate --save` writes that file. It ends with 1 when an event with
everything in memory takes more than its budget, or when 500 maps take more memory than they may.
"""

import asyncio
import copy
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from tests.stages.symbolicate.builds import vlq
from tests.stages.symbolicate.running import frames, processed
from tests.stores.blobs.uploading import Shelf, bundle

from errata.config.model import Project
from errata.stages.stage import Context
from errata.stages.symbolicate import Symbolicate
from errata.stages.symbolicate.artifacts import Kind, Need
from errata.stages.symbolicate.map_check import check
from errata.stages.symbolicate.nesting import is_shallow
from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.source_map import SourceMap
from errata.stages.symbolicate.source_text import SourceText

COMMITTED = Path(__file__).with_suffix(".json")
URL = "https://shop.example/static/app.js"
# Of a build whose map has 2.6 MB, and of one that is a five hundredth part of a busy installation's.
MODULES, FEW_MODULES = 1_110, 40
SEGMENTS = 86
BUDGET_US = 60
FRAMES, EVENTS, ROUNDS, LOOKUPS = 20, 1_000, 7, 20_000
MAPS, MEMORY_MB = 500, 48
# Above what the memory counts: code that is loaded with the first map, and what an event and an upload take meanwhile.
SLACK_MB = 32


def build(modules, mark=""):
    """Give a built file on one line and its map, of so many modules of 30 lines."""
    line = "  const total = order.items.map((item) => item.price * item.count); // {}\n"
    calls = "+".join(f"e.n{at % 9}(t)" for at in range(SEGMENTS - 2))
    # Each segment is 8 columns on; the first of a module is the next source's, back at its first line and column.
    first = vlq(8) + vlq(1) + vlq(-28) + vlq(-SEGMENTS // 2) + vlq(1)
    others = [
        vlq(8) + vlq(0) + vlq(int(at % 3 == 1 and at < 84)) + vlq(at % 2) + (vlq(0) if at % 12 == 0 else "")
        for at in range(1, SEGMENTS)
    ]
    content = {
        "version": 3,
        "sources": [f"webpack://shop/./src/{number}{mark}.js" for number in range(modules)],
        "sourcesContent": [
            f"export function pay{number}{mark}(order) {{\n{line.format(number) * 28}}}\n" for number in range(modules)
        ],
        "names": [f"pay{number}" for number in range(modules)],
        "mappings": ",".join(["AAAAA", *others, *[first, *others] * (modules - 1)]),
    }
    minified = "".join(f"function f{number % 90}(e,t){{return {calls}}}" for number in range(modules))
    return minified.encode(), json.dumps(content).encode()


def timed(function, times=1):
    """Give the seconds of the fastest of several calls, and what it gives."""
    best, result = float("inf"), None
    for _ in range(times):
        start = time.perf_counter()
        result = function()
        best = min(best, time.perf_counter() - start)
    return best, result


def event(frames, platform="javascript"):
    stack = {"frames": frames}
    return {"platform": platform, "release": "1", "exception": {"values": [{"type": "E", "stacktrace": stack}]}}


def built_frame(column, url=URL):
    return {"abs_path": url, "filename": "app.js", "function": "t", "lineno": 1, "colno": column, "in_app": True}


def per_event(stage, asked, context):
    """Give the microseconds that the stage takes for an event: the least median of several rounds.

    The others measure the machine's other work.
    """
    medians = []
    gc.disable()
    for _ in range(ROUNDS):
        events = [copy.deepcopy(asked) for _ in range(EVENTS)]
        medians.append(sorted(timed(lambda one=one: stage(one, context))[0] for one in events)[EVENTS // 2] * 1e6)
    gc.enable()
    return min(medians)


def megabytes():
    """Give the memory that this process holds."""
    return psutil.Process().memory_info().rss / 1e6


def elsewhere(part, folder=""):
    """Give what a part measures in a process of its own: what another has freed would hide what it takes."""
    command = [sys.executable, "-m", __spec__.name, part, folder]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def memory_of_one():
    """Give megabytes: what a map takes when all of it was asked for, what it says, and the peak with its script."""
    minified, content = build(MODULES)
    before = megabytes()
    source_map = SourceMap(b"", content)
    for column in range(1, len(minified), 50):
        source_map.lookup(1, column)
    held = megabytes() - before
    SourceMap(minified, content)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6 - before
    return {"held": held, "said": source_map.cost / 1e6, "peak": peak}


async def upload_many(folder):
    """Upload 500 builds."""
    shelf = Shelf(folder)
    for number in range(MAPS):
        minified, content = build(FEW_MODULES, f"x{number}")
        files = {
            f"~/{number}.js": ("minified_source", minified, {"sourcemap": f"{number}.js.map"}),
            f"~/{number}.js.map": ("source_map", content, {}),
        }
        await shelf.assemble(bundle(files), release="1")


async def memory_of_many(folder):
    """Give megabytes that 500 maps take in a memory that is bounded: what it says, and what the process holds."""
    fetcher = Shelf(folder).fetcher(memory_bytes=MEMORY_MB * 10**6)
    said = held = 0
    before = megabytes()
    for number in range(MAPS):
        asked = event([built_frame(at * 1000 + 1, f"https://x/{number}.js") for at in range(FRAMES)])
        found, _ = await processed(asked, fetcher, ["symbolicate"])
        assert frames(found)[0]["data"]["symbolicated"]
        said, held = max(said, fetcher.held_bytes / 1e6), max(held, megabytes() - before)
    return {"said": said, "held": held}


PARTS = {
    "memory-of-one": lambda _: memory_of_one(),
    "upload-many": lambda folder: asyncio.run(upload_many(folder)),
    "memory-of-many": lambda folder: asyncio.run(memory_of_many(folder)),
}


def measure():
    """Give all figures."""
    minified, content = build(MODULES)
    figures = {"map_mb": len(content) / 1e6, "script_mb": len(minified) / 1e6}
    figures["check_ms"] = timed(lambda: check(content), 5)[0] * 1e3
    figures["nesting_ms"] = timed(lambda: is_shallow(minified), 5)[0] * 1e3
    figures["parse_ms"] = timed(lambda: SourceMap(b"", content), 5)[0] * 1e3
    took, source_map = timed(lambda: SourceMap(minified, content), 5)
    figures["parse_with_scopes_ms"] = took * 1e3
    one = elsewhere("memory-of-one")
    figures |= {"memory_mb": one["held"], "memory_said_mb": one["said"], "parse_with_scopes_peak_mb": one["peak"]}

    script = Script(URL, SourceText(minified), source_map, map_url=URL + ".map", found_by="release")
    columns = [number * 7919 % len(minified) + 1 for number in range(LOOKUPS)]
    cold, _ = timed(lambda: [script.place(1, column, "node") for column in columns])
    warm, _ = timed(lambda: [script.place(1, columns[-1], "node") for _ in range(LOOKUPS)], 3)
    figures |= {"cold_lookups_per_s": LOOKUPS / cold, "warm_lookups_per_s": LOOKUPS / warm}

    context = Context(event_id="a" * 32, received_at=0, artifacts={Need(Kind.SCRIPT, 1, "", "1", "", URL): script})
    stage = Symbolicate(Project(id=1, slug="bench", keys=()))
    built = event([built_frame(column) for column in columns[:FRAMES]])
    plain = event([{"abs_path": "/srv/app.py", "function": "f", "lineno": n} for n in range(FRAMES)], "python")
    figures["event_us"] = per_event(stage, built, context)
    figures["event_without_built_frames_us"] = per_event(stage, plain, context)
    with tempfile.TemporaryDirectory() as folder:
        elsewhere("upload-many", folder)
        many = elsewhere("memory-of-many", folder)
    return figures | {"many_said_mb": many["said"], "many_held_mb": many["held"]}


def main(arguments):
    """Print the figures beside the committed ones; 1 when a bound is passed."""
    if arguments and arguments[0] in PARTS:
        print(json.dumps(PARTS[arguments[0]](arguments[1])))
        return 0
    figures = {name: float(f"{value:.3g}") for name, value in measure().items()}
    committed = json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {}
    print(f"{'figure':<32}{'now':>12}{'committed':>12}")
    for name, value in figures.items():
        print(f"{name:<32}{value:>12,.6g}{committed.get(name, '-'):>12}")
    if "--save" in arguments:
        COMMITTED.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"an event of {FRAMES} built frames, warm: {figures['event_us']:g} us (budget {BUDGET_US})")
    allowed = MEMORY_MB + SLACK_MB
    print(f"{MAPS} maps in {MEMORY_MB} MB: {figures['many_held_mb']:g} MB held at most (allowed {allowed})")
    return int(figures["event_us"] > BUDGET_US or figures["many_held_mb"] > allowed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
