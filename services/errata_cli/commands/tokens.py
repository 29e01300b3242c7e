"""`errata tokens`: make tokens for the API; the configuration gets their hash only."""

import secrets
import sys
from typing import Annotated

from cyclopts import App, Parameter

from errata.config.tokens import Scope, hash_token
from errata.runtime.settings import CommonSettings, load

app = App(name="tokens", help="Make tokens for the API that sentry-cli and other tools talk to.")

# What sentry-cli needs for everything but changing issues.
_USUAL = ("org:read", "project:read", "project:releases", "event:read")


@app.command
def new(name: str, *, scope: Annotated[tuple[str, ...], Parameter(negative="")] = _USUAL) -> None:
    """Print a new token, once, and the entry that makes the console take it.

    Example: `errata tokens new ci --scope org:ci`

    Parameters
    ----------
    name
        Who will use the token; shown in the history of issues in its place.
    scope
        What the token allows, may be given several times: `org:ci` for builds, `event:write` to resolve issues. Without
        it the token allows what `sentry-cli` needs for everything but changing issues.

    """
    if unknown := set(scope).difference(Scope):
        raise SystemExit(f"no such scope: {', '.join(sorted(unknown))}; there are {', '.join(Scope)}")
    # 64 hex digits: the form of Sentry's own first tokens, which every version of sentry-cli knows.
    token = secrets.token_hex(32)
    folder = load(CommonSettings).config
    print(
        f"# Put this under `tokens:` in {folder / 'organization.yaml'}; it is taken up within seconds.", file=sys.stderr
    )
    print("# The token itself is shown this once, and kept nowhere:", file=sys.stderr)
    print(f"SENTRY_AUTH_TOKEN={token}")
    scopes = ", ".join(f'"{one}"' for one in scope)
    print(f'  - {{name: "{name}", sha256: "{hash_token(token)}", scopes: [{scopes}]}}')
