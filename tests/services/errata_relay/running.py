"""A relay in a process of its own, as in production, and what it put on Kafka."""

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import msgspec
from tests.servers import PORTS

from errata.contracts.messages import Outcome
from errata.contracts.pack import Item, decode_pack
from errata.contracts.topics import INGEST, INGEST_SESSIONS, OUTCOMES
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.scan import scan

KEY = "0123456789abcdef0123456789abcdef"
"""Of project 42, like that of the recordings."""
DISABLED_KEY = "d" * 32
OTHER_KEY = "e" * 32
"""Of project 7."""

_PROJECTS = {
    "shop": f'id: 42\nslug: shop\nkeys:\n  - {{id: main, public: "{KEY}"}}\n'
    f'  - {{id: old, public: "{DISABLED_KEY}", disabled: true}}\n',
    "other": f'id: 7\nslug: other\nkeys:\n  - {{id: main, public: "{OTHER_KEY}"}}\n',
}
PARTITIONS = 2


def write_config(folder: Path) -> None:
    (folder / "projects").mkdir(parents=True)
    for slug, text in _PROJECTS.items():
        (folder / "projects" / f"{slug}.yaml").write_text(text)


class RunningRelay:
    """A relay process that can be stopped, killed and started again on the same port and spool."""

    def __init__(self, folder: Path, kafka: str, topic_prefix: str, **settings: Any) -> None:
        self.folder = folder
        self.port = PORTS.pick()
        self.url = f"http://127.0.0.1:{self.port}"
        self.spool = folder / "spool"
        if not (folder / "config").exists():
            write_config(folder / "config")
        self.common = CommonSettings(kafka=kafka, topic_prefix=topic_prefix, partitions=PARTITIONS)
        self.environment = {
            "ERRATA_KAFKA": kafka,
            "ERRATA_TOPIC_PREFIX": topic_prefix,
            "ERRATA_PARTITIONS": str(PARTITIONS),
            "ERRATA_CONFIG": str(folder / "config"),
            "ERRATA_RELAY_PORT": str(self.port),
            "ERRATA_SPOOL_DIR": str(self.spool),
            **{f"ERRATA_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self.log = folder / "relay.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "errata_relay"],
                env=os.environ | self.environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 20
        while True:
            try:
                if httpx2.get(f"{self.url}/health/live").status_code == 200:
                    return
            except httpx2.TransportError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, self.log.read_text()
                time.sleep(0.05)

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(20)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def metric(self, name: str) -> float:
        """Give the sum of a metric over its labels."""
        lines = httpx2.get(f"{self.url}/metrics").text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.split("{")[0].split(" ")[0] == name)

    async def items(self, topic: str = INGEST) -> list[Item]:
        return [item async for record in scan(self.common, topic) for item in decode_pack(record.value).items]

    async def all_items(self) -> list[Item]:
        return await self.items(INGEST) + await self.items(INGEST_SESSIONS)

    async def outcomes(self) -> Counter[tuple[str, str, str, int]]:
        """Give what the relay told: (outcome, reason, category, project) -> quantity. Ask after it has stopped."""
        found: Counter[tuple[str, str, str, int]] = Counter()
        async for record in scan(self.common, OUTCOMES):
            told = msgspec.json.decode(record.value, type=Outcome)
            found[told.outcome, told.reason, told.category, told.project] += told.quantity
        return found


def auth(key: str = KEY) -> dict[str, str]:
    return {"X-Sentry-Auth": f"Sentry sentry_key={key}, sentry_version=7, sentry_client=test/1.0"}


def envelope(*items: tuple[str, bytes], header: bytes = b"{}") -> bytes:
    lines = [header]
    for kind, payload in items:
        lines += [b'{"type":"%s","length":%d}' % (kind.encode(), len(payload)), payload]
    return b"\n".join(lines) + b"\n"


def send_raw(port: int, request: bytes, *, seconds: float = 15) -> bytes:
    """Send bytes as they are, and give what comes back until the other side closes or has answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(request)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
            head, end, body = answer.partition(b"\r\n\r\n")
            if end and len(body) >= int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0):
                break
        return answer
