"""API tokens as code: the configuration holds the hash of each token and what it may do, never the token.

A token is 64 random hex digits, so that its plain SHA-256 tells nothing about it: no salt, no slow hash.
"""

import hmac
from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

import msgspec


class Scope(StrEnum):
    """What a token allows, in Sentry's words; `org:ci` is what a build needs: releases and artifacts."""

    ORG_READ = "org:read"
    ORG_CI = "org:ci"
    PROJECT_READ = "project:read"
    PROJECT_WRITE = "project:write"
    PROJECT_RELEASES = "project:releases"
    EVENT_READ = "event:read"
    EVENT_WRITE = "event:write"


class ApiToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of `tokens` in `organization.yaml`."""

    name: str
    """Who uses it; what logs and the history of issues show instead of the token."""
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    scopes: tuple[Scope, ...]
    disabled: bool = False


def hash_token(token: str) -> str:
    """Give what the configuration holds of a token: 64 hex digits."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()


def find_token(tokens: Iterable[ApiToken], presented: str) -> ApiToken | None:
    """Give the token that a client presents, if it is one and not disabled.

    Every entry is compared, each in constant time, so the time taken says nothing about any of them.
    """
    presented_hash = hash_token(presented)
    found = None
    for token in tokens:
        if hmac.compare_digest(token.sha256, presented_hash) and not token.disabled:
            found = token
    return found
