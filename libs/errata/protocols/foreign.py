"""Reading a foreign body: fields are taken out of its tree as they are mapped, so what is left is what nobody named.

That rest goes into the event whole, under the vendor's name; nothing a client sends is lost silently. A field of an
unexpected type is left where it is, and so ends in the rest too.
"""

from collections.abc import Mapping
from itertools import chain
from typing import Any, TypeAlias

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid, Reason

Tree: TypeAlias = dict[str, Any]

LEVELS: Mapping[str, str] = {
    "trace": "debug",
    "debug": "debug",
    "log": "info",
    "info": "info",
    "notice": "info",
    "warn": "warning",
    "warning": "warning",
    "error": "error",
    "critical": "fatal",
    "alert": "fatal",
    "emergency": "fatal",
    "fatal": "fatal",
}
"""What vendors call their levels -> Sentry's five."""

_PLATFORMS = {
    "browser": "javascript",
    "browserjs": "javascript",
    "webjs": "javascript",
    "node-js": "node",
    "node": "node",
    "nodejs": "node",
    "javascript": "javascript",
    "typescript": "javascript",
    "python": "python",
    "ruby": "ruby",
    "php": "php",
    "java": "java",
    "kotlin": "java",
    "android": "java",
    "golang": "go",
    "go": "go",
    "csharp": "csharp",
    "c#": "csharp",
    "dotnet": "csharp",
    ".net": "csharp",
    "elixir": "elixir",
    "cocoa": "cocoa",
    "swift": "swift",
    "rust": "rust",
    "cpp": "native",
    "c": "native",
}
_ANONYMOUS = frozenset({"", "?", "<unknown>", "<anonymous>", "(anonymous)"})
_DEPENDENCIES = ("/site-packages/", "/dist-packages/", "/node_modules/", "/gems/", "/vendor/bundle/")


def tree_of(payload: bytes) -> Tree:
    """Give the JSON object of a body; raises `Invalid` when it is none."""
    tree = odd_json.loads(payload)
    if not isinstance(tree, dict):
        raise Invalid(Reason.NOT_AN_OBJECT)
    return tree


def take_text(tree: Tree, key: str) -> str:
    """Take a text, or a number as text; empty when there is none. An empty one and a null are taken away too."""
    value = tree.get(key)
    if value is None or isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        tree.pop(key, None)
        return "" if value is None else str(value)
    return ""


def take_flag(tree: Tree, key: str) -> bool | None:
    """Take a truth value, also one written as text; None when there is none."""
    value = tree.get(key)
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.lower())
    if not isinstance(value, bool):
        return None
    del tree[key]
    return value


def take_number(tree: Tree, key: str) -> int | None:
    """Take a whole number, also one written as text."""
    value = tree.get(key)
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    del tree[key]
    return value


def take_tree(tree: Tree, key: str) -> Tree:
    """Take an object; empty when there is none."""
    return tree.pop(key) if isinstance(tree.get(key), dict) else {}


def take_trees(tree: Tree, key: str) -> list[Tree]:
    """Take the objects of a list; what else stands in it is left."""
    value = tree.get(key)
    if not isinstance(value, list):
        return []
    others = [entry for entry in value if not isinstance(entry, dict)]
    if others:
        tree[key] = others
    else:
        del tree[key]
    return [entry for entry in value if isinstance(entry, dict)]


def is_empty(value: Any) -> bool:
    """Tell whether a value says nothing."""
    return value is None or value in ("", {}, [])


def said(tree: Tree) -> Tree:
    """Give the tree without fields that say nothing; of itself only, not of what is in it."""
    return {key: value for key, value in tree.items() if not is_empty(value)}


def add(event: Tree, section: str, more: Tree) -> None:
    """Add what is said to `extra`, `contexts`, `user` or `request`; a section of which nothing is said is not there."""
    if more := said(more):
        event[section] = {**event.get(section, {}), **more}


def add_tag(event: Tree, name: str, value: str) -> None:
    """Add a tag that has a value."""
    if name and value:
        event.setdefault("tags", []).append([name, value])


