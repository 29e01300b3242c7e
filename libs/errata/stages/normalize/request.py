"""The HTTP request: a URL without query; headers, cookies and query as pairs, so that order and repetition survive."""

import re
from typing import Any
from urllib.parse import parse_qsl

from errata.stages.normalize import rules, urls, values
from errata.stages.normalize.bodies import body_of
from errata.stages.normalize.cookies import cookies_of
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.headers import content_type, headers_of
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.pairs import MAX_PAIRS, VALUE, limited_pairs, pairs_of
from errata.stages.normalize.trees import SMALL
from errata.stages.stage import Event

_METHOD = re.compile(r"[A-Z\-_]{3,32}")
_PLACE: Place = (None, "request")


def _method(value: Any, place: Place, notes: Notes) -> str | None:
    if value.__class__ is str and _METHOD.fullmatch(method := value.upper()):
        return method
    notes.invalid(place, value)
    return None


def _query(value: Any, place: Place, notes: Notes) -> list[list[Any]] | None:
    if isinstance(value, str):
        text = value.removeprefix("?")
        found = parse_qsl("&".join(text.split("&", MAX_PAIRS + 1)[: MAX_PAIRS + 1]), keep_blank_values=True)
        pairs = [[name, values.limited(said, VALUE, (place, i), notes)] for i, (name, said) in enumerate(found)]
    else:
        pairs = [[name, said] for _, name, said in pairs_of(value, _PARAMETER, place, notes)]
    return limited_pairs(pairs, place, notes) or None


_PARAMETER = rules.AsJson(VALUE)


_FIELDS = Fields(
    {
        "url": rules.Text(values.PATH * 2),
        "method": _method,
        "fragment": rules.Text(values.PATH),
        "headers": rules.as_is,
        "cookies": rules.as_is,
        "query_string": _query,
        "data": rules.as_is,
        "env": rules.tree(SMALL),
        "inferred_content_type": rules.as_is,
    }
)


def clean(event: Event, notes: Notes) -> None:
    """Bring `event["request"]` into form; removed when nothing of it is left."""
    request: Any = event["request"]
    if not isinstance(request, dict):
        del event["request"]
        if request is not None:
            notes.invalid(_PLACE, request)
        return
    _FIELDS.clean(request, _PLACE, notes)
    _address(request, notes)
    headers, cookie = headers_of(request.get("headers"), "Cookie", (_PLACE, "headers"), notes)
    _keep(request, "headers", headers)
    _keep(request, "cookies", cookies_of(request.get("cookies") or cookie, (_PLACE, "cookies"), notes))
    said = request.get("inferred_content_type")
    data, kind = body_of(request.get("data", ""), content_type(headers), said, (_PLACE, "data"), notes)
    if data != "":
        request["data"] = data
    else:
        request.pop("data", None)
    _keep(request, "inferred_content_type", kind)
    if not request:
        del event["request"]


def _keep(request: Event, key: str, value: Any) -> None:
    if value:
        request[key] = value
    else:
        request.pop(key, None)


def _address(request: Event, notes: Notes) -> None:
    """Query and fragment move to their own fields, where the client left these empty."""
    url = request.get("url")
    if url is None:
        return
    if url.endswith("\u2026"):  # the browser SDK's mark of a cut address
        url = url[:-1] + "..."
    if found := urls.parse(url):
        bare, query, fragment = found.bare, found.query, found.fragment
    else:
        rest, _, fragment = url.partition("#")
        bare, _, query = rest.partition("?")
    place = (_PLACE, "url")
    _keep(request, "url", values.limited(bare, values.PATH * 2, place, notes))
    if fragment and "fragment" not in request:
        request["fragment"] = values.limited(fragment, values.PATH, (_PLACE, "fragment"), notes)
    if query and "query_string" not in request:
        _keep(request, "query_string", _query(query, (_PLACE, "query_string"), notes))
