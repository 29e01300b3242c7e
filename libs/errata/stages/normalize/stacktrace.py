"""Stack traces: frames from the oldest call to the newest, each field in form, each marked as the application's or not.

A frame is read by what it holds, not by what it could hold: most have six or eight fields, and nearly all are right.
"""

from typing import Any
from urllib.parse import urlsplit

from errata.stages.in_app import is_in_app
from errata.stages.normalize import values
from errata.stages.normalize.lists import ends
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.trees import SMALL, kept
from errata.stages.stage import Event

MAX_FRAMES = 250
"""Of a longer stack (a recursion's, mostly) the oldest and the newest half of this are kept. Sentry's limit."""
MAX_CONTEXT_LINES = 25

_TEXTS = {
    "function": values.NAME,
    "raw_function": values.NAME,
    "symbol": values.NAME,
    "module": values.NAME,
    "filename": values.PATH,
    "abs_path": values.PATH,
    "package": values.PATH,
    "context_line": values.NAME,
    "platform": values.LINE,
    "trust": values.LINE,
    "lang": values.LINE,
    "source_link": values.PATH,
}
_NUMBERS = frozenset({"lineno", "colno", "stack_start"})
_ADDRESSES = frozenset({"instruction_addr", "symbol_addr", "image_addr"})


def clean(holder: Event, key: str, platform: str, parent: Place, notes: Notes) -> None:
    """Bring the stack trace `holder[key]` into form: an object with `frames`; removed when it can not be one."""
    stack: Any = holder[key]
    place = (parent, key)
    if isinstance(stack, list):
        stack = holder[key] = {"frames": stack}
    if not isinstance(stack, dict):
        del holder[key]
        if stack is not None:
            notes.invalid(place, stack)
        return
    frames = stack.get("frames")
    frames_place = (place, "frames")
    if not isinstance(frames, list) or not frames:
        stack.pop("frames", None)
        if frames is not None:
            notes.invalid(frames_place)
        values.drop_nulls(stack)
        return
    if len(frames) > MAX_FRAMES:
        head = MAX_FRAMES // 2
        stack["frames_omitted"] = [head, len(frames) - (MAX_FRAMES - head)]
        frames = ends(frames, MAX_FRAMES, frames_place, notes)
    said = []
    for index, frame in enumerate(frames):
        if isinstance(frame, dict):
            _frame(frame, platform, frames_place, index, notes)
            said.append(frame)
        elif frame is not None:
            notes.invalid((frames_place, index), frame)
    stack["frames"] = said
    values.drop_nulls(stack)


def _frame(frame: Event, platform: str, frames: Place, index: int, notes: Notes) -> None:
    odd = [key for key, value in frame.items() if not _is_right(key, value)]
    if odd:
        place = (frames, index)
        for key in odd:
            _mend(frame, key, place, notes)
    function = frame.get("function")
    if function == "?":
        del frame["function"]
    if frame.get("symbol") == "?":
        del frame["symbol"]
    _places(frame)
    if ("pre_context" in frame or "post_context" in frame) and "context_line" not in frame:
        frame["context_line"] = ""
    if "in_app" not in frame:
        mark = is_in_app(
            frame.get("platform") or platform,
            frame.get("abs_path") or "",
            frame.get("module") or "",
            frame.get("package") or "",
            frame.get("function") or "",
        )
        if mark is not None:
            frame["in_app"] = mark


def _is_right(key: str, value: Any) -> bool:
    """Give whether a field is in form already; the common case, so the cheapest questions come first."""
    limit = _TEXTS.get(key)
    if limit is not None:
        return value.__class__ is str and 0 < len(value) <= limit
    if key in _NUMBERS:
        return value.__class__ is int and 0 <= value < 2**32
    return key == "in_app" and (value is True or value is False)


def _mend(frame: Event, key: str, place: Place, notes: Notes) -> None:
    value = frame[key]
    if value is None:
        del frame[key]
    elif key in _TEXTS:
        # A number as a function is a mistake of the client, not another spelling: it is said, not turned into text.
        if isinstance(value, str):
            values.keep_text(frame, key, _TEXTS[key], place, notes)
        else:
            del frame[key]
            notes.invalid((place, key), value)
    elif key in _NUMBERS:
        values.keep_number(frame, key, place, notes, largest=2**32 - 1)
    elif key in _ADDRESSES:
        values.keep_address(frame, key, place, notes)
    elif key in {"pre_context", "post_context"}:
        _context(frame, key, place, notes)
    elif key == "vars":
        _variables(frame, place, notes)
    elif key == "in_app":
        values.keep_flag(frame, key, place, notes)
    else:
        frame[key] = kept(value, SMALL, (place, key), notes)


def _context(frame: Event, key: str, place: Place, notes: Notes) -> None:
    """Lines of source around the frame; those next to it when there are too many. An empty line is a line."""
    lines = frame[key]
    if not isinstance(lines, list):
        del frame[key]
        notes.invalid((place, key), lines)
        return
    if len(lines) > MAX_CONTEXT_LINES:
        lines = lines[-MAX_CONTEXT_LINES:] if key == "pre_context" else lines[:MAX_CONTEXT_LINES]
        frame[key] = lines
    for index, line in enumerate(lines):
        if line.__class__ is not str or len(line) > values.NAME:
            lines[index] = values.limited(values.text_of(line) or "", values.NAME, ((place, key), index), notes)


def _variables(frame: Event, place: Place, notes: Notes) -> None:
    variables = frame["vars"]
    if isinstance(variables, list):
        variables = {str(index): value for index, value in enumerate(variables)}
    if not isinstance(variables, dict):
        del frame["vars"]
        notes.invalid((place, "vars"), variables)
    elif variables:
        frame["vars"] = kept(variables, SMALL, (place, "vars"), notes)
    else:
        del frame["vars"]


def _places(frame: Event) -> None:
    """Of `filename` and `abs_path` make both from one; the short name of a URL is its path."""
    path, name = frame.get("abs_path"), frame.get("filename")
    if path is None and name is not None:
        frame["abs_path"] = name
        if "://" in name:
            frame["filename"] = _path_of_url(name)
    elif name is None and path is not None:
        frame["filename"] = _path_of_url(path) if "://" in path else path


def _path_of_url(url: str) -> str:
    """Give the path of an http(s) or similar URL; what has none, such as `webpack://`, is its own name."""
    if not url.startswith(("http://", "https://", "file://", "app://", "capacitor://", "ionic://")):
        return url
    try:
        path = urlsplit(url).path
    except ValueError:  # an unclosed bracket where an IPv6 address would stand
        return url
    return path if len(path) > 1 else url
