"""A service says whether it lives and what it lacks."""

import httpx2

from errata.runtime.admin import serve_admin
from errata.runtime.health import Health


async def test_ready_names_what_is_missing_until_it_is_there(unused_tcp_port: int) -> None:
    health = Health("kafka", "redis")
    async with (
        serve_admin(health, "127.0.0.1", unused_tcp_port),
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}") as client,
    ):
        health.present("redis")
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()) == (503, {"ready": False, "missing": ["kafka"]})
        health.present("kafka")
        assert (await client.get("/health/ready")).status_code == 200
        assert (await client.get("/health/live")).status_code == 200
        assert "python_info" in (await client.get("/metrics")).text
