"""How a request's items are divided by limits, while Redis is away or answers nonsense."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from errata.config.limits import LimitSettings, Quota, RateLimit, SpikeProtection
from errata.config.model import ClientKey, Project
from errata.contracts.outcomes import Reason
from errata.contracts.pack import Item, ItemFormat, ItemMeta
from errata.contracts.times import SECOND
from errata.stores.redis.connection import connect
from errata.stores.redis.limits import Allowances
from errata_relay.items import Kept
from errata_relay.limits import Division, Limits
from errata_relay.usual_rates import mean_per_minute

NOON = 1_800_014_400  # UTC
KEY = ClientKey(id="web", public="a")
_ITEM = Item(ItemMeta(ItemFormat.SENTRY_EVENT, 1, "web", "", 0), b"{}")


def kept(category: str = "error", *quantities: int) -> list[Kept]:
    return [Kept(_ITEM, category, quantity) for quantity in quantities or (1,)]


def project(**limits: object) -> Project:
    return Project(id=1, slug="shop", keys=(KEY,), limits=LimitSettings(**limits))


class Clock:
    def __init__(self) -> None:
        self.seconds = NOON

    def __call__(self) -> int:
        return self.seconds * SECOND


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[b"", b":no number\r\n"], ids=["away", "nonsense"])
async def limits(request, clock) -> AsyncIterator[Limits]:
    """Limits without a Redis: it closes each connection, or answers everything with what is no answer."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request.param and await reader.read(65_536):
            writer.write(request.param * 9)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    redis = connect(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0", timeout=5)
    yield Limits(Allowances(redis, "t."), clock)
    await redis.aclose()
    server.close()


def told(division: Division) -> tuple[int, Counter[Reason]]:
    return len(division.within), Counter(refused.reason for _, refused in division.refused)


async def test_a_batch_above_what_is_left_takes_what_is_left(limits, clock):
    shop = project(quotas=(Quota(items=100),))
    assert told(await limits.divide(shop, KEY, kept("error", *[1] * 101))) == (100, {Reason.QUOTA: 1})
    assert limits.used_up(shop, KEY, "").seconds == 43_200
    clock.seconds += 43_200
    assert limits.used_up(shop, KEY, "") is None
    assert told(await limits.divide(shop, KEY, kept())) == (1, {})


async def test_what_does_not_fit_as_a_whole_leaves_room_for_what_does(limits):
    shop = project(rates=(RateLimit(items=5),))
    assert told(await limits.divide(shop, KEY, kept("error", 100))) == (0, {Reason.RATE_LIMIT: 1})
    assert limits.used_up(shop, KEY, "error") is None
    assert told(await limits.divide(shop, KEY, kept("error", 4))) == (1, {})
    assert told(await limits.divide(shop, KEY, kept("error", 1, 1))) == (1, {Reason.RATE_LIMIT: 1})
    assert limits.used_up(shop, KEY, "error").reason is Reason.RATE_LIMIT


async def test_a_batch_far_above_spike_protection_leaves_what_is_never_cut(limits):
    shop = project(spikes=SpikeProtection(at_least=600))
    assert told(await limits.divide(shop, KEY, kept("error", *[1] * 8_192))) == (600, {Reason.SPIKE: 7_592})
    assert limits.used_up(shop, KEY, "session") is None


async def test_limits_of_key_project_and_categories_hold_together(limits):
    key = ClientKey(
        id="web",
        public="a",
        rates=(RateLimit(items=3, categories=("error",)),),
        quotas=(Quota(items=5),),
    )
    shop = project(rates=(RateLimit(items=4, categories=("error", "session")),))
    division = await limits.divide(shop, key, [*kept("error", 1, 1, 1, 1), *kept("session", 1, 1), *kept("monitor")])
    assert Counter(item.category for item in division.within) == {"error": 3, "session": 1, "monitor": 1}
    assert {(item.category, refused.scope) for item, refused in division.refused} == {
        ("error", "key"),
        ("session", "project"),
    }
    other = ClientKey(id="app", public="b")
    assert told(await limits.divide(shop, other, kept("monitor"))) == (1, {})
    assert told(await limits.divide(shop, key, kept("monitor"))) == (0, {Reason.QUOTA: 1})


async def test_requests_at_once_share_what_is_left(limits):
    shop = project(rates=(RateLimit(items=20),))
    divisions = await asyncio.gather(*(limits.divide(shop, KEY, kept()) for _ in range(50)))
    assert sum(len(division.within) for division in divisions) == 20


async def test_a_limit_that_is_raised_is_not_used_up_any_more(limits):
    await limits.divide(project(rates=(RateLimit(items=0),)), KEY, kept())
    assert limits.used_up(project(rates=(RateLimit(items=9),)), KEY, "error") is None


def test_the_usual_rate_is_the_mean_since_the_project_began_to_send():
    assert mean_per_minute([None, None]) == 0
    assert mean_per_minute([None, 120, None, 240]) == 2
