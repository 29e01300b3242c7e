"""Who calls: the bearer's token, and whether it may do what is asked."""

from collections.abc import Collection

from errata.config.tokens import ApiToken, Scope, find_token
from errata_console.answers import ApiError


def authorize(header: str, tokens: Collection[ApiToken], allowed: Collection[Scope]) -> ApiToken:
    """Give the token of an `Authorization` header that has one of the scopes; with none given, any token will do.

    Raises:
        ApiError: 401 when it is no token of ours, 403 when it lacks the scope.

    """
    scheme, _, presented = header.partition(" ")
    if scheme.lower() != "bearer" or not presented.strip():
        raise ApiError(401, "Authentication credentials were not provided.", {"WWW-Authenticate": "Bearer"})
    token = find_token(tokens, presented.strip())
    if token is None:
        raise ApiError(401, "Invalid token", {"WWW-Authenticate": "Bearer"})
    if allowed and not set(allowed).intersection(token.scopes):
        needed = " or ".join(sorted(allowed))
        raise ApiError(403, f"You do not have permission to perform this action: the token lacks {needed}")
    return token
