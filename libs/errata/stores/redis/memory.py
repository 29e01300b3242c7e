"""How full Redis is."""

from redis.asyncio import Redis


async def memory_used(redis: Redis) -> float:
    """Give the share of its memory that Redis uses: of `maxmemory`, or of the machine's when it has no limit."""
    memory = await redis.info("memory")
    limit = int(memory.get("maxmemory", 0)) or int(memory.get("total_system_memory", 0))
    return int(memory["used_memory"]) / limit if limit else 0.0
