"""Limits that are known to be used up: a client that goes on all the same costs a look into a dictionary."""

from collections.abc import Iterable
from typing import NamedTuple

from errata.config.limits import Allowance
from errata.config.model import ClientKey, Project
from errata_relay.refusals import Refused


class _Known(NamedTuple):
    until: int
    """When the window ends, in seconds since 1970."""
    allowance: Allowance


class UsedUp:
    """Remembers until a window ends that it has no room left: counts only grow in a window."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str, str], _Known] = {}

    def remember(self, project: Project, key: ClientKey, allowance: Allowance, now: int) -> None:
        """Note that nothing more of this comes in before its window ends."""
        self._known[_place(project, key, allowance)] = _Known(allowance.window_end(now), allowance)

    def first_of(self, project: Project, key: ClientKey, allowances: Iterable[Allowance], now: int) -> Refused | None:
        """Give the refusal of the first of these that is used up; None where each may have room."""
        if not self._known:
            return None
        for allowance in allowances:
            known = self._known.get(_place(project, key, allowance))
            if known is not None and known.until > now and known.allowance == allowance:
                return refusal(allowance, now)
        return None


def refusal(allowance: Allowance, now: int) -> Refused:
    """Give what is said to items that an allowance has no room for: to come again when its next window begins."""
    seconds = max(allowance.window_end(now) - now, 1)
    return Refused(allowance.reason, frozenset(allowance.categories), seconds=seconds, scope=allowance.scope)


def _place(project: Project, key: ClientKey, allowance: Allowance) -> tuple[int, str, str]:
    return project.id, key.id if allowance.scope == "key" else "", allowance.name
