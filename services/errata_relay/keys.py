"""Where each client puts its key: the places of a request's head, and those inside a body."""

from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import parse_qsl

import msgspec

from errata.contracts.outcomes import Invalid
from errata.protocols import loose_json
from errata.protocols.sentry import auth
from errata.protocols.sentry.auth import Credentials
from errata_relay.request import Request

Keys: TypeAlias = Callable[[Request], list[Credentials]]
"""Gives what the head of a request says of its sender. All that is given must agree."""

KeyInBody: TypeAlias = Callable[[bytes], Credentials | None]

_MAX_QUERY_FIELDS = 50
# A line of an envelope is read up to here in search of its DSN; as long as `parse_envelope` lets it be.
_MAX_HEADER_BYTES = 16_384


def sentry(request: Request) -> list[Credentials]:
    """Give what every place says that Sentry clients use; most use one."""
    found: list[Credentials | None] = []
    if header := request.header(b"x-sentry-auth"):
        found.append(auth.from_header(header))
    if request.query:
        found.append(auth.from_query(request.query))
    if header := request.header(b"authorization"):
        found.append(auth.from_authorization(header))
    if request.key:
        found.append(Credentials(request.key))
    return [credentials for credentials in found if credentials is not None]


def header_of_sentry(request: Request) -> list[Credentials]:
    """Look in `X-Sentry-Auth` alone."""
    found = auth.from_header(request.header(b"x-sentry-auth"))
    return [found] if found else []


def nowhere(_request: Request) -> list[Credentials]:
    """Give nothing: a tunnel's request may carry an Authorization that is somebody else's."""
    return []


def header(name: bytes) -> Keys:
    """Look in a header that holds the key and nothing else."""

    def look(request: Request) -> list[Credentials]:
        key = request.header(name).strip()
        return [Credentials(key)] if key else []

    return look


def bearer(request: Request) -> list[Credentials]:
    """Look for `Authorization: Bearer <key>`."""
    scheme, _, key = request.header(b"authorization").strip().partition(" ")
    return [Credentials(key.strip())] if scheme.lower() == "bearer" and key.strip() else []


def query(name: str) -> Keys:
    """Look for a field of the query."""

    def look(request: Request) -> list[Credentials]:
        try:
            key = dict(parse_qsl(request.query, max_num_fields=_MAX_QUERY_FIELDS)).get(name)
        except ValueError:
            return []
        return [Credentials(key)] if key else []

    return look


def first(*places: Keys) -> Keys:
    """Look in one place after the other until one has a key: for clients that send others' keys beside it."""

    def look(request: Request) -> list[Credentials]:
        return next((found for place in places if (found := place(request))), [])

    return look


def envelope_dsn(body: bytes) -> Credentials | None:
    """Give what the `dsn` in an envelope's header says; whether the rest is an envelope is for others to see."""
    end = body.find(b"\n", 0, _MAX_HEADER_BYTES)
    line = body[: end if end >= 0 else _MAX_HEADER_BYTES]
    if b'"dsn"' not in line:  # most clients leave it out where they send the key otherwise
        return None
    try:
        tree = loose_json.loads(line)
    except Invalid:
        return None
    dsn = tree.get("dsn") if isinstance(tree, dict) else None
    return auth.from_dsn(dsn) if isinstance(dsn, str) else None


class _Tokens(msgspec.Struct):
    access_token: msgspec.Raw = msgspec.Raw()
    apiKey: msgspec.Raw = msgspec.Raw()  # noqa: N815 - Bugsnag's name


_tokens = msgspec.json.Decoder(_Tokens)


def token_in_json(body: bytes) -> Credentials | None:
    """Give the key that old clients of Rollbar and Bugsnag put into the body alone, and new ones there too."""
    try:
        tokens = _tokens.decode(body)
    except (msgspec.DecodeError, RecursionError):  # as clients' JSON is where it holds NaN or half of a character
        return _token_in_loose_json(body)
    raw = bytes(tokens.access_token) or bytes(tokens.apiKey)
    key = raw[1:-1].decode("utf-8", "replace") if raw[:1] == b'"' else ""
    return Credentials(key) if key else None


def _token_in_loose_json(body: bytes) -> Credentials | None:
    try:
        tree = loose_json.load_object(body)
    except Invalid:  # for its reader to say
        return None
    key = tree.get("access_token") or tree.get("apiKey")
    return Credentials(key) if key and isinstance(key, str) else None
