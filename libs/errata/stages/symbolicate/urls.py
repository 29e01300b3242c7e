"""Addresses of built files: joined, cut, and the forms under which an upload may have them."""

import re
from urllib.parse import urlsplit

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
"""Two letters at least: `C:` is a drive."""
_EMBEDDED = "data:"


def strip_hostname(url: str) -> str:
    """Give the path of a URL with what follows it; a path as it is."""
    _, separator, rest = url.partition("://")
    if not separator or url.startswith("/"):
        return url
    _, slash, path = rest.partition("/")
    return slash + path if slash else url


def without_query(url: str) -> str:
    """Give a URL up to its query or fragment."""
    return url.partition("#")[0].partition("?")[0]


def extract_file_stem(url: str) -> str:
    """Give the path of a URL without host, query and the endings of its file: `/assets/bundle`."""
    folder, slash, name = strip_hostname(without_query(url)).rpartition("/")
    return folder + slash + (name[:1] + name[1:].partition(".")[0])


def is_embedded(url: str) -> bool:
    """Tell whether a reference holds its content itself."""
    return url[:5].lower() == _EMBEDDED


def join_paths(base: str, other: str) -> str:
    """Give where `other` lies that stands in the file at `base`; `~` stands for the host of whatever asks.

    Unlike RFC 3986, host or not, known scheme or not, and double slashes collapse, as build tools mean it.
    """
    if _SCHEME.match(other) or is_embedded(other):
        return other
    base = without_query(base)
    root = _root(base)
    other = other.replace("\\", "/")
    if other.startswith("~/"):
        return root + _normal(other[1:])
    if other.startswith("/"):
        return root + _normal(other)
    folder = base[len(root) :].replace("\\", "/").rpartition("/")[0]
    return root + _normal(f"{folder}/{other}" if folder or root or base.startswith("/") else other)


def candidates(url: str) -> tuple[str, ...]:
    """Give the URLs under which a file may have been uploaded, most exact first: with and without query and host."""
    bare = without_query(url)
    path = strip_hostname(bare)
    found = [url, bare]
    if path.startswith("/"):
        found += [f"~{strip_hostname(url)}", f"~{path}"]
    elif not _SCHEME.match(path) and not path.startswith("~"):
        found += [f"~/{path}"]
    return tuple(dict.fromkeys(found))


def is_web(url: str) -> bool:
    """Tell whether a URL could be fetched, which Errata does not do."""
    return url.startswith(("http://", "https://"))


def is_malformed(url: str) -> bool:
    """Tell whether a URL can not be parsed."""
    try:
        urlsplit(url)
    except ValueError:  # an unclosed bracket where an IPv6 address would stand
        return True
    return False


def _root(base: str) -> str:
    """Give scheme and host, without the slash after them."""
    scheme, separator, rest = base.partition("://")
    if separator and _SCHEME.fullmatch(scheme + ":"):
        return scheme + separator + rest.partition("/")[0]
    found = _SCHEME.match(base)
    return found[0] if found else ""


def _normal(path: str) -> str:
    """Give a path without `.`, `..` and double slashes; `..` at the root stays at the root."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if parts and parts[-1] != "..":
                parts.pop()
            elif not path.startswith("/"):
                parts.append(part)
        elif part not in {"", "."}:
            parts.append(part)
    return ("/" if path.startswith("/") else "") + "/".join(parts)
