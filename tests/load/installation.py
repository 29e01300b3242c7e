"""A whole Errata of a test's own: `errata up` on free ports with a project and rules, and its tools against it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

from errata.runtime.settings import CommonSettings
from errata_cli.local.options import StackOptions
from errata_cli.local.stack import LocalStack

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


class Installation(LocalStack):
    """A stack with a configuration, under its own supervisor. A context manager: it leaves nothing running."""

    def __init__(self, data: Path, *, rules: list[dict[str, Any]] | None = None, processors: int = 1) -> None:
        config = data / "config"
        (config / "projects").mkdir(parents=True, exist_ok=True)
        (config / "alerts").mkdir(exist_ok=True)
        (config / "projects" / "shop.yaml").write_text(PROJECT_FILE)
        (config / "alerts" / "shop.json").write_text(json.dumps(RULES if rules is None else rules))
        super().__init__(
            StackOptions(
                data=data,
                config=config,
                processors=processors,
                relay_port=0,
                console_port=0,
                kafka_port=0,
                redis_port=0,
                clickhouse_port=0,
            )
        )

    @property
    def relay_port(self) -> int:
        """Where clients send; the part's own port is that of its health."""
        return int(next(iter(self.state.dsns.values())).rpartition("/")[0].rpartition(":")[2])

    @property
    def settings(self) -> CommonSettings:
        """What a service of this stack would be given."""
        names = {name.removeprefix("ERRATA_").lower(): value for name, value in self.environment.items()}
        return CommonSettings.model_validate({k: v for k, v in names.items() if k in CommonSettings.model_fields})

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
        """Wait until every part is ready again; raises `TimeoutError`."""
        # The supervisor notices a death within a moment; what it wrote before that is not yet true.
        await asyncio.sleep(1.5)
        await asyncio.to_thread(self.wait_ready, seconds=seconds)

    def errata(self, *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a tool of the command line against this stack."""
        return subprocess.run(
            [sys.executable, "-m", "errata_cli", *arguments],
            cwd=ROOT,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
