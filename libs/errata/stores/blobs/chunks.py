"""Parts of uploads, kept by their sha1 until they are assembled, and for a time after so that a retry costs nothing."""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha1 as sha1_of
from typing import IO, Any

from errata.protocols.artifacts.bundle import Limits, UploadRefused
from errata.stores.blobs.connection import Blobs
from errata.stores.blobs.records import chunk_key
from errata.stores.blobs.windows import in_windows

SHA1 = re.compile(r"[0-9a-f]{40}")
# Questions at a time: enough for a bucket far away, few enough for its limits.
_AT_ONCE = 16


class ChunkStore:
    """Content-addressed parts of uploads, shared by all files and projects."""

    def __init__(self, blobs: Blobs, limits: Limits | None = None) -> None:
        self._blobs = blobs
        self.limits = limits or Limits()

    async def put(self, sha1: str, content: bytes) -> None:
        """Keep a chunk.

        Args:
            sha1: what the client says the content's sha1 is, 40 hex digits.
            content: uncompressed.

        Raises:
            UploadRefused: the content has another sha1, or is larger than a chunk may be.

        """
        if len(content) > self.limits.chunk:
            raise UploadRefused(f"a chunk is larger than {self.limits.chunk} bytes")
        digest = await asyncio.to_thread(sha1_of, content, usedforsecurity=False)
        if digest.hexdigest() != check_sha1(sha1):
            raise UploadRefused("a chunk's content does not have its checksum")
        await self._blobs.put(chunk_key(sha1.lower()), content)

    async def missing(self, sha1s: Sequence[str]) -> list[str]:
        """Give those of these chunks that are not there, each once, in their order.

        Raises:
            UploadRefused: one is no sha1.

        """
        wanted = list(dict.fromkeys(check_sha1(sha1) for sha1 in sha1s))
        questions = (self._blobs.exists(chunk_key(sha1)) for sha1 in wanted)
        there = [one async for one in in_windows(questions, _AT_ONCE)]
        return [sha1 for sha1, found in zip(wanted, there, strict=True) if not found]

    async def join(self, sha1s: Sequence[str], checksum: str, into: IO[bytes]) -> int:
        """Write these chunks one after the other; give the number of bytes.

        Args:
            sha1s: the chunks in order; a chunk may come more than once.
            checksum: the sha1 of the whole, checked while writing.
            into: an empty file.

        Raises:
            UploadRefused: together they are larger than a file may be, or do not have the checksum.
            FileNotFoundError: a chunk is not there (any more).

        """
        whole, size = sha1_of(usedforsecurity=False), 0
        for sha1 in sha1s:
            content = await self._blobs.get(chunk_key(check_sha1(sha1)))
            if content is None:
                raise FileNotFoundError("a chunk is not there")
            size += len(content)
            if size > self.limits.file:
                raise UploadRefused(f"the file is larger than {self.limits.file} bytes")
            await asyncio.to_thread(_take, content, whole, into)
        if whole.hexdigest() != check_sha1(checksum):
            raise UploadRefused("the assembled file does not have its checksum")
        into.seek(0)
        return size

    async def forget(self, now: datetime, age: timedelta) -> int:
        """Remove chunks that were written longer ago than `age`, assembled or not; give their number.

        An upload that was cut off is resumed within that time, or starts again.
        """
        forgotten = 0
        async for blob in self._blobs.all("chunks"):
            if now - blob.written_at > age:
                await self._blobs.delete(blob.key)
                forgotten += 1
        return forgotten


def _take(content: bytes, whole: Any, into: IO[bytes]) -> None:
    whole.update(content)
    into.write(content)


def check_sha1(text: str) -> str:
    """Give a sha1 in lower case.

    Raises:
        UploadRefused: it is none.

    """
    if not SHA1.fullmatch(text.lower()):
        raise UploadRefused("a checksum is not 40 hex digits")
    return text.lower()
