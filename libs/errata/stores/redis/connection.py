"""How to reach Redis: one address for everything, and options that make its absence known soon."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from errata.runtime.settings import AddressError


def connect(url: str, *, timeout: float = 2.0) -> Redis:
    """Give a client for `redis://` or `rediss://`; it connects when first used.

    A command is tried twice, since a connection that lay idle may be dead without anyone knowing; so callers send only
    what may be done twice. Redis 6.2 and Valkey suffice.

    Args:
        url: the address, with user and password when there are any.
        timeout: seconds for a connection, and for an answer; above it Redis counts as away.

    Raises:
        AddressError: the address has another form; the text names ERRATA_REDIS, never the address with its password.

    """
    try:
        return Redis.from_url(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            socket_keepalive=True,
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError:
        raise AddressError(
            "ERRATA_REDIS must look like redis://host:6379/0 or rediss://user:password@host:6379/0"
        ) from None
