"""Uploads as they arrive: the parts of a multipart body, one at a time, never all of it in memory."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import IO

from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from errata_console.answers import ApiError

# Above this a part lies on disk. Chunks are kept in memory: they are looked at whole, and no larger.
_IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True)
class Part:
    """One part of a body, whole; its content can be read until the next part is asked for."""

    name: str
    filename: str
    content: IO[bytes]

    def bytes(self) -> bytes:
        """Give the content."""
        self.content.seek(0)
        return self.content.read()

    def text(self) -> str:
        """Give the content of a form's field."""
        return self.bytes().decode(errors="replace")


async def parts_of(
    request: Request, *, max_parts: int, max_part_bytes: int, max_bytes: int, seconds: float
) -> AsyncGenerator[Part]:
    """Yield the parts of a multipart body.

    Raises:
        ApiError: 400 when it is no such body, 408 when it takes longer than `seconds`, 413 above a limit.

    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise ApiError(400, "A multipart/form-data body is expected")
    if int(request.headers.get("content-length", "0")) > max_bytes:
        raise ApiError(413, f"The request is larger than {max_bytes} bytes")
    try:
        async with asyncio.timeout(seconds):
            with PushMultipartParser(
                options["boundary"], max_segment_count=max_parts, max_segment_size=max_part_bytes
            ) as parser:
                async for part in _parts(request, parser, max_bytes):
                    yield part
    except ParserLimitReached:
        raise ApiError(413, f"More than {max_parts} parts, or one larger than {max_part_bytes} bytes") from None
    except (MultipartError, ClientDisconnect):
        raise ApiError(400, "The upload is not complete") from None
    except TimeoutError:
        raise ApiError(408, f"The upload took longer than {seconds:g} seconds") from None


async def _parts(request: Request, parser: PushMultipartParser, max_bytes: int) -> AsyncGenerator[Part]:
    size = 0
    part: Part | None = None
    async for data in request.stream():
        size += len(data)
        if size > max_bytes:
            raise ApiError(413, f"The request is larger than {max_bytes} bytes")
        for event in parser.parse(data) if data else ():
            if isinstance(event, MultipartSegment):
                content = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed with its part, below
                part = Part(event.name, event.filename or "", content)
                continue
            assert part is not None, "the parser gives a part's head first"
            if event is not None:
                part.content.write(event)
                continue
            with part.content:
                yield part
