"""Who was affected: ids, name and address, the latter taken from the connection where the client asks for it."""

from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from errata.stages.normalize import rules, values
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.trees import SMALL, kept
from errata.stages.stage import Context, Event

AUTO = "{{auto}}"
"""The client's way to say: the address this came from."""

_CLIENT_SIDE = frozenset({"javascript", "cocoa", "objc", "swift", "dart"})
"""Platforms that run at the user's: where the connection's address is the user's, and clients expect it filled in."""

_PLACE: Place = (None, "user")

_TEXT = rules.Text(values.TAG)
_GEO = Fields(dict.fromkeys(("country_code", "city", "subdivision", "region"), _TEXT))

_FIELDS = Fields(
    {
        "id": rules.Lenient(values.TAG),
        "username": rules.Text(values.LINE),
        "email": rules.Text(254),
        "name": _TEXT,
        "segment": rules.Text(values.LINE),
        "ip_address": rules.as_is,
        "geo": _GEO.cleaned,
        "data": rules.tree(SMALL),
    }
)


def clean(event: Event, context: Context, notes: Notes) -> None:
    """Bring `event["user"]` into form; removed when it names nobody."""
    user: Any = event.get("user")
    if not isinstance(user, dict):
        if user is not None:
            notes.invalid(_PLACE)
        user = {}
    if user:
        _clean(user, notes)
    _address(user, event, context, notes)
    if user:
        event["user"] = user
    else:
        event.pop("user", None)


def _clean(user: Event, notes: Notes) -> None:
    own = {key: user.pop(key) for key in [key for key in user if key not in _FIELDS.names]}
    _FIELDS.clean(user, _PLACE, notes)
    if own := {key: value for key, value in own.items() if value is not None}:
        # The application's own fields, wherever the client put them, stand under `data`.
        user["data"] = kept({**user.get("data", {}), **own}, SMALL, (_PLACE, "data"), notes)


def _address(user: Event, event: Event, context: Context, notes: Notes) -> None:
    address = user.get("ip_address")
    if address is None or address in (AUTO, ""):
        if found := _found_address(address == AUTO, event, context):
            user["ip_address"] = found
        else:
            user.pop("ip_address", None)
    elif isinstance(address, str) and (plain := plain_address(address)):
        user["ip_address"] = plain
    else:
        del user["ip_address"]
        notes.invalid((_PLACE, "ip_address"), address)


def _found_address(asked: bool, event: Event, context: Context) -> str:
    """Give the user's address as far as the client allows it to be found out, empty if not."""
    sdk = event.get("sdk")
    settings = sdk.get("settings") if isinstance(sdk, dict) else None
    allowed = settings.get("infer_ip") if isinstance(settings, dict) else None
    connection = "" if allowed == "never" else plain_address(context.client_address)
    remote = _remote_address(event, connection)
    if allowed == "never":
        return ""
    if asked:
        return connection or remote
    if allowed == "auto" or event["platform"] in _CLIENT_SIDE:
        return remote or connection
    return remote


def _remote_address(event: Event, connection: str) -> str:
    """Give the address that a server says its request came from; where it leaves that to us, it is filled in."""
    request = event.get("request", {})
    env = request.get("env", {})
    remote = env.get("REMOTE_ADDR")
    if not isinstance(remote, str):
        return ""
    if remote != AUTO:
        return plain_address(remote)
    if connection:
        env["REMOTE_ADDR"] = connection
    elif len(env) > 1:
        del env["REMOTE_ADDR"]
    else:
        del request["env"]
    return connection


@lru_cache(maxsize=4096)
def plain_address(text: str) -> str:
    """Give an IP address without port or brackets, empty when it is none."""
    text = text.strip()[:64]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        ip_address(text)
    except ValueError:
        return ""
    return text
