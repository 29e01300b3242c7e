"""Python's printed tracebacks: chains of causes, oldest first, with source lines and the marks under them."""

from typing import Any

import re2

from errata.protocols.foreign import Tree

_HEAD = "Traceback (most recent call last):"
_GROUP = "Exception Group Traceback (most recent call last):"
_LINKS = (
    "The above exception was the direct cause of the following exception:",
    "During handling of the above exception, another exception occurred:",
)
_PLACE = re2.compile(r'  File "(.*)", line (\d{1,9})(?:, in (.+))?')
_REPEATED = re2.compile(r"  \[Previous line repeated (\d{1,9}) more times?\]")
_TYPE = re2.compile(r"([A-Za-z_][\w.]*)(?:: ?(.*))?")
_MARKS = frozenset(" ^~")


def python_exceptions(lines: list[str]) -> list[Tree]:
    """Give the exceptions of a traceback, the raised one last; of an exception group the group itself."""
    return [_exception(part) for part in _parts(lines)]


def _parts(lines: list[str]) -> list[list[str]]:
    """Give the lines of each traceback of a chain, its head aside."""
    parts: list[list[str]] = []
    for line in lines:
        bare = line
        if line.startswith(("  + ", "  | ")):  # of a group; what stands deeper are the exceptions in it
            bare = line[4:]
        if bare.startswith((_HEAD, _GROUP)):
            parts.append([])
        elif parts and bare.strip() not in _LINKS:
            parts[-1].append(bare)
    return parts


def _exception(lines: list[str]) -> Tree:
    frames: list[Tree] = []
    for index, line in enumerate(lines):
        if match := _PLACE.fullmatch(line):
            frame: Tree = {"filename": match[1], "lineno": int(match[2])}
            if match[3]:
                frame["function"] = match[3]
            frames.append(frame)
        elif match := _REPEATED.fullmatch(line):
            if frames:
                frames[-1]["repeated"] = int(match[1])
        elif line.startswith("    "):
            if frames and "context_line" not in frames[-1] and not _MARKS.issuperset(line):
                frames[-1]["context_line"] = line
        elif line and not line[0].isspace():
            return _with_head(lines[index:], frames)
    return _with_head([], frames)


def _with_head(lines: list[str], frames: list[Tree]) -> Tree:
    """Give the exception that the lines after the frames tell of: `Type: value`, over any number of lines."""
    exception: dict[str, Any] = {}
    if lines and (match := _TYPE.fullmatch(lines[0])):
        exception["type"] = match[1]
        exception["value"] = "\n".join([match[2] or "", *lines[1:]]).strip()
    if frames:
        exception["stacktrace"] = {"frames": frames}
    return exception
