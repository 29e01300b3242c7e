"""Identifiers that are derived, not drawn: the same facts give the same id, however often they are processed."""

from hashlib import blake2b


def derived_id(*parts: str | int) -> str:
    """Give 32 hex digits that depend on the parts alone, in their order."""
    return blake2b("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def group_hash(project: int, fingerprint: tuple[str, ...]) -> str:
    """Give the 64-bit identity of a group as 16 hex digits: the hash of its project and fingerprint."""
    text = "\x1f".join((str(project), *fingerprint))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
