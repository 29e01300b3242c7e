"""How much the relay takes of a project: rates, daily quotas, protection from spikes, a sample, and from which pages.

Without settings nothing is limited. Counts are of items taken, shared by all relays.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, NamedTuple

import msgspec

from errata.contracts.outcomes import Reason

DAY = 86_400
NO_LIMIT = 2**53
"""For what is only counted; the largest integer that Lua holds exactly."""
_Positive = Annotated[int, msgspec.Meta(ge=1)]
_NotNegative = Annotated[int, msgspec.Meta(ge=0)]


class RateLimit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most so many items in each window of time.

    Windows begin at multiples of their length since 1970, UTC, so at worst twice as much comes within one length.
    """

    items: _NotNegative
    seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 60
    categories: tuple[str, ...] = ()
    """In Sentry's words (`error`, `session`, `monitor`...); all together when there is none. A limit on all categories
    refuses a client unread, and so costs least."""


class Quota(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most so many items a day, UTC."""

    items: _NotNegative
    categories: tuple[str, ...] = ()


class SpikeProtection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Errors far above the project's usual rate are cut, so that one bad release does not use up everything."""

    factor: Annotated[float, msgspec.Meta(ge=1)] = 10.0
    """Times the usual rate: the mean of the hours of the last week, as far back as the project has sent errors."""
    at_least: _Positive = 600
    """Errors a minute that are never cut; all that a new project has."""


class LimitSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The part `limits` of a project."""

    rates: tuple[RateLimit, ...] = ()
    quotas: tuple[Quota, ...] = ()
    spikes: SpikeProtection | None = None
    sample_rate: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    """Share of errors kept. An error is chosen by its event id, so all of its copies share its fate."""
    origins: tuple[str, ...] = ()
    """Web origins whose pages may send: `https://shop.example`, `https://*.shop.example`, or a host for both schemes;
    all when there is none. Clients that are no browsers name no origin and always may."""


class Allowance(NamedTuple):
    """One thing that is counted: how much of it may come in a window, and what to say when that is used up."""

    name: str
    """Tells it apart from the project's others; a limit that is changed starts anew."""
    limit: int
    seconds: int
    reason: Reason
    categories: tuple[str, ...]
    scope: str
    """`project` or `key`."""
    keep_seconds: int = 0
    """For how long after its window the count is kept."""


def allowances(
    scope: str, owner: str, rates: tuple[RateLimit, ...], quotas: tuple[Quota, ...] = ()
) -> Iterator[Allowance]:
    """Give what rates and quotas allow; a quota is a rate whose window is a day.

    Args:
        scope: `project` or `key`.
        owner: a name within the project of whoever is counted.
        rates: limits on rates.
        quotas: limits on a day.

    """
    of_rates = ((rate.items, rate.seconds, rate.categories, Reason.RATE_LIMIT) for rate in rates)
    of_quotas = ((quota.items, DAY, quota.categories, Reason.QUOTA) for quota in quotas)
    for items, seconds, categories, reason in chain(of_rates, of_quotas):
        name = f"{owner}:{seconds}:{items}:{','.join(categories)}"
        yield Allowance(name, items, seconds, reason, categories, scope)
