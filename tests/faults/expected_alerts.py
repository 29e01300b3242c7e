"""Which alerts of the rule on frequency must be there, and which may be: worked out again from the events, naively.

The tracker counts in buckets of a second, and the bucket that the window's beginning cuts counts whole: between the two
there is a second or two in which both answers are right.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tests.load.installation import RULES

SECOND = 1_000_000
_BUSY = next(rule["conditions"][0] for rule in RULES if rule["id"] == "busy")
THRESHOLD: int = _BUSY["value"]
assert _BUSY["interval"] == "1m"
WINDOW_S = 60
# The bucket at the window's beginning, and that of the newest event, which is not over yet.
_SLACK_S = 2


class Expected(NamedTuple):
    """Issues for which the rule must have fired, and those for which it may have. Once each: its cooldown is longer."""

    must: set[str]
    may: set[str]


def expected(events: Iterable[tuple[str, int]]) -> Expected:
    """Give what is expected of events, each its issue and when it was received (microseconds), in the tracker's order."""
    by_issue: dict[str, list[int]] = {}
    for issue, received_at in events:
        by_issue.setdefault(issue, []).append(received_at)
    return Expected(
        {issue for issue, times in by_issue.items() if most_within(times, WINDOW_S) > THRESHOLD},
        {issue for issue, times in by_issue.items() if most_within(times, WINDOW_S + _SLACK_S) > THRESHOLD},
    )


def most_within(times: Sequence[int], seconds: int) -> int:
    """Give the largest number of events in the window that ends with the newest one so far, over all moments."""
    most, newest, inside = 0, 0, []
    for at in times:
        newest = max(newest, at)
        inside = [one for one in (*inside, at) if one > newest - seconds * SECOND]
        most = max(most, len(inside))
    return most
