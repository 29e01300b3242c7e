"""Why Redis cannot serve us just now: what to wait for, apart from mistakes of ours, which waiting does not fix."""

import re
from enum import StrEnum

from redis.exceptions import (
    BusyLoadingError,
    ClusterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError


class Trouble(StrEnum):
    """What keeps Redis from serving us, in a word for health and logs."""

    AWAY = "away"
    LOADING = "loading"
    FULL = "full"
    READ_ONLY = "read-only"
    CANNOT_SAVE = "cannot-save"
    CLUSTER_DOWN = "cluster-down"
    BUSY = "busy"
    REPLICAS_BEHIND = "replicas-behind"


# The narrower class first: a Redis that loads its data refuses as if its connection were broken.
_CLASSES: tuple[tuple[type[RedisError], Trouble], ...] = (
    (BusyLoadingError, Trouble.LOADING),
    (OutOfMemoryError, Trouble.FULL),
    (ReadOnlyError, Trouble.READ_ONLY),
    (ClusterDownError, Trouble.CLUSTER_DOWN),
    (TryAgainError, Trouble.CLUSTER_DOWN),
    (RedisConnectionError, Trouble.AWAY),
    (RedisTimeoutError, Trouble.AWAY),
)
# What has no class, and what a script met: its error carries that of the command in its text, with a dash before it.
_WORDS = {
    "LOADING": Trouble.LOADING,
    "OOM": Trouble.FULL,
    "READONLY": Trouble.READ_ONLY,
    "MISCONF": Trouble.CANNOT_SAVE,
    "CLUSTERDOWN": Trouble.CLUSTER_DOWN,
    "MASTERDOWN": Trouble.CLUSTER_DOWN,
    "TRYAGAIN": Trouble.CLUSTER_DOWN,
    "NOREPLICAS": Trouble.REPLICAS_BEHIND,
    "BUSY": Trouble.BUSY,
}
_WORD = re.compile(rf"(?:^|-)({'|'.join(_WORDS)}) ")


def trouble(error: RedisError) -> Trouble | None:
    """Give what to wait for; None when waiting would not help."""
    for kind, why in _CLASSES:
        if isinstance(error, kind):
            return why
    found = _WORD.search(str(error))
    return _WORDS[found[1]] if found else None
