"""Reading a foreign body: fields are taken out of its tree as they are mapped, so what is left is what nobody named.

That rest goes into the event whole, under the vendor's name; nothing a client sends is lost silently. A field of an
unexpected type is left where it is, and so ends in the rest too.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from errata.contracts.levels import level_of
from errata.protocols.words import platform_of

Tree: TypeAlias = dict[str, Any]

MOST_CRUMBS = 100
MOST_TAGS = 200
"""Of an event: as many as normalize keeps."""


def take_text(tree: Tree, key: str) -> str:
    """Take a text, or a number as text; empty when there is none. An empty one and a null are taken away too."""
    value = tree.get(key)
    if value is None or isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        tree.pop(key, None)
        return "" if value is None else str(value)
    return ""


def take_platform(tree: Tree, key: str) -> str:
    """Take a text that names a platform; empty when it names none, and then it is left."""
    value = tree.get(key)
    if not isinstance(value, str) or platform_of(value) == "other":
        return ""
    del tree[key]
    return value


def take_level(tree: Tree, key: str) -> str:
    """Take a level, by Sentry's name; empty when it is of none, and then it is left."""
    value = tree.get(key)
    level = level_of(value) if isinstance(value, str) else ""
    if level:
        del tree[key]
    return level


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


def trees_in(value: Any) -> list[Tree]:
    """Give the objects of a list; none when it is no list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def take_trees(tree: Tree, key: str, most: int) -> list[Tree]:
    """Take the objects of a list; of more than `most` (2 at least) half from either end. What else is in it is left.

    Each costs time, and normalize keeps no more of them anyway; how many were left out is said in their place.
    """
    found = trees_in(tree.get(key))
    tail = most // 2
    return _taken(tree, key, found, found if len(found) <= most else found[: most - tail] + found[-tail:])


def take_crumbs(tree: Tree, key: str) -> list[Tree]:
    """Take the objects of a list of what happened, of a long one the last; otherwise as `take_trees`."""
    found = trees_in(tree.get(key))
    return _taken(tree, key, found, found[-MOST_CRUMBS:])


def _taken(tree: Tree, key: str, found: list[Tree], kept: list[Tree]) -> list[Tree]:
    if found:
        tree[key] = [entry for entry in tree[key] if not isinstance(entry, dict)]
    if len(kept) < len(found):
        tree[key].append({"left_out": len(found) - len(kept)})
    if key in tree and is_empty(tree[key]):
        del tree[key]
    return kept


def is_empty(value: Any) -> bool:
    """Tell whether a value says nothing."""
    return value is None or value in ("", {}, [])


def without_empty(tree: Tree) -> Tree:
    """Give the tree without fields that say nothing; of itself only, not of what is in it."""
    return {key: value for key, value in tree.items() if not is_empty(value)}


def add(event: Tree, section: str, more: Tree) -> None:
    """Add what is said to `extra`, `contexts`, `user` or `request`; a section of which nothing is said is not there."""
    if more := without_empty(more):
        event[section] = {**event.get(section, {}), **more}


def add_tag(event: Tree, name: str, value: str) -> None:
    """Add a tag that has a value."""
    if name and value:
        event.setdefault("tags", []).append([name, value])


def add_context(event: Tree, vendor: str, rest: Tree) -> None:
    """Add to what stands under the vendor's name."""
    found = event.get("contexts", {}).get(vendor, {})
    add(event, "contexts", {vendor: without_empty({**rest, **found})})


def finish(event: Tree, vendor: str, rest: Tree) -> Tree:
    """Give the event without fields that say nothing, with the rest of the body under the vendor's name."""
    add_context(event, vendor, rest)
    return without_empty(event)


def rename(tree: Tree, names: Mapping[str, str]) -> None:
    """Give fields of an object other names; those that say nothing are removed."""
    for old, new in names.items():
        value = tree.pop(old, None)
        if not is_empty(value):
            tree[new] = value


def sdk_of(notifier: Any) -> str:
    """Give `name/version` of a notifier object; empty when it names nothing."""
    if not isinstance(notifier, dict):
        return ""
    name, version = notifier.get("name"), notifier.get("version")
    if not isinstance(name, str) or not name:
        return ""
    return f"{name}/{version}" if isinstance(version, str) and version else name


def take_sdk(notifier: Tree) -> Tree:
    """Take name and version of the notifier; what else it holds is left in it."""
    return without_empty({"name": take_text(notifier, "name"), "version": take_text(notifier, "version")})
