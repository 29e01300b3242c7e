"""Where each field of a client's body belongs in the event: tables written from what the clients' vendors document.

A line of `fields/<vendor>.txt` is `path in the body -> path in the event | how`, with steps parted by slashes. In the
body's path `*` stands for one step and `**` for all that follow; in the event's `{1}` is what the first star stood for,
`~1` the same place counted from the end of the list (of what the vendor has the other way round), `{**}` the rest, `{**_}` the
same with underscores for hyphens. What
no line names belongs under the vendor's name in `contexts`, or where the table's first line, `else -> ...`, says. Lines
of one path are alternatives. `-` is what is left out, with the reason.
"""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "fields"
MISSING = object()

Way = tuple[Any, ...]


class Rule(NamedTuple):
    """A line of a table."""

    pattern: Way
    target: Way
    how: str


def table(vendor: str) -> list[Rule]:
    """Give the lines of a vendor's table."""
    lines = (FOLDER / f"{vendor}.txt").read_text(encoding="utf-8").splitlines()
    return [_rule(line) for line in lines if line and not line.startswith("#")]


def misplaced(body: Any, rules: list[Rule], event_of: Callable[[Way], dict[str, Any]]) -> list[tuple[str, Any]]:
    """Give the values of a body, with their paths, that are not where the table says.

    Args:
        body: the tree of what was sent.
        rules: of the table; the first is that of everything else.
        event_of: which event a path of the body is in.

    """
    otherwise, *named = rules
    found = []
    for path, value in leaves(body):
        wanted = [(rule, stars) for rule in named if (stars := _stars(rule.pattern, path)) is not None]
        wanted = [(rule, stars) for rule, stars in wanted if rule.pattern == wanted[0][0].pattern] or [
            (otherwise, [path])
        ]
        event = event_of(path)
        if not any(_holds(rule, stars, value, event) for rule, stars in wanted):
            found.append(("/".join(map(str, path)), value))
    return found


def leaves(value: Any, path: Way = ()) -> Iterator[tuple[Way, Any]]:
    """Give each value that says something, with its path."""
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, step))
    elif value not in ("", None):
        yield path, value


def _rule(line: str) -> Rule:
    pattern, _, rest = line.partition(" -> ")
    target, _, how = rest.partition(" | ")
    return Rule(tuple(pattern.split("/")), tuple(target.strip().split("/")), how.strip() or "same")


def _stars(pattern: Way, path: Way) -> list[Any] | None:
    """Give what the stars of a pattern stand for, the last of them a path when it is a double one."""
    stars: list[Any] = []
    for place, step in enumerate(pattern):
        if step == "**" and len(path) > place:
            return [*stars, path[place:]]
        if place == len(path) or (step != "*" and step != str(path[place])):
            return None
        if step == "*":
            stars.append(path[place])
    return stars if len(pattern) == len(path) else None


def _holds(rule: Rule, stars: list[Any], value: Any, event: dict[str, Any]) -> bool:
    if rule.target == ("-",):
        return True
    found: Any = event
    for step in _filled(rule.target, stars):
        found = _inside(found, step)
        if found is MISSING:
            return False
    return HOWS[rule.how](value, found, event)


def _filled(target: Way, stars: list[Any]) -> Iterator[Any]:
    for step in target:
        if step == "{**}":
            yield from stars[-1]
        elif step == "{**_}":
            yield from (inner.replace("-", "_") if isinstance(inner, str) else inner for inner in stars[-1])
        elif step.startswith("~"):
            yield -1 - stars[int(step[1:]) - 1]
        elif step.startswith("{"):
            yield stars[int(step[1:-1]) - 1]
        else:
            yield step


def _inside(holder: Any, step: Any) -> Any:
    if isinstance(holder, dict):
        return holder.get(step, MISSING)
    if isinstance(holder, list) and holder and isinstance(holder[0], list):  # tags
        return dict(holder).get(step, MISSING)
    try:
        return holder[int(step)]
    except (LookupError, TypeError, ValueError):
        return MISSING


_LEVELS = {"critical": "fatal", "warn": "warning", "log": "info"}
_STATUSES = {"1": "ok", "STATUS_CODE_OK": "ok", "2": "internal_error", "STATUS_CODE_ERROR": "internal_error"}
_NO_FUNCTION = {"<unknown>", "<anonymous>", "(anonymous)", "?"}
_ROOTS = ("/PROJECT_ROOT/", "[PROJECT_ROOT]/")


def _same(value: Any, found: Any, _event: dict[str, Any]) -> bool:
    return value == found if isinstance(value, bool) or isinstance(found, bool) else str(value) == str(found)


def _file(value: str, frame: dict[str, Any], _event: dict[str, Any]) -> bool:
    for root in _ROOTS:
        value = value.removeprefix(root)
    whole, name = frame.get("abs_path", value), frame["filename"]
    return whole.endswith(value) and value.endswith(name)


def _source(value: str, frame: dict[str, Any], _event: dict[str, Any]) -> bool:
    lines = [*frame.get("pre_context", ()), frame.get("context_line"), *frame.get("post_context", ())]
    return value.removesuffix("\n") in lines


def _severity(value: Any) -> str:
    number = str(value).removeprefix("SEVERITY_NUMBER_").lower()
    steps = ("debug", "debug", "info", "warning", "error", "fatal")
    return steps[(int(number) - 1) // 4] if number.isdecimal() else number


HOWS: dict[str, Callable[[Any, Any, dict[str, Any]], bool]] = {
    "same": _same,
    "somehow": lambda _value, _found, _event: True,
    "level": lambda value, found, _event: found == _LEVELS.get(value.lower(), value.lower()),
    "not": lambda value, found, _event: found is (str(value).lower() != "true"),
    "id": lambda value, found, _event: found == value.replace("-", "").lower(),
    "hex": lambda value, found, _event: found in (value.lower(), base64.b64decode(value).hex()),
    "listed": lambda value, found, _event: value in found,
    "name of": lambda value, found, _event: value in dict(found),
    "value of": lambda value, found, _event: str(value) in map(str, dict(found).values()),
    "names of": lambda value, found, _event: {name.strip() for name in value.split(",")} <= dict(found).keys(),
    "column": lambda value, found, event: found == value + (event["platform"] == "node"),
    "function": lambda value, frame, _event: frame.get("function", value) == value or value in _NO_FUNCTION,
    "file": _file,
    "source": _source,
    "part of": lambda value, found, _event: str(value) in str(found),
    "seconds": lambda value, found, _event: abs(int(value) / 1e9 - found) < 1e-3,
    "auto": lambda value, found, _event: found == {"$remote_ip": "{{auto}}"}.get(value, value),
    "span status": lambda value, found, _event: found == _STATUSES[str(value)],
    "type": lambda value, found, _event: value in (found["type"], f"{found.get('module')}.{found['type']}"),
    "escaped": lambda value, found, _event: found.get("handled") is (False if str(value).lower() == "true" else None),
    "kind": lambda value, _found, event: {"csp-violation": "csp", "network-error": "nel"}[value] in event,
    "severity": lambda value, found, _event: found == _severity(value),
    "no id": lambda value, _found, _event: not value.strip("0"),
    "platform": lambda value, found, _event: found == {"browser": "javascript"}.get(value, value),
}
"""How a value is told in the event."""
