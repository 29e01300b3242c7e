"""The bounds of a request on the wire, on a real socket: what is no HTTP or too much of it is refused, and counted once."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
import uvicorn
from uvicorn.server import ServerState

from errata.contracts.messages import Outcome
from errata.contracts.outcomes import Reason
from errata_relay.http_protocol import BoundedHttpProtocol
from errata_relay.outcomes import OutcomeCounts

HEAD = b"POST /api/ HTTP/1.1\r\nHost: h\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"
Say = Callable[..., Awaitable[bytes]]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer with what was seen of the request; say nothing to a client that is gone."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body, more = body + message["body"], message["more_body"]
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    seen = json.dumps({"body": body.decode(), "headers": headers, "path": scope["path"]}).encode()
    length = (b"content-length", b"%d" % len(seen))
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": seen})


@pytest.fixture
def outcomes() -> OutcomeCounts:
    return OutcomeCounts(lambda: 0)


@pytest.fixture
async def say(outcomes: OutcomeCounts) -> AsyncIterator[Say]:
    """Send pieces of bytes over one connection, and give what comes back until the server closes it."""

    class Protocol(BoundedHttpProtocol):
        max_head_bytes = 2_000
        body_seconds = 0.2

    Protocol.outcomes = outcomes
    config = uvicorn.Config(application, lifespan="off", log_config=None, timeout_keep_alive=0.2)  # type: ignore[arg-type]
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Protocol(config, state, {}), "127.0.0.1", 0)

    async def send(*pieces: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return answer

    yield send
    server.close()


def counted(outcomes: OutcomeCounts) -> Counter[str]:
    """Give how often each reason was counted since this was last asked."""
    counts: Counter[str] = Counter()
    for _, value in outcomes.take_untold():
        told = msgspec.json.decode(value, type=Outcome)
        counts[told.reason] += told.quantity
    return counts


def seen(answer: bytes) -> dict[str, Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    return json.loads(body)


@pytest.mark.parametrize(
    "pieces",
    [
        (b"hello\r\n\r\n",),
        (b"POST / HTTP/1.1\r\nHost h\r\n\r\n",),
        (b"GET http://h HTTP/1.1\r\n\r\n",),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",),
        (HEAD + b"X: " + b"a" * 3_000,),
        (HEAD, b"X: " + b"a" * 1_000, b"a" * 1_000, b"a"),
        (HEAD + b"X: " + b"a" * 3_000 + b"\r\n\r\n",),
        (HEAD + b"x: y\r\n" * 1_500 + b"\r\n",),
    ],
)
async def test_what_is_no_http_or_has_too_large_a_head_is_refused_with_cors_and_counted(say, outcomes, pieces):
    answer = await say(*pieces)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"\r\naccess-control-allow-origin: *\r\n" in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["reason"] == Reason.BAD_HTTP
    assert counted(outcomes) == {"bad_http": 1}


async def test_a_large_body_that_comes_with_its_head_is_no_large_head(say, outcomes):
    answer = await say(HEAD + b"Connection: close\r\nContent-Length: 5000\r\n\r\n" + b"a" * 5_000)
    assert seen(answer)["body"] == "a" * 5_000
    assert counted(outcomes) == {}


async def test_a_large_body_is_no_part_of_the_head_that_follows_it(say, outcomes):
    one = HEAD + b"Content-Length: 5000\r\n\r\n" + b"a" * 5_000
    answer = await say(one + HEAD, b"Connection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert counted(outcomes) == {}


async def test_trailers_are_left_out(say, outcomes):
    answer = await say(CHUNKED + b"Host: evil\r\nX: y\r\n\r\n")
    assert seen(answer)["headers"] == {"host": "h", "transfer-encoding": "chunked"}
    assert seen(answer)["body"] == "abc"
    assert counted(outcomes) == {}


@pytest.mark.parametrize("trailers", [b"x: y\r\n" * 300, b"x: " + b"y" * 1_500])
async def test_trailers_that_do_not_end_are_refused(say, outcomes, trailers):
    answer = await say(CHUNKED, trailers, trailers[:1_000])
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert counted(outcomes) == {}  # the application has the request, and counts it


@pytest.mark.parametrize(
    "body", [b"Content-Length: 3\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"]
)
@pytest.mark.parametrize("cut", [0, 1, 5])
async def test_a_client_that_offers_another_protocol_keeps_its_body(say, outcomes, body, cut):
    whole = HEAD + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n" + body
    pieces = (whole[: len(whole) - cut], whole[len(whole) - cut :]) if cut else (whole,)
    answer = await say(*pieces)
    assert (seen(answer)["body"], seen(answer)["path"]) == ("abc", "/api/")
    assert counted(outcomes) == {}


async def test_requests_that_offer_another_protocol_may_follow_one_another(say, outcomes):
    one = HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    answer = await say(one * 20)
    assert answer.count(b"HTTP/1.1 200 ") == 20
    assert counted(outcomes) == {}


@pytest.mark.parametrize(
    ("part", "reasons"),
    [
        (b"", {}),
        (HEAD, {"incomplete": 1}),
        (HEAD + b"Content-Length: 9\r\n\r\nabc", {}),  # the application counts it
        (HEAD + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 9\r\n\r\n", {}),
    ],
)
async def test_a_request_that_does_not_come_to_its_end_is_not_waited_for(say, outcomes, part, reasons):
    assert await say(part) == b""
    await asyncio.sleep(0)
    assert counted(outcomes) == reasons
