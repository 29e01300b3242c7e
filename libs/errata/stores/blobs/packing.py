"""How contents are packed in the store: zstd, since maps shrink to a fifth and unpack at a gigabyte a second."""

import tempfile
from hashlib import sha1 as sha1_of
from typing import IO

from errata.protocols import zstd

_STEP = 1 << 20


def pack(content: bytes) -> bytes:
    """Give a content as it is stored."""
    return zstd.compress(content)


def pack_file(content: IO[bytes]) -> tuple[IO[bytes], str, int]:
    """Give a content as it is stored, in a temporary file without a name, with its sha1 and its size in bytes."""
    packed = tempfile.TemporaryFile()  # noqa: SIM115 - the caller's to close
    packer, sha1, size = zstd.ZstdCompressor(), sha1_of(usedforsecurity=False), 0
    content.seek(0)
    while piece := content.read(_STEP):
        sha1.update(piece)
        size += len(piece)
        packed.write(packer.compress(piece))
    packed.write(packer.flush())
    packed.seek(0)
    return packed, sha1.hexdigest(), size


def unpack(packed: bytes) -> bytes:
    """Give the content of what was packed."""
    return zstd.decompress(packed)
