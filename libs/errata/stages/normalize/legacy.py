"""Old spellings: each thing gets the one name that the other steps and stages look for."""

from typing import Any

from errata.stages.stage import ANNOTATIONS, Event

OLD_NAMES = {
    "sentry.interfaces.Breadcrumbs": "breadcrumbs",
    "sentry.interfaces.Contexts": "contexts",
    "sentry.interfaces.Csp": "csp",
    "sentry.interfaces.DebugMeta": "debug_meta",
    "sentry.interfaces.Exception": "exception",
    "sentry.interfaces.Http": "request",
    "sentry.interfaces.Message": "logentry",
    "sentry.interfaces.Stacktrace": "stacktrace",
    "sentry.interfaces.Template": "template",
    "sentry.interfaces.Threads": "threads",
    "sentry.interfaces.User": "user",
    "sentry.interfaces.sdk.Sdk": "sdk",
    "http": "request",
    "client_sdk": "sdk",
}
"""Sentry's interface names of before 2017, still sent by raven and by hand-written clients."""

SERVER_FIELDS = (
    ANNOTATIONS,  # the stages' own: whatever a client sends there would pass for scrubbed
    "title",
    "metadata",
    "location",
    "hashes",
    "grouping_config",
    "project",
    "key_id",
    "datetime",
    "use_rust_normalize",
    "_metrics",
)
"""Fields that only a server writes; a client that sends them repeats an exported event."""


_NOT_NOW = frozenset({*OLD_NAMES, *SERVER_FIELDS, "checksum"})


def rename(event: Event) -> None:
    """Give the event's old fields their present names, and drop what is not a client's to say."""
    if _NOT_NOW.isdisjoint(event):
        return
    for name in [key for key in event if key in SERVER_FIELDS]:
        del event[name]
    for old in [key for key in event if key in OLD_NAMES]:
        value = event.pop(old)
        if event.get(OLD_NAMES[old]) is None:
            event[OLD_NAMES[old]] = value
    if "checksum" in event:
        _checksum_as_fingerprint(event)


def _checksum_as_fingerprint(event: Event) -> None:
    """Raven's `checksum` was a fingerprint of one part."""
    checksum: Any = event.pop("checksum")
    if isinstance(checksum, str) and checksum and not event.get("fingerprint"):
        event["fingerprint"] = [checksum]
