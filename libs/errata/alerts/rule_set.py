"""The rules of one project, sorted by how often they must be asked, with what they need counted."""

from collections.abc import Iterable

from errata.alerts.conditions import EventFrequency, UserFrequency
from errata.alerts.rules import Rule


class RuleSet:
    """A project's rules. A window is its length in seconds and its environment, empty for all."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.all = tuple(rules)
        self.at_every_event = tuple(rule for rule in self.all if not rule.on_change_only)
        """The rules to ask when an issue is neither new nor back: nearly always, so the fewer the better."""
        self.event_windows = frozenset(window for rule in self.all for window in rule.windows(EventFrequency))
        self.user_windows: dict[tuple[int, str], int] = {}
        """With the least number that a rule looks for in each."""
        for rule in self.all:
            for window, value in rule.windows(UserFrequency).items():
                self.user_windows[window] = min(value, self.user_windows.get(window, value))
