"""A shop that is built by the bundlers people use, its source maps sent by the real sentry-cli, and who buys there."""

import asyncio
import functools
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.clients.sentry_cli.conftest import Cli, allow_everything
from tests.load.installation import Installation

from errata.stores.clickhouse.client import ClickHouse

SHOP = Path(__file__).parent / "shop"
CHROMIUM = Path("/usr/bin/chromium")
_QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip


class Stored(NamedTuple):
    """An event as ClickHouse has it."""

    issue: str
    payload: dict[str, Any]

    @property
    def frames(self) -> list[dict[str, Any]]:
        return self.payload["exception"]["values"][-1]["stacktrace"]["frames"]

    @property
    def raw_frames(self) -> list[dict[str, Any]]:
        return self.payload["exception"]["values"][-1]["raw_stacktrace"]["frames"]


class Shop:
    """One checkout of the shop with a release of its own."""

    def __init__(self, folder: Path, modules: Path, errata: Installation) -> None:
        self.folder = folder
        self.release = ""
        self._modules = modules
        self._errata = errata
        shutil.copytree(SHOP, folder, dirs_exist_ok=True)
        (folder / "node_modules").symlink_to(modules)
        self.renew()

    def renew(self) -> None:
        """Begin another release."""
        self.release = f"shop@{uuid.uuid4().hex}"

    def build(self, bundler: str, target: str, file: str, **esbuild: Any) -> None:
        """Build the shop for `node` or `browser` into a file; the map is beside it."""
        self._run("node", "build.js", bundler, target, file, json.dumps(esbuild))

    def cli(self, major: str) -> Cli:
        """Give sentry-cli of a major version, in the shop's folder."""
        package = {"2": "sentry-cli-2", "3": "@sentry/cli"}[major]
        return Cli(major, self._modules / package / "bin" / "sentry-cli", self._errata, self.folder)

    def build_with_plugin(self, bundler: str, target: str, file: str) -> None:
        """Build the shop with the bundler's own plugin, which uploads what it makes."""
        environment = self.cli("3").environment | {"SENTRY_RELEASE": self.release}
        self._run("node", "build.js", bundler, target, file, **environment)

    def inject(self, folder: str, major: str = "3") -> None:
        """Give the built files and their maps debug ids."""
        self.cli(major)("sourcemaps", "inject", folder)

    def upload(self, folder: str, major: str = "3") -> None:
        """Give the built files debug ids, and send them with their maps."""
        self.inject(folder, major)
        self.cli(major)("sourcemaps", "upload", folder, "--wait")

    def serve(self, file: str) -> None:
        """Run the shop on a server until its orders are done."""
        self._run("node", file, SENTRY_DSN=self.cli("3").environment["SENTRY_DSN"], SENTRY_RELEASE=self.release)

    @property
    def options(self) -> str:
        """What a page gives its SDK, as JSON."""
        return json.dumps({"dsn": self.cli("3").environment["SENTRY_DSN"], "release": self.release})

    def open_without_browser(self, file: str) -> None:
        """Run a page's script as if it came from a web server."""
        self._run("node", "page.cjs", file, f"https://shop.example/{file}?v=1", self.options)

    @contextmanager
    def open_in_chromium(self, file: str) -> Iterator[None]:
        """Show a page with the shop, served on loopback, for as long as the context is open."""
        (self.folder / "index.html").write_text(
            f"<script>globalThis.SENTRY = {self.options}</script><script type=module src={file}></script>"
        )
        handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=self.folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_port}/index.html"
            profile = f"--user-data-dir={self.folder / 'profile'}"
            browser = subprocess.Popen([CHROMIUM, *_QUIET, profile, "--remote-debugging-port=0", address])
            try:
                yield
            finally:
                browser.terminate()
                browser.wait(20)
                server.shutdown()

    async def stored(self) -> Stored:
        """Wait until the one event of the release is stored."""
        async with _clickhouse(self._errata) as clickhouse:
            for _ in range(120):
                rows = await clickhouse.rows(
                    "SELECT group_hash, payload FROM events WHERE release = {release:String}", {"release": self.release}
                )
                if rows:
                    [(issue, payload)] = rows
                    return Stored(issue, json.loads(payload))
                await asyncio.sleep(0.5)
        raise AssertionError("no event was stored")

    def _run(self, *command: str, **environment: str) -> None:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder)} | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@asynccontextmanager
async def _clickhouse(errata: Installation) -> AsyncIterator[ClickHouse]:
    clickhouse = await ClickHouse.connect(errata.settings.clickhouse)
    try:
        yield clickhouse
    finally:
        await clickhouse.close()


@pytest.fixture(scope="session")
def modules(clients_folder: Path) -> Path:
    """Bundlers, SDKs and sentry-cli of both majors, installed once for each state of `package.json`."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are not there")
    package = SHOP / "package.json"
    folder = clients_folder / f"bundles-{hashlib.sha256(package.read_bytes()).hexdigest()[:12]}"
    done = folder / "installed"
    if not done.exists():
        folder.mkdir(exist_ok=True)
        shutil.copy(package, folder)
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
        installed = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=500, check=False)
        if installed.returncode:
            pytest.skip(f"npm cannot install the bundlers: {installed.stderr[-300:]}")
        done.touch()
    return folder / "node_modules"


@pytest.fixture(scope="module")
def errata(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A stack with the project `shop` and a token."""
    installation = Installation(tmp_path_factory.mktemp("errata"), rules=[])
    allow_everything(installation)
    with installation:
        yield installation


@pytest.fixture
def shop(errata: Installation, modules: Path, tmp_path: Path) -> Shop:
    return Shop(tmp_path / "one", modules, errata)


@pytest.fixture
def other_shop(errata: Installation, modules: Path, tmp_path: Path) -> Shop:
    """The same shop in another folder, as of another deploy."""
    return Shop(tmp_path / "two", modules, errata)
