"""Network addresses: IPv4, IPv6 and MAC; never version numbers, which look like the first."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

from errata.stages.scrub.finders import Match, Span, accepted, regex

_ANY = rb"[0-9]{1,3}"
_LARGE = rb"(?:3[2-9]|[4-9][0-9]|1[0-9][0-9]|2[0-9][0-9])"
_LARGE_BUT_127 = rb"(?:3[2-9]|[4-9][0-9]|1[013-9][0-9]|12[0-689]|2[0-9][0-9])"
_CUE = rb"(?i:ip|addr|address|host|client|peer|from|for|server|remote|via|//|@)"
_NO_NETWORK = rb"(?:[1-9][0-9]{0,2}\." + _ANY + rb"|0\.[1-9])"
"""The last two parts, not both 0: browsers call themselves `Chrome/130.0.0.0`."""
IP_HINT = (
    # Four parts of which one is larger than versions have, or any four after a word that says what they are.
    rb"(?:^|[^0-9.])(?:"
    + _LARGE_BUT_127 + rb"\." + _ANY + rb"\." + _NO_NETWORK + rb"|"
    + _ANY + rb"\." + _LARGE + rb"\." + _NO_NETWORK + rb"|"
    + _ANY + rb"\." + _ANY + rb"\.(?:" + _LARGE + rb"\." + _ANY + rb"|" + _ANY + rb"\." + _LARGE + rb"))|"
    + _CUE + rb"[^0-9]{0,4}[1-9][0-9]?" + (rb"\." + _ANY) * 3
    + rb"|(?i:[23][0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):[0-9a-fA-F:]*:"
)  # fmt: skip
MAC_HINT = rb"(?:[:-][0-9A-Fa-f]{2}){5}"

_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
# Times (`12:34:56`) and names (`abc::def`) are written with colons too: ask for an allocated range, 2000::/3, fc00::/7
# or fe80::/10. IPv4 in the last place is found as IPv4.
_IP = regex(
    rb"(?i)((?::{2}ffff:)?\b" + _OCTET + rb"(?:\." + _OCTET + rb"){3})\b"
    rb"|\b((?:[23][0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):(?:[0-9a-f]{0,4}:){1,6}[0-9a-f]{0,4})"
)
_IPV4 = _OCTET + rb"(?:\." + _OCTET + rb"){3}"
_ANY_IP = regex(
    rb"\b(" + _IPV4 + rb")\b"
    rb"|((?i:[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){1,6}:" + _IPV4 + rb"\b|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}))"
)
ANY_IP_HINT = rb"(?:" + _ANY + rb"\.){3}" + _ANY + rb"|(?i::[0-9a-f]{0,4}:)"
_MAC = regex(rb"(?:^|[^0-9A-Za-z:-])([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5})")

_PLAIN = regex(rb"^(?:" + _OCTET + rb"(?:\." + _OCTET + rb"){3}|(?i:[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}))$")
_DIGIT = regex(rb"[0-9]")
_VERSION_BEFORE = regex(
    rb"(?i)(?:(?:version|release|build|revision)[a-z]{0,6}|(?:\b|_)(?:rev|ver|v))[.\"'\\]{0,4}\s{0,2}[:=/ (]?\s{0,2}$"
)
_HOST_BEFORE = regex(_CUE + rb"[^0-9\n\x00]{0,4}$")
_UPGRADE_BEFORE = regex(rb"(?i)(?:upgrad|updat|downgrad|migrat|bump|switch)[a-z]{0,4}(?: [0-9a-z_-]+)? (?:from|to) $")
_LOOKBACK = 40

_SMALL_PART = 32
"""Four parts all below this are a version far more often than an address: of random addresses 1 in 4,096 is such."""


def find_ips(text: bytes) -> Iterator[Span]:
    """Give the spans of IPv4 and IPv6 addresses that could be somebody's: not loopback, not unspecified."""
    return accepted(_IP, text, _somebodys)


def find_all_ips(text: bytes) -> Iterator[Span]:
    """Give the spans of all IPv4 and IPv6 addresses, `127.0.0.1` and `::1` too: for those who ask for addresses."""
    return accepted(_ANY_IP, text, _anybodys)


def _somebodys(text: bytes, match: Match) -> Span | None:
    span = _anybodys(text, match)
    return None if match[1] is not None and _is_nobodys(match[1]) else span


def _anybodys(text: bytes, match: Match) -> Span | None:
    group = 1 if match[1] is not None else 2
    span: Span = match.span(group)
    is_address = _is_ipv6 if b":" in match[group] else _is_address
    return span if is_address(text, *span) else None


def is_plain_address(text: str) -> bool:
    """Say whether a text is an address and nothing else; the longest has 45 characters."""
    return len(text) < 46 and _PLAIN.search(text.encode("utf-8", "replace")) is not None


def find_macs(text: bytes) -> Iterator[Span]:
    """Give the spans of six pairs of hex digits; of more, which are fingerprints of keys, none."""
    return accepted(_MAC, text, _mac)


def _mac(text: bytes, match: Match) -> Span | None:
    span: Span = match.span(1)
    beyond = text[span[1] : span[1] + 1]
    return None if beyond.isalnum() or beyond in (b":", b"-") else span


def _is_nobodys(address: bytes) -> bool:
    """Say whether an IPv4 address is loopback, unspecified, broadcast or a whole network's."""
    parts = address.rpartition(b":")[2].split(b".")
    return parts[0] in (b"0", b"127") or parts[2:] == [b"0", b"0"] or parts == [b"255"] * 4


def _is_address(text: bytes, start: int, end: int) -> bool:
    before, after = text[max(0, start - _LOOKBACK) : start], text[end : end + 2]
    previous = before[-1:]
    if previous in (b".", b"-", b"_", b"+", b"~", b"^", b"=") and before[-2:-1].isalnum() and previous != b"=":
        return False  # a part of something longer: name-1.2.3.4, 0.1.2.3.4
    if after[:1] in (b".", b"-", b"_", b"+") and after[1:2].isalnum():
        return False
    # `Chrome/1.2.3.4` is a product's version; `host/1.2.3.4:80` is how Java writes an address.
    if previous == b"/" and before[-2:-1].isalnum() and after[:1] != b":":
        return False
    return _VERSION_BEFORE.search(before) is None


def may_be_version(text: bytes, start: int, end: int) -> bool:
    """Say whether an address that was found is as likely a version: small parts, and no word before it says more."""
    parts = text[start:end].split(b".")
    if len(parts) != 4 or not all(part.isdigit() and int(part) < _SMALL_PART for part in parts):
        return False
    before = text[max(0, start - _LOOKBACK) : start]
    return _HOST_BEFORE.search(before) is None or _UPGRADE_BEFORE.search(before) is not None


def _is_ipv6(text: bytes, start: int, end: int) -> bool:
    """Say whether a candidate stands alone, is well-formed, and no name as in `abc::def`."""
    beside = text[max(0, start - 1) : start] + text[end : end + 1]
    if b":" in beside or beside[:1].isalnum() or beside[-1:].isalnum() or not _DIGIT.search(text[start:end]):
        return False
    try:
        IPv6Address(text[start:end].decode())
    except AddressValueError:
        return False
    return True
