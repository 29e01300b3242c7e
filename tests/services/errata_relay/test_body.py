"""A body is read within its own bound and that of all bodies together, and gives back the room that it took."""

import gzip
from collections.abc import Iterable

import pytest

from errata.contracts.outcomes import Invalid
from errata_relay.body import Body, Receive, Room
from errata_relay.refusals import ClientGoneError, NoRoomError
from errata_relay.settings import RelaySettings

LARGE = 1_000_000


def comes(chunks: Iterable[bytes], *, gone: bool = False) -> Receive:
    """Let chunks arrive; at the end the client is gone, or has sent all."""
    left = list(chunks)

    async def receive() -> dict[str, object]:
        if not left and gone:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left) or gone}

    return receive


def body_of(*chunks: bytes, room: int = LARGE, gone: bool = False, **settings: int) -> tuple[Body, Room]:
    shared = Room(room)
    return Body(comes(chunks, gone=gone), shared, RelaySettings(**settings)), shared


async def test_a_body_is_whole_and_decompressed():
    packed = gzip.compress(b"hello")
    body, _ = body_of(packed[:9], packed[9:])
    assert await body.read("gzip", LARGE) == b"hello"
    assert body.whole


@pytest.mark.parametrize("chunks", [(b"a" * 101,), (b"a" * 60, b"a" * 60), (gzip.compress(bytes(101)),)])
async def test_above_its_bound_a_body_is_refused(chunks):
    body, _ = body_of(*chunks)
    with pytest.raises(Invalid, match="too_large"):
        await body.read("gzip" if chunks[0][:1] == b"\x1f" else "", 100)


async def test_a_body_on_the_wire_is_bounded_whatever_comes_of_it():
    empty = gzip.compress(b"")
    body, _ = body_of(*[empty] * 60, max_request_bytes=1_000)
    with pytest.raises(Invalid, match="too_large"):
        await body.read("gzip", LARGE)


async def test_above_the_room_of_all_bodies_one_is_refused_and_gives_its_own_back():
    body, room = body_of(b"a" * 60, b"a" * 60, room=100)
    with pytest.raises(NoRoomError):
        await body.read("", LARGE)
    body.release()
    room.take(100)


async def test_bytes_kept_as_they_came_take_room_too():
    body, room = body_of(b"a" * 60, room=100)
    body.keep_wire()
    with pytest.raises(NoRoomError):
        await body.read("", LARGE)
    body, room = body_of(b"a" * 50, room=100)
    body.keep_wire()
    assert (await body.read("", LARGE), body.wire) == (b"a" * 50, b"a" * 50)
    with pytest.raises(NoRoomError):
        room.take(1)


async def test_a_refused_body_is_read_to_its_end_without_being_kept():
    body, room = body_of(b"a" * 60, b"a" * 60, b"a" * 60, room=100)
    body.keep_wire()
    with pytest.raises(NoRoomError):
        await body.read("", LARGE)
    await body.discard()
    assert body.whole
    body.release()
    room.take(100)


async def test_a_body_that_does_not_come_to_its_end_is_none():
    body, _ = body_of(b"a", gone=True)
    with pytest.raises(ClientGoneError):
        await body.read("", LARGE)
