"""How the time of the whole chain grows with an event: its frames, breadcrumbs, depth and text, x1, x10 and x100.

`make bench-stages` runs it. The exponent is the slope from x10 to x100 with both axes logarithmic: 1 is linear, less
means that limits cut what is too much, or that it still costs less than the event around it. Scrub is also measured
alone, where nothing was cut before. Nothing in these events repeats that a cache could answer, and all of them hold
what scrub looks for. The last rows are events of 1 MB, which may take the chain `LIMIT` milliseconds.
"""

import math
import sys
import time

from errata.config.model import Project
from errata.contracts import odd_json
from errata.stages.pipeline import build
from errata.stages.stage import Context

ROUNDS = 5
LIMIT = 200
MEGABYTE = 1 << 20
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


def small_values(size):
    """So many bytes in small values."""
    return {"extra": {f"field_{number}": f"value {number} of bob@ex.org" for number in range(size // 44)}}


AXES = ((frames, 10), (breadcrumbs, 10), (depth, 1), (text, 1000))


def milliseconds(chain, data):
    """Give what the chain takes for an event in its fastest round, parsing apart."""
    best = math.inf
    for _ in range(ROUNDS):
        event = odd_json.loads(data)
        start = time.perf_counter()
        chain(event, CONTEXT)
        best = min(best, time.perf_counter() - start)
    return best * 1000


def main():
    """Measure and print; 1 when an event of 1 MB takes the chain longer than it may."""
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
    slow = 0
    for made in (small_values, text):
        data = odd_json.dumps(made(MEGABYTE))
        took = milliseconds(chain, data)
        slow += took > LIMIT
        print(f"1 MB of {made.__name__}: {took:.0f} ms (limit {LIMIT}), scrub alone {milliseconds(scrub, data):.0f} ms")
    return 1 if slow else 0


def _exponent(times):
    return math.log10(times[2] / times[1])


if __name__ == "__main__":
    sys.exit(main())
