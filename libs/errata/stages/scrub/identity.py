"""Who was hit, as a hash with the project's key: users stay countable after their data is gone."""

import hmac
from functools import lru_cache
from hashlib import blake2b

from errata.config.model import Project
from errata.stages.stage import Event

KINDS = ("id", "email", "username", "ip_address")
"""The first of these that a user has identifies them: from what an application is surest of to what it only guesses."""

_AUTO = "{{auto}}"


def scope_of(project: Project) -> str:
    """Give what tells a project's hashes from those of others: a word of its own, otherwise its id."""
    return f"scope:{project.scrub.hash_scope}" if project.scrub.hash_scope else f"project:{project.id}"


@lru_cache(1024)
def project_key(secret: bytes, scope: str) -> bytes:
    """Give the 32 bytes of a scope's key, made from the installation's secret so that nobody without it has them.

    Without a secret, where nothing is kept, there is no key either: hashes are then those of Sentry, which has none.
    """
    return b"" if not secret else hmac.digest(secret, scope.encode("utf-8", "replace"), "sha256")


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
            return blake2b(text, digest_size=8, key=key).hexdigest()
    return ""
