"""How the time of the whole chain grows with an event: its frames, breadcrumbs, depth and text, x1, x10 and x100.

`make bench-stages` runs it. The exponent is the slope from x10 to x100 with both axes logarithmic: 1 is linear, less
means that limits cut what is too much, or that it still costs less than the event around it. Scrub is also measured
alone, where nothing was cut before. Nothing in these events repeats that a cache could answer, and all of them hold
what scrub looks for. Then events of 1 MB, the ordinary and those of `hostile.py`, the slowest first: each may take the
chain, and scrub alone, `LIMIT` milliseconds.
"""

import math
import sys
import time

from tests.bench.hostile import MEGABYTE, SHAPES

from errata.config.model import Project
from errata.contracts import odd_json
from errata.runtime.collector import ease_garbage_collection
from errata.stages.pipeline import build
from errata.stages.stage import Context

ROUNDS = 5
LIMIT = 200
SHOWN = 12
CONTEXT = Context(event_id="f" * 32, received_at=1_790_000_000_000_000, hash_key=b"k" * 32)


def frames(count):
    """One exception with a stack of so many different frames, each with an address in a variable."""
    stack = [
        {
            "function": f"step_{number}",
            "module": f"app.part{number}",
            "lineno": number,
            "vars": {"to": f"u{number}@ex.org"},
        }
        for number in range(count)
    ]
    return {"exception": {"values": [{"type": "Error", "value": "no", "stacktrace": {"frames": stack}}]}}


def breadcrumbs(count):
    """So many requests that were made before, with an e-mail address in each."""
    crumbs = [{"category": "http", "message": f"GET /users/{number}?mail=a{number}@ex.org"} for number in range(count)]
    return {"breadcrumbs": {"values": crumbs}}


def depth(levels):
    """Objects in objects, at the bottom a password."""
    tree = {"password": "hunter2"}
    for _ in range(levels):
        tree = {"in": tree}
    return {"extra": tree}


def text(length):
    """A log of so many characters with an address in each line."""
    line = "2026-11-23 sign-in of bob@ex.org from 10.20.30.40 failed: token=a1b2c3d4e5f6\n"
    return {"extra": {"log": (line * (length // len(line) + 1))[:length]}}


AXES = ((frames, 10), (breadcrumbs, 10), (depth, 1), (text, 1000))


def milliseconds(chain, data, rounds=ROUNDS):
    """Give what the chain takes for an event in its fastest round, parsing apart."""
    best = math.inf
    for _ in range(rounds):
        event = odd_json.loads(data)
        start = time.thread_time()
        chain(event, CONTEXT)
        best = min(best, time.thread_time() - start)
    return best * 1000


def main():
    """Measure and print; 1 when an event of 1 MB takes longer than it may."""
    ease_garbage_collection()  # as in the processor
    project = Project(id=1, slug="bench", keys=())
    chain, scrub = build(project), build(project, only=["scrub"])
    print(f"{'milliseconds':<16}{'size':>6}{'x1':>9}{'x10':>9}{'x100':>9}{'exponent':>10}{'scrub alone':>13}")
    for made, size in AXES:
        data = [odd_json.dumps(made(size * factor)) for factor in (1, 10, 100)]
        times = [milliseconds(chain, one) for one in data]
        alone = [milliseconds(scrub, one) for one in data]
        print(
            f"{made.__name__:<16}{size:>6}{times[0]:>9.3f}{times[1]:>9.3f}{times[2]:>9.3f}"
            f"{_exponent(times):>10.2f}{_exponent(alone):>13.2f}"
        )
    took = []
    for name, event in {"a log": text(MEGABYTE), **SHAPES}.items():
        data = odd_json.dumps(event)
        took.append((milliseconds(chain, data, rounds=2), milliseconds(scrub, data, rounds=2), name))
    took.sort(key=lambda row: max(row[:2]), reverse=True)
    slow = sum(max(of_chain, alone) > LIMIT for of_chain, alone, _ in took)
    print(f"\n{'1 MB of, milliseconds':<36}{'chain':>9}{'scrub alone':>13}")
    for of_chain, alone, name in took[:SHOWN]:
        print(f"{name:<36}{of_chain:>9.0f}{alone:>13.0f}")
    print(f"{len(took)} shapes, {slow} above the limit of {LIMIT} ms; worst: {took[0][2]}, {max(took[0][:2]):.0f} ms")
    return 1 if slow else 0


def _exponent(times):
    return math.log10(times[2] / times[1])


if __name__ == "__main__":
    sys.exit(main())
