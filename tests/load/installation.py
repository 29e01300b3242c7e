"""A whole Errata of a test's own: `errata up` in a folder, watched through the state it writes, hurt by signals."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import psutil

from errata_cli.local.state import PartState, StackState, read_state

ROOT = Path(__file__).resolve().parents[2]
KEY = "0123456789abcdef0123456789abcdef"
PROJECT = 1

PROJECT_FILE = f"""\
id: {PROJECT}
slug: shop
keys:
  - id: load
    public: "{KEY}"
"""
_FIRST_SEEN = "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"
_FREQUENCY = "sentry.rules.conditions.event_frequency.EventFrequencyCondition"
_REGRESSION = "sentry.rules.conditions.regression_event.RegressionEventCondition"
RULES: list[dict[str, Any]] = [
    {"id": "new", "name": "New error", "conditions": [{"id": _FIRST_SEEN}], "actions": []},
    {"id": "busy", "name": "Busy", "conditions": [{"id": _FREQUENCY, "value": 50, "interval": "1m"}], "actions": []},
    {"id": "back", "name": "Back again", "conditions": [{"id": _REGRESSION}], "actions": []},
]


class Installation:
    """One stack under its supervisor. Use it as a context manager: it leaves nothing running."""

    def __init__(self, data: Path, *, rules: list[dict[str, Any]] | None = None, processors: int = 1) -> None:
        self.data = data
        self.config = data / "config"
        self.processors = processors
        (self.config / "projects").mkdir(parents=True, exist_ok=True)
        (self.config / "alerts").mkdir(exist_ok=True)
        (self.config / "projects" / "shop.yaml").write_text(PROJECT_FILE)
        (self.config / "alerts" / "shop.json").write_text(json.dumps(RULES if rules is None else rules))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, timeout: float = 180) -> None:
        """Start everything and wait until all parts are ready; raises `RuntimeError` with the end of the log."""
        log = (self.data / "up.log").open("ab")
        command = [sys.executable, "-m", "errata_cli", "up", "--data", str(self.data), "--config", str(self.config)]
        # Ports of its own: other stacks may run here.
        command += ["--processors", str(self.processors), "--free-ports"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("ERRATA_")}
        self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env=environment)
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and self._process.poll() is None:
            state = read_state(self.data)
            if state is not None and state.supervisor == self._process.pid and state.ready:
                return
            time.sleep(0.2)
        self.stop()
        raise RuntimeError("the stack did not start:\n" + (self.data / "up.log").read_text()[-4000:])

    def stop(self) -> None:
        """Stop everything as Ctrl-C would."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def wipe(self) -> None:
        """Remove what the stopped stack left on disk."""
        shutil.rmtree(self.data, ignore_errors=True)

    @property
    def state(self) -> StackState:
        """What the supervisor last wrote."""
        state = read_state(self.data)
        assert state is not None
        return state

    def part(self, name: str) -> PartState:
        """Give one part's state."""
        return self.state.parts[name]

    def processes(self) -> dict[str, psutil.Process]:
        """Give each part's process, those that run now."""
        found = {}
        for name, part in self.state.parts.items():
            if part.pid:
                try:
                    found[name] = psutil.Process(part.pid)
                except psutil.NoSuchProcess:
                    continue
        return found

    def hurt(self, name: str, number: signal.Signals) -> bool:
        """Send a signal to a part; False when it has no process just now."""
        process = self.processes().get(name)
        if process is None:
            return False
        process.send_signal(number)
        return True

    async def ready(self, seconds: float = 120) -> None:
        """Wait until every part is ready again."""
        deadline = time.monotonic() + seconds
        while not self.state.ready:
            if time.monotonic() > deadline:
                lacks = {name: part.status for name, part in self.state.parts.items() if part.status != "ready"}
                raise TimeoutError(f"not ready after {seconds} s: {lacks}")
            await asyncio.sleep(0.2)

    def errata(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a tool of the command line against this stack."""
        environment = os.environ | self.state.environment
        return subprocess.run(
            [sys.executable, "-m", "errata_cli", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
