"""CORS: what lets pages of any origin send, and read of the answer what slows a client down. On every answer."""

from collections.abc import Mapping

from errata_relay.refusals import Header

# Browsers hide what is not exposed: without it a rate limit on a success is not seen, and three events come for one.
CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"x-sentry-error, x-sentry-rate-limits, retry-after"),
)
# What clients may ask for besides; a preflight's own wishes are echoed.
_ALLOWED_HEADERS = (
    b"x-sentry-auth, x-requested-with, x-forwarded-for, origin, accept, content-type, content-encoding, authorization, "
    b"authentication, transfer-encoding, sentry-trace, baggage"
)
_PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    (b"access-control-max-age", b"3600"),
)


def preflight_headers(asked: Mapping[bytes, bytes]) -> tuple[Header, ...]:
    """Give the headers that answer a preflight with these headers, beside those of every answer."""
    allowed = _ALLOWED_HEADERS
    if wish := asked.get(b"access-control-request-headers"):
        allowed = b", ".join((wish, allowed))
    return (*_PREFLIGHT, (b"access-control-allow-headers", allowed))
