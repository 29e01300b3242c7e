"""TCP ports of this machine's loopback address: which are free."""

import random
import socket

# Below Linux's range for outgoing connections (32768 and up), so that none of those takes a port just before its part.
_FREE_RANGE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class PortPicker:
    """Hands out ports, none of them twice."""

    def __init__(self, among: range = _FREE_RANGE) -> None:
        self._among = among
        self._taken: set[int] = set()

    def pick(self, preferred: int = 0) -> int:
        """Give the preferred port when it is free, any free one otherwise."""
        port = preferred
        while port == 0 or port in self._taken or not is_free(port):
            port = random.choice(self._among)
        self._taken.add(port)
        return port
