"""Network addresses: IPv4, IPv6 and MAC; never version numbers, which look like the first."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

from errata.stages.scrub.finders import Span, regex

# Addresses but 127.x: that one fills many an event and names nobody.
IP_HINT = (
    rb"(?:^|[^0-9.]|\\u00[01][0-9])(?:[1-9]?[0-9]|1[013-9][0-9]|12[0-689]|2[0-9]{2})(?:\.[0-9]{1,3}){3}"
    rb"|(?i:[23][0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):[0-9a-fA-F:]*:"
)
MAC_HINT = rb"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}"

_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = regex(rb"\b(" + _OCTET + rb"(?:\." + _OCTET + rb"){3})\b")
_IPV6 = regex(rb"(?i)(?:^|[^0-9a-z:.])([0-9a-f]{1,4}:[0-9a-f:]*:[0-9a-f]{0,4})")
_MAC = regex(rb"(?:^|[^0-9A-Za-z:-])([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5})")

_VERSION_BEFORE = regex(rb"(?i)(?:version|release|build|revision|rev|ver|v)[a-z]{0,6}[\"'\\]{0,4}\s{0,2}[:=/ (]?\s{0,2}$")
_HOST_BEFORE = regex(rb"(?i)(?:\bip|\baddr(?:ess)?|\bhost|\bclient|\bpeer|\bfrom|\bserver|\bvia|://|@)[^0-9\n\x00]{0,4}$")
_LOOKBACK = 24

_SMALL_PART = 32
"""Four parts all below this are a version far more often than an address: of random addresses 1 in 4,096 is such."""


def find_ips(text: bytes) -> Iterator[Span]:
    """Give the spans of IPv4 and IPv6 addresses that could be somebody's: not loopback, not unspecified."""
    for match in _IPV4.finditer(text):
        start, end = match.span(1)
        if _is_address(text, start, end):
            yield start, end
    for match in _IPV6.finditer(text):
        start, end = match.span(1)
        if not text[end : end + 1].isalnum() and _is_ipv6(match[1]):
            yield start, end


def find_macs(text: bytes) -> Iterator[Span]:
    """Give the spans of six pairs of hex digits; of more, which are fingerprints of keys, none."""
    for match in _MAC.finditer(text):
        start, end = match.span(1)
        if not text[end : end + 1].isalnum() and text[end : end + 1] not in (b":", b"-"):
            yield start, end


def _is_address(text: bytes, start: int, end: int) -> bool:
    parts = [int(part) for part in text[start:end].split(b".")]
    if parts[0] in (0, 127) or parts[2:] == [0, 0] or parts == [255] * 4:
        return False
    before, after = text[max(0, start - _LOOKBACK) : start], text[end : end + 2]
    previous = before[-1:]
    if previous in (b".", b"-", b"_", b"+", b"~", b"^", b"=") and before[-2:-1].isalnum() and previous != b"=":
        return False  # a part of something longer: name-1.2.3.4, 0.1.2.3.4
    if after[:1] in (b".", b"-", b"_", b"+") and after[1:2].isalnum():
        return False
    # `Chrome/1.2.3.4` is a product's version; `host/1.2.3.4:80` is how Java writes an address.
    if previous == b"/" and before[-2:-1].isalnum() and after[:1] != b":":
        return False
    if _VERSION_BEFORE.search(before):
        return False
    return max(parts) >= _SMALL_PART or _HOST_BEFORE.search(before) is not None


def _is_ipv6(candidate: bytes) -> bool:
    """Times (`12:34:56`) and names (`abc::def`) are written with colons too: ask for an allocated range."""
    try:
        address = IPv6Address(candidate.decode())
    except AddressValueError:
        return False
    first = int(address) >> 112
    return 0x2000 <= first <= 0x3FFF or 0xFC00 <= first <= 0xFDFF or 0xFE80 <= first <= 0xFEBF
