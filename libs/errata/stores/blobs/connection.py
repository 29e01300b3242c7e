"""Which blob store an address names, and the few operations that everything here is built from."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from errata.runtime.settings import AddressError


class Blob(NamedTuple):
    """What a listing tells of one blob."""

    key: str
    size: int
    written_at: datetime


class Blobs:
    """Keys to bytes. A blob is there whole or not at all: a local one is written aside and renamed."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.is_local = isinstance(store, LocalStore)
        """Whether reading costs no more than reading a copy on this machine's disk would."""

    async def put(self, key: str, content: bytes) -> None:
        """Write a blob, over an older one if there is one."""
        await obstore.put_async(self._store, key, content)

    async def create(self, key: str, content: bytes) -> bool:
        """Write a blob unless there is one already; tell whether it was written."""
        try:
            await obstore.put_async(self._store, key, content, mode="create")
        except AlreadyExistsError:
            return False
        return True

    async def get(self, key: str) -> bytes | None:
        """Give a blob's bytes, None when there is none."""
        try:
            answer = await obstore.get_async(self._store, key)
            return bytes(await answer.bytes_async())
        except FileNotFoundError:
            return None

    async def exists(self, key: str) -> bool:
        """Tell whether there is such a blob."""
        try:
            await obstore.head_async(self._store, key)
        except FileNotFoundError:
            return False
        return True

    async def delete(self, key: str) -> None:
        """Remove a blob; nothing happens when there is none."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return

    async def names(self, folder: str) -> list[str]:
        """Give the last parts of the keys that lie directly in a folder, in order."""
        found = await obstore.list_with_delimiter_async(self._store, folder)
        return sorted(blob["path"].rpartition("/")[2] for blob in found["objects"])

    async def all(self, folder: str, at_once: int = 1000) -> AsyncIterator[Blob]:
        """Yield every blob under a folder, however deep."""
        async for page in obstore.list(self._store, folder, chunk_size=at_once):
            for blob in page:
                yield Blob(blob["path"], blob["size"], blob["last_modified"])

    async def folders(self, folder: str) -> list[str]:
        """Give the names of the folders that lie directly in a folder, in order."""
        found = await obstore.list_with_delimiter_async(self._store, folder)
        return sorted(prefix.rstrip("/").rpartition("/")[2] for prefix in found["common_prefixes"])


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
