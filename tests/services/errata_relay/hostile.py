"""Requests made to cost the relay time or memory, or to end in no count at all; also what the benchmark times.

Each item of each is expected to end in exactly one place: kept, or counted as an outcome.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import brotli
from backports import zstd
from tests.services.errata_relay.running import KEY, auth, envelope

from errata.contracts.outcomes import Reason
from errata.protocols.otlp import cut_json, wire
from errata.protocols.otlp.splitting import MAX_ERRORS

LARGE = 20_900_000
"""Just below what a body may have decompressed."""
ITEM = 1_048_576
"""What an item may have."""


class Attack(NamedTuple):
    """One request."""

    name: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    endings: int = 1
    """Items kept and outcomes counted."""


ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "br": lambda data: brotli.compress(data, quality=3),
    "gzip": lambda data: gzip.compress(data, 1),
    "deflate": lambda data: zlib.compress(data, 1),
    "zstd": lambda data: zstd.compress(data, 1),
}

_SENTRY = auth()
ROUTES: Mapping[str, Mapping[str, str]] = {
    "/api/42/envelope/": _SENTRY,
    "/tunnel": {},
    "/api/42/store/": _SENTRY,
    "/api/42/security/": _SENTRY,
    "/api/42/nel/": _SENTRY,
    "/api/42/cron/nightly/": _SENTRY,
    "/api/42/minidump/": _SENTRY,
    "/api/42/events/9ec79c33ec9942ab8353589fcb2e04dc/attachments/": _SENTRY,
    "/api/1/item/": {"X-Rollbar-Access-Token": KEY},
    "/notify": {"Bugsnag-Api-Key": KEY},
    "/sessions": {"Bugsnag-Api-Key": KEY},
    f"/api/v3/projects/42/notices?key={KEY}": {},
    f"/api/v5/projects/42/queries-stats?key={KEY}": {},
    "/v1/notices": {"X-API-Key": KEY},
    "/v1/notices/js": {"X-API-Key": KEY},
    "/v1/events": {"X-API-Key": KEY},
    "/v1/traces": {"X-API-Key": KEY, "Content-Type": "application/json"},
    "/v1/logs": {"X-API-Key": KEY, "Content-Type": "application/json"},
}

# A list in a place that each format looks at, or skips; the mark at the end lets only slow parsers read it.
_LISTS = {
    "/api/42/store/": b'{"extra":[%s]}',
    "/api/42/security/": b'{"csp-report":{"a":[%s]}}',
    "/api/42/cron/nightly/": b'{"monitor_config":[%s]}',
    "/api/1/item/": b'{"data":{"custom":[%s]}}',
    "/notify": b'{"events":[{}],"a":[%s]}',
    "/sessions": b'{"sessionCounts":[%s]}',
    f"/api/v3/projects/42/notices?key={KEY}": b'{"errors":[%s]}',
    "/v1/notices": b'{"error":{"tags":[%s]}}',
}
_OTLP_LISTS = {"/v1/traces": b'{"resourceSpans":[%s]}', "/v1/logs": b'{"resourceLogs":[{"scopeLogs":[%s]}]}'}
_UNITS = {"objects": b"{},", "lists": b"[],", "texts": b'"",', "numbers": b"1e9,", "odd tokens": b"NaN,"}


def filled(pattern: bytes, unit: bytes, size: int, last: bytes = b"{}") -> bytes:
    """Give a text of at most this size, its list full of one thing."""
    count = (size - len(pattern) - len(last)) // len(unit)
    return pattern % (unit * count + last)


def bombs(encoding: str) -> Iterator[Attack]:
    """Give a body that fits its bound to each route: small on the wire, and a list of millions once it is read."""
    body = ENCODINGS[encoding](filled(b'{"data":{"a":[%s]}}', b"[],", LARGE, b"NaN"))
    attachment = ENCODINGS[encoding](envelope(("attachment", bytes(LARGE - 100))))
    for path, headers in ROUTES.items():
        yield Attack(f"lists in {encoding}", path, {**headers, "Content-Encoding": encoding}, body)
    too_large = ENCODINGS[encoding](bytes(2 * LARGE))
    headers = {**_SENTRY, "Content-Encoding": encoding}
    yield Attack(f"attachment in {encoding}", "/api/42/envelope/", headers, attachment)
    yield Attack(f"more than fits in {encoding}", "/api/42/minidump/", headers, too_large)


def as_large_as_may_be() -> Iterator[Attack]:
    """Give bodies that are read whole, made of what parsers have most work with."""
    for name, unit in _UNITS.items():
        for path, pattern in _LISTS.items():
            yield Attack(f"{name}, then an odd token", path, ROUTES[path], filled(pattern, unit, ITEM, b"NaN"))
        many = [("event", filled(b'{"extra":[%s]}', unit, ITEM, b"NaN"))] * 19
        yield Attack(f"{name}, many times", "/api/42/envelope/", _SENTRY, envelope(*many), endings=len(many))
        size = min(
            cut_json.MAX_BYTES, (cut_json.MAX_VALUES - 10) * len(unit) // sum(map(unit.count, (b",", b"[", b"{")))
        )
        for path, pattern in _OTLP_LISTS.items():
            yield Attack(f"{name}, then an odd token", path, ROUTES[path], filled(pattern, unit, size, b"NaN"))
    for path in _OTLP_LISTS:
        body = b'{"a":"%s"}' % (b"\\u0000" * (cut_json.MAX_BYTES // 6 - 2))
        yield Attack("a text of escapes", path, ROUTES[path], body)
    yield from _as_protobuf()
    yield Attack("lines", "/v1/events", ROUTES["/v1/events"], b"\n" * LARGE)
    yield Attack("newlines", "/api/42/envelope/", _SENTRY, b"{}" + b"\n" * LARGE)
    yield Attack("a base64 bomb", "/api/42/store/", _SENTRY, base64.b64encode(zlib.compress(b"{" + bytes(LARGE))))


def _as_protobuf() -> Iterator[Attack]:
    headers = {"X-API-Key": KEY, "Content-Type": "application/x-protobuf"}
    for path in _OTLP_LISTS:
        yield Attack("empty messages", path, headers, b"\x0a\x00" * (LARGE // 2))
        yield Attack("empty records", path, headers, b"\x0a\x04\x12\x02\x12\x00" * (LARGE // 6))
    attribute = wire.message(9, b"\x0a\x01k")
    span = wire.message(2, wire.message(5, b"exception"), attribute * 800_000)
    yield Attack("attributes without end", "/v1/traces", headers, wire.message(1, wire.message(2, span)))
    # Errors, each with a time and a text of its own and the whole resource.
    text = wire.message(5, wire.message(1, b"m" * 40))
    times = (b"\x09%s\x10\x11" % number.to_bytes(8, "little") for number in range(1, MAX_ERRORS + 1))
    scope = wire.message(2, *(wire.message(2, time, text) for time in times))
    resource = wire.message(1, wire.message(1, wire.message(1, b"k" * 3_500)))
    body = wire.message(1, resource, scope)
    yield Attack("a resource for each error", "/v1/logs", headers, body, endings=MAX_ERRORS)


def odd_events(shared: Path) -> Iterator[Attack]:
    """Give events that are odd in themselves: each naughty string everywhere, and far too much of everything."""
    strings = [json.loads(line)["text"] for line in (shared / "corpora" / "naughty_strings.jsonl").open()]
    for text in strings:
        event = {"message": text, "release": text, "tags": {text: text}, "user": {"name": text}, "event_id": text}
        yield Attack("a naughty string", "/api/42/store/", _SENTRY, json.dumps(event).encode())
    frames = b'{"exception":{"values":[{"stacktrace":{"frames":[%s{}]}}]}}' % (b"{}," * 1_000_000)
    tags = b'{"tags":{%s"a":0}}' % b"".join(b'"%05d":0,' % number for number in range(100_000))
    deep = b'{"extra":%s%s}' % (b"[" * 100_000, b"]" * 100_000)
    for name, event in {"a million frames": frames, "100,000 tags": tags, "a deep tree": deep}.items():
        yield Attack(name, "/api/42/store/", _SENTRY, event)
        yield Attack(name, "/api/42/envelope/", _SENTRY, envelope(("event", event)))
    for number, header in enumerate((b'"length":-1', b'"length":1e9', b'"length":3', b'"length":"x"', b'"length":NaN')):
        body = b'{}\n{"type":"event",%s}\n{}\n' % header
        yield Attack(f"a wrong length, {number}", "/api/42/envelope/", _SENTRY, body)
    yield Attack("a header without end", "/api/42/envelope/", _SENTRY, b'{"a":"%s"}\n' % (b"a" * LARGE))
    key = b"k" * 1_000_000
    yield Attack("a key of a megabyte", "/tunnel", {}, b'{"dsn":"http://%s@h/42"}\n{"type":"event"}\n{}\n' % key)
    yield Attack("a key of a megabyte", "/api/1/item/", {}, b'{"access_token":"%s","data":{}}' % key)
    yield Attack("a key of a megabyte", "/notify", {}, b'{"apiKey":"%s","events":[{}]}' % key)


class Raw(NamedTuple):
    """One request as its bytes, in the pieces in which it comes, and how it must end."""

    name: str
    pieces: tuple[bytes, ...]
    reason: Reason


def on_the_wire() -> Iterator[Raw]:
    """Give requests that are odd as HTTP."""
    line = f"POST /api/42/store/?sentry_key={KEY} HTTP/1.1\r\nHost: h\r\n".encode()
    chunked = line + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
    yield Raw("a key of a megabyte", (line + b"X-Sentry-Auth: sentry_key=" + b"k" * 1_000_000,), Reason.BAD_HTTP)
    yield Raw("an address of a megabyte", (b"POST /" + b"a" * 1_000_000,), Reason.BAD_HTTP)
    yield Raw("many headers", (line + b"a: b\r\n" * 300_000,), Reason.BAD_HTTP)
    yield Raw("many headers that end", (line + b"a: b\r\n" * 20_000 + b"\r\n",), Reason.BAD_HTTP)
    yield Raw("many trailers", (chunked, b"a: b\r\n" * 300_000), Reason.INCOMPLETE)
    yield Raw("a large trailer", (chunked + b"a: ", b"b" * 2_000_000), Reason.INCOMPLETE)
    yield Raw(
        "a large extension", (line + b"Transfer-Encoding: chunked\r\n\r\n2;", b"a" * 2_000_000), Reason.INCOMPLETE
    )
    yield Raw("a broken chunk", (line + b"Transfer-Encoding: chunked\r\n\r\n", b"xyz\r\n"), Reason.INCOMPLETE)
    yield Raw("a slow body", (line + b"Content-Length: 9\r\n\r\n", b"{"), Reason.INCOMPLETE)
    yield Raw("a slow head", (line,), Reason.INCOMPLETE)
    yield Raw("a length that is none", (line + b"Content-Length: -1\r\n\r\n",), Reason.BAD_HTTP)
    yield Raw("a length that is too large", (line + b"Content-Length: 99999999999\r\n\r\n",), Reason.TOO_LARGE)
    yield Raw("two lengths", (line + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",), Reason.BAD_HTTP)
    yield Raw("another protocol", (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",), Reason.BAD_HTTP)
