"""Addresses of built files: joined, cut, and the forms under which an upload may have them."""

import re

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
"""Two letters at least: `C:` is a drive."""
_EMBEDDED = "data:"
_ENDINGS = frozenset({"min", "js", "map", "cjs", "mjs", "ts", "d", "jsx", "tsx"})


def strip_hostname(url: str) -> str:
    """Give the path of a URL with what follows it; a path as it is. `~` stands for any host."""
    if url.startswith("~/"):
        return url[1:]
    _, separator, rest = url.partition("://")
    if not separator or url.startswith("/"):
        return url
    _, slash, path = rest.partition("/")
    return slash + path if slash else url


def without_query(url: str) -> str:
    """Give a URL up to its query or fragment."""
    return url.partition("#")[0].partition("?")[0]


def extract_file_stem(url: str) -> str:
    """Give the path of a URL without host, query and the endings that build tools add: `/assets/bundle`."""
    stem = strip_hostname(without_query(url))
    while True:
        before, dot, ending = stem.rpartition(".")
        if not dot or ending not in _ENDINGS:
            return stem
        stem = before


def is_embedded(url: str) -> bool:
    """Tell whether a reference holds its content itself."""
    return url[:5].lower() == _EMBEDDED


def join_paths(base: str, other: str) -> str:
    """Give where `other` lies that stands in the file at `base`; `~` stands for the host of whatever asks.

    Unlike RFC 3986, host or not, known scheme or not, and double slashes collapse, as build tools mean it; only those
    at the beginning of `other` are before a host.
    """
    if _SCHEME.match(other) or is_embedded(other):
        return other
    base = without_query(base)
    root = _root(base)
    other = other.replace("\\", "/")
    if other.startswith("~/"):
        return root + _normal(other[1:])
    if other.startswith("//") and "//" in root:
        host, slash, path = other[2:].partition("/")
        return f"{root.partition('//')[0]}//{host}{_normal(slash + path)}"
    if other.startswith("/"):
        return root + _normal(other)
    folder = base[len(root) :].replace("\\", "/").rpartition("/")[0]
    return root + _normal(f"{folder}/{other}" if folder or root or base.startswith("/") else other)


def candidates(url: str) -> tuple[str, ...]:
    """Give the URLs under which a file may have been uploaded, most exact first.

    As it is, without its fragment, without its query; and each of the last two for any host.
    """
    asked, bare = url.partition("#")[0], without_query(url)
    found = [url, asked, bare]
    path = strip_hostname(bare)
    if path.startswith("/"):
        found += [f"~{strip_hostname(asked)}", f"~{path}"]
    elif not _SCHEME.match(path) and not path.startswith("~"):
        found += [f"~/{path}"]
    return tuple(dict.fromkeys(found))


def is_web(url: str) -> bool:
    """Tell whether a URL is one of the web, so that it could be fetched."""
    return url.startswith(("http://", "https://"))


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
