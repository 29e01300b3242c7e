"""Files in which the rows of an insert wait for the engine, which takes them from files only."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

# A file system in memory, where the system has one.
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - in a folder that only we can read


class RowFiles:
    """Such files of one folder of data: in memory where there is room, else beside the data."""

    def __init__(self, data: Path) -> None:
        name = "errata-rows-" + blake2b(bytes(data), digest_size=8).hexdigest()
        self._folders = (_SHARED_MEMORY / name, data / name)

    def clear(self) -> None:
        """Remove what a killed process left; for the one that holds the data."""
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def holding(self, rows: memoryview) -> Iterator[str]:
        """Give the path of a file with these rows; it is gone afterwards."""
        in_memory, on_disk = self._folders
        folder = in_memory if _room(_SHARED_MEMORY) > 2 * len(rows) else on_disk
        folder.mkdir(mode=0o700, exist_ok=True)
        descriptor, path = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(rows)
            yield path
        finally:
            Path(path).unlink()


def _room(folder: Path) -> int:
    try:
        stat = os.statvfs(folder)
    except OSError:
        return 0
    return stat.f_bavail * stat.f_frsize
