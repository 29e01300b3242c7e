"""Headers of HTTP: pairs of name and value, each name as people write it."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from errata.stages.normalize import rules, values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.pairs import VALUE, limited_pairs, pairs_of

_SCALAR = rules.Lenient(VALUE)


def headers_of(headers: Any, cookie: str, place: Place, notes: Notes) -> tuple[list[list[Any]], Any]:
    """Give the headers as pairs, and apart from them the first one of the name `cookie`.

    Those of an object come in the order of their names, those of a list as they came. Cookies have a field of their
    own, where each can be scrubbed by its name, so they do not stay among the headers.
    """
    pairs: list[list[Any]] = []
    cookies: list[Any] = []
    for _, name, value in pairs_of(headers, _value, place, notes):
        written = _written(name)
        if len(written) == len(cookie) and written.title() == cookie:
            cookies.append(value)
        else:
            pairs.append([written, value])
    if isinstance(headers, dict):
        pairs.sort(key=lambda pair: pair[0])
    return limited_pairs(pairs, place, notes), next(iter(cookies), None)


def content_type(headers: Iterable[list[Any]]) -> str:
    """Give the declared type of the body without its parameters, empty when none is declared."""
    for name, value in headers:
        if value and len(name) == len("Content-Type") and name.title() == "Content-Type":
            return str(value).partition(";")[0][: values.LINE]
    return ""


def _value(value: Any, place: Place, notes: Notes) -> str | None:
    """The value of a header; several of one name come as a list."""
    if isinstance(value, list):
        value = ",".join(values.text_of(part) or "" for part in value)
    found: str | None = _SCALAR(value, place, notes)
    return found


@lru_cache(4096)
def _written(name: str) -> str:
    """Give the name with the first letter of each word in upper case and the others as they are: `WWW-Authenticate`."""
    return "-".join(word[:1].upper() + word[1:] for word in name.strip().split("-"))
