"""Real Node clients of every vendor, pointed at Errata by their address alone: both of their errors are stored whole."""

import asyncio
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.clients.conftest import Client
from tests.load.installation import KEY

pytestmark = [
    pytest.mark.clients,
    pytest.mark.stack,
    pytest.mark.skipif(
        not (shutil.which("node") and shutil.which("npm")),
        reason="the Node clients are not run: node and npm are not there",
    ),
]

HERE = Path(__file__).parent
CLIENTS = (
    Client("sentry", {"area": "cart"}, levels=("error", "fatal"), handled=(True, False)),
    Client("rollbar", {"framework": "node-js"}, levels=("warning", "error"), handled=(True, False)),
    Client("bugsnag", {"area": "cart"}, levels=("warning", "error"), handled=(True, False)),
    Client("airbrake", {"component": "cart"}),
    Client("honeybadger", {"cart": "true"}),
    Client("opentelemetry_spans", {"service.name": "cart"}),
    Client("opentelemetry_logs", {"service.name": "cart"}, levels=("error", "fatal")),
)


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


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
async def test_a_handled_and_an_unhandled_error_are_stored_as_they_were_told(installation, stored, modules, client):
    url = f"http://127.0.0.1:{installation.relay_port}"
    ended = await asyncio.to_thread(
        subprocess.run,
        ["node", HERE / "programs" / f"{client.name}.js", url, KEY],
        env=os.environ | {"NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0, ended.stderr
    client.check(await stored(client.name), types=("TypeError", "RangeError"))
