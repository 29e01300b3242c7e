"""A request's body, read and decompressed as it comes, within its bounds and those of all requests together."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.encodings import decoder
from errata.runtime.metrics import RELAY_BUFFERED
from errata_relay.refusals import ClientGoneError, NoRoomError
from errata_relay.settings import RelaySettings

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Room:
    """The memory that all bodies share."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        RELAY_BUFFERED.set_function(lambda: self._taken)

    def take(self, size: int) -> None:
        """Take room for some bytes; raises `NoRoomError` when there is not enough."""
        if self._taken + size > self._limit:
            raise NoRoomError
        self._taken += size

    def give_back(self, size: int) -> None:
        """Give room back."""
        self._taken -= size


class Body:
    """One body. Its room is held until `release`, since its bytes live on in packs until they are acknowledged."""

    def __init__(self, receive: Receive, room: Room, settings: RelaySettings) -> None:
        self._receive = receive
        self._room = room
        self._settings = settings
        self._held = 0
        self._kept: list[bytes] | None = None
        self._wire_bytes = 0
        self._more = True

    def keep_wire(self) -> None:
        """Keep the bytes as they arrive; they take room too."""
        self._kept = []

    @property
    def wire(self) -> bytes:
        """The body as it arrived."""
        return b"".join(self._kept or ())

    async def read(self, content_encoding: str, most_bytes: int) -> bytes:
        """Give the whole body, decompressed.

        Args:
            content_encoding: as in the header of that name.
            most_bytes: that it may have, decompressed.

        Raises:
            Invalid: `BAD_ENCODING`, or `TOO_LARGE` on the wire or decompressed.
            NoRoomError: too much is being read and stored already.
            ClientGoneError: it does not come to its end.

        """
        undo = decoder(content_encoding)
        pieces: list[bytes] = []
        size = 0
        while self._more:
            chunk = await self._chunk()
            if self._wire_bytes > self._settings.max_request_bytes:
                raise Invalid(Reason.TOO_LARGE)
            for number, piece in enumerate(undo.feed(chunk)):
                size += len(piece)
                if size > most_bytes:
                    raise Invalid(Reason.TOO_LARGE)
                self.hold(len(piece))
                pieces.append(piece)
                if number:  # a step of a large body: let others have the loop in between
                    await asyncio.sleep(0)
        undo.finish()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def hold(self, size: int) -> None:
        """Take room for bytes that live as long as the body; raises `NoRoomError` when there is not enough."""
        self._room.take(size)
        self._held += size

    async def discard(self) -> None:
        """Read what is left of a refused body, up to what an acceptable one may hold, and forget it.

        A client that is still sending reads no answer, and a connection closed under it loses the answer altogether.
        """
        self._kept = None
        try:
            while self._more and self._wire_bytes <= 2 * self._settings.max_request_bytes:
                await self._chunk()
        except ClientGoneError:
            return

    @property
    def whole(self) -> bool:
        """Whether the body has been read to its end."""
        return not self._more

    def release(self) -> None:
        """Give back the room that the body held."""
        self._room.give_back(self._held)
        self._held = 0

    async def _chunk(self) -> bytes:
        message = await self._receive()  # for how long, `BoundedHttpProtocol` sees to
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunk: bytes = message.get("body", b"")
        self._wire_bytes += len(chunk)
        self._more = message.get("more_body", False)
        if self._kept is not None:
            self.hold(len(chunk))
            self._kept.append(chunk)
        return chunk
