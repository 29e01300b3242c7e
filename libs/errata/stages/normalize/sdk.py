"""Which client sent the event: `sdk` with name, version, integrations and packages."""

from typing import Any

from errata.stages.normalize import rules, values
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.lists import objects
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.user import plain_address
from errata.stages.stage import Context, Event

MAX_INTEGRATIONS = 200

_PLACE: Place = (None, "sdk")
_LINE = rules.Text(values.LINE)
_PACKAGE = Fields({"name": _LINE, "version": _LINE})


def _packages(value: Any, place: Place, notes: Notes) -> list[Event | None] | None:
    if not isinstance(value, list):
        notes.invalid(place, value)
        return None
    packages = objects(value, MAX_INTEGRATIONS, place, notes)
    for index, package in enumerate(packages):
        if package is not None:
            _PACKAGE.clean(package, (place, index), notes)
    return packages if any(packages) else None


def _client_address(value: Any, place: Place, notes: Notes) -> str | None:
    found = plain_address(value) if value.__class__ is str else ""
    if not found:
        notes.invalid(place, value)
    return found or None


_FIELDS = Fields(
    {
        "name": _LINE,
        "version": _LINE,
        "integrations": rules.texts(values.LINE, MAX_INTEGRATIONS),
        "features": rules.texts(values.LINE, MAX_INTEGRATIONS),
        "packages": _packages,
        "client_ip": _client_address,
    },
    required=("name", "version"),
)


def clean(event: Event, context: Context, notes: Notes) -> None:
    """Bring `event["sdk"]` into form; filled in from the auth header where the event does not say."""
    sdk: Any = event.get("sdk")
    if isinstance(sdk, str):
        sdk = _named(sdk)
    elif sdk is not None and not isinstance(sdk, dict):
        notes.invalid(_PLACE, sdk)
        sdk = None
    if sdk:
        sdk = _FIELDS.cleaned(sdk, _PLACE, notes)
    if sdk := sdk or _named(context.sdk):
        event["sdk"] = sdk
    else:
        event.pop("sdk", None)


def _named(client: str) -> Event:
    """Give the SDK that a client string such as `sentry.python/2.75.0` names."""
    name, _, version = client[: values.LINE].partition("/")
    if not name:
        return {}
    return {"name": name, "version": version.partition(" ")[0]} if version else {"name": name}
