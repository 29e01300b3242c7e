"""Locks between processes: held by an open file, so the kernel releases them however their owner dies."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO


def try_lock(path: Path) -> IO[bytes] | None:
    """Take a lock and give the file that holds it until it is closed; None when another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@asynccontextmanager
async def locked(path: Path) -> AsyncIterator[None]:
    """Hold a lock, after waiting for it as long as it takes."""
    while (file := try_lock(path)) is None:  # noqa: ASYNC110 - another process holds it, and tells nobody
        await asyncio.sleep(0.2)
    with file:
        yield
