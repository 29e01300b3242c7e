"""Python's collector of cycles, set for a service: it looks seldom, and never at what was there at the start.

A tenth of the CPU time of a request or an event went into looking: an event is a thousand containers, all in use, and
next to nothing of what a service makes is a cycle.
"""

import gc

_NEW_OBJECTS = 20_000
"""Containers made and still there before the youngest are looked at: those of some twenty events; Python's 700 are less
than one."""
_ROUNDS = (20, 50)
"""Looks at the younger before the older ones are looked at, too."""


def ease_garbage_collection() -> None:
    """Spare what is loaded now and lives as long as the process; look at the rest seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *_ROUNDS)
