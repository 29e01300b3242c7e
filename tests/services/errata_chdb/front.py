"""A front of a test's own: the real process on a free port."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx2
from tests.servers import PORTS


class FrontProcess:
    """The chDB front as a process over one folder of data; can be killed and started again."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = PORTS.pick()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = os.environ | {
            "ERRATA_CHDB_PATH": str(folder),
            "ERRATA_CHDB_PORT": str(self.port),
            "ERRATA_LOG_LEVEL": "warning",
            **environment,
        }
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "errata_chdb"], env=self._environment)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert process.poll() is None, "the front ended"
            try:
                if httpx2.get(self.url + "/ping").text == "Ok.\n":
                    return process
            except httpx2.TransportError:
                time.sleep(0.05)
        raise TimeoutError("the front does not answer")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        self.process = self._start()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=30)

    def query(self, sql: str | bytes, **arguments: str) -> httpx2.Response:
        return httpx2.post(self.url, content=sql, params=arguments, timeout=30)
