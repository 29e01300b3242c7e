"""Which blob store an address names, and the few operations that everything here is built from."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

import obstore
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from errata.runtime.settings import AddressError

# What obstore calls a file while it writes it, and never lists.
_UNFINISHED = re.compile(r".*#[0-9]+")


class Blob(NamedTuple):
    """What a listing tells of one blob."""

    key: str
    size: int
    written_at: datetime


class Blobs:
    """Keys to bytes. A blob is there whole or not at all: a local one is written aside and renamed."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self._folder = Path(store.prefix) if isinstance(store, LocalStore) and store.prefix else None
        self.is_local = self._folder is not None
        """Whether reading costs no more than reading a copy on this machine's disk would."""

    async def put(self, key: str, content: bytes | IO[bytes]) -> None:
        """Write a blob, over an older one if there is one."""
        await obstore.put_async(self.store, key, content)

    async def get(self, key: str) -> bytes | None:
        """Give a blob's bytes, None when there is none."""
        try:
            answer = await obstore.get_async(self.store, key)
            return bytes(await answer.bytes_async())
        except FileNotFoundError:
            return None

    async def exists(self, key: str) -> bool:
        """Tell whether there is such a blob."""
        try:
            await obstore.head_async(self.store, key)
        except FileNotFoundError:
            return False
        return True

    async def move(self, key: str, to: str) -> None:
        """Give a blob another key, written now; nothing happens when there is none."""
        with suppress(FileNotFoundError):
            await obstore.rename_async(self.store, key, to)
            if self._folder:  # a bucket copies, which counts as writing
                os.utime(self._folder / to)

    async def delete(self, key: str) -> None:
        """Remove a blob; nothing happens when there is none."""
        with suppress(FileNotFoundError):
            await obstore.delete_async(self.store, key)

    async def names(self, folder: str) -> list[str]:
        """Give the last parts of the keys that lie directly in a folder, in order."""
        found = await obstore.list_with_delimiter_async(self.store, folder)
        return sorted(blob["path"].rpartition("/")[2] for blob in found["objects"])

    async def all(self, folder: str, at_once: int = 1000) -> AsyncIterator[Blob]:
        """Yield every blob under a folder, however deep."""
        async for page in obstore.list(self.store, folder, chunk_size=at_once):
            for blob in page:
                yield Blob(blob["path"], blob["size"], blob["last_modified"])

    async def folders(self, folder: str) -> list[str]:
        """Give the names of the folders that lie directly in a folder, in order."""
        found = await obstore.list_with_delimiter_async(self.store, folder)
        return sorted(prefix.rstrip("/").rpartition("/")[2] for prefix in found["common_prefixes"])

    async def clear_leftovers(self, before: datetime) -> int:
        """Remove what killed writers left and no listing shows; give the number of files.

        It is files of a folder only, and empty folders, last changed before a time. A bucket may hold parts of uploads
        likewise: a rule of the bucket removes those (`AbortIncompleteMultipartUpload`).
        """
        return await asyncio.to_thread(_clear_leftovers, self._folder, before.timestamp()) if self._folder else 0


def connect(address: str) -> Blobs:
    """Give the blob store at an address: a folder's path or `file:///...`, `s3://bucket/prefix`, `memory:///`.

    A folder is made when it is not there. Credentials and endpoint of S3 come from the usual `AWS_*` variables.

    Raises:
        AddressError: the address has another form; the text names ERRATA_BLOBS.

    """
    scheme, separator, rest = address.partition("://")
    if not separator or scheme == "file":
        folder = Path(rest if separator else address).absolute()
        return Blobs(LocalStore(folder, mkdir=True, automatic_cleanup=False))
    if scheme == "memory":
        return Blobs(MemoryStore())
    if scheme in {"s3", "s3a"}:
        return Blobs(from_url(address))
    raise AddressError("ERRATA_BLOBS must be a folder, file:///folder or s3://bucket/prefix")


def _clear_leftovers(folder: Path, before: float) -> int:
    removed = 0
    for place, _, names in os.walk(folder, topdown=False):
        unfinished = [Path(place, name) for name in names if _UNFINISHED.fullmatch(name)]
        for path in (*unfinished, Path(place)):
            with suppress(OSError):  # somebody else was faster, or the folder is not empty
                if path.stat().st_mtime >= before:
                    continue
                if path.is_dir():
                    path.rmdir()
                else:
                    path.unlink()
                    removed += 1
    return removed
