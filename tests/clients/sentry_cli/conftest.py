"""The real sentry-cli of both majors from npm, and a whole Errata that it talks to."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.load.installation import KEY, PROJECT, ROOT, Installation
from tests.servers import RUN

from errata.config.tokens import Scope, hash_token

CLIENTS = ROOT / ".errata" / "clients"
TOKEN = "0123456789abcdef" * 4
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@pytest.fixture(scope="session")
def errata() -> Iterator[Installation]:
    """A stack with the project `shop`, a repository, and a token that may do everything."""
    data = RUN / "sentry-cli"
    shutil.rmtree(data, ignore_errors=True)
    installation = Installation(data, rules=[])
    allow_everything(installation)
    with installation:
        yield installation


def allow_everything(errata: Installation) -> None:
    """Give a stack that is not started yet an organization whose `TOKEN` may do everything."""
    scopes = ", ".join(f'"{scope}"' for scope in Scope)
    (errata.options.config / "organization.yaml").write_text(
        f'slug: acme\nname: Acme\ntokens:\n  - {{name: tests, sha256: "{hash_token(TOKEN)}", scopes: [{scopes}]}}\n'
    )


def repositories(errata: Installation, *names: str) -> None:
    """Configure repositories, and wait until the console knows them."""
    path = errata.options.config / "organization.yaml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("repositories")]
    listed = ", ".join(f'{{name: {name}, url: "https://github.com/{name}", provider: github}}' for name in names)
    path.write_text("\n".join([*lines, f"repositories: [{listed}]"]) + "\n")
    time.sleep(3)  # it looks every two seconds


class Cli:
    """One major version of the client."""

    def __init__(self, major: str, program: Path, errata: Installation, folder: Path) -> None:
        self.major = major
        self.folder = folder
        self._program = program
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "SENTRY_URL": errata.state.console,
            "SENTRY_AUTH_TOKEN": TOKEN,
            "SENTRY_ORG": "acme",
            "SENTRY_PROJECT": "shop",
            "SENTRY_DSN": f"http://{KEY}@127.0.0.1:{errata.relay_port}/{PROJECT}",
            "SENTRY_DISABLE_UPDATE_CHECK": "1",
        }

    def __call__(self, *arguments: str, status: int = 0, typed: str = "", **environment: str) -> str:
        """Run a command; give what it says. It must end with this status."""
        done = subprocess.run(
            [self._program, *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        said = _ESCAPES.sub("", done.stdout + done.stderr)
        assert done.returncode == status, f"{arguments} ended with {done.returncode}:\n{said}"
        return said

    def until(self, text: str, *arguments: str) -> str:
        """Run a command until it says this: events take a moment to their tables."""
        deadline = time.monotonic() + 30
        while text not in (said := self(*arguments)):
            assert time.monotonic() < deadline, said
            time.sleep(0.3)
        return said


@pytest.fixture(scope="session", params=["2", "3"])
def program(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """One major's program, installed by npm when it is not there yet."""
    folder = CLIENTS / f"sentry-cli-{request.param}"
    program = folder / "node_modules" / ".bin" / "sentry-cli"
    if not program.exists():
        if shutil.which("npm") is None:
            pytest.skip("npm is not there to install sentry-cli with")
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", f"@sentry/cli@{request.param}"]
        installed = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
        if installed.returncode:
            pytest.skip(f"npm cannot install sentry-cli: {installed.stderr[-300:]}")
    return request.param, program


@pytest.fixture
def cli(program: tuple[str, Path], errata: Installation, tmp_path: Path) -> Cli:
    return Cli(*program, errata, tmp_path)


@pytest.fixture
def checkout(cli: Cli) -> Callable[[], str]:
    """Make the client's folder a git repository of three commits; give the last one's id."""

    def git(*arguments: str) -> str:
        who = ["-c", "user.name=Dev", "-c", "user.email=dev@example.com"]
        done = subprocess.run(["git", *who, *arguments], cwd=cli.folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def make() -> str:
        git("init", "-q", "-b", "main")
        git("remote", "add", "origin", "https://github.com/acme/shop")
        for number in range(3):
            (cli.folder / f"f{number}.py").write_text("x")
            git("add", ".")
            git("commit", "-q", "-m", f"change {number}")
        return git("rev-parse", "HEAD")

    return make
