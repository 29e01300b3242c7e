"""Stack traces: frames from the oldest call to the newest, each in form, each marked as the application's or not."""

from typing import Any

from errata.stages.in_app import is_in_app
from errata.stages.normalize import rules, urls, values
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.lists import objects
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.trees import SMALL, kept
from errata.stages.stage import Event

MAX_FRAMES = 250
"""Of a longer stack (a recursion's, mostly) the oldest and the newest half of this are kept. Sentry's limit."""
MAX_CONTEXT_LINES = 25
OLD_NAME = "sentry.interfaces.Stacktrace"


def _lines(lines: list[Any], place: Place, notes: Notes) -> list[str]:
    """Give the lines as texts, each within its limit. An empty line is a line, so none is left out."""
    try:
        if len("".join(lines)) <= values.NAME:  # nearly all lines are short, even all together
            return lines
    except TypeError:
        pass
    for index, line in enumerate(lines):
        if line.__class__ is not str or len(line) > values.NAME:
            lines[index] = values.limited(values.text_of(line) or "", values.NAME, (place, index), notes)
    return lines


def lines_before(value: Any, place: Place, notes: Notes) -> list[str] | None:
    """Keep the lines of source before the one in question, the nearest of them."""
    if value.__class__ is list:
        return _lines(value[-MAX_CONTEXT_LINES:] if len(value) > MAX_CONTEXT_LINES else value, place, notes)
    notes.invalid(place, value)
    return None


def lines_after(value: Any, place: Place, notes: Notes) -> list[str] | None:
    """Keep the lines of source after the one in question, the nearest of them."""
    if value.__class__ is list:
        return _lines(value[:MAX_CONTEXT_LINES] if len(value) > MAX_CONTEXT_LINES else value, place, notes)
    notes.invalid(place, value)
    return None


def _variables(value: Any, place: Place, notes: Notes) -> Any:
    """Variables by name; old clients send a list, whose places are the names."""
    if value.__class__ is list:
        value = {str(index): item for index, item in enumerate(value)}
    if value.__class__ is dict:
        return kept(value, SMALL, place, notes) if value else None
    notes.invalid(place, value)
    return None


_NAME, _PATH, _LINE = rules.Text(values.NAME), rules.Text(values.PATH), rules.Text(values.LINE)

_FRAME = Fields(
    {
        **dict.fromkeys(("function", "raw_function", "symbol", "module", "context_line"), _NAME),
        **dict.fromkeys(("filename", "abs_path", "package", "source_link"), _PATH),
        **dict.fromkeys(("platform", "trust", "lang", "addr_mode"), _LINE),
        **dict.fromkeys(("lineno", "colno"), rules.Whole(2**32 - 1)),
        **dict.fromkeys(("in_app", "stack_start", "snapshot"), rules.flag),
        **dict.fromkeys(("instruction_addr", "symbol_addr", "image_addr", "function_id"), rules.address),
        "pre_context": lines_before,
        "post_context": lines_after,
        "vars": _variables,
        "data": rules.tree(SMALL),
    }
)
_STACK = Fields(
    {"frames": rules.as_is, "registers": rules.addresses, "lang": _LINE, "snapshot": rules.flag}, required=("frames",)
)


def take_old_name(holder: Event) -> None:
    """Give the stack of an exception or thread the name it has now."""
    old = holder.pop(OLD_NAME)
    holder.setdefault("stacktrace", old)


def clean(holder: Event, key: str, platform: str, parent: Place, notes: Notes) -> None:
    """Bring the stack trace `holder[key]` into form, an object with `frames`; removed when it cannot be one."""
    stack: Any = holder[key]
    place = (parent, key)
    if stack.__class__ is list:
        stack = holder[key] = {"frames": stack}
    if stack.__class__ is not dict:
        del holder[key]
        if stack is not None:
            notes.invalid(place, stack)
        return
    _STACK.clean(stack, place, notes)
    frames = stack.get("frames")
    if frames.__class__ is list and frames:
        stack["frames"] = _frames(stack, frames, platform, (place, "frames"), notes)
    elif frames is not None:
        del stack["frames"]
        notes.invalid((place, "frames"))
    if not stack:
        del holder[key]


def _frames(stack: Event, frames: list[Any], platform: str, place: Place, notes: Notes) -> list[Any]:
    if len(frames) > MAX_FRAMES:
        head = MAX_FRAMES // 2
        stack["frames_omitted"] = [head, len(frames) - (MAX_FRAMES - head)]
    frames = objects(frames, MAX_FRAMES, place, notes)
    for index, frame in enumerate(frames):
        if frame is not None:
            _frame(frame, platform, place, index, notes)
    return frames


def _frame(frame: Event, platform: str, frames: Place, index: int, notes: Notes) -> None:
    _FRAME.clean(frame, (frames, index), notes)
    if frame.get("function") == "?":
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


def _places(frame: Event) -> None:
    """Of `filename` and `abs_path` make both from one; the short name of an address is its path."""
    path, name = frame.get("abs_path"), frame.get("filename")
    if path is None and name is not None:
        path = frame["abs_path"] = name
        name = None
    if name is None and path is not None:
        frame["filename"] = urls.path_of(path) if path.startswith(_ADDRESSES) else path


_ADDRESSES = ("http:", "https:", "file:", "applewebdata:")
"""Addresses whose path names the file; others, such as `app:///index.bundle`, are names as they are."""
