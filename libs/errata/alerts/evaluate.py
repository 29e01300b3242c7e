"""Whether a rule fires for one event of an issue."""

from errata.alerts.conditions import Evidence, Situation
from errata.alerts.rules import Rule
from errata.contracts.flat_event import FlatEvent
from errata.contracts.ids import derived_id
from errata.contracts.messages import AlertKind
from errata.contracts.times import SECOND


def evaluate(rule: Rule, event: FlatEvent, situation: Situation, last_fired: int) -> Evidence | None:
    """Give what made the rule fire; None when it does not.

    Args:
        rule: the rule.
        event: the event that asks; its receive time is now.
        situation: the issue, this event included.
        last_fired: when the rule last fired for this issue, microseconds, 0 for never; it is silent in its cooldown.

    """
    if last_fired and event.received_at < last_fired + rule.cooldown * SECOND:
        return None
    if rule.environment and event.environment != rule.environment:
        return None
    evidence = _conditions(rule, situation)
    if evidence is None or not _filters(rule, event):
        return None
    return evidence


def alert_id(rule: str, issue: str, firing: int) -> str:
    """Give the id of a rule's nth alert for an issue: what fired, however often it is worked out."""
    return derived_id("alert", rule, issue, firing)


def _conditions(rule: Rule, situation: Situation) -> Evidence | None:
    held = [evidence for c in rule.conditions if (evidence := c.holds(situation, rule.environment))]
    if rule.condition_match == "none":
        return None if held else Evidence(AlertKind.EVERY_EVENT, "none of the rule's conditions held")
    if not held or (rule.condition_match == "all" and len(held) < len(rule.conditions)):
        return None
    return held[0]


def _filters(rule: Rule, event: FlatEvent) -> bool:
    if not rule.filters:
        return True
    passed = (each.passes(event) for each in rule.filters)
    if rule.filter_match == "all":
        return all(passed)
    return any(passed) is (rule.filter_match == "any")
