"""The body of a request, parsed where it is JSON or a form, so that the scrubber sees its keys."""

import re
from typing import Any
from urllib.parse import parse_qsl

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.trees import LARGE, kept

MAX_FIELDS = 1000
"""Of a form that is parsed."""
MAX_FORM = 256 * 1024
"""Characters of a form that are parsed: some more than are kept."""

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

_JSON_BEGINS = frozenset('{["-0123456789tf')
_NO_FORM = re.compile(r"[<{\[]|[^\s]*\s")
"""A form has blanks and angle brackets escaped: XML, half of a JSON text and prose with a `=` in it are none."""


def body_of(data: Any, declared: str, inferred: Any, place: Place, notes: Notes) -> tuple[Any, str]:
    """Give the body as a tree, in bounds, and its type.

    What it reads as counts, not what the client declared: that is the type only of what reads as neither. A tree has
    been read already, so what was `inferred` then still holds.
    """
    if isinstance(data, str):
        length = len(data)
        data, inferred = _parsed(data)
        if inferred == FORM and (length > MAX_FORM or len(data) >= MAX_FIELDS):
            notes.trimmed(place, {"len": length})
    elif inferred not in (JSON, FORM):
        inferred = ""
    return kept(data, LARGE, place, notes), inferred or declared


def _parsed(text: str) -> tuple[Any, str]:
    if text.lstrip()[:1] in _JSON_BEGINS:
        try:
            return odd_json.loads(text.encode()), JSON
        except Invalid:
            pass
    if "=" in text and text.isascii() and not _NO_FORM.match(text) and (form := _form(text)):
        return form, FORM
    return text, ""


def _form(text: str) -> dict[str, Any]:
    """Give the fields of a form, a list where a name comes again; empty when it is a word, or base64."""
    form: dict[str, Any] = {}
    fields = parse_qsl("&".join(text[:MAX_FORM].split("&", MAX_FIELDS)[:MAX_FIELDS]), keep_blank_values=True)
    for name, value in fields:
        known = form.setdefault(name, value)
        if known is not value:
            form[name] = [*known, value] if isinstance(known, list) else [known, value]
    return {} if len(form) == 1 and next(iter(form.values())) in ("", "=") else form
