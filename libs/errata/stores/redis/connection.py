"""How to reach Redis: one address for everything, and options that make its absence known soon."""

import contextlib
from typing import Any, cast
from urllib.parse import urlsplit

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisClusterException, RedisError

from errata.runtime.settings import AddressError

_CLUSTER = "-cluster"


class _Cluster(RedisCluster):
    """A cluster that cannot be reached says so as a single Redis does."""

    async def initialize(self, *arguments: Any, **options: Any) -> RedisCluster:
        try:
            return await super().initialize(*arguments, **options)
        except RedisClusterException as error:
            raise RedisConnectionError("no cluster answers there, or not all of it") from error


def connect(url: str, *, timeout: float = 2.0) -> Redis:
    """Give a client for `redis://` or `rediss://`; it connects when first used.

    `redis-cluster://` and `rediss-cluster://` name any node of a cluster: the keys of one script or pipeline carry a
    hash tag that they share. A command is tried twice, since a connection that lay idle may be dead without anyone
    knowing; so callers send only what may be done twice. Redis 6.2 and Valkey suffice.

    Args:
        url: the address, with user and password when there are any.
        timeout: seconds for a connection, and for an answer; above it Redis counts as away.

    Raises:
        AddressError: the address has another form; the text names ERRATA_REDIS, never the address with its password.

    """
    options: dict[str, Any] = {
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "socket_keepalive": True,
        "retry": Retry(NoBackoff(), 1),
    }
    try:
        if is_cluster(url):
            # Its class is another one; the commands that Errata uses are the same.
            return cast("Redis", _Cluster.from_url(url.replace(_CLUSTER, "", 1), **options))
        return Redis.from_url(url, **options)
    except ValueError:
        raise AddressError(
            "ERRATA_REDIS must look like redis://host:6379/0, rediss://user:password@host:6379/0 "
            "or redis-cluster://host:6379"
        ) from None


def is_cluster(url: str) -> bool:
    """Say whether an address is that of a cluster."""
    return urlsplit(url).scheme.endswith(_CLUSTER)


async def refuse_cluster(redis: Redis | RedisCluster) -> None:
    """Return when a client fits the Redis it reaches, or reaches none now.

    Raises:
        AddressError: there is a cluster, and the address is that of a single Redis: most keys could not be reached.

    """
    if isinstance(redis, RedisCluster):
        return
    with contextlib.suppress(RedisError):
        if (await redis.info("cluster")).get("cluster_enabled"):
            raise AddressError("this Redis is a cluster: ERRATA_REDIS must look like redis-cluster://host:6379")
