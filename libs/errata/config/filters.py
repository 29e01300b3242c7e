"""Settings of the filter stage: which events a project does not want at all."""

import msgspec


class FilterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to drop before anything else is done with an event."""

    ignore_types: tuple[str, ...] = ()
    """Exception types by name, `*` and `?` allowed: `KeyboardInterrupt`, `celery.*`."""
    ignore_messages: tuple[str, ...] = ()
    """Patterns of messages and exception values, `*` and `?` allowed: `*connection reset by peer*`."""
