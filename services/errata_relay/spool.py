"""The disk spool: what Kafka could not take, on disk before it is answered, given back in order when Kafka is there.

A folder of segments, numbered files of frames (length, CRC-32, record). A segment is only ever appended to by the
process that made it, and removed when all of it is in Kafka: which segments exist is all the state there is. So a kill
at any instant leaves at worst a torn last frame, which nobody was promised, and a segment that is drained twice, whose
items say that they may be duplicates.
"""

import asyncio
import fcntl
import os
import struct
import zlib
from collections import deque
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

from errata.runtime import logging
from errata.runtime.metrics import RELAY_SPOOL_BYTES

_FRAME = struct.Struct("<II")
# Small, so that little is drained again after a crash and space comes back soon; large enough to be few files.
_SEGMENT_BYTES = 4_194_304
# One write and one fsync take what has gathered meanwhile, up to this.
_GROUP_BYTES = 4_194_304

_log = logging.get(__name__)


class SpoolFullError(Exception):
    """The spool has no room, or its disk does not take any more."""


class SpoolInUseError(Exception):
    """Another process has the folder."""


class Spool:
    """A bounded queue of records on disk. Appending is durable when it returns; many at once share one fsync."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        """Take the folder, made when it is not there, and find what is in it.

        Raises:
            SpoolInUseError: another process has it.
            OSError: the folder can not be used.

        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # holds what clients sent, unscrubbed
        self._folder = folder
        self._max_bytes = max_bytes
        self._claim = (folder / "lock").open("w")
        try:
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SpoolInUseError(str(folder)) from None
        self._closed = sorted(folder.glob("*.spool"))
        self._next_number = int(self._closed[-1].stem) + 1 if self._closed else 1
        self._size = sum(path.stat().st_size for path in self._closed)
        self._active: FileIO | None = None
        self._waiting: deque[tuple[bytes, asyncio.Future[None]]] = deque()
        self._committing: asyncio.Task[None] | None = None
        self._file_lock = asyncio.Lock()
        RELAY_SPOOL_BYTES.set(self._size)

    @property
    def size(self) -> int:
        """Bytes on disk or on their way there."""
        return self._size

    @property
    def full(self) -> bool:
        """Whether not even a small record would fit."""
        return self._size + _SEGMENT_BYTES // 64 > self._max_bytes

    async def append(self, record: bytes) -> None:
        """Return when the record is on disk.

        Raises:
            SpoolFullError: it is not, and will not be.

        """
        frame = _FRAME.pack(len(record), zlib.crc32(record)) + record
        if self._size + len(frame) > self._max_bytes:
            raise SpoolFullError
        self._grow(len(frame))
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((frame, done))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit())
        await done

    async def oldest(self) -> tuple[Path, list[bytes]] | None:
        """Give the oldest segment and its records, in order; None when the spool is empty.

        It stays until it is removed. Nothing is appended to it any more: the next record begins a new one.
        """
        async with self._file_lock:
            if not self._closed and self._active is not None:
                self._close_active()
            if not self._closed:
                return None
            path = self._closed[0]
            return path, list(records(await asyncio.to_thread(path.read_bytes), path.name))

    async def remove(self, segment: Path) -> None:
        """Remove a segment, all of which is in Kafka."""
        async with self._file_lock:
            size = await asyncio.to_thread(_unlink, segment)
            self._closed.remove(segment)
            self._grow(-size)

    async def set_aside(self, segment: Path) -> None:
        """Take a segment out of the spool, but leave its bytes for somebody to look at."""
        async with self._file_lock:
            aside = segment.with_suffix(".unreadable")
            size = await asyncio.to_thread(_rename, segment, aside)
            self._closed.remove(segment)
            self._grow(-size)

    async def close(self) -> None:
        """Finish what is being written, and let the folder go."""
        if self._committing is not None:
            await self._committing
        if self._active is not None:
            self._close_active()
        self._claim.close()

    def _grow(self, size: int) -> None:
        self._size += size
        RELAY_SPOOL_BYTES.set(self._size)

    async def _commit(self) -> None:
        while self._waiting:
            group: list[tuple[bytes, asyncio.Future[None]]] = []
            size = 0
            while self._waiting and size < _GROUP_BYTES:
                group.append(self._waiting.popleft())
                size += len(group[-1][0])
            try:
                async with self._file_lock:
                    await asyncio.to_thread(self._write, b"".join(frame for frame, _ in group))
            except OSError as error:
                _log.warning("the spool's disk takes nothing more", errno=error.errno)
                self._grow(-size)
                for _, done in group:
                    done.set_exception(SpoolFullError())
            else:
                for _, done in group:
                    done.set_result(None)

    def _write(self, frames: bytes) -> None:
        """Append and sync; on failure cut the file back, so that what was refused does not come to light later."""
        if self._active is not None and self._active.tell() >= _SEGMENT_BYTES:
            self._close_active()
        if self._active is None:
            self._active = self._new_segment()
        start = self._active.tell()
        try:
            left = memoryview(frames)
            while left:  # an unbuffered file may take less than it is given
                left = left[self._active.write(left) :]
            os.fdatasync(self._active.fileno())
        except OSError:
            try:
                self._active.truncate(start)
            finally:
                self._close_active()
            raise

    def _new_segment(self) -> FileIO:
        path = self._folder / f"{self._next_number:012d}.spool"
        self._next_number += 1
        file = FileIO(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # the file's name must survive too
        finally:
            os.close(folder)
        return file

    def _close_active(self) -> None:
        assert self._active is not None
        self._active.close()
        self._closed.append(Path(os.fsdecode(self._active.name)))
        self._active = None


def _unlink(path: Path) -> int:
    """Remove a file and give the bytes it had."""
    size = path.stat().st_size
    path.unlink()
    return size


def _rename(path: Path, new: Path) -> int:
    """Rename a file and give the bytes it has."""
    path.rename(new)
    return new.stat().st_size


def records(segment: bytes, name: str = "") -> Iterator[bytes]:
    """Give the whole records of a segment; a torn end was never answered and is left out.

    A record in the midst whose checksum is wrong was damaged on the disk: it is lost, and said to be.
    """
    at = 0
    while at + _FRAME.size <= len(segment):
        length, checksum = _FRAME.unpack_from(segment, at)
        end = at + _FRAME.size + length
        if not length or end > len(segment):  # zeros that a power cut left behind; or torn
            return
        record = segment[at + _FRAME.size : end]
        if zlib.crc32(record) == checksum:
            yield record
        elif end < len(segment):
            _log.error("a record of the spool is damaged and lost", segment=name, at=at)
        at = end
