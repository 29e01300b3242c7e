"""The HTTP request: a URL without query; headers, cookies and query as pairs, so that order and repetition survive."""

import re
from typing import Any
from urllib.parse import parse_qsl

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid
from errata.stages.normalize import values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.pairs import MAX_PAIRS, limited_pairs, pairs_of
from errata.stages.normalize.trees import LARGE, SMALL, kept
from errata.stages.stage import Event

MAX_FIELDS = 1000
"""Of a form that is parsed."""
MAX_FORM = 256 * 1024
"""Characters of a form that are parsed: some more than are kept."""

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

_METHOD = re.compile(r"[A-Z\-_]{3,32}")
_PLACE: Place = (None, "request")


def clean(event: Event, notes: Notes) -> None:
    """Bring `event["request"]` into form; removed when nothing of it is left."""
    request: Any = event["request"]
    if not isinstance(request, dict):
        del event["request"]
        if request is not None:
            notes.invalid(_PLACE, request)
        return
    _url(request, notes)
    _method(request, notes)
    _headers(request, notes)
    _pairs(request, "cookies", notes)
    _pairs(request, "query_string", notes)
    _data(request, notes)
    env = request.get("env")
    if isinstance(env, dict) and env:
        request["env"] = kept(env, SMALL, (_PLACE, "env"), notes)
    elif request.pop("env", None):
        notes.invalid((_PLACE, "env"), env)
    values.drop_nulls(request)
    if not request:
        del event["request"]


def _url(request: Event, notes: Notes) -> None:
    """Query and fragment move to their own fields, where the client left these empty."""
    url = values.keep_text(request, "url", values.PATH * 2, _PLACE, notes)
    if isinstance(request.get("fragment"), str):
        request["fragment"] = request["fragment"].removeprefix("#")
    values.keep_text(request, "fragment", values.PATH, _PLACE, notes)
    if url is None:
        return
    if url.endswith("\u2026"):  # the browser SDK's mark of a cut URL
        url = url[:-1] + "..."
    bare, _, fragment = url.partition("#")
    bare, _, query = bare.partition("?")
    if fragment and not request.get("fragment"):
        request["fragment"] = fragment
    if query and not request.get("query_string"):
        request["query_string"] = query
    if "://" in bare and bare.count("/") == 2:
        bare += "/"
    if bare:
        request["url"] = bare
    else:
        del request["url"]


def _method(request: Event, notes: Notes) -> None:
    method = request.get("method")
    if method is None or method == "":
        request.pop("method", None)
        return
    if isinstance(method, str) and _METHOD.fullmatch(upper := method.strip().upper()):
        request["method"] = upper
        return
    del request["method"]
    notes.invalid((_PLACE, "method"), method)


def _headers(request: Event, notes: Notes) -> None:
    headers = request.get("headers")
    pairs = pairs_of(headers, (_PLACE, "headers"), notes)
    if isinstance(headers, dict):
        pairs.sort(key=lambda pair: pair[0].lower())
    named = []
    for pair in pairs:
        name = pair[0]
        if not name:
            continue
        if name.islower() or name.isupper():
            pair[0] = name = "-".join(part.capitalize() for part in name.split("-"))
        if name == "Cookie":
            # Cookies have their own field, where each can be scrubbed by its name.
            if not request.get("cookies"):
                request["cookies"] = pair[1]
            continue
        named.append(pair)
    if named:
        request["headers"] = named
    else:
        request.pop("headers", None)


def _pairs(request: Event, key: str, notes: Notes) -> None:
    value = request.get(key)
    place = (_PLACE, key)
    if isinstance(value, str):
        pairs = _cookies(value) if key == "cookies" else _query(value)
        pairs = limited_pairs(pairs, place, notes)
    else:
        pairs = pairs_of(value, place, notes)
        if isinstance(value, dict):
            pairs.sort()
    if pairs:
        request[key] = pairs
    else:
        request.pop(key, None)


def _cookies(text: str) -> list[list[str]]:
    pairs = []
    for part in text.split(";", MAX_PAIRS + 1):
        name, _, value = part.strip().partition("=")
        if name or value:
            pairs.append([name, value])
    return pairs


def _query(text: str) -> list[list[str]]:
    return [[name, value] for name, value in _fields(text.lstrip("?"), MAX_PAIRS + 1)]


def _data(request: Event, notes: Notes) -> None:
    """Parse the body where it is a form or JSON, so that the scrubber sees its keys; say what it was."""
    data = request.get("data")
    declared = _content_type(request)
    if isinstance(data, str):
        length, fields = len(data), data.count("&") + 1
        data, inferred = _parsed(data, declared)
        declared = inferred or declared
        if inferred == FORM and (fields > MAX_FIELDS or length > MAX_FORM):
            notes.trimmed((_PLACE, "data"), {"len": length})
    if data in (None, "", {}, []):
        request.pop("data", None)
    else:
        request["data"] = kept(data, LARGE, (_PLACE, "data"), notes)
    if declared and "inferred_content_type" not in request:
        request["inferred_content_type"] = declared


def _content_type(request: Event) -> str:
    for name, value in request.get("headers", ()):
        if name == "Content-Type" or name.lower() == "content-type":
            return str(value).partition(";")[0].strip()[: values.LINE]
    return ""


def _parsed(text: str, declared: str) -> tuple[Any, str]:
    """Give the body as a tree with its type, or as it is and an empty type when it reads as neither form nor JSON."""
    if (not declared or "json" in declared) and text.lstrip()[:1] in {"{", "["}:
        try:
            return odd_json.loads(text.encode("utf-8", "replace")), declared or JSON
        except Invalid:
            return text, ""
    if declared == FORM or (not declared and _FORM.match(text)):
        form: dict[str, list[str]] = {}
        for name, value in _fields(text, MAX_FIELDS):
            form.setdefault(name, []).append(value)
        if form:
            return {name: found if len(found) > 1 else found[0] for name, found in form.items()}, FORM
    return text, ""


def _fields(text: str, most: int) -> list[tuple[str, str]]:
    """Give the first fields of a query or form; the rest of a longer one is not even split."""
    return parse_qsl("&".join(text[:MAX_FORM].split("&", most)[:most]), keep_blank_values=True)


_FORM = re.compile(r"[A-Za-z0-9_.\-+%\[\]]{1,256}=[^\s=&<>{}]+(?:&|$)")
"""Text that begins like a form: a name, a value that is not empty, and then the next or the end."""
