"""Settings of the filter stage: which events a project does not want at all."""

import msgspec


class FilterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to drop before anything else is done with an event."""

    ignore_types: tuple[str, ...] = ()
    """Types of the raised exception, bare or with its module, `*` and `?` allowed: `KeyboardInterrupt`, `celery.*`.
    Upper and lower case count: these are names in code."""
    ignore_messages: tuple[str, ...] = ()
    """Patterns of the whole message, its template, the raised exception's value, or `Type: value`; `*` and `?`
    allowed: `*connection reset by peer*`. In any case: these are prose."""
