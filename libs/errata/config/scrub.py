"""Settings of the scrub stage: what counts as personal data in a project."""

import msgspec


class ScrubSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The simple layer of Sentry's data scrubbing settings."""

    scrub_data: bool = True
    """Off leaves events as they came; only for projects that hold no personal data."""
    scrub_defaults: bool = True
    """The built-in rules: secrets by key name, cards, e-mail addresses and the like."""
    sensitive_fields: tuple[str, ...] = ()
    """Further key names, matched as part of a key without regard to case."""
    exclude_fields: tuple[str, ...] = ()
    """Key names that are never touched."""
    scrub_ip_addresses: bool = False
