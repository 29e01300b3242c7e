"""When a resolved issue has come back, and in which release an issue is resolved when nobody names one."""

from collections.abc import Mapping
from functools import cmp_to_key

import msgspec

from errata.issues.releases import compare


class Resolution(msgspec.Struct, frozen=True):
    """How an issue was resolved."""

    at: int
    """Microseconds; what was received before is no regression, however late it is read."""
    release: str = ""
    """The release it was resolved in; empty for an issue that never named one."""
    also: tuple[str, ...] = ()
    """Later releases it had been seen in, but not often enough to be taken as the baseline."""


def regression(resolution: Resolution, received_at: int, release: str, first_seen: Mapping[str, int]) -> str | None:
    """Give the reason why an event brings a resolved issue back; None when it does not.

    An issue resolved in a release comes back in a later one only: clients run old releases for years. An event without
    a release, or with one whose order nobody knows, leaves it resolved. An issue that was resolved without any release
    comes back with the next event.
    """
    if received_at <= resolution.at:
        return None
    if not resolution.release:
        return "seen again after it was resolved; it was resolved in no release"
    if not release or release in resolution.also:
        return None
    order = compare(release, resolution.release, first_seen)
    if order.sign <= 0:
        return None
    return f"seen in {release}, which is later than {resolution.release}, where it was resolved ({order.rule})"


def baseline(releases: Mapping[str, int], first_seen: Mapping[str, int]) -> tuple[str, tuple[str, ...]]:
    """Give the latest release that an issue was seen in, and any later ones that were seen only once.

    Anybody who has a client key can send one event of release 999.9.9; taken as the latest, it would hide every
    regression to come. So a release counts when it was seen twice, unless none was.

    Args:
        releases: how often the issue was seen in each.
        first_seen: when the project first saw a release, microseconds.

    """
    if not releases:
        return "", ()

    def order(left: str, right: str) -> int:
        return compare(left, right, first_seen).sign

    ordered = sorted(releases, key=cmp_to_key(order))
    latest = next((release for release in reversed(ordered) if releases[release] > 1), ordered[-1])
    return latest, tuple(ordered[ordered.index(latest) + 1 :])
