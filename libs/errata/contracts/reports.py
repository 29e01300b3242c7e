"""Reports that browsers send by themselves: the name of each kind, and how what a page tried to load is told."""

REPORTS = ("csp", "hpkp", "expectct", "expectstaple", "nel")
"""Each kind: the field of the event that holds the report, and the event's type."""

SELF = "'self'"
_WEB = frozenset({"http", "https", "ws", "wss"})
_SCHEMES = frozenset({"data", "blob", "about", "filesystem"})
"""What browsers report in place of a whole address of these schemes."""


def origin_of(uri: object) -> str:
    """Give where a resource is from, coarse enough to group by.

    That is its host, with the port; its scheme when the web has no host for it, as `data:`; a browser's own word such
    as `inline`; and `'self'` when nothing is named.
    """
    if not isinstance(uri, str) or uri in ("", "self", SELF):
        return SELF
    scheme, separator, rest = uri[:2_048].partition("://")
    if not separator:
        word, colon, _ = uri[:256].lower().partition(":")
        return f"{word}:" if colon or word in _SCHEMES else word
    end = min((place for mark in "/?#" if (place := rest.find(mark)) >= 0), default=len(rest))
    host = rest[:end].rpartition("@")[2].lower()
    return host if scheme.lower() in _WEB else f"{scheme.lower()}://{host}"
