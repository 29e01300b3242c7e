"""Real Python clients of every vendor, pointed at Errata by their address alone: both of their errors are stored whole."""

import asyncio
import hashlib
import subprocess
import venv
from pathlib import Path

import pytest
from tests.clients.conftest import Client
from tests.load.installation import KEY

pytestmark = [pytest.mark.clients, pytest.mark.stack]

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
CLIENTS = (
    Client("sentry", {"area": "cart"}, handled=(True, False)),
    Client("rollbar", {"branch": "main"}, levels=("warning", "error")),
    Client("bugsnag", {"area": "cart"}, levels=("warning", "error"), handled=(True, False)),
    Client("pybrake", {"component": "cart"}),
    Client("honeybadger", {"cart": "true"}, release=""),
    Client("opentelemetry_spans", {"service.name": "cart"}),
    Client("opentelemetry_logs", {"service.name": "cart"}, levels=("error", "fatal")),
)


@pytest.fixture(scope="module")
def python(clients_folder: Path) -> Path:
    """An interpreter with the clients, installed once for each state of their requirements."""
    requirements = HERE / "requirements.txt"
    folder = clients_folder / f"python-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]}"
    interpreter = folder / "bin" / "python"
    done = folder / "installed"
    if not done.exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
            check=True,
            timeout=500,
        )
        done.touch()
    return interpreter


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
async def test_a_handled_and_an_unhandled_error_are_stored_as_they_were_told(installation, stored, python, client):
    (program,) = PROGRAMS.glob(f"{client.name}*.py")
    url = f"http://127.0.0.1:{installation.relay_port}"
    ended = await asyncio.to_thread(
        subprocess.run, [python, program, url, KEY], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1, ended.stderr
    assert f"unhandled by {client.name}" in ended.stderr or client.name in ("rollbar", "pybrake"), ended.stderr
    client.check(await stored(client.name), types=("ValueError", "RuntimeError"))
