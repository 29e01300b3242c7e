"""What one megabyte costs to admit and to convert, however it is made: the worst of many bodies for each format.

`make bench-conversion` runs it. Each list and each object of every golden body is filled up to 1 MB in turn: with copies
of what stands in it, with objects of one field, and with empty ones; the requests of OpenTelemetry in both encodings. No
conversion may take longer than `LIMIT` milliseconds; of admission, which the relay does aside of its loop, the time is
only shown. Rounds beyond the first are for what was slow: a busy machine makes anything slow once.
"""

import gc
import json
import sys
import time
from functools import partial
from itertools import chain

from tests.protocols import goldens
from tests.protocols.breaking import BODIES, inner, places
from tests.protocols.converting import BodyFormat, admitted, events_in_items, items_in
from tests.protocols.otlp.encoding import encode

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid
from errata.protocols.bugsnag import MAX_EVENTS

LIMIT = 200
ROUNDS = 3
MEGABYTE = 1_000_000
# Texts that are more than carried: stack traces, and tags in one line.
_READ = {"stringValue", "tags"}
_MESSAGES = {BodyFormat.OTLP_TRACES: "Traces", BodyFormat.OTLP_LOGS: "Logs"}


def filled(body):
    """Give the body filled up in each of its places in turn: where, and its tree, made for a number of entries."""
    seen = set()
    for place in places(body):
        shape = tuple("*" if isinstance(step, int) else step for step in place)
        holder = inner(body, place)
        if shape in seen:  # the second frame of a stack is filled like the first
            continue
        seen.add(shape)
        name = ".".join(shape)
        if isinstance(holder, list) and holder and isinstance(holder[0], dict):
            for what, entry in (("copies", holder[0]), ("small ones", {"a": 1}), ("empty ones", {})):
                yield f"{what} in {name}", _with_entries(body, place, holder, entry)
        elif isinstance(holder, dict):
            yield f"fields in {name}", _with_fields(body, place, holder)
        elif isinstance(holder, str) and place[-1] in _READ:
            yield f"lines in {name}", _with_lines(body, place)


def _with_entries(body, place, holder, entry):
    return lambda count: replaced(body, place, holder + [entry] * count)


def _with_fields(body, place, holder):
    return lambda count: replaced(body, place, {**holder, **{f"f{number}": number for number in range(count)}})


def _with_lines(body, place):
    return lambda count: replaced(body, place, "a,\n" * count)


def replaced(body, place, value):
    """Give a copy of a tree with another value in a place."""
    *way, last = place
    copy = body.copy() if not way else json.loads(json.dumps(body))
    inner(copy, way)[last] = value
    return copy


def megabyte(made, written):
    """Give a megabyte, about, of what is made for a number of entries."""
    least, more = len(written(made(0))), len(written(made(1_000)))
    return written(made(int((MEGABYTE - least) * 1_000 / max(more - least, 1))))


def timed(work, *arguments):
    """Give the processor time of the fastest round, in milliseconds, and what the work gives; None when it is refused."""
    best, result = float("inf"), None
    for _ in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        try:
            result = work(*arguments)
        except Invalid:
            result = None
        best = min(best, (time.process_time() - start) * 1000)
        if best < LIMIT / 2:
            break
    return best, result


def measure(kind, data, headers):
    """Give the milliseconds of admission and of conversion, and how many bytes come out for each that went in."""
    admission, found = timed(admitted, kind, data, headers)
    if found is None:
        return admission, 0.0, 0.0
    conversion, events = timed(events_in_items, items_in(found, headers))
    size = sum(len(odd_json.dumps(event)) for event in events or ())
    return admission, conversion, size / len(data)


def bodies():
    """Give each body: its format, what it is full of, its bytes and its headers."""
    for kind, body in BODIES:
        for name, made in filled(body):
            yield kind, name, megabyte(made, partial(goldens.written, kind)), {b"content-type": b"application/json"}
            if kind in _MESSAGES and not name.startswith("fields"):
                message = megabyte(made, partial(encode, name=_MESSAGES[kind]))
                yield kind, f"{name}, protobuf", message, {b"content-type": b"application/x-protobuf"}


def many_events():
    """Give a Bugsnag report of as many events as it may hold, and half a megabyte that it says of them all."""
    shared = {f"f{number}": "x" * 100 for number in range(MEGABYTE // 220)}
    body = {**shared, "events": [{"exceptions": [{"errorClass": "E"}]}] * MAX_EVENTS}
    return BodyFormat.BUGSNAG_EVENTS, "events under a large shared part", odd_json.dumps(body), {}


def main():
    """Measure and print; 1 when a body takes longer to convert than it may."""
    worst = {}
    for kind, name, data, headers in chain([many_events()], bodies()):
        figures = measure(kind, data, headers)
        row = worst.setdefault(kind.value, [(0.0, "")] * 3)
        for column, figure in enumerate(figures):
            row[column] = max(row[column], (figure, name))
    print(f"{'worst of 1 MB':<20}{'admit ms':>9}  {'convert ms':>10}  {'out/in':>6}  full of")
    for name, row in worst.items():
        print(f"{name:<20}{row[0][0]:>9.0f}  {row[1][0]:>10.0f}  {row[2][0]:>6.1f}")
        for figure, what in row:
            print(f"{'':<20}{figure:>9.1f}  {what}")
    slow = [name for name, row in worst.items() if row[1] > (LIMIT, "")]
    print(f"conversion over {LIMIT} ms: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
