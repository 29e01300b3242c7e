"""The body of the old `store` route: JSON, or base64 of zlib of JSON with no header that says so (raven clients)."""

import binascii

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols import encodings

# With these a JSON text starts and no base64 does. `true`, `12` and the like could be either: they are tried as base64.
_JSON_STARTS = b'{["-'
_SPACE = b" \t\r\n"


def event_of(body: bytes, *, limit: int) -> bytes:
    """Give the JSON text in the body of a `store` request; whether it is JSON is for the reader of it to find out.

    Raises:
        Invalid: `TOO_LARGE`, what the body unpacks to is longer than `limit` bytes.

    """
    start = body.lstrip(_SPACE)[:1]
    if not start or start in _JSON_STARTS:
        return body
    try:
        packed = binascii.a2b_base64(body.translate(None, _SPACE), strict_mode=True)  # Ruby breaks it into lines
    except binascii.Error:
        return body
    if packed.startswith(b"{"):
        return packed
    try:
        return encodings.decode("deflate", packed, limit=limit)
    except Invalid as invalid:
        if invalid.reason is Reason.TOO_LARGE:
            raise
        return body
