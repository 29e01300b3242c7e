"""How full Redis is."""

from redis.asyncio import Redis, RedisCluster


async def memory_used(redis: Redis | RedisCluster, key: str) -> float:
    """Give the share of its memory that Redis uses: of `maxmemory`, or of the machine's when it has no limit.

    Of a cluster, that node is asked which holds the key.
    """
    if isinstance(redis, RedisCluster):
        memory = await redis.info("memory", target_nodes=redis.get_node_from_key(key))
    else:
        memory = await redis.info("memory")
    limit = int(memory.get("maxmemory", 0)) or int(memory.get("total_system_memory", 0))
    return int(memory["used_memory"]) / limit if limit else 0.0
