"""Real Node clients of every vendor, pointed at Errata by their address alone: both of their errors are stored."""

import asyncio
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.load.installation import KEY

pytestmark = [
    pytest.mark.clients,
    pytest.mark.stack,
    pytest.mark.skipif(not (shutil.which("node") and shutil.which("npm")), reason="node and npm are not there"),
]

HERE = Path(__file__).parent
NAMES = ("sentry", "rollbar", "bugsnag", "airbrake", "honeybadger", "opentelemetry")


@pytest.fixture(scope="module")
def modules(clients_folder: Path) -> Path:
    """Folder of the clients' modules, installed once for each state of `package.json`."""
    package = HERE / "package.json"
    folder = clients_folder / f"node-{hashlib.sha256(package.read_bytes()).hexdigest()[:12]}"
    done = folder / "installed"
    if not done.exists():
        folder.mkdir(exist_ok=True)
        shutil.copy(package, folder)
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True, timeout=500
        )
        done.touch()
    return folder / "node_modules"


@pytest.mark.parametrize("name", NAMES)
async def test_a_handled_and_an_unhandled_error_are_stored(installation, stored, modules, name):
    url = f"http://127.0.0.1:{installation.relay_port}"
    ended = await asyncio.to_thread(
        subprocess.run,
        ["node", HERE / "programs" / f"{name}.js", url, KEY],
        env=os.environ | {"NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0, ended.stderr
    assert await stored(name) == {f"handled by {name}": "TypeError", f"unhandled by {name}": "RangeError"}
