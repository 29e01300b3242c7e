"""A console in a process of its own, as in production, over a migrated database and a folder of uploads."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
from tests.servers import PORTS

from errata.config.tokens import Scope, hash_token
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.migrate import migrate

TOKEN = "0123456789abcdef" * 4
"""That of the recordings; it may do everything."""
PROJECT = 42


def organization_file(tokens: dict[str, tuple[str, ...]]) -> str:
    """Give `organization.yaml` for the recordings' organization; `tokens` maps each to its scopes."""
    lines = ["slug: shop", "name: Shop Inc", "repositories: [{name: acme/shop, provider: github}]", "tokens:"]
    for number, (token, scopes) in enumerate(tokens.items()):
        words = ", ".join(f'"{scope}"' for scope in scopes)
        lines.append(f'  - {{name: t{number}, sha256: "{hash_token(token)}", scopes: [{words}]}}')
    return "\n".join(lines)


class RunningConsole:
    """A console that can be killed and started again on the same port and data."""

    def __init__(self, folder: Path, clickhouse: str, kafka: str = "", prefix: str = "", **settings: Any) -> None:
        self.folder = folder
        self.port = PORTS.pick()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = folder / "config"
        (self.config / "projects").mkdir(parents=True)
        keys = 'keys: [{id: main, public: "0123456789abcdef0123456789abcdef"}]'
        (self.config / "projects" / "web.yaml").write_text(f"id: {PROJECT}\nslug: web\n{keys}\n")
        (self.config / "projects" / "api.yaml").write_text("id: 7\nslug: api\nkeys: []\n")
        self.write_tokens({TOKEN: tuple(Scope)})
        self.environment = {
            "ERRATA_CLICKHOUSE": clickhouse,
            "ERRATA_CONFIG": str(self.config),
            "ERRATA_BLOBS": str(folder / "blobs"),
            "ERRATA_CONSOLE_PORT": str(self.port),
            **({"ERRATA_KAFKA": kafka, "ERRATA_TOPIC_PREFIX": prefix} if kafka else {}),
            **{f"ERRATA_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self.log = folder / "console.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.http = httpx2.Client(base_url=self.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)

    def write_tokens(self, tokens: dict[str, tuple[str, ...]]) -> None:
        (self.config / "organization.yaml").write_text(organization_file(tokens))

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "errata_console"],
                env=os.environ | self.environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                self.http.get("/api/0/")
            except httpx2.TransportError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, self.log.read_text()
                time.sleep(0.05)
            else:
                return

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(20)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def org(self, path: str) -> str:
        return f"/api/0/organizations/shop/{path}"

    def project(self, path: str) -> str:
        return f"/api/0/projects/shop/web/{path}"


def migrated(address: str) -> str:
    """Make the tables in a database; give its address."""

    async def make() -> None:
        clickhouse = await ClickHouse.connect(address)
        await migrate(clickhouse, lambda _migration: None)
        await clickhouse.close()

    asyncio.run(make())
    return address
