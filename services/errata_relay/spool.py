"""The disk spool: what Kafka could not take, on disk before it is answered, given back in order when Kafka is there.

A folder of segments, numbered files (`segment.py`). A segment is only ever appended to by the process that made it, and
removed when all of it is in Kafka: which segments exist is all the state there is. So a kill at any instant leaves at
worst a torn end of the last one, which the next process cuts off, and a segment that is drained twice, whose items say
that they may be duplicates. A segment of which anything else cannot be read is set aside, under another name.
"""

import asyncio
import fcntl
import os
from collections import deque
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from errata.contracts.times import SECOND, Clock
from errata.runtime import logging
from errata.runtime.metrics import RELAY_SPOOL_AGE, RELAY_SPOOL_BYTES, RELAY_SPOOL_SET_ASIDE
from errata_relay import segment
from errata_relay.segment import Content

# Small, so that little is drained again after a crash and space comes back soon; large enough to be few files.
_SEGMENT_BYTES = 4_194_304
# One write and one fsync take what has gathered meanwhile, up to this.
_GROUP_BYTES = 4_194_304

_log = logging.get(__name__)


class SpoolFullError(Exception):
    """The spool has no room, or its disk does not take any more."""


class SpoolInUseError(Exception):
    """Another process has the folder."""


class _Closed(NamedTuple):
    """A segment that nothing more is appended to."""

    path: Path
    begun_at: int
    """Microseconds since 1970, UTC."""


class Spool:
    """A bounded queue of records on disk. Appending is durable when it returns; many at once share one fsync."""

    def __init__(self, folder: Path, max_bytes: int, clock: Clock) -> None:
        """Take the folder, made when it is not there, and find what is in it.

        Args:
            folder: of the segments.
            max_bytes: that they may have together.
            clock: tells when a segment begins, and so how old its records are.

        Raises:
            SpoolInUseError: another process has it.
            OSError: the folder cannot be used.

        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # holds what clients sent, unscrubbed
        self._folder = folder
        self._max_bytes = max_bytes
        self._clock = clock
        self._claim = (folder / "lock").open("w")
        try:
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SpoolInUseError(str(folder)) from None
        if found := sorted(folder.glob("*.spool")):
            _cut_torn_end(found[-1])
        self._closed = [_Closed(path, _begun_at(path) or clock()) for path in found if path.exists()]
        # Those that were set aside count too: a second one of their name would take their place.
        taken = (*found, *folder.glob("*.unreadable"))
        self._next_number = max((int(path.stem) for path in taken), default=0) + 1
        self._size = sum(_bytes_of_frames(path) for path, _ in self._closed)
        self._active: FileIO | None = None
        self._active_since = 0
        self._waiting: deque[tuple[bytes, asyncio.Future[None]]] = deque()
        self._committing: asyncio.Task[None] | None = None
        self._file_lock = asyncio.Lock()
        RELAY_SPOOL_BYTES.set(self._size)
        RELAY_SPOOL_AGE.set_function(lambda: self.age)

    @property
    def age(self) -> float:
        """Seconds that the oldest record has been here; 0 when there is none."""
        if not self._closed and self._active is None:
            return 0
        oldest = self._closed[0].begun_at if self._closed else self._active_since
        return max(0, self._clock() - oldest) / SECOND

    @property
    def size(self) -> int:
        """Bytes on disk or on their way there."""
        return self._size

    async def append(self, record: bytes) -> None:
        """Return when the record is on disk.

        Raises:
            SpoolFullError: it is not, and will not be.

        """
        frame = segment.frame(record)
        if self._size + len(frame) > self._max_bytes:
            raise SpoolFullError
        self._grow(len(frame))
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((frame, done))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit())
        await done

    async def oldest(self) -> tuple[Path, Content] | None:
        """Give the oldest segment and what can be read of it; None when the spool is empty.

        It stays until it is removed. Nothing is appended to it any more: the next record begins a new one.
        """
        async with self._file_lock:
            if not self._closed and self._active is not None:
                self._close_active()
            if not self._closed:
                return None
            path, _ = self._closed[0]
            return path, segment.read(await asyncio.to_thread(path.read_bytes))

    async def remove(self, path: Path) -> None:
        """Remove a segment, all of which is in Kafka."""
        async with self._file_lock:
            size = _bytes_of_frames(path)
            await asyncio.to_thread(path.unlink)
            self._forget(path, size)

    async def set_aside(self, path: Path) -> None:
        """Take a segment out of the spool, but leave its bytes for somebody to look at."""
        async with self._file_lock:
            size = _bytes_of_frames(path)
            await asyncio.to_thread(path.rename, path.with_suffix(".unreadable"))
            RELAY_SPOOL_SET_ASIDE.inc(size)
            self._forget(path, size)

    async def close(self) -> None:
        """Finish what is being written, and let the folder go."""
        if self._committing is not None:
            await self._committing
        if self._active is not None:
            self._close_active()
        self._claim.close()

    def _forget(self, path: Path, size: int) -> None:
        self._closed = [closed for closed in self._closed if closed.path != path]
        self._grow(-size)

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
            self._active_since = self._clock()
            frames = segment.head(self._active_since) + frames
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
        file, self._active = self._active, None
        path, size = Path(os.fsdecode(file.name)), os.fstat(file.fileno()).st_size
        file.close()
        if size:
            self._closed.append(_Closed(path, self._active_since))
        else:
            path.unlink()


def _begun_at(path: Path) -> int:
    with path.open("rb") as file:
        return segment.created_at(file.read(segment.HEAD_BYTES))


def _bytes_of_frames(path: Path) -> int:
    return max(0, path.stat().st_size - segment.HEAD_BYTES)


def _cut_torn_end(path: Path) -> None:
    """Cut from the last segment of a process that is gone what it was still writing, and promised to nobody."""
    data = path.read_bytes()
    torn = segment.read(data).torn_bytes
    if not data or torn == len(data):
        path.unlink()
    elif torn:
        os.truncate(path, len(data) - torn)
    if torn:
        _log.info("the last segment of the spool has a torn end, never promised to anybody", bytes=torn)
