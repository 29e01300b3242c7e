"""Stack traces as languages print them, read back into exceptions and frames; lines that are no frame end nothing.

Every pattern is applied to one line by RE2, and each line is looked at once, so time is linear in the text. Exceptions
come out as Sentry has them: oldest cause first, frames from the oldest call to the newest.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import re2

from errata.protocols.foreign import Tree
from errata.protocols.frames import settle_function
from errata.protocols.otlp.stack_text_python import python_exceptions

_LONGEST_LINE = 2_048

_V8 = re2.compile(r"\s*at (?:async )?(?:new )?(?:(.+?) \()?([^()]+?):(\d{1,9}):(\d{1,9})\)?")
_GECKO = re2.compile(r"([^@]*)@(.+):(\d{1,9}):(\d{1,9})")
_JAVA = re2.compile(r"\s*at (?:[^/()]+/)*([^()]+)\.([^.()]+)\(([^():]+)(?::(\d{1,9}))?\)(?: ~?\[.*\])?")
_RUBY = re2.compile(r"(?:\s*from )?(.+?):(\d{1,9}):in [`'](.+?)'(?::.*)?")
_GO_PLACE = re2.compile(r"\s+(.+\.\w+):(\d{1,9})(?: \+0x[0-9a-f]+)?")
_DOTNET = re2.compile(r"\s*at (.+)\.([^.(]+)\((.*?)\)(?: in (.+):line (\d{1,9}))?")
_PHP = re2.compile(r"#\d{1,9} (.+)\((\d{1,9})\): (.+?)\(.*\)")


def exceptions_of(text: str, platform: str) -> list[Tree]:
    """Give the exceptions in a stack trace's text, the raised one last; none where no frame could be read."""
    read = _READERS.get(platform)
    if read is None:
        return []
    lines = [line[:_LONGEST_LINE] for line in text.splitlines()]
    exceptions = read(lines)
    return exceptions if any(exception.get("stacktrace") for exception in exceptions) else []


def with_frames(kind: str, value: str, frames: list[Tree]) -> Tree:
    """Give an exception of what was read; frames oldest first."""
    exception: Tree = {"type": kind, "value": value}
    if frames:
        exception["stacktrace"] = {"frames": frames}
    return exception


def _javascript(lines: list[str]) -> list[Tree]:
    """V8's `at f (file:1:2)`, and `f@file:1:2` of Firefox and Safari; newest call first, no causes."""
    frames: list[Tree] = []
    for line in lines:
        if match := _V8.fullmatch(line) or _GECKO.fullmatch(line):
            function, file, row, column = match.groups()
            frames.append(_frame(function, file, row, column))
    return [with_frames("", "", frames[::-1])]


def _java(lines: list[str]) -> list[Tree]:
    """Newest call first; causes follow, each under `Caused by:`."""
    found: list[tuple[str, list[Tree]]] = [("", [])]
    for line in lines:
        if line.startswith("Caused by: "):
            found.append((line.removeprefix("Caused by: "), []))
        elif match := _JAVA.fullmatch(line):
            module, function, file, row = match.groups()
            known = file not in {"Native Method", "Unknown Source"}
            found[-1][1].append({**_frame(function, file if known else "", row), "module": module})
    return [with_frames(*_head(head), frames[::-1]) for head, frames in reversed(found)]


def _ruby(lines: list[str]) -> list[Tree]:
    frames: list[Tree] = []
    for line in lines:
        if match := _RUBY.fullmatch(line):
            file, row, function = match.groups()
            frames.append(_frame(function, file, row))
    return [with_frames("", "", frames[::-1])]


def _go(lines: list[str]) -> list[Tree]:
    """A function's line, then an indented one with its place; of the first goroutine, the one that failed."""
    frames: list[Tree] = []
    function = ""
    for line in lines:
        if line.startswith("goroutine ") and frames:
            break
        match = _GO_PLACE.fullmatch(line)
        if not match:
            creator = line.removeprefix("created by ").partition(" in goroutine ")[0]
            function = creator if line.startswith("created by ") else line.rpartition("(")[0] or line
        elif function:
            # `example.com/shop/cart.(*Cart).Pay`: the package ends at the first dot of the last path segment
            directory, slash, last = function.rpartition("/")
            package, _, name = last.partition(".")
            frames.append({**_frame(name, match[1], match[2]), "module": directory + slash + package})
            function = ""
    return [with_frames("", "", frames[::-1])]


def _dotnet(lines: list[str]) -> list[Tree]:
    """Heads of all exceptions first, outermost first; then the blocks of frames, innermost first."""
    heads = [""]
    blocks: list[list[Tree]] = [[]]
    for line in lines:
        stripped = line.strip()
        if stripped.startswith("---> "):
            heads.append(stripped.removeprefix("---> "))
        elif stripped.startswith("--- End of inner"):
            blocks.append([])
        elif match := _DOTNET.fullmatch(line):
            module, function, _, file, row = match.groups()
            blocks[-1].append({**_frame(function, file, row), "module": module})
    heads.reverse()
    if len(heads) != len(blocks):
        return [with_frames("", "", blocks[-1][::-1])]
    return [with_frames(*_head(head), block[::-1]) for head, block in zip(heads, blocks, strict=True)]


def _php(lines: list[str]) -> list[Tree]:
    frames: list[Tree] = []
    for line in lines:
        if match := _PHP.fullmatch(line):
            file, row, function = match.groups()
            frames.append(_frame(function, file, row))
    return [with_frames("", "", frames[::-1])]


def _frame(function: Any, file: Any, row: Any, column: Any = None) -> Tree:
    frame: Tree = {"function": function or ""}
    settle_function(frame)
    if file:
        frame["filename"] = file.removeprefix("file://")
    if row:
        frame["lineno"] = int(row)
    if column:
        frame["colno"] = int(column)
    return frame


def _head(line: str) -> tuple[str, str]:
    kind, _, value = line.partition(": ")
    return kind, value


_READERS: Mapping[str, Callable[[list[str]], list[Tree]]] = MappingProxyType(
    {
        "python": python_exceptions,
        "node": _javascript,
        "javascript": _javascript,
        "java": _java,
        "ruby": _ruby,
        "go": _go,
        "csharp": _dotnet,
        "php": _php,
    }
)
