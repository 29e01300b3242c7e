"""How much the relay takes of a project: rates, daily quotas, protection from spikes, a sample, and from which pages.

Without settings nothing is limited. Counts are of items taken, shared by all relays.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, NamedTuple

import msgspec

from errata.contracts.categories import CATEGORIES
from errata.contracts.outcomes import Reason

DAY = 86_400
NO_LIMIT = 2**53
"""For what is only counted; the largest integer that Lua holds exactly."""
ORIGIN = (
    r"^(?:\*|(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?P<host>(?:\*\.)?[^\s/?#@:*\[\]]+|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?/?)$"
)
"""How an origin is written, for a page and in a project; both are read by it."""
_Items = Annotated[int, msgspec.Meta(ge=0, lt=NO_LIMIT)]
_Category = Annotated[str, msgspec.Meta(pattern=f"^(?:{'|'.join(sorted(CATEGORIES))})$")]
_Origin = Annotated[str, msgspec.Meta(pattern=ORIGIN)]


class RateLimit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most so many items in each window of time: `{items: 500, seconds: 60, categories: [error]}`.

    Windows begin at multiples of their length since 1970, UTC, so at worst twice as much comes within one length.
    """

    items: _Items
    seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 60
    categories: tuple[_Category, ...] = ()
    """In Sentry's words (`error`, `session`, `monitor`...), counted together; all when there is none. A limit on all
    categories refuses a client unread, and so costs least."""


class Quota(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most so many items a day, from midnight to midnight UTC: `{items: 1000000, categories: [error]}`."""

    items: _Items
    categories: tuple[_Category, ...] = ()


class SpikeProtection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Errors far above the project's usual rate are cut: `{factor: 10, at_least: 600}`.

    So one bad release does not use up everything. What is cut is counted with the reason `spike`, in outcomes and in
    `errata_relay_outcomes_total`, to be alerted on.
    """

    factor: Annotated[float, msgspec.Meta(ge=1, le=1_000_000)] = 10.0
    """Times the usual rate: the mean of the hours of the last week, as far back as the project has sent errors."""
    at_least: Annotated[int, msgspec.Meta(ge=1, lt=NO_LIMIT)] = 600
    """Errors a minute that are never cut; all that a new project has."""


class LimitSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The part `limits` of a project; a key has `rates` and `quotas` of its own beside them.

    All limits hold together, and each is counted by itself:

        keys:
          - {id: web, public: "...", rates: [{items: 500, categories: [error]}], quotas: [{items: 100000}]}
        limits:
          rates: [{items: 6000}, {items: 100, seconds: 1, categories: [session]}]
          quotas: [{items: 1000000, categories: [error]}]
          spikes: {factor: 10, at_least: 600}
          sample_rate: 0.25
          origins: ["https://*.shop.example", "localhost"]
    """

    rates: tuple[RateLimit, ...] = ()
    quotas: tuple[Quota, ...] = ()
    spikes: SpikeProtection | None = None
    sample_rate: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    """Share of errors kept. An error is chosen by its event id, so all of its copies share its fate."""
    origins: tuple[_Origin, ...] = ()
    """Web origins whose pages may send: `https://shop.example`, `https://*.shop.example`, a host for any scheme and
    port, or `*`; all when there is none. Clients that are not browsers name no origin and always may."""


class Allowance(NamedTuple):
    """One thing that is counted: how much of it may come in a window, and what to say when that is used up."""

    name: str
    """Tells it apart from the project's others; a limit that is changed starts again."""
    limit: int
    seconds: int
    reason: Reason
    categories: tuple[str, ...]
    scope: str
    """`project` or `key`."""
    keep_seconds: int = 0
    """For how long after its window the count is kept."""

    def window_end(self, now: int) -> int:
        """Give when the window ends that it is now, in seconds since 1970."""
        return (now // self.seconds + 1) * self.seconds


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
