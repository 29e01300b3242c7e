"""The client key in a request: every place where Sentry clients put it, read into one form.

Clients send the key in one of: the header `X-Sentry-Auth`, the query, the header `Authorization` (scheme Sentry, or
Basic with the key as user), or the `dsn` of an envelope's header. Two of them at once are fine while they agree.
"""

import base64
import binascii
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

import msgspec

from errata.contracts.outcomes import Invalid, Reason

_MAX_QUERY_FIELDS = 50
"""Clients send three; the rest is somebody's attempt to cost time."""


class Credentials(msgspec.Struct, frozen=True):
    """Who a client says it is."""

    key: str
    project: str = ""
    """The number in the path of a DSN, as written; empty when this form of the key names none."""
    client: str = ""
    """The client's name and version, such as `sentry.python/2.75.0`."""
    timestamp: str = ""
    """The client's clock when it sent the request, seconds since 1970; old clients only."""


def from_header(value: str) -> Credentials | None:
    """Give what `X-Sentry-Auth` (or `Authorization` with that content) says; None when it holds no key.

    `Sentry sentry_key=K, sentry_version=7, ...` in any order. The version (5, 6 and 7 are in use) is not looked at:
    what changed between them is nothing that is read here.
    """
    scheme, _, rest = value.strip().partition(" ")
    fields: dict[str, str] = {}
    for field in (rest if scheme.lower() == "sentry" else value).split(","):
        name, _, content = field.partition("=")
        fields[name.strip()] = content.strip()
    return _from_fields(fields)


def from_query(query: str) -> Credentials | None:
    """Give what a query string says; None when it holds no key."""
    if "sentry_key" not in query:
        return None
    try:
        return _from_fields(dict(parse_qsl(query, max_num_fields=_MAX_QUERY_FIELDS)))
    except ValueError:
        return None


def from_authorization(value: str) -> Credentials | None:
    """Give what `Authorization` says; None for a scheme that is not ours."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() == "sentry":
        return from_header(value)
    if scheme.lower() != "basic":
        return None
    try:
        user, _, _ = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):  # UnicodeDecodeError is a ValueError
        return None
    return Credentials(user) if user else None


def from_dsn(dsn: str) -> Credentials | None:
    """Give the key and project of a DSN, `https://K@host/prefix/42` (Rust writes `K:@host`); None when it has none."""
    try:
        parts = urlsplit(dsn)
    except ValueError:
        return None
    key = parts.username
    return Credentials(key, project=parts.path.rstrip("/").rpartition("/")[2]) if key else None


def agreed(found: Iterable[Credentials | None], project: str = "") -> Credentials:
    """Give the one identity that everything found agrees on.

    Args:
        found: what each place of the request said, in order of trust; the first one's client name is kept.
        project: the number in the request's path; empty where the path has none.

    Raises:
        Invalid: `MISSING_KEY` when there is no key, or two that differ; `PROJECT_MISMATCH` when the projects differ.

    """
    known = [credentials for credentials in found if credentials is not None]
    if len({credentials.key for credentials in known}) != 1:
        raise Invalid(Reason.MISSING_KEY)
    projects = {project, *[credentials.project for credentials in known]} - {""}
    if len(projects) > 1:
        raise Invalid(Reason.PROJECT_MISMATCH)
    first = known[0]
    return Credentials(first.key, projects.pop() if projects else "", first.client, first.timestamp)


def _from_fields(fields: dict[str, str]) -> Credentials | None:
    key = fields.get("sentry_key")
    if not key:
        return None
    return Credentials(key, client=fields.get("sentry_client", ""), timestamp=fields.get("sentry_timestamp", ""))
