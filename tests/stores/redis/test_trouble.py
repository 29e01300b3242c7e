"""Which errors of Redis mean that one waits, and which are mistakes that waiting does not fix."""

from collections.abc import Awaitable
from typing import Any

import pytest
from redis import exceptions
from redis.asyncio import Redis

from errata.stores.redis.connection import connect
from errata.stores.redis.memory import memory_used
from errata.stores.redis.trouble import Trouble, trouble

SCRIPT = "return redis.call('SET', KEYS[1], ARGV[1])"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (exceptions.ConnectionError("Connection refused"), Trouble.AWAY),
        (exceptions.TimeoutError("Timeout reading"), Trouble.AWAY),
        (exceptions.BusyLoadingError("Redis is loading the dataset in memory"), Trouble.LOADING),
        (exceptions.OutOfMemoryError("command not allowed when used memory > 'maxmemory'."), Trouble.FULL),
        (exceptions.ReadOnlyError("You can't write against a read only replica."), Trouble.READ_ONLY),
        (exceptions.ClusterDownError("The cluster is down"), Trouble.CLUSTER_DOWN),
        (exceptions.ResponseError("MISCONF Redis is configured to save RDB snapshots"), Trouble.CANNOT_SAVE),
        (exceptions.ResponseError("BUSY Redis is busy running a script."), Trouble.BUSY),
        (exceptions.ResponseError("Error running script: @user_script:1: -OOM command not allowed"), Trouble.FULL),
        (exceptions.ResponseError("Error running script: @user_script:1: -MISCONF Redis is"), Trouble.CANNOT_SAVE),
        (exceptions.ResponseError("WRONGTYPE Operation against a key"), None),
        (exceptions.ResponseError("unknown command 'OOM '"), None),
        (exceptions.ResponseError("value is BOOM "), None),
    ],
)
def test_what_to_wait_for_is_told_from_mistakes(error: exceptions.RedisError, expected: Trouble | None) -> None:
    assert trouble(error) is expected


async def refused(asked: Awaitable[Any]) -> Trouble | None:
    with pytest.raises(exceptions.RedisError) as raised:
        await asked
    return trouble(raised.value)


@pytest.mark.stack
async def test_a_real_redis_that_is_full_or_a_replica_is_told_by_command_and_by_script(redis_db: str) -> None:
    async with connect(redis_db) as redis:
        used = await memory_used(redis, "any")
        assert 0 < used < 1
        await redis.config_set("maxmemory", 1)
        try:
            assert await memory_used(redis, "any") > 1
            assert await refused(redis.set("a", "b")) is Trouble.FULL
            assert await refused(redis.eval(SCRIPT, 1, "a", "b")) is Trouble.FULL
        finally:
            await redis.config_set("maxmemory", 0)
        await replica(redis, "127.0.0.1", "1")
        try:
            assert await refused(redis.set("a", "b")) is Trouble.READ_ONLY
            assert await refused(redis.eval(SCRIPT, 1, "a", "b")) is Trouble.READ_ONLY
        finally:
            await replica(redis, "NO", "ONE")


async def replica(redis: Redis, *of: str) -> None:
    await redis.execute_command("REPLICAOF", *of)
