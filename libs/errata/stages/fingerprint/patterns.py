"""Linear-time patterns over client text: RE2, quiet, typed; and the globs of the rule languages.

Whatever a client wrote can be hostile, so the stage applies nothing but RE2 to it.
"""

from collections.abc import Callable
from typing import Any

import re2

UNKNOWN = "<unknown>"
"""What globs are tried on where a frame has no function, or an exception no type; as in Sentry."""

_QUIET = re2.Options()
_QUIET.log_errors = False

_BACKSLASHES = re2.compile(r"\\+", _QUIET)
_SPECIAL = frozenset("*?[]{}!-\\,")


def compiled(pattern: str) -> Any:
    """Give a compiled RE2 pattern; raises `re2.error` when it is none."""
    return re2.compile(pattern, _QUIET)


def rewriter(*rules: tuple[str, str]) -> Callable[[str], str]:
    """Give a function that applies substitutions in their order.

    Most names hold nothing to substitute, which one look for all patterns tells.
    """
    steps = [(compiled(pattern).sub, replacement) for pattern, replacement in rules]
    gate = re2.Set.SearchSet(_QUIET)
    gate.Add(r"\A")  # matches every text: a Set finds nothing also when it runs out of memory
    for pattern, _ in rules:
        gate.Add(pattern)
    gate.Compile()

    def rewrite(text: str) -> str:
        if len(gate.Match(text) or ()) == 1:
            return text
        for substitute, replacement in steps:
            text = substitute(replacement, text)
        return text

    return rewrite


def _character_class(body: str) -> str:
    """Give the RE2 form of what stands between brackets; empty when it is no class, such as `z-a`."""
    negated = body[0] in "!^"
    escaped = body[negated:].replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
    pattern = f"[{'^' * negated}{escaped}]"
    try:
        compiled(pattern)
    except re2.error:
        return ""
    return pattern


def glob_pattern(glob: str, *, path: bool = False, any_case: bool = False) -> str:
    """Give the RE2 pattern, unanchored, that matches what a glob of the rule languages does.

    `*` is any run of characters, `?` any one, `[a-z]` and `[!a-z]` one of a set, `{a,b}` one of some globs. A backslash
    before one of these marks, or before another, takes its meaning away. In paths `*` and `?` stay within one directory
    and `**` crosses them, and backslashes are slashes. Every glob has a pattern: brackets that hold no set and braces
    that hold no list stand for themselves.
    """
    return ("(?si)" if any_case or path else "(?s)") + _translated(slashed(glob) if path else glob, path=path)


def _translated(glob: str, *, path: bool) -> str:
    out: list[str] = []
    at = 0
    while at < len(glob):
        char = glob[at]
        at += 1
        if char == "*":
            if path and glob.startswith("*/", at):  # `**/` is any number of directories, none too
                out.append("(?:.*/)?")
                at += 2
            elif not path or glob.startswith("*", at):
                out.append(".*")
                at += len(glob[at:]) - len(glob[at:].lstrip("*"))
            else:
                out.append("[^/]*")
        elif char == "?":
            out.append("[^/]" if path else ".")
        elif char == "[" and (end := glob.find("]", at + 1)) > 0 and (one_of := _character_class(glob[at:end])):
            out.append(one_of)
            at = end + 1
        elif char == "{" and "," in (listed := glob[at : max(at, glob.find("}", at))]) and "{" not in listed:
            out.append(f"(?:{'|'.join(_translated(one, path=path) for one in listed.split(','))})")
            at += len(listed) + 1
        elif char == "\\" and glob[at : at + 1] in _SPECIAL:
            out.append(re2.escape(glob[at]))
            at += 1
        else:
            out.append(re2.escape(char))
    return "".join(out)


def slashed(path: str) -> str:
    """Give a path with slashes; several backslashes are one, as those of an escaped Windows path are."""
    return _BACKSLASHES.sub("/", path) if "\\" in path else path


def path_spellings(path: str, *, with_name: bool = False) -> list[str]:
    """Give the spellings of a path that globs are tried on; none of an empty one.

    With slashes; rooted, too, when it is relative, so that `**/lib/*` and `/lib/*` find `lib/x`; with its last part
    alone, too, when asked for.
    """
    if not path:
        return []
    path = slashed(path)
    spellings = [path] if path.startswith("/") else [path, "/" + path]
    return [*spellings, path.rpartition("/")[2]] if with_name else spellings