def finish(event: Tree, vendor: str, rest: Tree) -> Tree:
    """Give the event without fields that say nothing, with the rest of the body under the vendor's name."""
    add(event, "contexts", {vendor: said(rest)})
    return said(event)


def platform_of(*hints: str) -> str:
    """Give the platform by the first hint that names one, such as `python 3.11.2` or `Honeybadger for Python`."""
    words = chain.from_iterable(hint[:200].lower().replace("/", " ").split() for hint in hints)
    return next((_PLATFORMS[word] for word in words if word in _PLATFORMS), "other")


def level_of(text: str) -> str:
    """Give Sentry's level; empty for a word that is none."""
    return LEVELS.get(text.strip().lower(), "")


def runtime_of(language: str) -> Tree:
    """Give the runtime context of `python 3.11.2` or `Python/3.11.2`; empty where no version is named."""
    name, _, version = language.replace("/", " ", 1).partition(" ")
    return {"name": name, "version": version} if version else {}


def settle_function(frame: Tree) -> None:
    """Remove a function's name that says it has none."""
    function = frame.get("function", "")
    if function is None or (isinstance(function, str) and function in _ANONYMOUS):
        frame.pop("function", None)


def settle_place(frame: Tree, root: str, placeholder: str = "") -> None:
    """Give a frame its path within the project as `filename` and the whole one as `abs_path`; `in_app` as they tell.

    Args:
        frame: with its path as `filename`, the client's form.
        root: directory of the project, empty when the client did not say.
        placeholder: what the client writes in its stead, such as `/PROJECT_ROOT`.

    Unmarked are frames of projects without a root: rules of the platform decide later.

    """
    path = frame.get("filename")
    if not isinstance(path, str):
        return
    root = root.rstrip("/")
    prefix = next((known for known in (placeholder, root) if known and path.startswith(known + "/")), "")
    if prefix and "://" not in path:
        name = path[len(prefix) + 1 :]
        frame["filename"] = name
        frame["abs_path"] = f"{root}/{name}" if root else path
    if "in_app" not in frame and "://" not in path and (prefix or placeholder or root):
        frame["in_app"] = bool(prefix) and not any(mark in path for mark in _DEPENDENCIES)


def settle_source(frame: Tree, key: str) -> None:
    """Turn an object of line numbers and source lines into the frame's line and those before and after it."""
    source = frame.get(key)
    if not isinstance(source, dict):
        return
    lines: dict[int, str] = {}
    for number, line in source.items():
        if not (number.isdecimal() and len(number) < 10 and isinstance(line, str)):
            return
        lines[int(number)] = line.removesuffix("\n")
    del frame[key]
    here = frame.get("lineno")
    if not isinstance(here, int):
        here = min(lines, default=0)
    numbers = sorted(lines)
    if here in lines:
        frame["context_line"] = lines[here]
    frame["pre_context"] = [lines[number] for number in numbers if number < here]
    frame["post_context"] = [lines[number] for number in numbers if number > here]


def rename(tree: Tree, names: Mapping[str, str]) -> None:
    """Give fields of an object other names; those that say nothing are removed."""
    for old, new in names.items():
        value = tree.pop(old, None)
        if not is_empty(value):
            tree[new] = value


def message_with_stack(event: Tree, text: str, frames: list[Tree], template: str = "") -> None:
    """Make the event a logged message: the stack is where it was logged, on the thread, not of an exception."""
    event["logentry"] = said({"formatted": text, "message": template if template != text else ""})
    if frames:
        event["threads"] = {"values": [{"current": True, "crashed": False, "stacktrace": {"frames": frames}}]}


def sdk_of(notifier: Any) -> str:
    """Give `name/version` of a notifier object; empty when it names nothing."""
    if not isinstance(notifier, dict):
        return ""
    name, version = notifier.get("name"), notifier.get("version")
    if not isinstance(name, str) or not name:
        return ""
    return f"{name}/{version}" if isinstance(version, str) and version else name


def add_sdk(event: Tree, notifier: Tree) -> None:
    """Move name and version of the notifier to `sdk`; what else it holds is left in it."""
    named = {"name": take_text(notifier, "name"), "version": take_text(notifier, "version")}
    add(event, "sdk", named)
