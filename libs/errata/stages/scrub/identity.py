"""Who was hit, as a keyed hash: users stay countable after their data is gone."""

from hashlib import blake2b

from errata.stages.stage import Event

KINDS = ("id", "email", "username", "ip_address")
"""The first of these that a user has identifies them: from what an application is surest of to what it only guesses."""

_AUTO = "{{auto}}"
_LONGEST_KEY = 64
"""Bytes that BLAKE2b takes as a key."""


def user_hash(event: Event, key: bytes) -> str:
    """Give 16 hex digits for the event's user, the same for the same user and key; empty when there is none.

    Without the key nobody can find the user by hashing all e-mail addresses there are.
    """
    user = event.get("user")
    if not isinstance(user, dict):
        return ""
    for kind in KINDS:
        value = user.get(kind)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value and value != _AUTO:
            text = f"{kind}:{value}".encode("utf-8", "replace")
            return blake2b(text, digest_size=8, key=key[:_LONGEST_KEY]).hexdigest()
    return ""
