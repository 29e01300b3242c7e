"""Tags that an event has without anyone setting them: what people search, count and write alert rules by.

They are Sentry's, by the same names, so that its rules and habits go on working; all but `user`, which would put
personal data into every index of tags. Distinct users are counted by the keyed hash instead.
"""

from collections.abc import Iterator

from errata.stages.event_parts import text
from errata.stages.stage import Event

_FIELDS = ("level", "logger", "environment", "release", "dist", "server_name", "transaction")

_NAMED = ("browser", "runtime", "os", "client_os")
"""Contexts whose `name version` is a tag, and whose name alone is another."""

VALUE_LENGTH = 200


def derived_tags(event: Event, exception: Event | None) -> list[list[str]]:
    """Give the derived tags, by name; `exception` is the one that was raised."""
    return sorted([name, value[:VALUE_LENGTH]] for name, value in _all(event, exception) if value)


def _all(event: Event, exception: Event | None) -> Iterator[tuple[str, str]]:
    for name in _FIELDS:
        yield name, text(event.get(name))
    request = event.get("request")
    if isinstance(request, dict):
        yield "url", text(request.get("url"))
    mechanism = exception.get("mechanism") if exception else None
    if isinstance(mechanism, dict):
        yield "mechanism", text(mechanism.get("type"))
        handled = mechanism.get("handled")
        if handled is True or handled is False:
            yield "handled", "yes" if handled else "no"
    contexts = event.get("contexts")
    if isinstance(contexts, dict):
        yield from _of_contexts(contexts)


def _of_contexts(contexts: Event) -> Iterator[tuple[str, str]]:
    for key in _NAMED:
        context = contexts.get(key)
        if isinstance(context, dict):
            name, version = _line(context.get("name")), _line(context.get("version"))
            yield f"{key}.name", name
            if name and version:
                yield key, f"{name} {version}"
    for name, context_key, key in (
        ("device", "device", "model"),
        ("device.family", "device", "family"),
        ("app.device", "app", "device_app_hash"),
        ("gpu.name", "gpu", "name"),
        ("gpu.vendor", "gpu", "vendor_name"),
    ):
        context = contexts.get(context_key)
        if isinstance(context, dict):
            yield name, _line(context.get(key))


def _line(value: object) -> str:
    """Give a text without what is around it: what was read from a file of the system ends with its line."""
    return text(value).strip()
