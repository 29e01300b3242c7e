"""What the relay costs: its CPU microseconds an envelope, from the socket to the acknowledgement of a real Kafka.

`python -m tests.bench.relay` starts a Kafka (or uses ERRATA_KAFKA) and one relay, sends it envelopes of two sizes, plain
and compressed, over 32 connections, and asks the kernel what the process used. Of the rounds the cheapest counts; the
others measure the machine's other work. `ROUNDS` and `COUNT` bound it to under a minute.
"""

import asyncio
import gzip
import os
import tempfile
import time
import uuid
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import brotli
import psutil
import uvloop
from tests.load.loadset import LoadSet, envelope
from tests.servers import has_docker, server
from tests.services.errata_relay.running import KEY, PARTITIONS, RunningRelay

from errata.runtime.settings import CommonSettings
from errata.stores.kafka.topics import make_topics

SIZES = (3_600, 9_000)
ENCODINGS = {"plain": bytes, "gzip": gzip.compress, "br": lambda body: brotli.compress(body, quality=4)}
ROUNDS = 4
COUNT = 3_000
CONNECTIONS = 32
BUDGET = 80


def requests(loadset, size, encoding):
    """Give whole requests for ever: copies of the event of the load set whose size is nearest."""
    lengths = [len(template) for template in loadset.templates]
    nearest = min(range(len(lengths)), key=lambda number: abs(lengths[number] - size))
    head = (
        "POST /api/42/envelope/ HTTP/1.1\r\nHost: relay\r\nContent-Type: application/x-sentry-envelope\r\n"
        f"User-Agent: sentry.python/2.75.0\r\nContent-Encoding: {'' if encoding == 'plain' else encoding}\r\n"
        f"X-Sentry-Auth: Sentry sentry_key={KEY}, sentry_version=7, sentry_client=sentry.python/2.75.0\r\n"
    )
    while True:
        body = ENCODINGS[encoding](envelope(loadset.copy(nearest)))
        yield f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def send(port, whole):
    """Send requests, each connection one after the other; fail on anything but a success."""

    async def connection():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in whole:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 "), head
            await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        writer.close()

    whole = iter(whole)
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))


def measure(relay, loadset):
    """Give (size, encoding) -> (microseconds of CPU, envelopes a second) of the cheapest round."""
    process = psutil.Process(relay.process.pid)
    best = {}
    for _ in range(ROUNDS):
        for size in SIZES:
            for encoding in ENCODINGS:
                whole = list(islice(requests(loadset, size, encoding), COUNT))
                before, began = sum(process.cpu_times()[:2]), time.monotonic()
                uvloop.run(send(relay.port, whole))
                took, cpu = time.monotonic() - began, sum(process.cpu_times()[:2]) - before
                figure = (cpu / COUNT * 1e6, COUNT / took)
                best[size, encoding] = min(best.get((size, encoding), figure), figure)
    return best


@contextmanager
def running_relay(kafka):
    """Start a relay on topics of its own."""
    prefix = f"bench{uuid.uuid4().hex[:8]}."
    asyncio.run(make_topics(CommonSettings(kafka=kafka, topic_prefix=prefix, partitions=PARTITIONS)))
    with tempfile.TemporaryDirectory() as folder:
        relay = RunningRelay(Path(folder), kafka, prefix)
        relay.start()
        try:
            yield relay
        finally:
            relay.stop()


def run(kafka):
    """Measure and print."""
    with running_relay(kafka) as relay:
        print(f"{'bytes':>7} {'encoding':<9} {'us of CPU':>9} {'a second':>9}   (budget {BUDGET} us at 9 KB)")
        for (size, encoding), (cpu, rate) in measure(relay, LoadSet()).items():
            print(f"{size:>7} {encoding:<9} {cpu:>9.1f} {rate:>9.0f}")
        packs, items = relay.metric("errata_relay_pack_items_count"), relay.metric("errata_relay_pack_items_sum")
        print(f"{items / packs:.1f} items a pack")


def main():
    """Use the Kafka of ERRATA_KAFKA, or start one."""
    if address := os.environ.get("ERRATA_KAFKA"):
        run(address)
    else:
        with server("kafka", docker=has_docker()) as address:
            run(address)


if __name__ == "__main__":
    main()
