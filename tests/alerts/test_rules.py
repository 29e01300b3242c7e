"""Alert rules: what is taken, what is refused and how it says so, and when a rule fires."""

from typing import Any

import msgspec
import pytest

from errata.alerts.evaluate import alert_id, evaluate
from errata.alerts.rule_set import RuleSet
from errata.alerts.rules import Rule, compile_rules
from errata.contracts.flat_event import FlatEvent
from errata.contracts.messages import AlertKind
from errata.contracts.times import MINUTE

C = "sentry.rules.conditions."
F = "sentry.rules.filters."
FIRST = {"id": C + "first_seen_event.FirstSeenEventCondition"}
BACK = {"id": C + "regression_event.RegressionEventCondition"}
EVERY = {"id": C + "every_event.EveryEventCondition"}
OFTEN = {"id": C + "event_frequency.EventFrequencyCondition", "value": 100, "interval": "1h"}
USERS = {"id": C + "event_frequency.EventUniqueUserFrequencyCondition", "value": "10", "interval": "1d"}
LEVEL = {"id": F + "level.LevelFilter", "match": "gte", "level": "40"}
TAG = {"id": F + "tagged_event.TaggedEventFilter"}
NOW = 1_795_436_400_000_000


class Situation(msgspec.Struct):
    created: bool = False
    first_in_environment: bool = False
    regression: str = ""
    event_count: int = 0
    user_count: int = 0

    def events(self, _window: int, _environment: str) -> int:
        return self.event_count

    def users(self, _window: int, _environment: str) -> int:
        return self.user_count


def rule(*conditions: dict[str, Any], **more: Any) -> Rule:
    (compiled,) = compile_rules([{"name": "Rule", "conditions": list(conditions)} | more], "shop")
    return compiled


def event(**fields: Any) -> FlatEvent:
    given = {"project": 1, "event_id": "e", "group_hash": "g", "received_at": NOW, "level": "error", "platform": "go"}
    return msgspec.convert(given | {"title": "Oh"} | fields, FlatEvent)


def fires(rule_: Rule, situation: Situation, last: int = 0, **fields: Any) -> AlertKind | None:
    evidence = evaluate(rule_, event(**fields), situation, last)
    return evidence and evidence.kind


def test_a_rule_as_sentry_exports_it_is_taken_as_it_is() -> None:
    (taken,) = compile_rules(
        [
            {
                "id": "12",
                "name": "Often",
                "owner": "team:5",
                "dateCreated": "2024-01-01T00:00:00Z",
                "status": "active",
                "actionMatch": "any",
                "filterMatch": "all",
                "frequency": 60,
                "environment": "production",
                "conditions": [OFTEN | {"comparisonType": "count", "name": "more than 100"}],
                "filters": [LEVEL],
                "actions": [{"id": "anything", "channel": "#alerts"}],
            }
        ],
        "shop",
    )
    assert (taken.id, taken.cooldown, taken.environment) == ("12", 3600, "production")
    assert taken.actions == ({"id": "anything", "channel": "#alerts"},)


def test_a_rule_without_an_id_is_called_after_its_name() -> None:
    assert (
        compile_rules([{"name": "High Error  Frequency!", "conditions": [OFTEN]}], "shop")[0].id
        == "high-error-frequency"
    )


def test_a_disabled_rule_is_left_out() -> None:
    assert compile_rules([{"name": "Off", "status": "disabled", "conditions": [FIRST]}], "shop") == ()


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ({"conditions": [{"id": "no.Such"}]}, "unknown condition 'no.Such'; known are sentry"),
        ({"conditions": [FIRST], "filters": [{"id": "x"}]}, "unknown filter 'x'"),
        ({"conditions": []}, "needs a condition"),
        ({"conditions": [OFTEN | {"value": "many"}]}, "`value` must be a whole number"),
        ({"conditions": [OFTEN | {"interval": "2h"}]}, "`interval` must be one of 1m, 5m"),
        ({"conditions": [OFTEN | {"comparisonType": "percent"}]}, "`comparisonType` can only be `count`"),
        ({"conditions": [FIRST], "filters": [LEVEL | {"level": "45"}]}, "`level` must be one of"),
        ({"conditions": [FIRST], "filters": [LEVEL | {"match": "gt"}]}, "`match` must be one of eq, gte, lte"),
        ({"conditions": [FIRST], "filters": [TAG | {"match": "eq", "value": "a"}]}, "needs a `key`"),
        ({"conditions": [FIRST], "filters": [TAG | {"key": "a", "match": "eq"}]}, "needs a `value`"),
        ({"conditions": [FIRST], "actionMatch": "most"}, "most"),
        ({"conditions": [FIRST], "condition": 1}, "unknown field `condition`"),
        ({"conditions": [FIRST], "frequency": -1}, "not negative"),
        ({}, "conditions"),
    ],
)
def test_what_is_not_known_is_refused_with_project_rule_and_mistake(written: dict[str, Any], mistake: str) -> None:
    with pytest.raises(ValueError, match="shop: rule 'Mine': ") as refused:
        compile_rules([{"name": "Mine"} | written], "shop")
    assert mistake in str(refused.value)


def test_two_rules_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="another rule has the id 'a'"):
        compile_rules([{"name": "A", "conditions": [FIRST]}, {"name": "a!", "conditions": [BACK]}], "shop")


