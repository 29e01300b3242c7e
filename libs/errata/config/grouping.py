"""Settings of the fingerprint stage: how a project's events are grouped."""

import msgspec


class GroupingSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How events become issues."""

    version: str = "v1"
    """Of the algorithm; a newer one regroups, so it is pinned here until you change it."""
