"""How contents are packed in the store: zstd, since maps shrink to a fifth and unpack at a gigabyte a second."""

from errata.protocols import zstd


def pack(content: bytes) -> bytes:
    """Give a content as it is stored."""
    return zstd.compress(content)


def unpack(packed: bytes) -> bytes:
    """Give the content of what `pack` gave."""
    return zstd.decompress(packed)
