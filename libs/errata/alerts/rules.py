"""Alert rules in the JSON form that Sentry's API and user interface use, compiled and checked.

A rule of another product's export is taken as it is; what Errata does not know is refused by name rather than ignored,
because a rule that silently never fires, or always does, is worse than none.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import msgspec

from errata.alerts.conditions import Condition, EventFrequency, EveryEvent, FirstSeen, Regression, UserFrequency
from errata.alerts.filters import LEVEL_MATCHES, LEVELS, TAG_MATCHES, Filter, LevelFilter, TagFilter
from errata.alerts.windows import INTERVALS
from errata.contracts.messages import Level

Match = Literal["all", "any", "none"]

DEFAULT_FREQUENCY = 30
"""Minutes between two firings of a rule for one issue; Sentry's default."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of a project, ready to be asked."""

    id: str
    name: str
    conditions: tuple[Condition, ...]
    condition_match: Match
    filters: tuple[Filter, ...]
    filter_match: Match
    environment: str
    """Empty means any."""
    cooldown: int
    """Seconds."""
    actions: tuple[dict[str, Any], ...]

    @property
    def on_change_only(self) -> bool:
        """Say whether it can fire only when an issue is new or back, so that other events need not ask it."""
        return self.condition_match != "none" and all(isinstance(c, FirstSeen | Regression) for c in self.conditions)

    def windows(self, kind: type[EventFrequency | UserFrequency]) -> dict[tuple[int, str], int]:
        """Give the windows (seconds) and environments that this rule needs counted, each with the least it asks for."""
        needed: dict[tuple[int, str], int] = {}
        for condition in self.conditions:
            if isinstance(condition, kind):
                window = (condition.window, self.environment)
                needed[window] = min(condition.value, needed.get(window, condition.value))
        return needed


class _Written(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A rule as it is written; the last lines are what Sentry's API adds and nobody needs here."""

    name: str
    id: str | int | None = None
    conditions: list[dict[str, Any]]
    filters: list[dict[str, Any]] = []
    actions: list[dict[str, Any]] = []
    action_match: Match = "all"
    filter_match: Match = "all"
    frequency: int = DEFAULT_FREQUENCY
    environment: str | None = None
    status: Literal["active", "disabled"] = "active"
    owner: Any = None
    projects: Any = None
    created_by: Any = None
    date_created: Any = None
    last_triggered: Any = None


def compile_rules(raw: Iterable[Mapping[str, Any]], project: str) -> tuple[Rule, ...]:
    """Give the active rules of a project.

    Args:
        raw: the rules as written, in Sentry's form.
        project: the project's slug, for messages.

    Raises:
        ValueError: a rule cannot be used; the text names project, rule and mistake.

    """
    rules: dict[str, Rule] = {}
    for number, written in enumerate(raw, 1):
        where = f"{project}: rule {written.get('name') or number!r}"
        try:
            parsed = msgspec.convert(written, _Written)
            rule = _compile(parsed)
        except (ValueError, KeyError) as error:
            raise ValueError(f"{where}: {error}") from None
        if rule.id in rules:
            raise ValueError(f"{where}: another rule has the id {rule.id!r}; give one of them an `id` of its own")
        if parsed.status == "active":
            rules[rule.id] = rule
    return tuple(rules.values())


def _compile(written: _Written) -> Rule:
    slug = re.sub(r"[^a-z0-9]+", "-", written.name.lower()).strip("-")
    identity = str(written.id) if written.id is not None else slug
    if not identity:
        raise ValueError("a rule needs an `id`, or a `name` with letters or digits")
    if not written.conditions:
        raise ValueError("a rule needs a condition; EveryEventCondition is the one that always holds")
    if written.frequency < 0:
        raise ValueError("`frequency` is in minutes and not negative")
    return Rule(
        id=identity,
        name=written.name,
        conditions=tuple(_known(_CONDITIONS, condition, "condition") for condition in written.conditions),
        condition_match=written.action_match,
        filters=tuple(_known(_FILTERS, each, "filter") for each in written.filters),
        filter_match=written.filter_match,
        environment=written.environment or "",
        cooldown=written.frequency * 60,
        actions=tuple(written.actions),
    )


def _known(kinds: Mapping[str, Callable[[Mapping[str, Any]], Any]], written: Mapping[str, Any], what: str) -> Any:
    identity = written.get("id")
    make = kinds.get(str(identity))
    if make is None:
        raise ValueError(f"unknown {what} {identity!r}; known are {', '.join(kinds)}")
    return make(written)


def _frequency(kind: type[EventFrequency | UserFrequency]) -> Callable[[Mapping[str, Any]], Condition]:
    def make(written: Mapping[str, Any]) -> Condition:
        if written.get("comparisonType", "count") != "count":
            raise ValueError("`comparisonType` can only be `count`")
        interval = _one_of(written, "interval", INTERVALS)
        return kind(value=_number(written, "value"), interval=interval, window=INTERVALS[interval])

    return make


def _level_filter(written: Mapping[str, Any]) -> LevelFilter:
    level = str(written.get("level", "")).lower()
    numbers = {str(number): number for number in LEVELS.values()} | {name.value: LEVELS[name] for name in Level}
    if level not in numbers:
        raise ValueError(f"`level` must be one of {', '.join(numbers)}; it is {level!r}")
    return LevelFilter(match=_one_of(written, "match", LEVEL_MATCHES), level=numbers[level])


def _tag_filter(written: Mapping[str, Any]) -> TagFilter:
    key = str(written.get("key", "")).strip().lower()
    if not key:
        raise ValueError("a tag filter needs a `key`")
    match = _one_of(written, "match", TAG_MATCHES)
    value = str(written.get("value", "")).strip().lower()
    if not value and match not in {"is", "ns"}:
        raise ValueError(f"a tag filter with `match` {match!r} needs a `value`")
    return TagFilter(key=key, match=match, value=value)


def _one_of(written: Mapping[str, Any], field: str, known: Mapping[str, Any]) -> str:
    value = written.get(field)
    if value not in known:
        raise ValueError(f"`{field}` must be one of {', '.join(known)}; it is {value!r}")
    return str(value)


def _number(written: Mapping[str, Any], field: str) -> int:
    """Sentry writes numbers as text, too."""
    try:
        return msgspec.convert(written.get(field), int, strict=False)
    except msgspec.ValidationError:
        raise ValueError(f"`{field}` must be a whole number; it is {written.get(field)!r}") from None


_CONDITIONS: dict[str, Callable[[Mapping[str, Any]], Condition]] = {
    "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition": lambda _: FirstSeen(),
    "sentry.rules.conditions.regression_event.RegressionEventCondition": lambda _: Regression(),
    "sentry.rules.conditions.every_event.EveryEventCondition": lambda _: EveryEvent(),
    "sentry.rules.conditions.event_frequency.EventFrequencyCondition": _frequency(EventFrequency),
    "sentry.rules.conditions.event_frequency.EventUniqueUserFrequencyCondition": _frequency(UserFrequency),
}
_FILTERS: dict[str, Callable[[Mapping[str, Any]], Filter]] = {
    "sentry.rules.filters.level.LevelFilter": _level_filter,
    "sentry.rules.filters.tagged_event.TaggedEventFilter": _tag_filter,
}
