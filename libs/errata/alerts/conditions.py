"""The conditions of a rule: what must happen for it to fire."""

from typing import Protocol

import msgspec

from errata.contracts.messages import AlertKind


class Situation(Protocol):
    """What a rule may ask about an issue at the moment of one event."""

    created: bool
    """The event is the issue's first."""
    first_in_environment: bool
    """The event is the issue's first in its environment."""
    regression: str
    """Why the event brought a resolved issue back; empty when it did not."""

    def events(self, window: int, environment: str) -> int:
        """Give how many events were received in the window (seconds) that ends now; environment "" means all."""
        ...

    def users(self, window: int, environment: str) -> int:
        """Give how many distinct users they concern."""
        ...


class Evidence(msgspec.Struct, frozen=True):
    """What made a condition true, in numbers and words."""

    kind: AlertKind
    explanation: str
    value: int = 0
    threshold: int = 0
    window: int = 0


class FirstSeen(msgspec.Struct, frozen=True):
    """The issue is new; for a rule of one environment, new there."""

    def holds(self, situation: Situation, environment: str) -> Evidence | None:
        """Give the evidence, or None."""
        if situation.created or (environment and situation.first_in_environment):
            return Evidence(AlertKind.FIRST_SEEN, f"first seen in {environment}" if environment else "first seen")
        return None


class Regression(msgspec.Struct, frozen=True):
    """The issue was resolved and is back."""

    def holds(self, situation: Situation, _environment: str) -> Evidence | None:
        """Give the evidence, or None."""
        return Evidence(AlertKind.REGRESSION, situation.regression) if situation.regression else None


class EveryEvent(msgspec.Struct, frozen=True):
    """Always; the rule's filters and its frequency say when."""

    def holds(self, _situation: Situation, _environment: str) -> Evidence | None:
        """Give the evidence."""
        return Evidence(AlertKind.EVERY_EVENT, "an event came")


class EventFrequency(msgspec.Struct, frozen=True):
    """More events than `value` in the window; like Sentry, exactly as many are not enough."""

    value: int
    interval: str
    window: int

    def holds(self, situation: Situation, environment: str) -> Evidence | None:
        """Give the evidence, or None."""
        count = situation.events(self.window, environment)
        if count <= self.value:
            return None
        words = f"{count} events in {self.interval}, more than {self.value}"
        return Evidence(AlertKind.EVENT_FREQUENCY, words, count, self.value, self.window)


class UserFrequency(msgspec.Struct, frozen=True):
    """More distinct users than `value` in the window; an estimate (HyperLogLog, standard error 0.8 %)."""

    value: int
    interval: str
    window: int

    def holds(self, situation: Situation, environment: str) -> Evidence | None:
        """Give the evidence, or None."""
        count = situation.users(self.window, environment)
        if count <= self.value:
            return None
        words = f"{count} users in {self.interval}, more than {self.value}"
        return Evidence(AlertKind.USER_FREQUENCY, words, count, self.value, self.window)


Condition = FirstSeen | Regression | EveryEvent | EventFrequency | UserFrequency
