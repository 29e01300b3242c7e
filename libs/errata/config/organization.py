"""What is configured once for all projects: `organization.yaml`, which may be missing."""

import msgspec

from errata.config.tokens import ApiToken


class Repository(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A repository that releases name commits of."""

    name: str
    """As clients say it: `acme/shop`."""
    url: str = ""
    provider: str = "git"


class Organization(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one organization of an installation."""

    slug: str = "errata"
    """What clients of the API call it: SENTRY_ORG."""
    name: str = "Errata"
    repositories: tuple[Repository, ...] = ()
    """Without any, `sentry-cli` sends the commits of the local checkout, which is more than a name of one."""
    tokens: tuple[ApiToken, ...] = ()
