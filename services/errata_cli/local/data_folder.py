"""What a stack keeps in its data folder, by name: one list for those that make it and for `errata down --wipe`."""

import contextlib
import shutil
from enum import StrEnum
from pathlib import Path


class Kept(StrEnum):
    """A name in the data folder."""

    KAFKA = "kafka"
    REDIS = "redis"
    CLICKHOUSE = "clickhouse"
    BLOBS = "blobs"
    """Uploads."""
    CACHE = "cache"
    """Of uploads, on the processors' disk."""
    SPOOL = "spool"
    """Of the relay, while Kafka is away."""
    SECRET = "secret"  # noqa: S105 - the file's name
    STATE = "state.json"
    STATE_MAKING = "state.json.new"
    OUTPUT = "up.out"
    """What a supervisor in the background said."""
    LOG = "errata.log"
    LOG_BEFORE = "errata.log.1"
    LOG_BEFORE_THAT = "errata.log.2"
    LOCK = "lock"


def wipe_folder(data: Path) -> None:
    """Remove what a stopped stack kept, and the folder when nothing that somebody else put there is left."""
    for name in Kept:
        path = data / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # something else lies there
        data.rmdir()
