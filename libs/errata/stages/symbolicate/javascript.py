"""Frames of JavaScript: which built files they need, and what they become with their source maps."""

from functools import lru_cache
from typing import Any, TypeAlias

from errata.stages.symbolicate.artifacts import Absent
from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.lookups import Lookups
from errata.stages.symbolicate.names import fold_function_name, function_name
from errata.stages.symbolicate.script import Place, Script
from errata.stages.symbolicate.source_text import SourceText

Frame: TypeAlias = dict[str, Any]
PLATFORMS = frozenset({"javascript", "node"})
# Code that was never built from anything, or is shown as it was written.
_NO_FILE = (
    "node:", "internal/", "internal:", "<", "[", "native ", "native:", "webpack:", "webpack-internal:", "turbopack:",
    "data:", "blob:", "eval ", "chrome-extension:", "moz-extension:", "safari-extension:", "safari-web-extension:",
    "ms-browser-extension:",
)  # fmt: skip
_LEFT = {"symbolicated": False}
# What engines put before an address in a stack: Chrome before a call that was awaited, Hermes before bytecode's.
_NOT_OF_THE_URL = ("async ", "address at ")


def debug_ids(images: list[Any]) -> dict[str, str]:
    """Give the debug id of each built file that the client named with one."""
    return {
        image["code_file"]: image["debug_id"]
        for image in images
        if image.get("type") == "sourcemap" and image.get("code_file") and image.get("debug_id")
    }


def built_file(frame: Frame, platform: str) -> str:
    """Give the URL of the built file that a frame is in, empty when it is in none."""
    path = frame.get("abs_path")
    if not path or frame.get("lineno") is None or frame.get("platform", platform) not in PLATFORMS:
        return ""
    return _file(path)


@lru_cache(maxsize=1024)
def _file(path: str) -> str:
    """Give the URL in a path, empty when it is no file's. Events have the same few files again and again."""
    url = _url(path)
    return "" if url.startswith(_NO_FILE) or url == "native" else url


def symbolicate(frames: list[Frame], platform: str, lookups: Lookups) -> tuple[list[Frame], list[Frame]]:
    """Give the frames symbolicated, and as they came, oldest call first; the ones given are left alone.

    A frame that is the same in both was not symbolicated, though both may have gained the built file's lines. A frame
    whose function has no name gets the one that its caller calls it by.
    """
    done: list[Frame] = []
    raw: list[Frame] = []
    called_as = ""
    for frame in frames:
        new, old, called_as = _frame(frame, platform, called_as, lookups)
        done.append(new)
        raw.append(old)
    return done, raw


def _frame(frame: Frame, platform: str, called_as: str, lookups: Lookups) -> tuple[Frame, Frame, str]:
    """Give a frame symbolicated, as it came, and what it calls the next one by."""
    url = built_file(frame, platform)
    script = lookups.script(url) if url else None
    if script is None or (isinstance(script, Absent) and script.failure is None):
        return frame, frame, ""
    if url != frame["abs_path"]:
        frame = {**frame, "abs_path": url, "filename": _url(frame.get("filename") or url)}
    line, column = frame["lineno"], frame.get("colno") or 0
    if isinstance(script, Absent) or not line:
        same = _unsymbolicated(frame, {})
        _note_failure(script, line, column, url, lookups)
        return same, same, ""
    place = script.place(line, column, platform)
    same = _unsymbolicated(frame, place.context)
    original = place.original
    if original is None:
        _note_failure(script, line, column, url, lookups)
        return same, same, ""
    changed = {**frame, **place.update}
    _own_lists(changed, place.update)
    if "module" not in place.update:
        # Node's client names it after the built file, which says nothing of the original and differs between builds.
        changed.pop("module", None)
    if not original.context:
        _add_source(changed, place, script, lookups)
    changed["function"] = place.function or fold_function_name(
        function_name(frame.get("function") or "", original.function, called_as)
    )
    changed["data"] = _data(frame, script.data)
    return changed, same, original.name


def _note_failure(script: Script | Absent, line: int, column: int, url: str, lookups: Lookups) -> None:
    """Note why a frame has no original."""
    if not line:
        lookups.failed(Failure.INVALID_LOCATION, url, lineno=line, colno=column)
    elif isinstance(script, Absent) or script.source_map is None:
        lookups.failed(script.failure, url)
    elif not column:
        lookups.failed(Failure.NO_COLUMN, url)
    else:
        lookups.failed(Failure.INVALID_LOCATION, url, lineno=line, colno=column)


def _add_source(frame: Frame, place: Place, script: Script, lookups: Lookups) -> None:
    """Add the lines around from the original file, when it was uploaded beside the map."""
    for key in ("context_line", "pre_context", "post_context"):
        frame.pop(key, None)
    path = place.update.get("abs_path", "")
    found = lookups.source(path, script.url) if path else Absent(Failure.MISSING_SOURCE_CONTENT)
    if isinstance(found, SourceText):
        frame.update(found.context(frame["lineno"], frame["colno"]))
    elif found is not None:
        lookups.failed(Failure.MISSING_SOURCE_CONTENT, script.url, source=path, sourcemap=script.data["sourcemap"])


def _unsymbolicated(frame: Frame, context: Frame) -> Frame:
    changed = {**frame, **context}
    _own_lists(changed, context)
    changed["data"] = _data(frame, _LEFT)
    return changed


def _url(path: str) -> str:
    """Give an address without what engines put before it."""
    for prefix in _NOT_OF_THE_URL:
        path = path.removeprefix(prefix)
    return path


def _data(frame: Frame, more: Frame) -> Frame:
    """Give a frame's data with more in it."""
    data = frame.get("data")
    return {**data, **more} if isinstance(data, dict) else more.copy()


def _own_lists(frame: Frame, given: Frame) -> None:
    """Give the frame lists of its own: those remembered are shared by all events."""
    if "pre_context" in given:
        frame["pre_context"] = given["pre_context"].copy()
    if "post_context" in given:
        frame["post_context"] = given["post_context"].copy()
