"""Names for people and for grouping: of sources, of the modules they are, and of functions."""

import re
from itertools import groupby

from errata.stages.symbolicate.urls import strip_hostname, without_query

UNKNOWN_MODULE = "<unknown module>"
UNKNOWN_FUNCTION = "<unknown>"
_BUNDLERS = ("webpack:", "webpack-internal:", "turbopack:")

# Each pattern is bounded or one run of one class: linear in the text.
_HASH = re.compile(r"[0-9a-f]{32,64}", re.IGNORECASE | re.ASCII)
_USELESS = re.compile(
    r"(?:java)?scripts?|js|build|static|node_modules|bower_components|[_.~][^/]*|v?[0-9]+(?:\.[0-9]+)*|[0-9a-f]{7,8}",
    re.IGNORECASE | re.ASCII,
)
"""Folders that say where files are served from, not what they are: kinds, versions, short hashes."""
_ENDING_HASH = re.compile(r"[-.][0-9a-f]{7,}$", re.IGNORECASE | re.ASCII)

_NAMESPACE = re.compile(r"(?:@[^/]+/(?!\.{1,2}/))?[^/]*/")
"""What stands before a path: `shop/`, the scoped name of a package `@acme/shop/`, or nothing but the slash."""
_LAYER = re.compile(r"\([\w-]{1,32}\)/(?=\.)", re.ASCII)
"""Next.js puts the layer that a module was built for before its path: `(rsc)/./app/page.tsx`."""

_USELESS_FUNCTIONS = frozenset(
    {"", "?", UNKNOWN_FUNCTION, "<anonymous>", "anonymous", "__webpack_require__", "__webpack_modules__"}
)


def is_bundled(source: str) -> bool:
    """Tell whether a source has the name that webpack or Turbopack gives a module, which is no file's address."""
    return source.startswith(_BUNDLERS)


def source_path(source: str) -> str:
    """Give the path of a source: what a bundler named, without its scheme and namespace, `./` for the project.

    `webpack://shop/./src/a.js` is `./src/a.js`, and so is `turbopack:///[project]/src/a.js`. `~/` is where packages are
    installed. A module that a bundler made up is no file (`webpack/bootstrap`, `[turbopack]/...`).
    """
    if "/~/" in source:
        return "~/" + source.partition("/~/")[2]
    if not is_bundled(source):
        return source
    scheme, _, path = source.partition(":")
    if scheme == "turbopack":
        path = path.lstrip("/")
        return f"./{path.removeprefix('[project]/')}" if path.startswith("[project]/") else path
    path = _NAMESPACE.sub("", path[2:], count=1) if path.startswith("//") else path.removeprefix("/")
    return _LAYER.sub("", path, count=1) if path.startswith("(") else path


def generate_module(url: str) -> str:
    """Give a module's name for a file: its path without host, ending, and folders that change with each deploy."""
    path = strip_hostname(without_query(url))
    *folders, name = path.split("/")
    name = name.rpartition(".")[0] or name
    parts = [*folders, name.removesuffix(".min")]
    hashes = [place for place, part in enumerate(folders) if _HASH.fullmatch(part)]
    if hashes:
        parts = parts[hashes[0] + 1 :]
    while len(parts) > 1 and (not parts[0] or _USELESS.fullmatch(parts[0])):
        del parts[0]
    return _ENDING_HASH.sub("", "/".join(parts)) or UNKNOWN_MODULE


def scope_name(scope: str, token: str) -> str:
    """Give the name of a scope for people, empty when it tells nothing.

    Args:
        scope: as the source map says.
        token: what stands at the place in the source; dart2js wraps what is asynchronous in a function of its own, and
            this is the name that people gave it.

    """
    if "$async$" in scope and token:
        scope = token
    return "" if scope in _USELESS_FUNCTIONS else fold_function_name(scope)


def function_name(minified: str, scope: str, called_as: str) -> str:
    """Give the best name of a function that there is.

    Args:
        minified: as the frame has it.
        scope: where the source map says that the frame is; empty or made up when it does not say.
        called_as: what stands in the source where the caller calls it.

    """
    if scope not in _USELESS_FUNCTIONS:
        return scope
    if called_as not in _USELESS_FUNCTIONS:
        return called_as
    return minified or scope or UNKNOWN_FUNCTION


def fold_function_name(name: str) -> str:
    """Give a dotted name with repetitions before its last part counted: `a.a.b` is `{a#2}.b`; bundlers nest them."""
    holder, dot, own = name.rpartition(".")
    if not dot:
        return name
    folded = []
    for part, run in groupby(holder.split(".")):
        times = sum(1 for _ in run)
        folded.append(part if times == 1 else f"{{{part}#{times}}}")
    return ".".join([*folded, own])
