"""What source maps cost: parsing, memory, lookups, and an event of 20 built frames with everything in memory.

`python -m tests.bench.symbolicate`. The map is the largest of the labelled cases (2.6 MB); the budget of an event is 60 us.
"""

import copy
import gc
import subprocess
import sys
import time

from tests.corpora.where import CORPORA

from errata.config.model import Project
from errata.stages.stage import Context
from errata.stages.symbolicate import Symbolicate
from errata.stages.symbolicate.artifacts import Kind, Need
from errata.stages.symbolicate.map_check import check
from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.source_map import SourceMap
from errata.stages.symbolicate.source_text import SourceText

MAP = next(iter((CORPORA / "maps").rglob("android-release.bundle.map")), None)
URL = "app:///index.android.bundle"
BUDGET = 60
FRAMES = 20
EVENTS = 3000
LOOKUPS = 50_000
# Memory is measured in a process of its own: what this one holds already would hide it.
MEMORY = """
import sys, psutil
from errata.stages.symbolicate.source_map import SourceMap
from errata.stages.symbolicate.source_text import SourceText
content = open(sys.argv[1], "rb").read()
before = psutil.Process().memory_info().rss
kept = SourceMap(b"", content)
print((psutil.Process().memory_info().rss - before) / 1e6)
"""


def timed(function):
    """Give seconds and what a call gives."""
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def event(frames, platform="javascript"):
    stack = {"frames": frames}
    return {"platform": platform, "release": "1", "exception": {"values": [{"type": "E", "stacktrace": stack}]}}


def per_event(stage, asked, context):
    """Give the median microseconds that the stage takes for an event."""
    events = [copy.deepcopy(asked) for _ in range(EVENTS)]
    gc.disable()
    times = sorted(timed(lambda one=one: stage(one, context))[0] for one in events)
    gc.enable()
    return times[EVENTS // 2] * 1e6


def main():
    """Print the figures; 1 when the budget is passed."""
    if MAP is None:
        print(f"the corpora are not on this machine; they belong in {CORPORA}")
        return 0
    content = MAP.read_bytes()
    memory = subprocess.run([sys.executable, "-c", MEMORY, str(MAP)], check=True, capture_output=True, text=True).stdout
    checked, _ = timed(lambda: check(content))
    parsed, source_map = timed(lambda: SourceMap(b"", content))
    cold, _ = timed(lambda: [source_map._lookup(1, column * 7 + 1) for column in range(LOOKUPS)])
    warm, _ = timed(lambda: [source_map.lookup(1, 700) for _ in range(LOOKUPS)])
    print(
        f"map of {len(content) / 1e6:.1f} MB: checked in {checked * 1000:.0f} ms, checked and parsed in {parsed * 1000:.0f} ms"
    )
    print(f"memory: {float(memory):.1f} MB, reckoned as {source_map.cost / 1e6:.1f} MB")
    print(f"lookups a second: cold {LOOKUPS / cold:,.0f}, warm {LOOKUPS / warm:,.0f}")

    script = Script(URL, SourceText(b"x" * 100_000), source_map, map_url=URL + ".map", found_by="release")
    context = Context(event_id="a" * 32, received_at=0, artifacts={Need(Kind.SCRIPT, 1, "", "1", "", URL): script})
    stage = Symbolicate(Project(id=1, slug="bench", keys=()))
    frames = [
        {
            "abs_path": URL,
            "filename": "index.android.bundle",
            "function": "t",
            "lineno": 1,
            "colno": 5000 * n + 1,
            "in_app": True,
        }
        for n in range(1, FRAMES + 1)
    ]
    plain = [{"abs_path": "/srv/app.py", "filename": "app.py", "function": "f", "lineno": n} for n in range(FRAMES)]
    built = per_event(stage, event(frames), context)
    none = per_event(stage, event(plain, "python"), context)
    print(
        f"event of {FRAMES} built frames, warm: {built:.0f} us (budget {BUDGET}); without built frames: {none:.2f} us"
    )
    return 1 if built > BUDGET else 0


if __name__ == "__main__":
    sys.exit(main())
