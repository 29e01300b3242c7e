"""Names for people and for grouping: of modules, made of file names, and of functions, made short."""

import re
from itertools import groupby

from errata.stages.symbolicate.urls import strip_hostname, without_query

UNKNOWN_MODULE = "<unknown module>"

# Each pattern is bounded or one run of one class: linear in the text.
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}")
_USELESS = re.compile(
    r"(?:java)?scripts?|js|build|static|node_modules|bower_components|[_.~][^/]*|v?[0-9]+(?:\.[0-9]+)*"
    r"|[0-9a-f]{7,8}|[0-9a-f]{32}|[0-9a-f]{40}"
)
"""Folders that say where files are served from, not what they are: kinds, versions, hashes."""
_ENDING_HASH = re.compile(r"[-.][0-9a-f]{7,40}$")
_WEBPACK = re.compile(r"webpack(?:-internal)?://(?:[^/]*/)?")
_LAYER = re.compile(r"\([a-z-]{1,32}\)/")
"""Next.js puts the layer that a module was built for before its path: `(rsc)/./app/page.tsx`."""


def generate_module(url: str) -> str:
    """Give a module's name for a file: its path without host, ending, and folders that change with each deploy."""
    path = strip_hostname(without_query(url))
    *folders, name = path.split("/")
    name = name.rpartition(".")[0] or name
    name = name.removesuffix(".min")
    parts = [*folders, name]
    hashes = [place for place, part in enumerate(folders) if _HASH.fullmatch(part)]
    if hashes:
        parts = parts[hashes[0] + 1 :]
    while len(parts) > 1 and (not parts[0] or _USELESS.fullmatch(parts[0])):
        del parts[0]
    return _ENDING_HASH.sub("", "/".join(parts)) or UNKNOWN_MODULE


def fixup_webpack_filename(source: str) -> str:
    """Give the path of a module that webpack names: `webpack://shop/./src/a.js` is `./src/a.js`.

    `~/` is where packages are installed. A module that webpack made up has no path (`webpack/bootstrap`).
    """
    path = _WEBPACK.sub("", source, count=1) if source.startswith("webpack") else source
    path = path.removeprefix("webpack:/").removeprefix("/") if source.startswith("webpack:") else path
    path = _LAYER.sub("", path, count=1) if path.startswith("(") else path
    if "/~/" in path:
        return "~/" + path.partition("/~/")[2]
    return path


def fold_function_name(name: str) -> str:
    """Give a dotted name with repetitions counted: `a.a.b` is `{a#2}.b`; bundlers nest them without end."""
    if "." not in name:
        return name
    folded = []
    for part, run in groupby(name.split(".")):
        times = sum(1 for _ in run)
        folded.append(part if times == 1 else f"{{{part}#{times}}}")
    return ".".join(folded)