def test_a_new_issue_and_one_that_is_back() -> None:
    assert fires(rule(FIRST), Situation(created=True)) is AlertKind.FIRST_SEEN
    assert fires(rule(FIRST), Situation()) is None
    assert fires(rule(BACK), Situation(regression="because")) is AlertKind.REGRESSION
    assert fires(rule(BACK), Situation(created=True)) is None


def test_new_for_a_rule_of_one_environment_means_new_there() -> None:
    there = rule(FIRST, environment="production")
    assert fires(there, Situation(first_in_environment=True), environment="production") is AlertKind.FIRST_SEEN
    assert fires(there, Situation(created=True, first_in_environment=True), environment="staging") is None
    assert fires(rule(FIRST), Situation(first_in_environment=True), environment="production") is None


def test_a_frequency_must_be_exceeded() -> None:
    assert fires(rule(OFTEN), Situation(event_count=100)) is None
    assert fires(rule(OFTEN), Situation(event_count=101)) is AlertKind.EVENT_FREQUENCY
    assert fires(rule(USERS), Situation(user_count=10)) is None
    assert fires(rule(USERS), Situation(user_count=11)) is AlertKind.USER_FREQUENCY


def test_a_rule_is_silent_within_its_cooldown() -> None:
    every = rule(EVERY, frequency=30)
    assert fires(every, Situation(), last=NOW - 30 * MINUTE + 1) is None
    assert fires(every, Situation(), last=NOW - 30 * MINUTE) is AlertKind.EVERY_EVENT
    assert fires(every, Situation(), last=NOW + MINUTE) is None


@pytest.mark.parametrize(
    ("match", "created", "count", "expected"),
    [
        ("all", True, 101, AlertKind.FIRST_SEEN),
        ("all", True, 1, None),
        ("any", False, 101, AlertKind.EVENT_FREQUENCY),
        ("any", False, 1, None),
        ("none", False, 1, AlertKind.EVERY_EVENT),
        ("none", False, 101, None),
    ],
)
def test_conditions_match_all_any_or_none(match: str, created: bool, count: int, expected: AlertKind | None) -> None:
    assert fires(rule(FIRST, OFTEN, actionMatch=match), Situation(created=created, event_count=count)) is expected


@pytest.mark.parametrize(
    ("match", "level", "environment", "passes"),
    [
        ("all", "fatal", "production", True),
        ("all", "info", "production", False),
        ("any", "info", "production", True),
        ("any", "info", "staging", False),
        ("none", "info", "staging", True),
        ("none", "fatal", "staging", False),
    ],
)
def test_filters_match_all_any_or_none(match: str, level: str, environment: str, passes: bool) -> None:
    filters = [LEVEL, TAG | {"key": "environment", "match": "eq", "value": "production"}]
    filtered = rule(EVERY, filters=filters, filterMatch=match)
    assert (fires(filtered, Situation(), level=level, environment=environment) is not None) is passes


@pytest.mark.parametrize(
    ("match", "level", "passing"),
    [
        ("eq", "40", {"error"}),
        ("gte", 40, {"error", "fatal"}),
        ("lte", "warning", {"debug", "info", "warning"}),
    ],
)
def test_a_level_filter_knows_sentrys_numbers(match: str, level: Any, passing: set[str]) -> None:
    filtered = rule(EVERY, filters=[LEVEL | {"match": match, "level": level}])
    every = ("debug", "info", "warning", "error", "fatal")
    assert {name for name in every if fires(filtered, Situation(), level=name)} == passing


@pytest.mark.parametrize(
    ("key", "match", "value", "passes"),
    [
        ("Region", "eq", "EU-West", True),
        ("region", "ne", "eu-west", False),
        ("region", "co", "west", True),
        ("region", "nc", "west", False),
        ("region", "sw", "eu", True),
        ("region", "nsw", "eu", False),
        ("region", "ew", "west", True),
        ("region", "new", "west", False),
        ("region", "is", "", True),
        ("region", "ns", "", False),
        ("missing", "eq", "x", False),
        ("missing", "ne", "x", True),
        ("missing", "nc", "x", True),
        ("missing", "is", "", False),
        ("missing", "ns", "", True),
        ("release", "sw", "shop@", True),
        ("level", "eq", "error", True),
        ("logger", "ns", "", True),
    ],
)
def test_a_tag_filter_sees_tags_and_fields_whatever_the_case(key: str, match: str, value: str, passes: bool) -> None:
    filtered = rule(EVERY, filters=[TAG | {"key": key, "match": match, "value": value}])
    fired = fires(filtered, Situation(), tags={"REGION": "eu-west"}, release="shop@1.0")
    assert (fired is not None) is passes


def test_a_set_of_rules_says_what_to_count_and_whom_to_ask_when() -> None:
    rules = RuleSet(
        compile_rules(
            [
                {"name": "a", "conditions": [FIRST, BACK], "actionMatch": "any"},
                {"name": "b", "conditions": [OFTEN], "environment": "production"},
                {"name": "c", "conditions": [USERS]},
                {"name": "d", "conditions": [FIRST], "actionMatch": "none"},
            ],
            "shop",
        )
    )
    assert rules.event_windows == {(3600, "production")}
    assert rules.user_windows.keys() == {(86_400, "")}
    assert [each.id for each in rules.at_every_event] == ["b", "c", "d"]


def test_each_firing_of_a_rule_for_an_issue_has_its_own_id() -> None:
    ids = {alert_id(r, i, n) for r in ("a", "b") for i in ("1", "2") for n in (1, 2)}
    assert len(ids) == 8
    assert alert_id("a", "1", 1) in ids
