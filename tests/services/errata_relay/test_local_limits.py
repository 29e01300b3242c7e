"""Limits that one relay counts alone, while Redis is away."""

from hypothesis import given
from hypothesis import strategies as st

from errata.config.limits import Allowance
from errata.contracts.outcomes import Reason
from errata.stores.redis.limits import Grant, Wish
from errata_relay.local_limits import LocalAllowances

MINUTE = Allowance("minute", 10, 60, Reason.RATE_LIMIT, (), "project")
HOUR = Allowance("hour", 12, 3600, Reason.RATE_LIMIT, (), "project")
NOW = 1_800_000_000


def test_as_much_is_taken_as_every_limit_has_room_for():
    local = LocalAllowances()
    both = (HOUR, MINUTE)
    assert local.take(1, [Wish(9, both), Wish(2, both), Wish(1, both)], NOW) == [
        Grant(9),
        Grant(1, MINUTE),
        Grant(0, MINUTE),
    ]
    assert local.take(1, [Wish(3, both)], NOW + 60) == [Grant(2, HOUR)]


def test_what_came_as_one_is_taken_whole_or_not_at_all():
    wishes = [Wish(11, (MINUTE,), least=11), Wish(10, (MINUTE,), least=10)]
    assert LocalAllowances().take(1, wishes, NOW) == [Grant(0, MINUTE, room=10), Grant(10)]


def test_projects_do_not_share():
    local = LocalAllowances()
    assert local.take(1, [Wish(10, (MINUTE,))], NOW) == local.take(2, [Wish(10, (MINUTE,))], NOW) == [Grant(10)]


def test_counts_hold_however_many_limits_there_are(monkeypatch):
    monkeypatch.setattr("errata_relay.local_limits._MANY", 3)
    local = LocalAllowances()
    limits = [MINUTE._replace(name=f"key:{number}") for number in range(20)]
    for limit in limits:
        local.take(1, [Wish(10, (limit,))], NOW)
    assert all(local.take(1, [Wish(1, (limit,))], NOW) == [Grant(0, limit)] for limit in limits)


def test_counts_of_windows_that_are_over_are_forgotten(monkeypatch):
    monkeypatch.setattr("errata_relay.local_limits._MANY", 3)
    local = LocalAllowances()
    for minute in range(50):
        local.take(1, [Wish(1, (MINUTE._replace(name=f"once:{minute}"),))], NOW + 60 * minute)
    assert len(local._counts) <= 4


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.integers(0, 200)), max_size=40))
def test_no_window_ever_takes_more_than_its_limit(requests):
    local = LocalAllowances()
    taken: dict[int, int] = {}
    for quantity, whole, at in sorted(requests, key=lambda request: request[2]):
        (grant,) = local.take(1, [Wish(quantity, (MINUTE,), quantity if whole else 1)], at)
        assert grant.taken in ((0, quantity) if whole else range(quantity + 1))
        taken[at // 60] = taken.get(at // 60, 0) + grant.taken
    assert all(total <= MINUTE.limit for total in taken.values())
