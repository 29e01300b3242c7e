"""A Redis cluster of two nodes: all that is kept in Redis is kept there, and the address of a single one is refused."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from tests.services.errata_tracker.rig import PROJECT, eventually

from errata.alerts.windows import SlidingCount
from errata.config.limits import Allowance
from errata.contracts.outcomes import Reason
from errata.stores.redis.connection import connect
from errata.stores.redis.event_ids import Claim, EventIds
from errata.stores.redis.limits import Allowances, Wish
from errata.stores.redis.partition_state import PartitionState, Position, Traces, UserBucket
from errata.stores.redis.projects import Projects
from errata_cli.local.ports import PortPicker
from errata_cli.local.redis import redis_server

pytestmark = pytest.mark.stack
SLOTS = 16_384
_PORTS = range(20_000, 22_700)
"""Nodes talk to each other 10,000 above: that is to be below the range for outgoing connections, too."""
START, NEXT = Position(1, 10, 0), Position(1, 20, 1)


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[tuple[int, int]]:
    """The ports of a fresh cluster's nodes."""
    picker = PortPicker(_PORTS)
    ports = picker.pick(), picker.pick()
    async with AsyncExitStack() as stack:
        for port in ports:
            await stack.enter_async_context(_node(port, tmp_path / str(port)))
        clients = [await stack.enter_async_context(Redis(port=port)) for port in ports]
        await _join(clients, ports[0])
        yield ports


@asynccontextmanager
async def _node(port: int, folder: Path) -> AsyncIterator[None]:
    await asyncio.to_thread(folder.mkdir)
    command = [redis_server() or "redis-server", "--port", str(port), "--dir", str(folder)]
    options = ["--bind", "127.0.0.1", "--save", "", "--cluster-enabled", "yes", "--loglevel", "warning"]
    node = await asyncio.create_subprocess_exec(*command, *options)
    try:
        yield
    finally:
        node.kill()
        await node.wait()


async def _join(clients: Sequence[Redis], first_port: int) -> None:
    async def answers() -> bool:
        try:
            return all([await client.ping() for client in clients])
        except RedisConnectionError:
            return False

    async def whole() -> bool:
        states = [await client.execute_command("CLUSTER", "INFO") for client in clients]
        return all("cluster_state:ok" in str(state) for state in states)

    assert await eventually(answers, bool, 10)
    half = SLOTS // 2
    for epoch, (client, slots) in enumerate(zip(clients, (range(half), range(half, SLOTS)), strict=True), 1):
        await client.execute_command("CLUSTER", "ADDSLOTS", *slots)
        await client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", epoch)
    await clients[1].execute_command("CLUSTER", "MEET", "127.0.0.1", first_port)
    assert await eventually(whole, bool, 20)


async def test_everything_that_is_kept_in_redis_is_kept_in_a_cluster(ports: tuple[int, int]) -> None:
    async with connect(f"redis-cluster://127.0.0.1:{ports[0]}") as redis:
        for partition in range(8):
            state = PartitionState(redis, "test.", partition)
            count = SlidingCount(60)
            count.add(1)
            commit = state.begin()
            commit.known(["a", "b"])
            commit.counts("a", {(60, ""): count})
            commit.outbox({"one": b"1"})
            assert await state.commit(None, START, commit)
            assert not await state.commit(None, NEXT, commit)
            assert await state.position() == START
            assert await state.records(["a", "b"]) == {}
            assert await state.traces(["a", "c"]) == Traces({"a"}, set())
            assert (await state.counts(["a", "b"]))["a"] == {(60, ""): {0: 1}}
            users = UserBucket("a", "", 60, 1), UserBucket("b", "", 60, 1)
            assert await state.add_users({bucket: ["ada"] for bucket in users}, 60) == set(users)
            assert await state.count_users([users, users[:1]]) == [1, 1]
            assert 0 < await state.memory_used() < 1
        projects = Projects(redis, "test.")
        for project in range(8):
            assert list(await projects.numbers(project, 2)) == [1, 2]
            assert await projects.meet_releases(project, {"1.0": 5}) == {"1.0": 5}
        claims = [Claim(1, f"{digit:x}" * 32, "1:0:0:0") for digit in range(16)]
        assert await EventIds(redis, "test.", 60).claim(claims) == ["1:0:0:0"] * 16
        limits = [
            Allowance(name, 1, seconds, Reason.RATE_LIMIT, (), "project") for name, seconds in (("a", 60), ("b", 3600))
        ]
        allowances = Allowances(redis, "test.")
        for project in range(8):
            grants = await allowances.take(project, [Wish(1, tuple(limits))] * 2, 7_200)
            assert [(grant.taken, grant.short) for grant in grants] == [(1, None), (0, limits[0])]
            assert await allowances.used(project, limits[1], range(1, 3)) == [None, 1]


@pytest.mark.parametrize("service", ["relay", "processor", "tracker"])
async def test_a_service_with_the_address_of_a_single_redis_ends_and_says_what_is_wrong(
    ports: tuple[int, int], tmp_path: Path, service: str
) -> None:
    (tmp_path / "projects").mkdir()
    (tmp_path / "projects" / "shop.yaml").write_text(PROJECT)
    settings = {
        "ERRATA_REDIS": f"redis://127.0.0.1:{ports[0]}",
        "ERRATA_SECRET": "x" * 16,
        "ERRATA_SPOOL_DIR": str(tmp_path / "spool"),
        "ERRATA_CONFIG": str(tmp_path),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"errata_{service}"),
        env=os.environ | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 30)
    assert b"this Redis is a cluster: ERRATA_REDIS must look like redis-cluster://" in said
    assert process.returncode == os.EX_CONFIG


@pytest.mark.parametrize("other", ["nobody", "single"])
async def test_where_no_cluster_answers_it_counts_as_away(redis_db: str, other: str) -> None:
    address = "redis://127.0.0.1:9" if other == "nobody" else redis_db.rpartition("/")[0]
    away = connect(address.replace("redis:", "redis-cluster:"))
    with pytest.raises(RedisConnectionError):
        await PartitionState(away, "test.", 1).position()
    await away.aclose()
