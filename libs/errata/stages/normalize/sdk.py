"""Which client sent the event: `sdk` with name, version, integrations and packages."""

from typing import Any

from errata.stages.normalize import values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.stage import Context, Event

MAX_INTEGRATIONS = 200

_PLACE: Place = (None, "sdk")


def clean(event: Event, context: Context, notes: Notes) -> None:
    """Bring `event["sdk"]` into form; filled in from the auth header where the event does not say."""
    sdk: Any = event.get("sdk")
    if not isinstance(sdk, dict):
        if isinstance(sdk, str):
            sdk = _named(sdk)
        elif sdk is not None:
            notes.invalid(_PLACE, sdk)
            sdk = {}
    if not sdk:
        sdk = _named(context.sdk)
    for key in ("name", "version"):
        values.keep_text(sdk, key, values.LINE, _PLACE, notes)
    for key in ("integrations", "features"):
        if key in sdk:
            values.keep_texts(sdk, key, _PLACE, notes, limit=values.LINE, longest=MAX_INTEGRATIONS)
    packages = sdk.get("packages")
    if isinstance(packages, list):
        sdk["packages"] = [package for package in packages[:MAX_INTEGRATIONS] if isinstance(package, dict) and package]
    if not sdk.get("packages"):
        sdk.pop("packages", None)
    values.drop_nulls(sdk)
    if sdk:
        event["sdk"] = sdk
    else:
        event.pop("sdk", None)


def _named(client: str) -> Event:
    """Give the SDK that a client string such as `sentry.python/2.75.0` names."""
    name, _, version = client.partition("/")
    if not name:
        return {}
    return {"name": name, "version": version.partition(" ")[0]} if version else {"name": name}
