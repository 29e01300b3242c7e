"""How one sees from outside that a part is well: a few bytes of its own protocol, without a client library.

A probe gives what the part says it lacks, nothing when it is ready, and raises something while it does not answer;
`ask` tells the two apart. The supervisor asks often and for the whole life of the stack, so probes are light.
"""

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Probe = Callable[[], Awaitable[tuple[str, ...]]]

TIMEOUT_SECONDS = 5


async def ask(probe: Probe) -> tuple[str, ...] | None:
    """Give what a part lacks; None when it does not answer."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await probe()
    except (OSError, EOFError, ValueError, LookupError):
        return None


def kafka(port: int) -> Probe:
    """Give a probe that is content when the broker names itself in a metadata answer: then it takes requests."""
    # Metadata, version 1 of the request, for no topic: https://kafka.apache.org/protocol.html#The_Messages_Metadata
    request = struct.pack(">hhihi", 3, 1, 0, -1, 0)

    async def probe() -> tuple[str, ...]:
        async with _connection(port) as (reader, writer):
            writer.write(struct.pack(">i", len(request)) + request)
            (size,) = struct.unpack(">i", await reader.readexactly(4))
            answer = await reader.readexactly(size)
            (brokers,) = struct.unpack_from(">i", answer, 4)
            return () if brokers > 0 else ("broker",)

    return probe


def redis(port: int) -> Probe:
    """Give a probe that is content when Redis answers PING, which it does not do while it loads its log."""

    async def probe() -> tuple[str, ...]:
        async with _connection(port) as (reader, writer):
            writer.write(b"PING\r\n")
            return () if await reader.readline() == b"+PONG\r\n" else ("data",)

    return probe


def http(port: int, path: str) -> Probe:
    """Give a probe that is content with status 200; otherwise it gives the `missing` list of the JSON answer."""
    request = f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode()

    async def probe() -> tuple[str, ...]:
        async with _connection(port) as (reader, writer):
            writer.write(request)
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
            status = int(head.split(b" ", 2)[1])
            if status == 200:
                return ()
            return tuple(map(str, json.loads(body)["missing"])) if status == 503 else (f"status {status}",)

    return probe


@asynccontextmanager
async def _connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
