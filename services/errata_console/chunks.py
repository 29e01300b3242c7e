"""Chunks: what the server takes, and the upload itself, each chunk checked as it comes."""

import asyncio
import zlib

from starlette.responses import Response

from errata.runtime.metrics import CONSOLE_UPLOADED
from errata_console.answers import ApiError, nothing, reply
from errata_console.call import Call
from errata_console.multipart_body import Part

# What old clients ask before they send something in chunks; new ones take all of it for granted.
_ACCEPTED = (
    "debug_files", "release_files", "pdbs", "sources", "bcsymbolmaps", "il2cpp", "portablepdbs", "artifact_bundles",
    "artifact_bundles_v2", "proguard",
)  # fmt: skip
# Clients, by their beginnings, that take an address without a host.
_TAKE_PATHS = ("sentry-cli/2.", "sentry-cli/3.")
# Both kinds of part: as it is, and compressed on its own.
_PLAIN, _GZIP = "file", "file_gzip"
_GZIP_WINDOW = 31
# Headers and boundaries around the chunks of one request.
_FRAMING_BYTES = 64 * 1024


async def options(call: Call) -> Response:
    """Say in which chunks to send, and where to."""
    settings = call.parts.settings
    return reply(
        {
            "url": _address(call),
            "chunkSize": settings.chunk_bytes,
            "chunksPerRequest": settings.chunks_per_request,
            "maxRequestSize": settings.max_upload_bytes,
            "maxFileSize": settings.max_file_bytes,
            "maxWait": 0,
            "hashAlgorithm": "sha1",
            "concurrency": settings.concurrent_uploads,
            "compression": ["gzip"],
            "accept": _ACCEPTED,
        }
    )


def _address(call: Call) -> str:
    """Give where to send chunks, without a host if the client takes that: it then uses the one it reached us by,
    whatever stands between. The client that bundler plugins of version 11 use (`sentry-cli/0.49`) wants a whole URL.
    """
    path = f"/api/0/organizations/{call.organization.slug}/chunk-upload/"
    headers = call.request.headers
    if headers.get("user-agent", "").startswith(_TAKE_PATHS):
        return path
    forwarded = headers.get("x-forwarded-proto", "")
    scheme = forwarded if forwarded in {"http", "https"} else call.request.url.scheme
    return f"{scheme}://{call.request.url.netloc}{path}"


async def upload(call: Call) -> Response:
    """Take chunks, each named after its sha1; those before a bad one are kept."""
    settings = call.parts.settings
    async with call.parts_of_body(
        max_parts=settings.chunks_per_request,
        max_part_bytes=settings.chunk_bytes + _FRAMING_BYTES,
        max_bytes=settings.max_upload_bytes + _FRAMING_BYTES,
    ) as parts:
        async for part in parts:
            content = await asyncio.to_thread(_content, part, settings.chunk_bytes)
            await call.parts.chunks.put(part.filename, content)
            CONSOLE_UPLOADED.labels("chunk").inc(len(content))
    return nothing(200)


def _content(part: Part, limit: int) -> bytes:
    if part.name == _PLAIN:
        return part.bytes()
    if part.name != _GZIP:
        raise ApiError(400, "A chunk's part is called file or file_gzip")
    inflating = zlib.decompressobj(_GZIP_WINDOW)
    try:
        content = inflating.decompress(part.bytes(), limit + 1)
    except zlib.error:
        raise ApiError(400, "A chunk is not gzip") from None
    if len(content) > limit or not inflating.eof:
        raise ApiError(413 if len(content) > limit else 400, f"A chunk is cut off, or larger than {limit} bytes")
    return content
