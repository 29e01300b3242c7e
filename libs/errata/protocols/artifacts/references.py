"""Where a built file says that its source map is: a header of the upload, or the last comment in the file."""

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

# One run up to the first white space: linear. The last one in the file counts, as in browsers.
_REFERENCE = re.compile(rb"//[#@][ \t]*sourceMappingURL=([^\s'\"]+)")
# A comment at the end of the file, however long the map is that stands in it; the first part is only looked at when
# the end holds none.
_END_BYTES = 1 << 16


def reference_in(source: bytes) -> str:
    """Give the reference in a built file, empty when there is none."""
    for part in (source[-_END_BYTES:], source):
        found = _REFERENCE.findall(part)
        if found:
            return str(found[-1].decode("utf-8", "replace"))
    return ""


def embedded(reference: str) -> bytes | None:
    """Give the source map that a `data:` reference holds, None when it cannot be decoded."""
    head, comma, body = reference.partition(",")
    if not comma:
        return None
    if not head.lower().endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(unquote_to_bytes(body), validate=True)
    except (binascii.Error, ValueError):
        return None
