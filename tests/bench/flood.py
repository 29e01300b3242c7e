"""A flood of requests that the relay refuses, at a rate of its own: run as a process beside the one that measures.

`python -m tests.bench.flood PORT KEY RATE` sends until it is told to end, then prints how many it sent, how many were
answered, and in how many seconds. What the relay does not take in time is not sent, so that memory stays bounded.
"""

import asyncio
import signal
import sys
import time

import uvloop
from tests.bench.relay_load import requests
from tests.load.loadset import LoadSet

CONNECTIONS = 16
TICK_SECONDS = 0.01
MOST_UNANSWERED = 200
"""On one connection."""


class Connection(asyncio.Protocol):
    """Sends ahead of the answers, and counts both."""

    def __init__(self):
        self.sent = self.answered = 0

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.answered += data.count(b"HTTP/1.1 4")

    def send(self, request, count):
        count = min(count, MOST_UNANSWERED - (self.sent - self.answered))
        self.transport.write(request * count)
        self.sent += count


async def flood(port, request, rate):
    """Send at this rate until the process is told to end; give (sent, answered, seconds)."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    connections = [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(CONNECTIONS)]
    print("sending", flush=True)
    began = tick = time.monotonic()
    share = 0.0
    while not stop.is_set():
        await asyncio.sleep(TICK_SECONDS)
        tick, before = time.monotonic(), tick
        share += rate * (tick - before) / CONNECTIONS
        for connection in connections:
            connection.send(request, int(share))
        share -= int(share)
    return sum(one.sent for one in connections), sum(one.answered for one in connections), time.monotonic() - began


def main():
    """Flood, and say how it went."""
    port, key, rate = sys.argv[1:]
    (request,) = requests(LoadSet(), 3_600, "gzip", 1, key)
    print(*uvloop.run(flood(int(port), request, float(rate))))


if __name__ == "__main__":
    main()
