"""Whether an address is of an origin that is allowed. It is asked of the very object that the request is made of."""

from collections.abc import Iterable

from httpx2 import URL

_PORTS = {"http": 80, "https": 443}


def is_allowed(url: URL, origins: Iterable[str]) -> bool:
    """Tell whether an address is of one of these origins; `*.` before a host stands for its subdomains.

    Args:
        url: an absolute address.
        origins: as `fetch_origins` of a project has them.

    """
    if url.scheme not in _PORTS or url.userinfo or not url.raw_host:
        return False
    host, port = url.raw_host.decode("ascii").lower(), url.port or _PORTS[url.scheme]
    for origin in origins:
        allowed = URL(origin.replace("//*.", "//", 1))
        name = allowed.raw_host.decode("ascii")
        fits = host.endswith(f".{name}") if "//*." in origin else host == name
        if fits and url.scheme == allowed.scheme and port == (allowed.port or _PORTS[allowed.scheme]):
            return True
    return False
