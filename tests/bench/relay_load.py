"""Requests for the relay, whole and made beforehand, and a client that sends them over some connections."""

import asyncio
import gzip
import time

import brotli
from tests.load.loadset import envelope
from tests.services.errata_relay.running import KEY

ENCODINGS = {"plain": bytes, "gzip": gzip.compress, "br": lambda body: brotli.compress(body, quality=4)}
CONNECTIONS = 32


def requests(loadset, size, encoding, count, key=KEY):
    """Give requests: copies of the event of the load set whose size is nearest."""
    lengths = [len(template) for template in loadset.templates]
    nearest = min(range(len(lengths)), key=lambda number: abs(lengths[number] - size))
    head = (
        "POST /api/envelope/ HTTP/1.1\r\nHost: relay\r\nContent-Type: application/x-sentry-envelope\r\n"
        f"User-Agent: sentry.python/2.75.0\r\nContent-Encoding: {'' if encoding == 'plain' else encoding}\r\n"
        f"X-Sentry-Auth: Sentry sentry_key={key}, sentry_version=7, sentry_client=sentry.python/2.75.0\r\n"
    )

    def one():
        body = ENCODINGS[encoding](envelope(loadset.copy(nearest)))
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    return [one() for _ in range(count)]


async def send(port, whole, seconds=None):
    """Send requests, each connection one after the other, for some seconds or to their end; give the seconds of each.

    Fails on anything but a success.
    """
    took = []
    until = None if seconds is None else time.monotonic() + seconds

    async def connection():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in left:
            began = time.monotonic()
            if until is not None and began > until:
                break
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 "), head
            await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
            took.append(time.monotonic() - began)
        writer.close()

    left = iter(whole)
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return took
