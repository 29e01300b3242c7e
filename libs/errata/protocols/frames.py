"""Frames of stacks as vendors write them: where a function is, whose code it is, and the source around it."""

from errata.protocols.foreign import Tree

MOST_OF_A_STACK = 250
"""As many frames as normalize keeps: of a longer stack, a recursion's mostly, the oldest and the newest half."""
_MOST_IN_ALL = 10_000
"""Of one item: 50 ms of work."""
_ANONYMOUS = frozenset({"", "?", "<unknown>", "<anonymous>", "(anonymous)"})
_DEPENDENCIES = ("/site-packages/", "/dist-packages/", "/node_modules/", "/gems/", "/vendor/bundle/")


def most_of_each(stacks: int) -> int:
    """Give how many frames of each stack of an item are converted, by how many stacks there are."""
    return max(2, min(MOST_OF_A_STACK, _MOST_IN_ALL // max(stacks, 1)))


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
