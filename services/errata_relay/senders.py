"""Whose key a request came with, and whether that key may send from there."""

import hmac
import secrets
from hashlib import blake2b
from typing import NamedTuple

from errata.config.loading import ConfigFolder
from errata.config.model import ClientKey, Config, Project
from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.sentry.auth import Credentials
from errata_relay.origins import is_allowed


class Sender(NamedTuple):
    """A key and whose it is."""

    project: Project
    key: ClientKey


NOBODY = Sender(Project(id=0, slug="", keys=()), ClientKey(id="", public=""))
"""Whose requests are whose key is not known yet."""


class Senders:
    """The keys of the configuration as it is now."""

    def __init__(self, config: ConfigFolder) -> None:
        self._config = config
        self._secret = secrets.token_bytes(32)
        self._read: Config | None = None
        self._by_digest: dict[bytes, Sender] = {}

    def of(self, key: str) -> Sender:
        """Give whose key it is, in a time that tells nothing of how much of one was guessed.

        A key is looked up by a hash that nobody can foresee, and then compared whole.

        Raises:
            Invalid: `UNKNOWN_KEY`.

        """
        config = self._config.current
        if config is not self._read:
            self._by_digest = {self._digest(_bytes(public)): Sender(*found) for public, found in config.keys.items()}
            self._read = config
        presented = _bytes(key)
        found = self._by_digest.get(self._digest(presented))
        if found is None or not hmac.compare_digest(_bytes(found.key.public), presented):
            raise Invalid(Reason.UNKNOWN_KEY)
        return found

    def _digest(self, key: bytes) -> bytes:
        return blake2b(key, digest_size=16, key=self._secret).digest()


def check(sender: Sender, credentials: Credentials, origin: str) -> None:
    """See whether a sender may send.

    Args:
        sender: whose key it is.
        credentials: what the request says of itself; the project in its address must be the key's.
        origin: of the page that sends; empty when none does.

    Raises:
        Invalid: `DISABLED_KEY`, `PROJECT_MISMATCH` or `FOREIGN_ORIGIN`.

    """
    project, key = sender
    if key.disabled:
        raise Invalid(Reason.DISABLED_KEY)
    if credentials.project and credentials.project != str(project.id):
        raise Invalid(Reason.PROJECT_MISMATCH)
    if origin and project.limits.origins and not is_allowed(origin, project.limits.origins):
        raise Invalid(Reason.FOREIGN_ORIGIN)


def _bytes(key: str) -> bytes:
    """Give the bytes of what may hold half of a surrogate pair, which JSON can name."""
    return key.encode("utf-8", "surrogatepass")
