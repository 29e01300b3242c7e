"""What becomes of what a rule finds: removed, replaced, masked, or hashed so that equal things stay countable."""

import hmac
from typing import Final, TypeAlias

from errata.config.scrub import DataType, Method

FILTERED: Final = "[Filtered]"
"""Sentry's own mark; people and SDKs know it."""

Kind: TypeAlias = str
"""Of a remark: `x` removed, `s` substituted, `m` masked, `p` pseudonymized."""
KINDS: dict[Method, Kind] = {Method.REMOVE: "x", Method.REPLACE: "s", Method.MASK: "m", Method.HASH: "p"}

LABELS: dict[DataType, str] = {
    DataType.BEARER: "[token]",
    DataType.CREDITCARD: "[creditcard]",
    DataType.EMAIL: "[email]",
    DataType.IBAN: "[iban]",
    DataType.IMEI: "[imei]",
    DataType.IP: "[ip]",
    DataType.MAC: "[mac]",
    DataType.PEMKEY: "[pemkey]",
    DataType.PHONE: "[phone]",
    DataType.TOKEN: "[token]",
    DataType.URLAUTH: "[auth]",
    DataType.USERPATH: "[user]",
    DataType.USSSN: "[us-ssn]",
    DataType.UUID: "[uuid]",
}
"""What `replace` writes when a rule names no text of its own; anything else becomes `[Filtered]`."""

_KEPT_BY_MASK: dict[DataType, str] = {DataType.CREDITCARD: " -", DataType.EMAIL: ".@"}
_CARD_DIGITS_SHOWN = 4


def redact(text: str, *, kind: DataType, method: Method, label: str, key: bytes) -> str:
    """Give what stands in the place of a found text; never longer than the larger of it, the label and 40."""
    match method:
        case Method.REMOVE:
            return ""
        case Method.REPLACE:
            return label or LABELS.get(kind, FILTERED)
        case Method.MASK:
            return _mask(text, kind)
        case Method.HASH:
            # SHA-1 as in Sentry, so that values hashed there are found again; HMAC is safe with it.
            return hmac.digest(key, text.encode("utf-8", "replace"), "sha1").hex().upper()


def _mask(text: str, kind: DataType) -> str:
    kept = _KEPT_BY_MASK.get(kind, "")
    end = len(text) - _CARD_DIGITS_SHOWN if kind is DataType.CREDITCARD else len(text)
    return "".join("*" if character not in kept else character for character in text[:end]) + text[end:]
