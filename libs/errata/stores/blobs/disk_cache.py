"""A bounded folder of files that all processes of one machine share: what took a download or a computation to get."""

import os
import tempfile
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

# Each so many writes the folder is measured; between them it may grow beyond its bound by what they wrote.
_MEASURE_EVERY = 32
# How files begin that are being written; what is left of them after so long, a killed process left.
_UNFINISHED = "."
_WRITING_NS = 60 * 1_000_000_000


class DiskCache:
    """Names to bytes. A file is there whole or not at all; the least lately used ones go first."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        """Use a folder, made when it is not there, for so many bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._max_bytes = max_bytes
        self._writes = 0

    def path(self, name: str) -> Path | None:
        """Give the file of a name, None when there is none. It may be removed at any time; open files stay readable."""
        path = self._path(name)
        try:
            os.utime(path)  # it was used: file systems are mounted without keeping that by themselves
        except FileNotFoundError:
            return None
        return path

    def get(self, name: str) -> bytes | None:
        """Give what is kept under a name, None when nothing is."""
        path = self.path(name)
        if path is None:
            return None
        with suppress(FileNotFoundError):
            return path.read_bytes()
        return None

    def put(self, name: str, content: bytes) -> Path:
        """Keep something; give its file. What is larger than the whole cache is gone at the next sweep."""
        path = self._path(name)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=_UNFINISHED, delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)
        self._writes += 1
        if self._writes % _MEASURE_EVERY == 0 or len(content) > self._max_bytes // _MEASURE_EVERY:
            self.sweep(spare=path)
        return path

    def sweep(self, spare: Path | None = None) -> None:
        """Remove the least lately used files until the rest is within the bound."""
        files = []
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):  # another process sweeps, too
                found = path.stat()
                # Many small ones take room, too: a block each, and a place in the folder.
                files.append((found.st_mtime_ns, max(found.st_size, 4096), path))
        total = sum(size for _, size, _ in files)
        newest = max((used_at for used_at, _, _ in files), default=0)
        for used_at, size, path in sorted(files):
            if total <= self._max_bytes:
                return
            is_written = path.name.startswith(_UNFINISHED) and newest - used_at < _WRITING_NS
            if path != spare and not is_written:
                path.unlink(missing_ok=True)
                total -= size

    def _path(self, name: str) -> Path:
        return self._folder / blake2b(name.encode(), digest_size=16).hexdigest()
