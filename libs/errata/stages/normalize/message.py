"""The message: `logentry` with the template as the programmer wrote it and the text as people read it."""

import re
from typing import Any

from errata.stages.normalize import values
from errata.stages.normalize.notes import Notes
from errata.stages.normalize.trees import SMALL, kept
from errata.stages.stage import Event

_PLACE = re.compile(
    r"(?P<percent>%%)"
    r"|%(?:\((?P<name>[^()%\s]{1,64})\))?[-+ #0]{0,5}[0-9]{0,5}(?:\.[0-9]{1,5})?[hlL]{0,2}[diouxXeEfFgGcrsaj]"
    r"|\{(?P<field>[A-Za-z_0-9.]{0,64})(?:![rsa])?(?::[^{}]{0,32})?\}"
)
"""A place for a parameter: `%s`, `%(name)s`, `{}`, `{0}`, `{name}`. Every repetition is bounded, so it is linear."""


def clean(event: Event, notes: Notes) -> None:
    """Fold `message` and `logentry` into one `logentry` of `message` (the template), `params` and `formatted`.

    A message without parameters is only `formatted`, as Sentry stores it.
    """
    entry: Any = event.pop("logentry", None)
    message: Any = event.pop("message", None)
    if entry is None:
        entry, message = message, None
    if entry is None:
        return
    if not isinstance(entry, dict):
        if isinstance(entry, list):
            notes.invalid((None, "logentry"))
            return
        entry = {"formatted": values.json_text(entry)}
    if isinstance(message, str) and message and not entry.get("formatted"):
        # Beside a template, the plain `message` is what the client made of it.
        entry["formatted"] = message
    if _form(entry, notes):
        event["logentry"] = entry


def _form(entry: Event, notes: Notes) -> bool:
    """Bring the entry into form; give False when nothing is left of it."""
    place = (None, "logentry")
    for key in ("message", "formatted"):
        if isinstance(entry.get(key), dict | list):
            entry[key] = values.json_text(entry[key])
        values.keep_text(entry, key, values.MESSAGE, place, notes)
    params = entry.get("params")
    if isinstance(params, dict | list) and params:
        entry["params"] = params = kept(params, SMALL, (place, "params"), notes)
    elif "params" in entry:
        del entry["params"]
        if params is not None and not isinstance(params, dict | list):
            notes.invalid((place, "params"), params)
        params = None
    message, formatted = entry.get("message"), entry.get("formatted")
    if message and not formatted:
        entry["formatted"] = values.limited(
            fill(message, params) if params else message, values.MESSAGE, (place, "formatted"), notes
        )
        if not params:
            del entry["message"]
    elif message == formatted and not params:
        entry.pop("message", None)
    values.drop_nulls(entry)
    return bool(entry.get("formatted"))


def fill(template: str, params: Any) -> str:
    """Give the template with its places filled in; a place that no parameter fits is left as it is."""
    position = 0

    def value_at(match: re.Match[str]) -> str:
        nonlocal position
        if match["percent"]:
            return "%"
        name = match["name"] or match["field"]
        if isinstance(params, dict):
            found = params.get(name, match) if name else match
        else:
            index = position
            if name and name.isdecimal() and len(name) < 4:
                index = int(name)
            elif name:
                return match[0]
            else:
                position += 1
            found = params[index] if index < len(params) else match
        return match[0] if found is match else values.json_text(found)

    return _PLACE.sub(value_at, template)
