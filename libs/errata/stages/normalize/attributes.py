"""The event's own fields: level, platform, release, environment and their like."""

from functools import lru_cache
from typing import Any

from errata.contracts import levels
from errata.stages.normalize import rules, values
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.notes import MAX_ERRORS, Notes, Place
from errata.stages.normalize.trees import LARGE, Budget, kept
from errata.stages.stage import Event

CANONICAL_LEVELS = ("error", "info", "warning", "fatal", "debug")
"""A tuple, not a set: what clients send here may not be hashable."""

PLATFORMS = frozenset(
    """as3 c cfml clojure cocoa cpp csharp dart delphi elixir erlang fsharp go groovy haskell java javascript julia
    kotlin lua native nim node objc other perl php powershell python r ruby rust scala swift""".split()
)

_PLATFORM_OF_SDK = {
    "python": "python",
    "javascript": "javascript",
    "node": "node",
    "ruby": "ruby",
    "raven-ruby": "ruby",
    "raven-node": "node",
    "raven-js": "javascript",
    "raven-python": "python",
    "raven-java": "java",
    "raven-go": "go",
    "sentry-ruby": "ruby",
    "sentry-java": "java",
    "go": "go",
    "java": "java",
    "php": "php",
    "dotnet": "csharp",
    "cocoa": "cocoa",
    "dart": "dart",
    "native": "native",
    "rust": "native",
    "elixir": "elixir",
}

_JAVASCRIPT_ON_NODE = frozenset(
    "node aws-serverless google-cloud-serverless serverless nestjs bun deno electron cloudflare".split()
)

_NO_NAMES = frozenset({".", ".."})
"""They would be places of their own in any path or address that is made of names."""


def _name(limit: int, reserved: frozenset[str] = frozenset()) -> rules.Rule:
    """Give the rule for a name that people choose: blanks around it and numbers are read, nothing of several lines."""
    scalar = rules.Lenient(limit)

    def rule(value: Any, place: Place, notes: Notes) -> str | None:
        name = scalar(value.strip() if value.__class__ is str else value, place, notes)
        if name and reserved and (name.lower() in reserved or "\n" in name or "\r" in name):
            notes.invalid(place, value)
            return None
        return name

    return rule


TEXTS: dict[str, rules.Rule] = {
    "logger": _name(values.LINE),
    "release": _name(values.TAG, _NO_NAMES | {"latest"}),  # Sentry's API takes the word for the newest
    "dist": _name(64),
    "environment": _name(64, _NO_NAMES | {"none"}),
    "server_name": _name(values.TAG),
    "transaction": _name(values.TAG),
    "culprit": _name(values.TAG),
}

_TEXTS = Fields(TEXTS)


@lru_cache(4096)
def _is_in_form(key: str, value: str) -> bool:
    """Give whether such a field is in form already; names recur, so this is remembered."""
    return bool(TEXTS[key](value, None, Notes()) == value)


MAX_FINGERPRINT = 50
_META = Budget(depth=24, size=64 * 1024)
"""It mirrors the event: a variable of a frame of an exception is deep already."""


def clean(event: Event, notes: Notes) -> None:
    """Bring the event's own fields into form; level and platform are always there afterwards."""
    level = event.get("level")
    if level not in CANONICAL_LEVELS:
        event["level"] = level_of(level, (None, "level"), notes) or "error"
    _platform(event, notes)
    odd = []
    for key in TEXTS:
        if key in event:
            value = event[key]
            if value.__class__ is not str or len(value) > values.TAG or not _is_in_form(key, value):
                odd.append(key)
    _TEXTS.clean_some(event, odd, None, notes)
    if "fingerprint" in event:
        _fingerprint(event, notes)
    _notes_of_client(event, notes)


def level_of(level: Any, place: Place, notes: Notes) -> str | None:
    """Give the level by name or by Python's numbers, None when there is none; noted when it makes no sense."""
    if level is None:
        return None
    if isinstance(level, str):
        if found := levels.level_of(level):
            return found
        number: float | None = int(level) if level.isdecimal() and len(level) < 4 else None
    else:
        number = level if isinstance(level, int | float) and not isinstance(level, bool) else None
    if number is None or not 0 < number <= 100:
        notes.invalid(place, level)
        return None
    # Python's logging: 10 debug, 20 info, 30 warning, 40 error, 50 critical; others round down, as there.
    return ("debug", "debug", "info", "warning", "error", "fatal")[min(int(number) // 10, 5)]


def _platform(event: Event, notes: Notes) -> None:
    platform = event.get("platform")
    if isinstance(platform, str):
        if platform in PLATFORMS:
            return
        platform = platform.lower()
    elif platform is not None:
        notes.invalid((None, "platform"), platform)
    if not platform or not isinstance(platform, str):
        sdk = event.get("sdk")
        platform = _of_sdk(sdk.get("name")) if isinstance(sdk, dict) else "other"
    event["platform"] = platform if platform in PLATFORMS else "other"


def _of_sdk(name: Any) -> str:
    """Give the platform that an SDK is for, from names such as `sentry.javascript.node` or `raven-ruby`."""
    if not isinstance(name, str):
        return "other"
    if name in _PLATFORM_OF_SDK:
        return _PLATFORM_OF_SDK[name]
    words = name.split(".")
    if len(words) < 2:
        return "other"
    if words[1] == "javascript" and len(words) > 2 and words[2] in _JAVASCRIPT_ON_NODE:
        return "node"
    return _PLATFORM_OF_SDK.get(words[1], "other")


def _notes_of_client(event: Event, notes: Notes) -> None:
    """Keep what the client itself noted, in bounds: ours is added to it at the end."""
    errors = event.get("errors")
    if isinstance(errors, list):
        event["errors"] = kept([note for note in errors[:MAX_ERRORS] if isinstance(note, dict)], LARGE, None, notes)
    elif "errors" in event:
        del event["errors"]
    meta = event.get("_meta")
    if isinstance(meta, dict):
        event["_meta"] = kept(meta, _META, (None, "_meta"), notes)
    elif "_meta" in event:
        del event["_meta"]


def _fingerprint(event: Event, notes: Notes) -> None:
    """A fingerprint is a list of texts; an empty one means the default, so it goes."""
    value = event["fingerprint"]
    if isinstance(value, str | int | float):
        value = [value]
    if not isinstance(value, list):
        del event["fingerprint"]
        if value is not None:
            notes.invalid((None, "fingerprint"))
        return
    place = (None, "fingerprint")
    parts = [_PART(part, (place, i), notes) for i, part in enumerate(value[:MAX_FINGERPRINT]) if part is not None]
    if len(value) > MAX_FINGERPRINT:
        notes.trimmed(place, {"len": len(value)})
    if parts := [part for part in parts if part]:
        event["fingerprint"] = parts
    else:
        del event["fingerprint"]


_PART = rules.Lenient(values.NAME)
